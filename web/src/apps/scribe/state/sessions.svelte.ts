/** The list of sessions, page by page, the newest first. Events only say that something changed: the first page is fetched again. */
import type { Problem } from '../../../lib/api/problem';
import { eventsReady, onEvent, onResync } from '../../../lib/events/events';
import { Removals } from '../../../lib/library/removals.svelte';
import { scribeApi } from '../api';
import { EVENTS } from '../events';
import { outbox } from '../outbox/outbox.svelte';
import type { SessionSummary } from '../types';

const PAGE_LENGTH = 24;
const ASK_AFTER_MS = 700;

class Sessions {
  items = $state.raw<SessionSummary[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  loadingMore = $state(false);
  #next = $state.raw<string | null>(null);
  readonly hasMore = $derived(this.#next !== null);
  readonly removals = new Removals<{ id: string }>(
    ({ id }) => id,
    ({ id }, leaving) => removeAll(id, leaving),
    () => this.load(),
  );
  readonly shown = $derived((this.items ?? []).filter((one) => this.removals.isShown(one)));

  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  follow() {
    for (const kind of EVENTS) onEvent(kind, () => this.#soon());
    onResync(() => this.#soon());
    outbox.watch(() => this.#soon());
  }

  async load() {
    const asked = (this.#asked += 1);
    await eventsReady();
    const outcome = await scribeApi.list({ limit: PAGE_LENGTH });
    if (asked !== this.#asked) return;
    this.problem = outcome.ok ? null : outcome.problem;
    if (!outcome.ok) return;
    const { items, next_cursor } = outcome.value;
    // What was loaded beyond the first page stays, unless the first page is everything.
    const last = items.at(-1);
    const older = next_cursor && last ? (this.items ?? []).filter((one) => one.created_at < last.created_at) : [];
    this.items = [...items, ...older];
    if (older.length === 0) this.#next = next_cursor ?? null;
  }

  async more() {
    const cursor = this.#next;
    if (cursor === null || this.loadingMore) return;
    this.loadingMore = true;
    const outcome = await scribeApi.list({ limit: PAGE_LENGTH, cursor });
    this.loadingMore = false;
    if (!outcome.ok) return void (this.problem = outcome.problem);
    const known = new Set(this.items?.map(({ id }) => id));
    this.items = [...(this.items ?? []), ...outcome.value.items.filter(({ id }) => !known.has(id))];
    this.#next = outcome.value.next_cursor ?? null;
  }

  #soon() {
    if (this.items === null) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, ASK_AFTER_MS);
  }
}

/** On the server, and what this browser still has of it. */
async function removeAll(id: string, leaving: boolean) {
  const outcome = await scribeApi.remove(id, leaving);
  if (outcome.ok || outcome.problem.status === 404) await outbox.discard(id);
  return outcome;
}

export const sessions = new Sessions();
