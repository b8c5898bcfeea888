/** What is about to be deleted: hidden at once, deleted after a while, so that it can be undone. */
import { SvelteSet } from 'svelte/reactivity';
import type { Outcome, Problem } from '../api/problem';

/** How long a deletion can be undone. */
export const UNDO_MS = 7000;

interface Pending<Item> {
  items: Item[];
  timer: ReturnType<typeof setTimeout>;
  failed: (problem: Problem) => void;
}

export class Removals<Item> {
  /** The ids of what is not shown any more. */
  readonly hidden = new SvelteSet<string>();
  readonly #pending = new Set<Pending<Item>>();

  /** `remove` deletes one of them, also while the page is being closed (`leaving`); `after` loads what is left. */
  constructor(
    readonly idOf: (item: Item) => string,
    readonly remove: (item: Item, leaving: boolean) => Promise<Outcome<unknown>>,
    readonly after: () => Promise<void>,
  ) {
    // Not in unit tests.
    if (typeof addEventListener === 'function')
      addEventListener('pagehide', () => this.#pending.forEach((one) => void this.#delete(one, true)));
  }

  /** Hides them now and deletes them after a while; returns the function that undoes it. */
  soon(items: Item[], failed: (problem: Problem) => void): () => void {
    items.forEach((item) => this.hidden.add(this.idOf(item)));
    const pending: Pending<Item> = {
      items,
      failed,
      timer: setTimeout(() => void this.#delete(pending, false), UNDO_MS),
    };
    this.#pending.add(pending);
    return () => {
      if (!this.#pending.delete(pending)) return;
      clearTimeout(pending.timer);
      items.forEach((item) => this.hidden.delete(this.idOf(item)));
    };
  }

  async #delete(pending: Pending<Item>, leaving: boolean) {
    if (!this.#pending.delete(pending)) return;
    clearTimeout(pending.timer);
    const outcomes = await Promise.all(pending.items.map((item) => this.remove(item, leaving)));
    const refused = outcomes.find((outcome) => !outcome.ok && outcome.problem.status !== 404);
    if (refused && !refused.ok) pending.failed(refused.problem);
    await this.after();
    pending.items.forEach((item) => this.hidden.delete(this.idOf(item)));
  }
}
