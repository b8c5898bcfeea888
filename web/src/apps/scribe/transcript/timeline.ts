/** Where the sound of a session is on its one time line. Pure. */
import type { Gap, Segment } from '../types';

export interface Stretch {
  segment: number;
  start_ms: number;
  end_ms: number;
}

/** A segment that began later than this after the one before did so by a clock that jumped: a week. The server has the same rule. */
const JUMP_MS = 7 * 24 * 3_600_000;
/** What is closer than this to the end of a gap is past it. */
const NEAR_MS = 40;

/** Where each segment begins, by the clocks of their recorders: the first at 0. One of which nothing arrived was recorded, too. */
function placed(segments: Segment[]): { segment: Segment; start: number }[] {
  const recorded = segments.filter(({ chunks, beyond }) => (chunks ?? beyond) > 0).sort((a, b) => a.number - b.number);
  const begun = recorded[0]?.started_at ?? 0;
  let until = 0;
  return recorded.map((segment) => {
    const offset = segment.started_at - begun;
    const start = offset >= 0 && offset <= until + JUMP_MS ? offset : until;
    until = Math.max(until, start + segment.until_ms);
    return { segment, start };
  });
}

/** Those with sound. */
export function stretchesOf(segments: Segment[]): Stretch[] {
  return placed(segments)
    .filter(({ segment }) => segment.stored > 0)
    .map(({ segment: { number, length_ms }, start }) => ({
      segment: number,
      start_ms: start,
      end_ms: start + length_ms,
    }))
    .sort((a, b) => a.start_ms - b.start_ms);
}

/** With what is missing at the end of it. */
export const lengthOf = (segments: Segment[]) =>
  Math.max(0, ...placed(segments).map(({ segment, start }) => start + segment.until_ms));

/** The stretch that sounds then, or else the next one; null at the end. */
export function soundAt(stretches: Stretch[], ms: number): Stretch | null {
  return stretches.find(({ end_ms }) => end_ms > ms) ?? null;
}

/** Those that sound while another one does: two sources at the same time, or two devices. */
export function besides(stretches: Stretch[], stretch: Stretch): Stretch[] {
  return stretches.filter((one) => one !== stretch && one.start_ms < stretch.end_ms && one.end_ms > stretch.start_ms);
}

/** Those with nothing to hear: what was not written down can be heard, and so can another segment that has sound then. */
export function silences(gaps: Gap[], stretches: Stretch[]): Gap[] {
  return gaps.filter(({ reason, start_ms, end_ms, estimated }) => {
    const sounding = stretches.filter((one) => one.start_ms < end_ms && one.end_ms > start_ms);
    // What is missing at the end of a segment is behind its stretch: one that sounds then is another one.
    return reason !== 'not_written' && sounding.length < (estimated ? 1 : 2);
  });
}

/** Where playing goes on: past a gap, if it is in one. */
export function pastGap(gaps: Gap[], ms: number): number {
  const gap = gaps.find(({ start_ms, end_ms }) => start_ms <= ms && ms < end_ms - NEAR_MS);
  return gap ? gap.end_ms : ms;
}
