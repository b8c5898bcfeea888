/** What is selected in a list, and deleted together with a while to undo it. */
import { SvelteSet } from 'svelte/reactivity';
import { toast } from 'svelte-sonner';
import type { Problem } from '../api/problem';
import { t, wordsFor } from '../words/text';
import { UNDO_MS } from './removals.svelte';

type Remove<Item> = (items: Item[], failed: (problem: Problem) => void) => () => void;

export class Selected<Item> {
  readonly #ids = new SvelteSet<string>();

  /** `selectable` gives those that can be selected, of what is shown. */
  constructor(
    readonly selectable: () => Item[],
    readonly idOf: (item: Item) => string,
    readonly titleOf: (item: Item) => string,
  ) {}

  get items(): Item[] {
    return this.selectable().filter((item) => this.has(item));
  }

  has(item: Item): boolean {
    return this.#ids.has(this.idOf(item));
  }

  toggle(item: Item, on: boolean) {
    if (on) this.#ids.add(this.idOf(item));
    else this.#ids.delete(this.idOf(item));
  }

  all(on: boolean) {
    this.#ids.clear();
    if (on) for (const item of this.selectable()) this.toggle(item, true);
  }

  /** Deletes those that are selected, and offers to undo it. */
  delete(remove: Remove<Item>) {
    const those = this.items;
    if (those.length === 0) return;
    this.#ids.clear();
    const only = those.length === 1 ? this.titleOf(those[0]!) : null;
    const text =
      only === null ? t('library.deleted', { count: those.length }) : t('library.deleted.one', { title: only });
    offerUndo(text, remove(those, sayWhy));
  }
}

/** Says why something was not deleted. */
export function sayWhy(problem: Problem) {
  toast.error(wordsFor(problem).title);
}

/** Says what is done, and offers to undo it for as long as that is possible. */
export function offerUndo(text: string, undo: () => void) {
  toast(text, { duration: UNDO_MS, action: { label: t('library.undo'), onClick: undo } });
}
