/**
 * The searched and filtered list of reels, page by page. Events patch it: a known reel is fetched again, an unknown one is looked for at
 * the top of the list.
 */
import { eventsReady, onResync } from '../../../lib/events/events';
import type { Problem } from '../../../lib/api/problem';
import { connection } from '../../../lib/state/connection.svelte';
import { Newest } from '../../../lib/state/newest';
import { reelApi } from '../api';
import { isMoving } from '../change';
import { summaryOf, type Reel, type ReelQuery, type ReelState, type ReelSummary } from '../types';
import { onReelChange } from './changes';
import { mergeHead, patch, type Filter } from './merge';
import { hidden } from './hidden';

const PAGE_LENGTH = 24;
const ASK_AFTER_MS = 700;
/** A place in the queue or a pause changes without an event of the reel that waits. */
const FRESH_MS = 10_000;
/** Links to media work for ten minutes at least: they are replaced before. */
const LINKS_MS = 9 * 60_000;

class ReelList {
  items = $state.raw<ReelSummary[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  moreProblem = $state.raw<Problem | null>(null);
  /** Whether a response for a new search or filter is pending; the previous results stay meanwhile. */
  searching = $state(false);
  loadingMore = $state(false);
  readonly shown = $derived((this.items ?? []).filter((item) => !hidden.has(item.id)));
  #next = $state.raw<string | null>(null);
  readonly hasMore = $derived(this.#next !== null);
  filter = $state.raw<Filter>({ q: '', state: null });

  /** Sequence number of requests: outdated responses are dropped. */
  #asked = 0;
  /** Of a deleted reel: an answer to what was asked for before may still have it. */
  readonly #newest = new Newest();
  /** When the head was asked for that is shown. */
  #taken = 0;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  follow() {
    onReelChange({
      changed: (change) => this.#changed(change.reel_id, change),
      deleted: (id) => this.remove(id),
    });
    onResync(() => this.items && void this.#head());
    setInterval(() => this.items && !document.hidden && !connection.gone && void this.#head(), LINKS_MS);
  }

  /** Applies a filter; an unchanged filter fetches nothing. */
  show(q: string, state: ReelState | null) {
    const same = q === this.filter.q && state === this.filter.state;
    if (same && this.items !== null) return;
    this.filter = { q, state };
    void this.load();
  }

  async load() {
    const asked = (this.#asked += 1);
    this.searching = true;
    await eventsReady();
    const at = this.#newest.ask();
    const outcome = await reelApi.list(this.#query());
    if (asked !== this.#asked) return;
    this.searching = false;
    this.moreProblem = null;
    if (outcome.ok) {
      this.items = this.#left(outcome.value.items, at);
      this.#next = outcome.value.next_cursor ?? null;
      this.problem = null;
      // Something was new while it was under way.
      if (at < this.#taken) this.#headSoon();
    } else {
      this.problem = outcome.problem;
    }
  }

  async more() {
    const cursor = this.#next;
    if (cursor === null || this.loadingMore || this.searching) return;
    const asked = this.#asked;
    this.loadingMore = true;
    const at = this.#newest.ask();
    const outcome = await reelApi.list({ ...this.#query(), cursor });
    this.loadingMore = false;
    if (asked !== this.#asked) return;
    this.moreProblem = outcome.ok ? null : outcome.problem;
    if (!outcome.ok) return;
    const known = new Set(this.items?.map((item) => item.id));
    const more = this.#left(outcome.value.items, at).filter((item) => !known.has(item.id));
    this.items = [...(this.items ?? []), ...more];
    this.#next = outcome.value.next_cursor ?? null;
  }

  /** Keeps unfinished reels up to date until the returned function is called. */
  keepFresh(): () => void {
    const timer = setInterval(() => {
      if (!document.hidden && !connection.gone && this.items?.some(isMoving)) void this.#head();
    }, FRESH_MS);
    return () => clearInterval(timer);
  }

  /** The most recent version of a reel, from any response. */
  take(reel: Reel) {
    if (!this.items) return;
    const summary = summaryOf(reel);
    if (this.items.some((item) => item.id === reel.id)) this.items = patch(this.items, summary, this.filter);
    else if (this.filter.q === '' && this.filter.state === null) {
      this.items = [summary, ...this.items];
      // A list without it may be on its way.
      this.#taken = this.#newest.ask();
    }
  }

  remove(id: string) {
    this.#newest.know(id);
    this.items = this.items?.filter((item) => item.id !== id) ?? null;
  }

  #query(): ReelQuery {
    const { q, state } = this.filter;
    return { limit: PAGE_LENGTH, ...(q ? { q } : {}), ...(state ? { state } : {}) };
  }

  #changed(id: string, change: { percent?: number }) {
    if (this.#asked === 0) return;
    const known = this.items?.find((item) => item.id === id);
    if (!known || !this.items) return this.#headSoon();
    if (change.percent !== undefined && known.state === 'working') {
      const percent = Math.max(known.percent, change.percent);
      this.items = this.items.map((item) => (item.id === id ? { ...item, percent } : item));
    }
    this.#soon(id, async () => {
      const at = this.#newest.ask();
      const outcome = await reelApi.show(id);
      if (this.#newest.isOld(id, at)) return;
      if (outcome.ok) this.take(outcome.value);
      else if (outcome.problem.status === 404) this.remove(id);
    });
  }

  /** Fetches the first page again and inserts new reels at the top. */
  async #head() {
    const [asked, at] = [this.#asked, this.#newest.ask()];
    const outcome = await reelApi.list(this.#query());
    if (!outcome.ok || asked !== this.#asked) return;
    if (at < this.#taken) return this.#headSoon();
    this.#taken = at;
    const head = this.#left(outcome.value.items, at);
    this.items = mergeHead(this.items ?? [], head, outcome.value.next_cursor == null);
  }

  #headSoon() {
    this.#soon('head', () => this.#head());
  }

  /** Without those that were deleted since it was asked for. */
  #left(items: ReelSummary[], at: number): ReelSummary[] {
    return items.filter(({ id }) => !this.#newest.isOld(id, at));
  }

  #soon(name: string, run: () => Promise<void>) {
    if (this.#timers.has(name)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      void run();
    }, ASK_AFTER_MS);
    this.#timers.set(name, timer);
  }
}

export const list = new ReelList();
