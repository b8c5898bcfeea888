import { describe, expect, it } from 'vitest';
import type { Segment } from '../types';
import { rowsOf } from './segments';

const segment = (number: number, started_at: number, length_ms: number, more: Partial<Segment> = {}): Segment => ({
  number,
  key: `k${number}`,
  source: 'microphone',
  media_type: 'audio/webm',
  started_at,
  length_ms,
  until_ms: length_ms,
  chunks: 2,
  stored: 2,
  beyond: 2,
  clock_jumps: 0,
  ...more,
});

describe('the segments of a session', () => {
  it('have the time between them in which nothing was recorded', () => {
    const rows = rowsOf([segment(0, 1000, 5000), segment(1, 6150, 2000), segment(2, 8155, 10)]);
    expect(rows.map(({ gapMs }) => gapMs)).toEqual([null, 150, null]);
  });

  it('of two sources at the same time leave no gap', () => {
    const rows = rowsOf([segment(0, 1000, 60_000), segment(1, 1010, 20_000), segment(2, 61_500, 100)]);
    expect(rows.map(({ gapMs }) => gapMs)).toEqual([null, null, 500]);
  });

  it('have no such time where what was recorded never arrived', () => {
    const rows = rowsOf([segment(0, 1000, 5000, { until_ms: 20_000, chunks: 8 }), segment(1, 21_500, 2000)]);
    expect(rows.map(({ gapMs }) => gapMs)).toEqual([null, 500]);
  });

  it('say what is missing of them', () => {
    const rows = rowsOf([
      segment(0, 0, 1, { chunks: 5, stored: 3, beyond: 4 }),
      segment(1, 5, 1, { chunks: null, stored: 1, beyond: 3 }),
    ]);
    expect(rows.map(({ missing, open }) => [missing, open])).toEqual([
      [2, false],
      [2, true],
    ]);
  });
});
