/**
 * Which answer is the newest one, whatever order they arrive in. What was asked for before a change was answered may say how it was before
 * that change, so that it counts as older.
 */
export class Newest {
  #moment = 0;
  readonly #known = new Map<string, number>();

  /** The moment at which something is asked for: it belongs to the answer. */
  ask(): number {
    return (this.#moment += 1);
  }

  /** What is known of `id` is of this moment: that at which it was asked for, or now, when a change of it was answered or told. */
  know(id: string, moment = this.ask()): void {
    this.#known.set(id, Math.max(moment, this.#known.get(id) ?? 0));
  }

  /** Whether something newer is known of `id` than the answer to what was asked for at `moment`. */
  isOld(id: string, moment: number): boolean {
    return moment < (this.#known.get(id) ?? 0);
  }
}
