import { describe, expect, it } from 'vitest';
import { Sleep } from './asleep';

describe('whether the machine slept', () => {
  /** The wall clock and the other one, at one look after the other. */
  const looks = (...both: [wall: number, now: number][]) => {
    let [wall, now] = [1_800_000_000_000, 5_000];
    const sleep = new Sleep(
      () => now,
      () => wall,
    );
    return both.map(([byWall, byNow]) => {
      [wall, now] = [wall + byWall, now + byNow];
      return sleep.look();
    });
  };

  it('is seen where the clock of the recorder stood still', () => {
    expect(looks([100, 100], [60_100, 100], [100, 100])).toEqual([false, true, false]);
  });

  it('is nothing to say where that clock went on: the time is in it', () => {
    expect(looks([60_000, 60_000])).toEqual([false]);
  });

  it('is not a busy page, a clock that is set right little by little, or one that is set back', () => {
    expect(looks([4000, 4000], [101, 100], [-3_600_000, 100], [100, 100])).toEqual([false, false, false, false]);
    expect(looks(...Array.from({ length: 3000 }, (): [number, number] => [101, 100])).includes(true)).toBe(false);
  });
});
