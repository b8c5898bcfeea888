import { describe, expect, it } from 'vitest';
import { Mixer, PIECE, RATE, Resampler } from './mixer';

/** A tone of `hertz`, from sample `from` on. */
const tone = (hertz: number, rate: number, from: number, length: number) =>
  Float32Array.from({ length }, (_, at) => Math.sin((2 * Math.PI * hertz * (from + at)) / rate));
const all = (pieces: Float32Array[]) => pieces.flatMap((piece) => [...piece]);
const ones = (length: number, value = 1) => new Float32Array(length).fill(value);

describe('a mix', () => {
  it('has every sample of both once, however late and in whatever pieces they come', () => {
    const mixer = new Mixer(2);
    const [one, other] = [tone(440, RATE, 0, RATE), tone(1000, RATE, 0, RATE)];
    const made: Float32Array[] = [];
    let [first, second] = [0, 0];
    for (let turn = 0; first < RATE || second < RATE; turn += 1) {
      const [more, less] = [(turn % 7) * 480, (turn % 5) * 700];
      mixer.push(0, one.slice(first, first + more), RATE);
      mixer.push(1, other.slice(second, second + less), RATE);
      [first, second] = [first + more, second + less];
      // What comes at once, as after a page stood still.
      if (turn % 11 === 0) made.push(...mixer.take());
    }
    made.push(...mixer.take());
    expect(made.every(({ length }) => length === PIECE)).toBe(true);
    const mix = all(made);
    expect(mix).toHaveLength(RATE);
    const wrong = mix.findIndex((sample, at) => Math.abs(sample - 0.75 * (one[at]! + other[at]!)) > 1e-5);
    expect(wrong).toBe(-1);
  });

  it('waits half a second for a sound, and then goes on without it until it comes', () => {
    const mixer = new Mixer(2);
    mixer.push(0, ones(RATE / 2), RATE);
    expect(mixer.take()).toEqual([]);
    mixer.push(0, ones(PIECE), RATE);
    expect(all(mixer.take())).toEqual(Array(RATE / 2 + PIECE).fill(0.75));
    mixer.push(0, ones(PIECE), RATE);
    expect(mixer.take(), 'at once now').toHaveLength(1);
    mixer.push(1, ones(PIECE, 0.5), RATE);
    expect(mixer.take(), 'it is waited for again').toEqual([]);
    mixer.push(0, ones(PIECE), RATE);
    expect(all(mixer.take())).toEqual(Array(PIECE).fill(0.75 * 1.5));
  });

  it('goes on with what is left of a sound that ended, and with the other one', () => {
    const mixer = new Mixer(2);
    mixer.push(0, ones(2 * PIECE), RATE);
    mixer.end(0);
    expect(mixer.take(), 'the other one has nothing yet').toEqual([]);
    mixer.push(1, ones(3 * PIECE, 0.5), RATE);
    expect(mixer.take().map((piece) => piece[0])).toEqual([1.125, 1.125, 0.375]);
    mixer.end(1);
    expect(mixer.take()).toEqual([]);
  });

  it('makes up for a clock that is a little off, either way', () => {
    for (const rate of [RATE * 1.0015, RATE * 0.9985]) {
      const mixer = new Mixer(2);
      let given = 0;
      let heard = 0;
      // In 400 seconds the clocks part by 0.6.
      for (let second = 1; second <= 400; second += 1) {
        mixer.push(0, ones(RATE), RATE);
        mixer.push(1, ones(Math.round(rate * second) - given, 0.5), RATE);
        given = Math.round(rate * second);
        const mix = mixer.take();
        heard += mix.length * PIECE;
        const whole = mix.every((piece) => piece.every((sample) => Math.abs(sample - 1.125) < 0.01));
        expect(whole, `both, in second ${second}`).toBe(true);
      }
      expect(400 * RATE - heard).toBeLessThan(RATE / 4);
    }
  }, 30_000);
});

describe('a sound at another rate', () => {
  it.each([
    [16_000, 440],
    [44_100, 5000],
    [44_100, 15_000],
    [96_000, 5000],
  ])('of %i samples a second has the same tone of %i Hz', (rate, hertz) => {
    const sound = tone(hertz, rate, 0, rate);
    const resampler = new Resampler();
    const made: number[] = [];
    for (let at = 0; at < rate; at += 441) made.push(...resampler.push(sound.slice(at, at + 441), rate / RATE));
    expect(Math.abs(made.length - RATE)).toBeLessThan(60);
    const wanted = tone(hertz, RATE, 0, RATE);
    const errors = made.slice(100, -100).map((sample, at) => sample - wanted[at + 100]!);
    expect(Math.sqrt(errors.reduce((sum, one) => sum + one * one, 0) / errors.length)).toBeLessThan(0.01);
  });

  it('loses what the lower rate cannot hold', () => {
    const made = new Resampler().push(tone(40_000, 96_000, 0, 96_000), 2);
    expect(Math.max(...made.slice(100, -100).map(Math.abs))).toBeLessThan(0.02);
  });
});
