/**
 * The current reel, and deletions that can be undone. The server is authoritative: an event patches the display immediately, and the
 * whole reel is fetched shortly afterwards.
 */
import { eventsReady, onResync } from '../../../lib/events/events';
import type { Problem } from '../../../lib/api/problem';
import { reelApi } from '../api';
import { connection } from '../../../lib/state/connection.svelte';
import { applyChange, isMoving, type ReelChange } from '../change';
import type { Reel } from '../types';
import { onReelChange } from './changes';
import { dropDrafts } from './drafts.svelte';
import { hidden } from './hidden';
import { list } from './list.svelte';

const FETCH_AFTER_MS = 500;
/** A place in the queue or a pause changes without an event of the reel that waits. */
const FRESH_MS = 5000;
/** Links to media work for ten minutes at least: they are replaced before. */
export const LINKS_MS = 9 * 60_000;
/** How long a deletion can be undone. */
export const UNDO_MS = 7000;

class Reels {
  current = $state.raw<Reel | null>(null);
  currentProblem = $state.raw<Problem | null>(null);
  /** When `current` was fetched, for counting down its remaining time. */
  fetchedAt = $state(0);

  /** Sequence number of requests, to order their responses. */
  #asked = 0;
  #taken = 0;
  #currentId: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #freshener: ReturnType<typeof setTimeout> | undefined;
  #deletions = new Map<string, ReturnType<typeof setTimeout>>();

  follow() {
    addEventListener('pagehide', () => this.#deletions.forEach((_, id) => void this.#deleteNow(id, true)));
    onReelChange({
      changed: (change) => this.#changed(change),
      deleted: (id) => this.#currentId === id && void this.load(id),
    });
    onResync(() => this.#currentId && void this.load(this.#currentId));
    document.addEventListener('visibilitychange', () => {
      if (document.hidden || !this.#currentId || Date.now() - this.fetchedAt < LINKS_MS) return;
      void this.load(this.#currentId);
    });
  }

  /** Opens a reel's page; the previous one is removed. */
  open(id: string) {
    if (this.#currentId === id) return;
    this.#currentId = id;
    this.#taken = 0;
    this.current = null;
    this.currentProblem = null;
    void eventsReady().then(() => this.load(id));
  }

  leave() {
    this.#currentId = null;
    this.current = null;
    this.currentProblem = null;
  }

  async load(id: string) {
    const asked = (this.#asked += 1);
    const outcome = await reelApi.show(id);
    // Outdated responses are dropped.
    if (this.#currentId !== id || this.#taken > asked) return;
    if (outcome.ok) return this.take(outcome.value, asked);
    // The page stays as it is while the server is unavailable; only a deletion replaces it.
    if (!this.current || outcome.problem.status === 404) this.currentProblem = outcome.problem;
    if (outcome.problem.status === 404) this.current = null;
  }

  /** The most recent version of a reel, from any response. */
  take(reel: Reel, asked = (this.#asked += 1)) {
    list.take(reel);
    if (this.#currentId !== reel.id) return;
    this.#taken = asked;
    this.current = reel;
    this.currentProblem = null;
    this.fetchedAt = Date.now();
    this.#keepFresh(reel);
  }

  /** Fetches a reel again if nothing else does: soon while it is unfinished, otherwise before its links expire. */
  #keepFresh(reel: Reel) {
    clearTimeout(this.#freshener);
    this.#freshener = setTimeout(
      async () => {
        if (this.#currentId !== reel.id) return;
        if (!document.hidden && !connection.gone) await this.load(reel.id);
        if (this.current?.id === reel.id) this.#keepFresh(this.current);
      },
      isMoving(reel) ? FRESH_MS : LINKS_MS,
    );
  }

  #changed(change: ReelChange) {
    const id = change.reel_id;
    if (this.#currentId !== id) return;
    if (this.current) this.current = applyChange(this.current, change);
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.load(id);
    }, FETCH_AFTER_MS);
  }

  /** Hides a reel now and deletes it after a while; `failed` is called if the server rejects that. */
  deleteSoon(id: string, failed: (problem: Problem) => void) {
    hidden.add(id);
    const timer = setTimeout(async () => {
      const problem = await this.#deleteNow(id, false);
      if (problem) failed(problem);
    }, UNDO_MS);
    this.#deletions.set(id, timer);
  }

  undoDelete(id: string) {
    clearTimeout(this.#deletions.get(id));
    this.#deletions.delete(id);
    hidden.delete(id);
  }

  async #deleteNow(id: string, leaving: boolean): Promise<Problem | null> {
    clearTimeout(this.#deletions.get(id));
    this.#deletions.delete(id);
    const outcome = await reelApi.remove(id, leaving);
    const gone = outcome.ok || outcome.problem.status === 404;
    if (gone) {
      list.remove(id);
      dropDrafts(id);
    }
    hidden.delete(id);
    return gone || outcome.ok ? null : outcome.problem;
  }
}

export const reels = new Reels();
