/**
 * A sound that counts and speaks in turn: six seconds of the blocks of `counter.ts`, then 25 seconds of real speech, which has words to write
 * down. Each block counts the tenths of a second of the file, so that a hole or a repetition in the speech shows in the next count; the speech
 * itself is compared with the samples that were played.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { block, BLOCK, RATE, SAME, SLIP } from './counter';
import { wavHead } from './wav';

const READINGS = ['austen-0870', 'austen-0880', 'austen-0890', 'austen-0920', 'austen-0930'];
export const PERIOD_S = 32;
const COUNT_S = 6;
const SPEECH_S = 6.5;
/** When the speech of a period has ended. */
const SPOKEN_S = 31.5;
/** Words of a period's speech, as `tests/sounds.tsv` has them. */
export const WORDS = 68;
const FILE_RATE = 48_000;

/** Speech is compared half a second at a time, where it is loud enough to be the same after Opus. */
const WINDOW = RATE / 2;
const LOUD = 0.02;
const ALIKE = 0.5;
/** How far a recorder may have jumped: forwards what it did not hear, backwards what it gave twice. */
const BACK = 40 * RATE;
const AHEAD = 120 * RATE;
/** Every so many samples are enough to see which blocks it cannot be. */
const COARSE = 8;
const MOST_BROKEN = 10;

const PERIOD = PERIOD_S * RATE;
const counts = (at: number) => at % PERIOD < COUNT_S * RATE;

/** The readings one after the other. */
function speech(rate: number): Float32Array {
  const corpus = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice/corpus');
  const inputs = READINGS.flatMap((name) => ['-i', join(corpus, `${name}.wav`)]);
  const joined = ['-filter_complex', `concat=n=${READINGS.length}:v=0:a=1`, '-ar', String(rate), '-ac', '1'];
  const options = ['-nostdin', '-v', 'error', ...inputs, ...joined, '-f', 'f32le', 'pipe:1'];
  const bytes = execFileSync('ffmpeg', options, { maxBuffer: 2 ** 28 });
  const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
  return samples.subarray(0, Math.round((SPOKEN_S - SPEECH_S) * rate));
}

/** One period, whose count begins at `first`. */
function period(first: number, rate: number, spoken: Float32Array): Float32Array {
  const samples = new Float32Array(PERIOD_S * rate);
  for (let n = 0; n < COUNT_S * 10; n += 1) samples.set(block(first + n, rate), (n * rate) / 10);
  samples.set(spoken, SPEECH_S * rate);
  return samples;
}

/** Such a sound of at least so many seconds. */
export function spoken(seconds: number, rate: number): Float32Array[] {
  const said = speech(rate);
  return Array.from({ length: Math.ceil(seconds / PERIOD_S) }, (_, n) => period(n * PERIOD_S * 10, rate, said));
}

/** The same as a WAV file; made once per machine. */
export function spokenFile(seconds: number): string {
  const periods = Math.ceil(seconds / PERIOD_S);
  const path = join(tmpdir(), `sluice-spoken-${periods}.wav`);
  if (existsSync(path)) return path;
  const said = speech(FILE_RATE);
  const made = `${path}.${process.pid}`;
  const file = openSync(made, 'w');
  writeSync(file, wavHead(periods * PERIOD_S * FILE_RATE * 2, FILE_RATE));
  for (let n = 0; n < periods; n += 1) {
    const samples = Int16Array.from(period(n * PERIOD_S * 10, FILE_RATE, said), (one) => Math.round(one * 32_767));
    writeSync(file, new Uint8Array(samples.buffer));
  }
  closeSync(file);
  renameSync(made, path);
  return path;
}

/** Where something else was heard than what was played next. */
export interface Break {
  /** In the recording, at most as late as it really is by the rest of a speech. */
  second: number;
  /** Where it goes on as it should; null if nowhere. */
  until: number | null;
  /** Milliseconds that are missing; negative if they are there twice. */
  missing_ms: number;
}

export interface Followed {
  seconds: number;
  /** When the sound of the file begins in it. */
  begins: number;
  breaks: Break[];
  /** When speech was played that is in it from its beginning to its end, in seconds of the recording. */
  speeches: { from: number; to: number }[];
  /** Seconds of speech that were compared with what was played. */
  compared: number;
}

