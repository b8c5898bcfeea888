/** The documents that a person has: found, followed while they are read, and deleted with a while to undo it. */
import type { Problem } from '../api/problem';
import { onEvent, onResync } from '../events/events';
import { shelfApi, type DocumentSummary } from './api';
import { Removals } from './removals.svelte';

const PAGE = 48;
/** As many as the server gives in a page. */
const MOST_AT_ONCE = 100;
const ASK_AGAIN_MS = 1000;
/** How often what OCR reads is asked for, besides its events. */
const READING_MS = 5000;

export const USES = ['used', 'unused', 'refused'] as const;
export type Use = (typeof USES)[number];

export interface Wanted {
  words: string;
  use: Use | null;
  oldestFirst: boolean;
}

/** How a document is used, for the filter. */
export function useOf(document: DocumentSummary): Use {
  return document.in_use ? 'used' : document.state === 'refused' ? 'refused' : 'unused';
}

class Documents {
  items = $state.raw<DocumentSummary[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  searching = $state(false);
  next = $state<string | null>(null);
  #wanted = $state.raw<Wanted>({ words: '', use: null, oldestFirst: false });
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #removals = new Removals<DocumentSummary>(
    ({ id }) => id,
    ({ id }, leaving) => shelfApi.removeDocument(id, leaving),
    () => this.load(),
  );

  readonly shown = $derived(
    (this.items ?? []).filter((one) => {
      const use = this.#wanted.use;
      return this.#removals.isShown(one) && (use === null || useOf(one) === use);
    }),
  );

  show(wanted: Wanted) {
    this.#wanted = wanted;
    void this.load();
  }

  /** Loads again what is shown: as many as before. */
  async load() {
    await this.#take(null, Math.max(PAGE, this.items?.length ?? 0), []);
  }

  async loadMore() {
    if (this.next !== null) await this.#take(this.next, PAGE, this.items ?? []);
  }

  remove(documents: DocumentSummary[], failed: (problem: Problem) => void): () => void {
    return this.#removals.soon(documents, failed);
  }

  /** Follows what happens to them until the returned function is called. */
  follow(): () => void {
    const again = () => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.load();
      }, ASK_AGAIN_MS);
    };
    const ends = [onEvent('document.changed', again), onResync(again)];
    const reading = setInterval(() => {
      if (!document.hidden && this.items?.some(({ state }) => state === 'reading')) again();
    }, READING_MS);
    return () => {
      ends.forEach((end) => end());
      clearInterval(reading);
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Takes `count` more after a cursor, page by page, and shows them behind `before`. */
  async #take(cursor: string | null, count: number, before: DocumentSummary[]) {
    const asked = (this.#asked += 1);
    const { words, oldestFirst } = this.#wanted;
    const items = [...before];
    const wanted = before.length + count;
    let next = cursor;
    this.searching = true;
    do {
      const limit = Math.min(MOST_AT_ONCE, wanted - items.length);
      const outcome = await shelfApi.documents({ words, oldestFirst, limit, cursor: next });
      if (asked !== this.#asked) return;
      this.problem = outcome.ok ? null : outcome.problem;
      if (!outcome.ok) {
        this.searching = false;
        return;
      }
      items.push(...outcome.value.items);
      next = outcome.value.next_cursor ?? null;
    } while (next !== null && items.length < wanted);
    this.searching = false;
    this.items = items;
    this.next = next;
  }
}

export const documents = new Documents();
