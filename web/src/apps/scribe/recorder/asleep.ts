/**
 * Whether the machine slept while it recorded. The clock of a recorder is `performance.now()`, which nobody can set, but which stands still
 * while a machine sleeps (not on every system): by it alone nothing would be missing. The wall clock goes on. When it gained a second
 * on the other between two looks, some times a second, the machine slept. A network that corrects the wall clock little by little is far
 * slower than that, and one that is set back is no sleep. One that is set ahead looks like sleep to a page, and is taken for it: a gap too
 * many is seen and understood, and one that nobody states would be a hole.
 */

/** Less is no sleep, in milliseconds. */
const LEAST_MS = 1000;

export class Sleep {
  #last: { wall: number; now: number };

  constructor(
    readonly now: () => number,
    readonly wall: () => number,
  ) {
    this.#last = { wall: wall(), now: now() };
  }

  /** Whether it slept since the last look. */
  look(): boolean {
    const last = this.#last;
    this.#last = { wall: this.wall(), now: this.now() };
    return this.#last.wall - last.wall - (this.#last.now - last.now) >= LEAST_MS;
  }
}