/** Follows a recording through what was played, of which the count begins within the first seconds. */
export function follow(sound: Float32Array): Followed {
  const said = speech(RATE);
  const lead = resume(sound, 0, 0, 0, 10 * RATE);
  const followed: Followed = { seconds: sound.length / RATE, begins: -1, breaks: [], speeches: [], compared: 0 };
  if (!lead) return { ...followed, breaks: [{ second: 0, until: null, missing_ms: 0 }] };
  let { place, at } = lead;
  followed.begins = (place - at) / RATE;
  let began: number | null = null;
  while (followed.breaks.length < MOST_BROKEN) {
    const length = counts(at) ? BLOCK : WINDOW;
    if (place + length > sound.length) break;
    const wanted = counts(at) ? blockAt(at) : speechAt(said, at);
    const quiet = !counts(at) && Math.sqrt(power(wanted, 0, length) / length) < LOUD;
    const found = quiet ? { place, same: 1 } : nearest(sound, place, wanted);
    if (found.same >= (counts(at) ? SAME : ALIKE)) {
      if (!counts(at) && !quiet) followed.compared += length / RATE;
      place = found.place + length;
      at += length;
      if (at % PERIOD === COUNT_S * RATE) began = place;
      if (at % PERIOD === 0 && began !== null) {
        followed.speeches.push({ from: began / RATE, to: place / RATE });
        began = null;
      }
      continue;
    }
    const next = resume(sound, place - SLIP, Math.max(0, at - BACK), at, at + AHEAD);
    const missing = next ? next.at - at - (next.place - place) : 0;
    const until = next ? next.place / RATE : null;
    followed.breaks.push({ second: place / RATE, until, missing_ms: Math.round((missing * 1000) / RATE) });
    if (!next) break;
    ({ place, at } = next);
    began = null;
  }
  return followed;
}

const blocks = new Map<number, Float32Array>();

function blockAt(at: number): Float32Array {
  let known = blocks.get(at);
  if (!known) blocks.set(at, (known = block(at / BLOCK, RATE)));
  return known;
}

/** What a window of the speech sounds like; silence before and after it. */
function speechAt(said: Float32Array, at: number): Float32Array {
  const window = new Float32Array(WINDOW);
  const from = (at % PERIOD) - SPEECH_S * RATE;
  if (from >= 0) window.set(said.subarray(from, from + WINDOW));
  return window;
}

function power(sound: Float32Array, from: number, length: number): number {
  let sum = 0;
  for (let n = from; n < from + length; n += 1) sum += sound[n]! ** 2;
  return sum;
}

/** From -1 to 1: how much a place is like a sound. */
function alike(sound: Float32Array, place: number, wanted: Float32Array): number {
  let product = 0;
  for (let n = 0; n < wanted.length; n += 1) product += sound[place + n]! * wanted[n]!;
  return product / Math.sqrt(power(sound, place, wanted.length) * power(wanted, 0, wanted.length) + 1e-9);
}

/** The place within a millisecond that is most like it. */
function nearest(sound: Float32Array, place: number, wanted: Float32Array): { place: number; same: number } {
  let best = { place, same: -1 };
  const last = Math.min(place + SLIP, sound.length - wanted.length);
  for (let near = Math.max(0, place - SLIP); near <= last; near += 1) {
    const same = alike(sound, near, wanted);
    if (same > best.same) best = { place: near, same };
  }
  return best;
}

/** The first place from `from` on at which two blocks of the file between `low` and `high` follow each other; those nearest to `expected` first. */
function resume(sound: Float32Array, from: number, low: number, expected: number, high: number) {
  const candidates: { at: number; coarse: Float32Array }[] = [];
  for (let at = Math.ceil(low / BLOCK) * BLOCK; at < high; at += BLOCK)
    if (counts(at) && counts(at + BLOCK)) candidates.push({ at, coarse: coarse(blockAt(at), 0) });
  candidates.sort((a, b) => Math.abs(a.at - expected) - Math.abs(b.at - expected));
  for (let place = Math.max(0, from); place + 2 * BLOCK + SLIP <= sound.length; place += 2) {
    const here = coarse(sound, place);
    for (const { at, coarse: wanted } of candidates) {
      let product = 0;
      for (let n = 0; n < wanted.length; n += 1) product += here[n]! * wanted[n]!;
      if (product < SAME - 0.1 || alike(sound, place, blockAt(at)) < SAME - 0.1) continue;
      const found = nearest(sound, place, blockAt(at));
      if (found.same < SAME) continue;
      if (nearest(sound, found.place + BLOCK, blockAt(at + BLOCK)).same >= SAME) return { place: found.place, at };
    }
  }
  return null;
}

/** Every eighth sample of what is as long as a block, made as loud as any other. */
function coarse(sound: Float32Array, place: number): Float32Array {
  const some = Float32Array.from({ length: BLOCK / COARSE }, (_, n) => sound[place + n * COARSE]!);
  const loud = Math.sqrt(power(some, 0, some.length)) + 1e-9;
  return some.map((one) => one / loud);
}
