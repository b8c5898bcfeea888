import { expect, it } from 'vitest';
import { barsOf, peaksOf } from './waveform';

it('draws a bar for each peak, around the middle', () => {
  expect(barsOf([100, 50, 0], 30, 40)).toBe('M2 0h6v40h-6zM12 10h6v20h-6zM22 19.5h6v1h-6z');
});

it('knows peaks from anything else', () => {
  expect(peaksOf({ peaks: [1, 2] })).toEqual([1, 2]);
  for (const other of [null, 'text', {}, { peaks: [] }, { peaks: ['1'] }]) expect(peaksOf(other)).toBeNull();
});
