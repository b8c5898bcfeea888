/** A transcript as the page shows it: passages with whoever speaks, and gaps between them. Pure. */
import type { Gap, LeftOut, Passage, Transcript } from '../types';

export type Row =
  | { kind: 'passage'; key: string; passage: Passage; index: number; turn: boolean }
  | { kind: 'gap'; key: string; gap: Gap }
  | { kind: 'left-out'; key: string; text: LeftOut };

/** In the order of time. `turn` is true where another one begins to speak than before. */
export function rowsOf(transcript: Transcript, withLeftOut: boolean): Row[] {
  const others: Row[] = [
    ...transcript.gaps.map((gap, n): Row => ({ kind: 'gap', key: `g${n}.${gap.start_ms}`, gap })),
    ...(withLeftOut ? transcript.suppressed : []).map((text, n): Row => ({
      kind: 'left-out',
      key: `l${n}.${text.start_ms}`,
      text,
    })),
  ].sort((a, b) => startOf(a) - startOf(b));
  const rows: Row[] = [];
  let speaker: number | null | undefined;
  transcript.passages.forEach((passage, index) => {
    while (others[0] && startOf(others[0]) <= passage.start_ms) rows.push(others.shift()!);
    const turn = passage.speaker != null && passage.speaker !== speaker;
    speaker = passage.speaker ?? speaker;
    rows.push({ kind: 'passage', key: keyOf(passage, index), passage, index, turn });
  });
  return [...rows, ...others];
}

export const keyOf = (passage: Passage, index: number) => `p${passage.number ?? index}`;

function startOf(row: Row): number {
  if (row.kind === 'passage') return row.passage.start_ms;
  return row.kind === 'gap' ? row.gap.start_ms : row.text.start_ms;
}
