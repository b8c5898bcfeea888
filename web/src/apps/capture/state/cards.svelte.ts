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
  /** Which request was the latest one, and which one's answer is shown. */
  #asked = 0;
  #taken = 0;
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
    const query = this.#query;
    const outcome = await captureApi.list({ ...query, limit });
    // While one change follows another, there is always a later request: only what is older than what is shown is dropped.
    if (asked < this.#taken || query !== this.#query) return;
    this.#taken = asked;
    this.loading = asked !== this.#asked;
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
    const [query, taken] = [this.#query, this.#taken];
    this.loadingMore = true;
    const outcome = await captureApi.list({ ...query, limit: LENGTH, cursor });
    this.loadingMore = false;
    if (query !== this.#query) return;
    // It goes on where the list ended before.
    if (taken !== this.#taken) return void this.more();
    if (!outcome.ok) return void (this.problem = outcome.problem);
    const known = new Set(this.items?.map(({ id }) => id));
    this.items = [...(this.items ?? []), ...outcome.value.items.filter(({ id }) => !known.has(id))];
    this.#next = outcome.value.next_cursor;
    if (this.#taken === this.#asked) return;
    // A list without these is on its way.
    this.#taken = this.#asked + 1;
    void this.load();
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
    if (this.#asked === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, ASK_AFTER_MS);
  }
}

export const cards = new Cards();
