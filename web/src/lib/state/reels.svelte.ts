/**
 * The reels that the page knows. The server is the truth: an event patches what is shown at once and asks for the whole reel
 * shortly after; a stream that was lost and came back asks for everything that is shown.
 */
import { SvelteSet } from 'svelte/reactivity';
import { api } from '../api/client';
import { openEvents } from '../api/events';
import type { Problem } from '../api/problem';
import type { Reel } from '../api/types';
import { applyChange, type ReelChange } from '../reel/change';
import { connection } from './connection.svelte';
import { dropDrafts } from './drafts.svelte';

const FETCH_AFTER_MS = 500;
const LIST_LENGTH = 24;
/** How long a deletion can be undone. */
export const UNDO_MS = 7000;

class Reels {
  list = $state.raw<Reel[] | null>(null);
  listProblem = $state.raw<Problem | null>(null);
  /** The reel of the page in view. */
  current = $state.raw<Reel | null>(null);
  currentProblem = $state.raw<Problem | null>(null);
  /** When `current` was fetched, for counting its time left down. */
  fetchedAt = $state(0);
  /** Deleted here, not yet on the server. */
  readonly hidden = new SvelteSet<string>();
  readonly shown = $derived((this.list ?? []).filter((reel) => !this.hidden.has(reel.id)));

  /** Numbers the questions, so that their answers can be told apart by age. */
  #asked = 0;
  #taken = new Map<string, number>();
  #currentId: string | null = null;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #deletions = new Map<string, ReturnType<typeof setTimeout>>();

  /** Opens the event stream; gives the function that closes it. */
  listen(): () => void {
    const flush = () => this.#deletions.forEach((_, id) => this.#deleteNow(id, true));
    addEventListener('pagehide', flush);
    const close = openEvents({
      reelChanged: (change) => this.#changed(change),
      reelDeleted: (id) => this.#forget(id),
      opened: (again) => {
        connection.stream = 'open';
        if (again) this.refresh();
      },
      lost: () => (connection.stream = 'lost'),
    });
    return () => {
      removeEventListener('pagehide', flush);
      close();
    };
  }

  refresh() {
    if (this.list || this.listProblem) void this.loadList();
    if (this.#currentId) void this.load(this.#currentId);
  }

  async loadList() {
    const outcome = await api.reels(LIST_LENGTH);
    if (outcome.ok) {
      this.list = outcome.value;
      this.listProblem = null;
    } else this.listProblem = outcome.problem;
  }

  /** Shows a reel; keeps what is known of it while it loads. */
  open(id: string) {
    if (this.#currentId === id) return;
    this.#currentId = id;
    this.current = this.list?.find((reel) => reel.id === id) ?? null;
    this.fetchedAt = Date.now();
    this.currentProblem = null;
    void this.load(id);
  }

  leave() {
    this.#currentId = null;
    this.current = null;
    this.currentProblem = null;
  }

  async load(id: string) {
    const asked = (this.#asked += 1);
    const outcome = await api.reel(id);
    // An answer that was overtaken by a newer one is old news.
    if ((this.#taken.get(id) ?? 0) > asked) return;
    if (outcome.ok) this.take(outcome.value, asked);
    else if (this.#currentId === id) {
      // What is on the page stays when the server is away; only "it is gone" replaces it.
      if (!this.current || outcome.problem.status === 404) this.currentProblem = outcome.problem;
      if (outcome.problem.status === 404) this.current = null;
    }
  }

  /** The newest truth about a reel, from any answer of the server. */
  take(reel: Reel, asked = (this.#asked += 1)) {
    this.#taken.set(reel.id, asked);
    if (this.#currentId === reel.id) {
      this.current = reel;
      this.currentProblem = null;
      this.fetchedAt = Date.now();
    }
    if (!this.list) return;
    this.list = this.list.some((known) => known.id === reel.id)
      ? this.list.map((known) => (known.id === reel.id ? reel : known))
      : [reel, ...this.list];
  }

  #changed(change: ReelChange) {
    const id = change.reel_id;
    if (this.current?.id === id) this.current = applyChange(this.current, change);
    if (this.list) this.list = this.list.map((reel) => applyChange(reel, change));
    if (this.#timers.has(id)) return;
    const fetch = () => {
      this.#timers.delete(id);
      void this.load(id);
    };
    this.#timers.set(id, setTimeout(fetch, FETCH_AFTER_MS));
  }

  #forget(id: string) {
    this.list = this.list?.filter((reel) => reel.id !== id) ?? null;
    if (this.#currentId === id) void this.load(id);
  }

  /** Hides a reel now and deletes it after a while; `failed` is told when the server would not. */
  deleteSoon(id: string, failed: (problem: Problem) => void) {
    this.hidden.add(id);
    const timer = setTimeout(async () => {
      const problem = await this.#deleteNow(id, false);
      if (problem) failed(problem);
    }, UNDO_MS);
    this.#deletions.set(id, timer);
  }

  undoDelete(id: string) {
    clearTimeout(this.#deletions.get(id));
    this.#deletions.delete(id);
    this.hidden.delete(id);
  }

  async #deleteNow(id: string, leaving: boolean): Promise<Problem | null> {
    clearTimeout(this.#deletions.get(id));
    this.#deletions.delete(id);
    const outcome = await api.deleteReel(id, leaving);
    const gone = outcome.ok || outcome.problem.status === 404;
    if (gone) {
      this.list = this.list?.filter((reel) => reel.id !== id) ?? null;
      dropDrafts(id);
    }
    this.hidden.delete(id);
    return gone || outcome.ok ? null : outcome.problem;
  }
}

export const reels = new Reels();
