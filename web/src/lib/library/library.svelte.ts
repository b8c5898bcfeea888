/** What a person has, over all apps: found, followed, and deleted with a while to undo it. */
import { SvelteSet } from 'svelte/reactivity';
import type { Problem } from '../api/problem';
import { apps, type WorkState } from '../app';
import { onEvent, onResync } from '../events/events';
import { Merged, type Found } from './merge';

const PAGE = 48;
/** How long a deletion can be undone. */
export const UNDO_MS = 7000;
const ASK_AGAIN_MS = 1500;

export interface Wanted {
  words: string;
  state: WorkState | null;
  app: string | null;
  oldestFirst: boolean;
}

interface Deletion {
  found: Found[];
  timer: ReturnType<typeof setTimeout>;
  failed: (problem: Problem) => void;
}

class Library {
  items = $state.raw<Found[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  searching = $state(false);
  more = $state(false);
  /** About to be deleted: not shown any more. */
  #hidden = new SvelteSet<string>();
  #deletions = new Set<Deletion>();
  #wanted: Wanted | null = null;
  #merged: Merged | null = null;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly shown = $derived((this.items ?? []).filter(({ work }) => !this.#hidden.has(work.subject)));

  constructor() {
    addEventListener('pagehide', () => this.#deletions.forEach((one) => void this.#delete(one, true)));
  }

  show(wanted: Wanted) {
    this.#wanted = wanted;
    void this.load();
  }

  /** Loads again what is shown: as many as before. */
  async load() {
    if (!this.#wanted) return;
    const { app, ...query } = this.#wanted;
    const chosen = apps().filter(({ name }) => app === null || name === app);
    const merged = new Merged(chosen, { ...query, limit: PAGE });
    await this.#take(
      merged,
      Math.max(PAGE, this.#merged?.query.words === query.words ? (this.items?.length ?? 0) : 0),
      [],
    );
  }

  async loadMore() {
    if (this.#merged) await this.#take(this.#merged, PAGE, this.items ?? []);
  }

  /** Follows the events until the returned function is called. */
  follow(): () => void {
    const again = () => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.load();
      }, ASK_AGAIN_MS);
    };
    const ends = apps().flatMap((app) => app.events.map((kind) => onEvent(kind, again)));
    ends.push(onResync(again));
    return () => {
      ends.forEach((end) => end());
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Hides them now and deletes them after a while; returns the function that undoes it. */
  remove(found: Found[], failed: (problem: Problem) => void): () => void {
    found.forEach(({ work }) => this.#hidden.add(work.subject));
    const deletion: Deletion = { found, failed, timer: setTimeout(() => void this.#delete(deletion, false), UNDO_MS) };
    this.#deletions.add(deletion);
    return () => {
      if (!this.#deletions.delete(deletion)) return;
      clearTimeout(deletion.timer);
      found.forEach(({ work }) => this.#hidden.delete(work.subject));
    };
  }

  async #delete(deletion: Deletion, leaving: boolean) {
    if (!this.#deletions.delete(deletion)) return;
    clearTimeout(deletion.timer);
    const outcomes = await Promise.all(deletion.found.map(({ app, work }) => app.remove(work.subject, leaving)));
    const refused = outcomes.find((outcome) => !outcome.ok && outcome.problem.status !== 404);
    if (refused && !refused.ok) deletion.failed(refused.problem);
    await this.load();
    deletion.found.forEach(({ work }) => this.#hidden.delete(work.subject));
  }

  async #take(merged: Merged, count: number, before: Found[]) {
    const asked = (this.#asked += 1);
    this.searching = true;
    const outcome = await merged.next(count);
    if (asked !== this.#asked) return;
    this.searching = false;
    this.problem = outcome.ok ? null : outcome.problem;
    if (!outcome.ok) return;
    this.#merged = merged;
    this.items = [...before, ...outcome.value];
    this.more = merged.more;
  }
}

export const library = new Library();
