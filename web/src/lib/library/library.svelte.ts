/** What a person has, over all apps: found, followed, and deleted with a while to undo it. */
import type { Problem } from '../api/problem';
import { apps, type WorkState } from '../app';
import { onEvent, onResync } from '../events/events';
import { Merged, type Found } from './merge';
import { Removals } from './removals.svelte';

const PAGE = 48;
const ASK_AGAIN_MS = 1500;

export interface Wanted {
  words: string;
  state: WorkState | null;
  app: string | null;
  oldestFirst: boolean;
}

class Library {
  items = $state.raw<Found[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  searching = $state(false);
  more = $state(false);
  #removals = new Removals<Found>(
    ({ work }) => work.subject,
    ({ app, work }, leaving) => app.remove(work.subject, leaving),
    () => this.load(),
  );
  #wanted: Wanted | null = null;
  #merged: Merged | null = null;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly shown = $derived((this.items ?? []).filter((one) => this.#removals.isShown(one)));

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
    return this.#removals.soon(found, failed);
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
