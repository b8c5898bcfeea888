/** The reason why a job waits, as text: the most informative one of those that apply. */
import type { JobWhy } from '../api/types';
import type { Key, Translate, Values } from '../text/index.svelte';

interface Reason {
  reason?: string;
  until?: number;
  deadline?: number | null;
  unfinished?: number;
  /** What or whom a pause, a limit or a rate applies to. */
  scope?: string;
  /** The operator's words for a pause. */
  why?: string;
  running?: number;
  /** How many other owners wait for the same workers. */
  others?: number;
  provider?: string | null;
  /** What became of a call is not known. */
  unknown?: boolean;
}

export interface WhyWords {
  key: Key;
  values?: Values;
  /** A time in the text, in milliseconds since 1970. */
  at?: number;
}

/** What the server writes for a pause that nobody gave a reason for. */
const UNEXPLAINED = 'paused by hand';

/** Null for a job that does not wait. */
export function whyWords(why: JobWhy): WhyWords | null {
  const reasons = why.reasons as Reason[];
  if (reasons.some(isBusy)) return null;
  for (const reason of reasons) {
    const words = wordsOf(reason);
    if (words) return words;
  }
  if (why.position != null && why.position > 1) return { key: 'why.position', values: { count: why.position } };
  const others = reasons.find(({ reason }) => reason === 'share')?.others ?? 0;
  if (others > 0) return { key: 'why.others', values: { count: others } };
  if (why.position != null) return { key: 'why.position', values: { count: why.position } };
  return reasons.length > 0 ? { key: 'why.turn' } : null;
}

/** The reason as a sentence; null for a job that does not wait. `when` writes a time. */
export function whyText(why: JobWhy, t: Translate<Key>, when: (at: number) => string): string | null {
  const words = whyWords(why);
  return words && t(words.key, { ...words.values, ...(words.at === undefined ? {} : { when: when(words.at) }) });
}

/** It is being worked on, has ended, or an engine of the server is at work for it. */
function isBusy({ reason, provider }: Reason): boolean {
  return reason === 'running' || reason === 'ended' || (reason === 'call' && provider == null);
}

/** True if it waits for something that the user should know of: child jobs that run are the work itself. */
export function waits(why: JobWhy | null | undefined): why is JobWhy {
  const words = why ? whyWords(why) : null;
  return words !== null && words.key !== 'why.parts';
}

function wordsOf({ reason, until, deadline, unfinished, scope, why, running, unknown }: Reason): WhyWords | null {
  switch (reason) {
    case 'time':
      return until === undefined ? { key: 'why.turn' } : { key: 'why.time', at: until };
    case 'rate':
      return until === undefined ? { key: 'why.busy' } : { key: 'why.rate', at: until };
    case 'call':
      if (unknown) return deadline == null ? { key: 'why.unknown' } : { key: 'why.unknown.until', at: deadline };
      return deadline == null ? { key: 'why.signal' } : { key: 'why.signal.until', at: deadline };
    case 'signal':
      return deadline == null ? { key: 'why.signal' } : { key: 'why.signal.until', at: deadline };
    case 'children':
      return { key: 'why.parts', values: { count: unfinished ?? 0 } };
    case 'paused':
      return why?.trim() && why !== UNEXPLAINED
        ? { key: 'why.paused.because', values: { why: why.trim() } }
        : { key: 'why.paused' };
    case 'limit': {
      const key = scope === 'owner' ? 'why.limit.owner' : 'why.limit';
      return running === undefined ? { key: 'why.busy' } : { key, values: { count: running } };
    }
    case 'dependency':
    case 'provider':
    case 'budget':
    case 'no_worker':
      return { key: `why.${reason}` };
    default:
      return null;
  }
}
