/** Which slices become the next chunk. Pure. */
import type { Bounds, KeptSegment, Slice } from './kept';

/** No chunk of a backlog has more slices. */
export const MOST_SLICES = 30;
/** The server takes no larger chunk. */
const MOST_BYTES = 10_000_000;

type Known = Pick<Slice, 'index'> & { bytes: number };

/**
 * The bounds of the next chunk, of the slices that are kept, in order; null while there are too few. A backlog makes longer chunks. A
 * chunk ends where a slice is missing, so that its time is right: a recorder whose page crashed may leave such a hole.
 */
export function nextBounds(
  segment: Pick<KeptSegment, 'per' | 'first' | 'mostBytes' | 'ended' | 'next'>,
  kept: Known[],
): Bounds | null {
  const first = kept[0];
  // While the recorder runs, a slice after a hole is one whose predecessor is still being written.
  if (!first || (first.index !== segment.next && !segment.ended)) return null;
  const run = kept.findIndex(({ index }, n) => index !== first.index + n);
  const there = run < 0 ? kept : kept.slice(0, run);
  const most = there.slice(0, MOST_SLICES);
  if (most.length < least(segment, first.index) && !segment.ended) return null;
  const limit = segment.mostBytes ?? MOST_BYTES;
  let bytes = 0;
  let taken = 0;
  for (const slice of most) {
    bytes += slice.bytes;
    if (taken > 0 && bytes > limit) break;
    taken += 1;
  }
  return { from: first.index, to: first.index + taken };
}

/** The fewest slices of the chunk that begins with this one: the second one ends where the first one would have ended. */
function least({ per, first }: Pick<KeptSegment, 'per' | 'first'>, from: number): number {
  if (first === undefined || from >= per) return per;
  return from === 0 ? first : per - from;
}

/** The most bytes of a chunk, after one of `sent` bytes was refused: what the server says, or half. */
export function smaller(sent: number, said: unknown): number {
  const half = Math.floor(sent / 2);
  return typeof said === 'number' && said > 0 && said < sent ? said : half;
}
