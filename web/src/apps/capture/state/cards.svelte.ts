/** The library: phrases by filter, words and order, page by page, with those that are selected. */
import { SvelteSet } from 'svelte/reactivity';
import type { Problem } from '../../../lib/api/problem';
import { eventsReady, onEvent, onResync } from '../../../lib/events/events';
import { captureApi } from '../api';
import { EVENTS } from '../events';
import type { Phrase, PhraseQuery } from '../types';

const LENGTH = 50;
const ASK_AFTER_MS = 700;

class Cards {
  items = $state.raw<Phrase[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  loadingMore = $state(false);
  readonly selected = new SvelteSet<string>();
  #next = $state.raw<string | null>(null);
  readonly hasMore = $derived(this.#next !== null);

  #query: PhraseQuery = {};
  #asked = 0;
  #last: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  follow() {
    for (const kind of EVENTS) onEvent(kind, () => this.soon());
    onResync(() => this.soon());
  }

  /** What is looked for; a selection is of what was shown. */
  show(query: PhraseQuery) {
    if (JSON.stringify(query) !== JSON.stringify(this.#query)) this.selected.clear();
    this.#query = query;
    void this.load();
  }

  async load() {
    const asked = (this.#asked += 1);
    this.loading = true;
    await eventsReady();
    // What was loaded by and by is fetched again as a whole, as far as one answer goes.
    const limit = Math.min(100, Math.max(LENGTH, this.items?.length ?? 0));
    const outcome = await captureApi.list({ ...this.#query, limit });
    if (asked !== this.#asked) return;
    this.loading = false;
    this.problem = outcome.ok ? null : outcome.problem;
    if (!outcome.ok) return;
    this.items = outcome.value.items;
    this.#next = outcome.value.next_cursor;
    const shown = new Set(this.items.map(({ id }) => id));
    for (const id of this.selected) if (!shown.has(id)) this.selected.delete(id);
  }

  async more() {
    const cursor = this.#next;
    if (cursor === null || this.loadingMore) return;
    const asked = this.#asked;
    this.loadingMore = true;
    const outcome = await captureApi.list({ ...this.#query, limit: LENGTH, cursor });
    this.loadingMore = false;
    if (asked !== this.#asked) return;
    if (!outcome.ok) return void (this.problem = outcome.problem);
    const known = new Set(this.items?.map(({ id }) => id));
    this.items = [...(this.items ?? []), ...outcome.value.items.filter(({ id }) => !known.has(id))];
    this.#next = outcome.value.next_cursor;
  }

  /** Selects one; with `range` all from the one before. */
  select(id: string, on: boolean, range: boolean) {
    const ids = this.items?.map((one) => one.id) ?? [];
    const [a, b] = [ids.indexOf(this.#last ?? id), ids.indexOf(id)];
    const those = range && a >= 0 ? ids.slice(Math.min(a, b), Math.max(a, b) + 1) : [id];
    for (const one of those) {
      if (on) this.selected.add(one);
      else this.selected.delete(one);
    }
    this.#last = id;
  }

  selectAll(on: boolean) {
    this.selected.clear();
    if (on) this.items?.forEach(({ id }) => this.selected.add(id));
  }

  soon() {
    if (this.items === null) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, ASK_AFTER_MS);
  }
}

export const cards = new Cards();
