/** The words that grow while a session is recorded. Pure. */
import type { Live, LivePassage } from '../types';

/** What is known after an answer that has only the passages that end after `after`. */
export function grown(before: LivePassage[], answer: Live, after: number): LivePassage[] {
  const isKept = (one: LivePassage) =>
    one.certain && one.end_ms <= after && !answer.passages.some((now) => replaces(now, one));
  const kept = before.filter(isKept);
  return [...kept, ...answer.passages].sort((a, b) => a.start_ms - b.start_ms);
}

/** Whether a passage is another one that has grown since: certain words stay, but more may follow them until it is closed. */
function replaces(now: LivePassage, before: LivePassage): boolean {
  if (now.segment !== before.segment) return false;
  if (now.start_ms === before.start_ms) return true;
  const overlap = now.start_ms < before.end_ms && now.end_ms > before.start_ms;
  return overlap && now.text.startsWith(before.text);
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
