/**
 * A sound that counts. Block n, a tenth of a second, is a voice-like sound that n alone decides: ten harmonics of a wandering pitch with two
 * formants. Opus keeps what sounds like speech (pure tones it does not), so that each block is recognised after encoding, and a missing,
 * repeated or shifted piece of a millisecond shows.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wav } from './wav';

const BLOCK_S = 0.1;
const RAMP_S = 0.006;
const PITCHES = 6;
const HARMONICS = 10;
/** Samples per second that it is looked at with. */
export const RATE = 8000;
/** Samples of a block at that rate. */
export const BLOCK = RATE * BLOCK_S;
/** The correlation with the right block is at least 0.7, with any other at most 0.45. */
export const SAME = 0.6;
/** What is looked at after as many breaks would say nothing new. */
const MOST_BROKEN = 10;
/** One millisecond. */
export const SLIP = RATE / 1000;

/** Mulberry32: numbers from 0 to 1 that the seed alone decides. */
export function numbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Block `n` at `rate` samples per second. */
export function block(n: number, rate: number): Float32Array {
  const next = numbers((n + 1) * 7919);
  const pitches = Array.from({ length: PITCHES }, () => 100 + 160 * next());
  const formants = [300 + 600 * next(), 1000 + 1300 * next()];
  const phases = Array.from({ length: HARMONICS }, () => 2 * Math.PI * next());
  const loud = phases.map((_, at) =>
    formants.reduce((sum, formant) => sum + Math.exp(-(((180 * (at + 1) - formant) / 200) ** 2)), 0.15),
  );
  const scale = 0.55 / loud.reduce((sum, one) => sum + one, 0);
  const step = BLOCK_S / (PITCHES - 1);
  const turns = [0];
  for (let k = 1; k < PITCHES; k += 1) turns.push(turns[k - 1]! + (step * (pitches[k - 1]! + pitches[k]!)) / 2);
  return Float32Array.from({ length: Math.round(rate * BLOCK_S) }, (_, at) => {
    const time = at / rate;
    const edge = Math.min(time, BLOCK_S - time);
    const k = Math.min(PITCHES - 2, Math.floor(time / step));
    const within = time - k * step;
    const slope = (pitches[k + 1]! - pitches[k]!) / (2 * step);
    const angle = 2 * Math.PI * (turns[k]! + pitches[k]! * within + slope * within ** 2);
    let sum = 0;
    for (let j = 0; j < HARMONICS; j += 1) sum += loud[j]! * Math.sin((j + 1) * angle + phases[j]!);
    return sum * scale * (edge >= RAMP_S ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * Math.max(0, edge)) / RAMP_S));
  });
}

/** A WAV file that counts for so many seconds; made once per machine. */
export function counterFile(seconds: number): string {
  const path = join(tmpdir(), `sluice-counter-${seconds}.wav`);
  if (existsSync(path)) return path;
  const rate = 48_000;
  const samples = Buffer.alloc(seconds * rate * 2);
  for (let n = 0; n < seconds * 10; n += 1)
    block(n, rate).forEach((sample, at) => samples.writeInt16LE(Math.round(sample * 32_767), (n * 4800 + at) * 2));
  writeFileSync(`${path}.${process.pid}`, wav(rate, samples));
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

export interface Heard {
  /** The first and the last block, and every one between them exactly once, where it belongs. */
  first: number;
  last: number;
  seconds: number;
  /** Where something else was heard than the next block: the number that was expected, where, and what was heard instead. */
  broken: { block: number; second: number; heard: number | null }[];
}

/** Decodes a recording and reads its count, which begins within the first `most` blocks. */
export function hear(recording: Buffer, most?: number): Heard {
  return read(decoded(recording), most);
}

/** The samples of a recording, as it is looked at. */
export function decoded(recording: Buffer): Float32Array {
  const options = ['-v', 'error', '-i', 'pipe:0', '-ac', '1', '-ar', String(RATE), '-f', 'f32le', 'pipe:1'];
  const bytes = execFileSync('ffmpeg', options, { input: recording, maxBuffer: 2 ** 30 });
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
}

/** Reads the count of a sound; it begins with a block below `most`. */
export function read(sound: Float32Array, most = 100): Heard {
  const begin = earliest(sound, search(sound, 0, 2 * BLOCK, 0, most), 0);
  const heard: Heard = { first: begin.n, last: begin.n - 1, seconds: sound.length / RATE, broken: [] };
  if (begin.same < SAME) return { ...heard, broken: [{ block: 0, second: 0, heard: null }] };
  let { n, place } = begin;
  while (place + BLOCK <= sound.length && heard.broken.length < MOST_BROKEN) {
    let found = search(sound, place - SLIP, place + SLIP, n, n + 1);
    if (found.same < SAME) {
      const any = search(sound, place - SLIP, place + 2 * BLOCK, Math.max(0, n - most), n + most);
      const instead = earliest(sound, any, place - SLIP);
      const known = instead.same >= SAME;
      heard.broken.push({ block: n, second: place / RATE, heard: known ? instead.n : null });
      found = known ? instead : { n, place, same: 0 };
    }
    heard.last = found.n;
    place = found.place + BLOCK;
    n = found.n + 1;
  }
  return heard;
}

/** The best match need not be the first: back to where the count begins, but not before `from`. */
function earliest(sound: Float32Array, found: Found, from: number): Found {
  const place = found.place - BLOCK;
  if (found.n === 0 || place + SLIP < from) return found;
  const before = search(sound, Math.max(from, place - SLIP), place + SLIP, found.n - 1, found.n);
  return before.same < SAME ? found : earliest(sound, before, from);
}

interface Found {
  n: number;
  place: number;
  /** From -1 to 1. */
  same: number;
}

const known = new Map<number, { samples: Float32Array; power: number }>();

/** The block from `low` to `high` that is most like what begins at a place from `from` to `to`. */
function search(sound: Float32Array, from: number, to: number, low: number, high: number): Found {
  let best: Found = { n: low, place: Math.max(0, from), same: -1 };
  for (let n = low; n < high; n += 1) {
    let wanted = known.get(n);
    if (!wanted) {
      const samples = block(n, RATE);
      wanted = { samples, power: samples.reduce((sum, one) => sum + one * one, 0) };
      known.set(n, wanted);
    }
    for (let place = Math.max(0, from); place <= to && place + BLOCK <= sound.length; place += 1) {
      let product = 0;
      let power = 1e-9;
      for (let at = 0; at < BLOCK; at += 1) {
        const one = sound[place + at]!;
        product += one * wanted.samples[at]!;
        power += one * one;
      }
      const same = product / Math.sqrt(power * wanted.power);
      if (same > best.same) best = { n, place, same };
    }
  }
  return best;
}
