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
  /** The ids of what is about to be deleted. */
  readonly hidden = new SvelteSet<string>();
  /** The ids of what is deleted: a list that was asked for before may still have it. */
  readonly #gone = new SvelteSet<string>();
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

  isShown(item: Item): boolean {
    const id = this.idOf(item);
    return !this.hidden.has(id) && !this.#gone.has(id);
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
    const refused = outcomes.map((outcome) => (outcome.ok || outcome.problem.status === 404 ? null : outcome.problem));
    pending.items.forEach((item, n) => refused[n] || this.#gone.add(this.idOf(item)));
    const problem = refused.find((one) => one !== null);
    if (problem) pending.failed(problem);
    await this.after();
    pending.items.forEach((item) => this.hidden.delete(this.idOf(item)));
  }
}
