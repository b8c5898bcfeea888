/**
 * Several sounds as one, sample by sample. A busy machine makes it later, and takes nothing out: an audio context, which has to keep up
 * with a clock, skips ten milliseconds there. The first sound that goes on leads; what another one's clock is off is made up for by
 * playing it up to 0.2 % faster or slower.
 */

/** Samples a second of the mix: Opus's own. */
export const RATE = 48_000;
/** Samples that are given at a time, always as many: a recorder begins anew with another number. */
export const PIECE = RATE / 100;
/** Of each sound, so that two loud ones are not cut off. */
const SHARE = 0.75;
/** Samples that a sound is waited for. One that is later, such as a tab that is asleep, is silence until it goes on. */
const PATIENCE = RATE / 2;
/** Samples that two clocks are apart before that is made up for: a busy machine brings them that late, too. */
const APART = RATE / 10;
const CORRECTION = 0.002;

export class Mixer {
  readonly #sounds: Sound[];

  constructor(sounds: number) {
    this.#sounds = Array.from({ length: sounds }, () => new Sound());
  }

  /** What a sound goes on with, at `rate` samples a second. */
  push(sound: number, samples: Float32Array, rate: number) {
    const one = this.#sounds[sound]!;
    const leader = this.#sounds.find(({ ended }) => !ended)!;
    const ahead = one.waiting - leader.waiting;
    const off = one === leader || leader.late || Math.abs(ahead) < APART ? 0 : Math.sign(ahead) * CORRECTION;
    one.push(samples, (rate / RATE) * (1 + off));
  }

  /** A sound goes on no more. */
  end(sound: number) {
    this.#sounds[sound]!.ended = true;
  }

  /** The next pieces of what all sounds have. */
  take(): Float32Array<ArrayBuffer>[] {
    const going = this.#sounds.filter(({ ended }) => !ended);
    const most = Math.max(...this.#sounds.map(({ waiting }) => waiting));
    for (const one of going) one.late = one.waiting < PIECE && (one.late || most > PATIENCE);
    const waited = going.filter(({ late }) => !late);
    const least = waited.length > 0 ? Math.min(...waited.map(({ waiting }) => waiting)) : most;
    const pieces = Array.from({ length: Math.floor(least / PIECE) }, (_, n) => {
      const piece = new Float32Array(PIECE);
      for (const one of this.#sounds) one.addTo(piece, n * PIECE);
      return piece;
    });
    for (const one of this.#sounds) one.drop(pieces.length * PIECE);
    return pieces;
  }
}

/** One sound at the rate of the mix, and what of it is not mixed yet. */
class Sound {
  ended = false;
  late = false;
  #queue = new Float32Array(0);
  readonly #resampler = new Resampler();

  get waiting(): number {
    return this.#queue.length;
  }

  push(samples: Float32Array, step: number) {
    this.#queue = joined(this.#queue, this.#resampler.push(samples, step));
  }

  addTo(piece: Float32Array, from: number) {
    const length = Math.min(piece.length, this.waiting - from);
    for (let at = 0; at < length; at += 1) piece[at]! += this.#queue[from + at]! * SHARE;
  }

  drop(samples: number) {
    this.#queue = this.#queue.slice(samples);
  }
}

/** Samples on each side of a place that a resampled one is made of. */
const REACH = 16;
/** Places between two samples. */
const PLACES = 512;

/** Windowed-sinc interpolation of a sound that comes in pieces. */
export class Resampler {
  /** What is still needed, from `REACH` samples before the next place. */
  #kept = new Float32Array(REACH);
  /** Of the next sample, in samples of `#kept`. */
  #place = REACH;
  #isExact = true;

  /** The samples that can be made now; each is `step` samples of the given ones after the one before. */
  push(samples: Float32Array, step: number): Float32Array {
    const sound = joined(this.#kept, samples);
    // Until one was made between two others, all of them are as they were.
    this.#isExact &&= step === 1;
    if (this.#isExact) {
      this.#kept = sound.slice(-REACH);
      return samples;
    }
    const weights = weightsOf(step);
    const count = Math.max(0, Math.ceil((sound.length - REACH - this.#place) / step));
    const made = new Float32Array(count);
    for (let n = 0; n < count; n += 1) made[n] = between(sound, this.#place + n * step, weights);
    const next = this.#place + count * step;
    const gone = Math.max(0, Math.floor(next) - REACH);
    this.#kept = sound.slice(gone);
    this.#place = next - gone;
    return made;
  }
}

function between(sound: Float32Array, place: number, weights: Float32Array): number {
  const at = Math.round((place % 1) * PLACES) * 2 * REACH;
  const first = Math.floor(place) - REACH + 1;
  let sum = 0;
  for (let n = 0; n < 2 * REACH; n += 1) sum += weights[at + n]! * sound[first + n]!;
  return sum;
}

const known = new Map<number, Float32Array>();

/** Of the samples around each place between two of them. */
function weightsOf(step: number): Float32Array {
  // What is above half of a lower rate would be heard as something else. The correction of a clock is no lower rate.
  const width = step > 1 + CORRECTION ? 1 / step : 1;
  const before = known.get(width);
  if (before) return before;
  const weights = new Float32Array((PLACES + 1) * 2 * REACH);
  for (let place = 0; place <= PLACES; place += 1) {
    const some = Array.from({ length: 2 * REACH }, (_, n) => {
      const away = place / PLACES + REACH - 1 - n;
      return sinc(away * width) * (0.5 + 0.5 * Math.cos((Math.PI * away) / REACH));
    });
    const sum = some.reduce((all, one) => all + one);
    weights.set(
      some.map((one) => one / sum),
      place * 2 * REACH,
    );
  }
  known.set(width, weights);
  return weights;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

function joined(before: Float32Array, after: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(before.length + after.length);
  both.set(before);
  both.set(after, before.length);
  return both;
}
