/** A list that is shown page by page, and begun again when what it is narrowed by changes. */
import { untrack } from 'svelte';
import type { Outcome } from '../api/problem';
import { Loaded } from './loaded.svelte';

interface Page<Item> {
  items: Item[];
  next_cursor?: string | null;
}

export class Paged<Item> extends Loaded<Page<Item>> {
  #cursors: (string | null)[];

  /**
   * For a component. `filter` is read for each question. A page behind the first one is not fetched again by itself, nor is one
   * that is narrowed by a filter: to look for what is rare is expensive.
   */
  constructor(
    fetch: (cursor: string | null) => Promise<Outcome<Page<Item>>>,
    filter: () => Record<string, string>,
    everyMs?: number,
  ) {
    const cursors = $state<(string | null)[]>([null]);
    super(
      () => fetch(cursors[cursors.length - 1] ?? null),
      everyMs,
      () => cursors.length === 1 && Object.values(filter()).every((text) => text === ''),
    );
    this.#cursors = cursors;
    let before = untrack(() => JSON.stringify(filter()));
    $effect(() => {
      const wanted = JSON.stringify(filter());
      if (wanted === before) return;
      before = wanted;
      untrack(() => this.first());
    });
  }

  /** Whether newer ones are behind the present page. */
  get isFirst(): boolean {
    return this.#cursors.length === 1;
  }

  first() {
    this.#cursors.splice(1);
    void this.load();
  }

  older() {
    const next = this.value?.next_cursor;
    if (!next) return;
    this.#cursors.push(next);
    void this.load();
  }

  newer() {
    if (!this.isFirst) this.#cursors.pop();
    void this.load();
  }
}
