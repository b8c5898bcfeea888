/** The reason why a job waits, as text: the most informative one of those that apply. */
import type { JobWhy } from '../api/types';
import type { Key, Values } from '../text/index.svelte';

interface Reason {
  reason?: string;
  until?: number;
  deadline?: number | null;
  unfinished?: number;
}

export interface WhyWords {
  key: Key;
  values?: Values;
  /** A time in the text, in milliseconds since 1970. */
  at?: number;
}

/** Null for a job that does not wait. */
export function whyWords(why: JobWhy): WhyWords | null {
  const reasons = why.reasons as Reason[];
  if (reasons.some(({ reason }) => reason === 'running' || reason === 'ended')) return null;
  for (const reason of reasons) {
    const words = wordsOf(reason);
    if (words) return words;
  }
  if (why.position != null) return { key: 'why.position', values: { count: why.position } };
  return reasons.length > 0 ? { key: 'why.turn' } : null;
}

function wordsOf({ reason, until, deadline, unfinished }: Reason): WhyWords | null {
  switch (reason) {
    case 'time':
      return until === undefined ? { key: 'why.turn' } : { key: 'why.time', at: until };
    case 'rate':
      return until === undefined ? { key: 'why.limit' } : { key: 'why.rate', at: until };
    case 'signal':
    case 'call':
      return deadline == null ? { key: 'why.signal' } : { key: 'why.signal.until', at: deadline };
    case 'children':
      return { key: 'why.parts', values: { count: unfinished ?? 0 } };
    case 'dependency':
    case 'paused':
    case 'limit':
    case 'provider':
    case 'budget':
    case 'no_worker':
      return { key: `why.${reason}` };
    default:
      return null;
  }
}
