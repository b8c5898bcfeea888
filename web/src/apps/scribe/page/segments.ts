/** How the segments of a session follow each other. Pure. */
import type { Segment } from '../types';

export interface Row {
  segment: Segment;
  /** Chunks that are known of and not there. */
  missing: number;
  /** The recorder may have more. */
  open: boolean;
  /** Milliseconds before it in which nothing was recorded; null where there are none. */
  gapMs: number | null;
}

/** Shorter ones are the inaccuracy of two clock readings. */
const LEAST_GAP_MS = 20;

/** In the order in which they began. Two sources at the same time leave no gap between them. */
export function rowsOf(segments: Segment[]): Row[] {
  let end: number | null = null;
  return [...segments]
    .sort((a, b) => a.started_at - b.started_at || a.number - b.number)
    .map((segment) => {
      const gap = end === null ? null : segment.started_at - end;
      const missing = (segment.chunks ?? segment.beyond) - segment.stored;
      end = Math.max(end ?? 0, segment.started_at + segment.until_ms);
      return {
        segment,
        missing,
        open: segment.chunks == null,
        gapMs: gap !== null && gap >= LEAST_GAP_MS ? gap : null,
      };
    });
}
