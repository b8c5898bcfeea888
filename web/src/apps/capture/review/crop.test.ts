import { describe, expect, it } from 'vitest';
import type { Line } from '../types';
import { boxOf, pictureIn, ratioOf } from './crop';

const line = (left: number, top: number, right: number, bottom: number): Line => ({
  text: 'x',
  confidence: 1,
  left,
  top,
  right,
  bottom,
});

describe('the crop of a field', () => {
  it('has all of its lines with some room around them, and nothing outside of the picture', () => {
    const box = boxOf([line(0.2, 0.3, 0.6, 0.4), line(0.1, 0.5, 0.5, 0.6)])!;
    expect(box.left).toBeCloseTo(0.085);
    expect(box.top).toBeCloseTo(0.285);
    expect(box.left + box.width).toBeCloseTo(0.615);
    expect(box.top + box.height).toBeCloseTo(0.615);
    const whole = boxOf([line(0, 0, 1, 1)])!;
    expect(whole).toEqual({ left: 0, top: 0, width: 1, height: 1 });
    expect(boxOf([])).toBeNull();
  });

  it('puts the picture so that the box fills the crop', () => {
    const place = pictureIn({ left: 0.25, top: 0.5, width: 0.5, height: 0.25 });
    expect(place).toEqual({ left: -50, top: -200, width: 200, height: 400 });
  });

  it('is as wide as its pixels are, upright after quarter turns', () => {
    const box = { left: 0, top: 0, width: 0.5, height: 0.1 };
    expect(ratioOf(box, 1000, 500, 0)).toBeCloseTo(10);
    expect(ratioOf(box, 1000, 500, 1)).toBeCloseTo(0.1);
    expect(ratioOf(box, 1000, 500, 2)).toBeCloseTo(10);
  });
});
