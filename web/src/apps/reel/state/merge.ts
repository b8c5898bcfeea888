/** How an answer changes the list that is shown. Pure. */
import type { ReelState, ReelSummary } from '../types';

export interface Filter {
  q: string;
  state: ReelState | null;
}

/** The list with one reel as it is now: in its place, or gone when it no longer has the state that is asked for. */
export function patch(items: ReelSummary[], summary: ReelSummary, filter: Filter): ReelSummary[] {
  if (filter.state && summary.state !== filter.state) return items.filter((item) => item.id !== summary.id);
  return items.map((item) => (item.id === summary.id ? summary : item));
}

/**
 * The list after its first page was asked for again: known reels as they are now, new ones at the top. `whole` says that the page is all
 * there is, so that what is not in it is gone.
 */
export function mergeHead(items: ReelSummary[], head: ReelSummary[], whole: boolean): ReelSummary[] {
  if (whole) return head;
  const fresh = new Set(head.map((item) => item.id));
  // What is newer than the end of the page, and is not in it, is gone.
  const end = head.at(-1)?.created_at ?? -Infinity;
  const rest = items.filter((item) => !fresh.has(item.id) && item.created_at <= end);
  return [...head, ...rest];
}
