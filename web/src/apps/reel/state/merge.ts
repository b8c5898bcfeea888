/** Merges responses into the displayed list. Pure. */
import type { ReelState, ReelSummary } from '../types';

export interface Filter {
  q: string;
  state: ReelState | null;
}

/** The list with one updated reel: in its place, or removed if it no longer matches the filter. */
export function patch(items: ReelSummary[], summary: ReelSummary, filter: Filter): ReelSummary[] {
  if (filter.state && summary.state !== filter.state) return items.filter((item) => item.id !== summary.id);
  return items.map((item) => (item.id === summary.id ? summary : item));
}

/**
 * The list after its first page was fetched again: known reels updated, new ones at the top. `whole` means that there are no further
 * pages, so that missing reels have been deleted.
 */
export function mergeHead(items: ReelSummary[], head: ReelSummary[], whole: boolean): ReelSummary[] {
  if (whole) return head;
  const fresh = new Set(head.map((item) => item.id));
  // Reels newer than the end of the page that are missing from it have been deleted.
  const end = head.at(-1)?.created_at ?? -Infinity;
  const rest = items.filter((item) => !fresh.has(item.id) && item.created_at <= end);
  return [...head, ...rest];
}
