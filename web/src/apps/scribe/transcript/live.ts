/** The words that grow while a session is recorded. Pure. */
import type { Live, LivePassage } from '../types';

/** What is known after an answer that has only the passages that end after `after`. */
export function grown(before: LivePassage[], answer: Live, after: number): LivePassage[] {
  const kept = before.filter(({ certain, end_ms }) => certain && end_ms <= after);
  return [...kept, ...answer.passages].sort((a, b) => a.start_ms - b.start_ms);
}

/** The end of what stays as it is: everything after it is asked for again. */
export function certainUntil(passages: LivePassage[]): number {
  let until = 0;
  for (const { certain, end_ms } of passages) {
    if (!certain) break;
    until = end_ms;
  }
  return until;
}
