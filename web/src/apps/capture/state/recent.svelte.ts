/** The newest phrases, each with the step that it is in, and how many there are of each status. Events only say that something changed. */
import type { Problem } from '../../../lib/api/problem';
import { eventsReady, onEvent, onResync } from '../../../lib/events/events';
import { captureApi } from '../api';
import { EVENTS } from '../events';
import { outbox } from '../intake/outbox.svelte';
import type { Counts, Phrase } from '../types';

const LENGTH = 12;
const ASK_AFTER_MS = 500;

class Recent {
  items = $state.raw<Phrase[] | null>(null);
  counts = $state.raw<Counts>({});
  problem = $state.raw<Problem | null>(null);

  /** Which request was the latest one, and which one's answer is shown. */
  #asked = 0;
  #taken = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  follow() {
    for (const kind of EVENTS) onEvent(kind, () => this.soon());
    onResync(() => this.soon());
    outbox.onArrived((phrases) => {
      const known = new Set(phrases.map(({ id }) => id));
      // A list without them may be on its way.
      this.#taken = this.#asked + 1;
      this.items = [...phrases, ...(this.items ?? []).filter(({ id }) => !known.has(id))].slice(0, LENGTH);
      this.soon();
    });
  }

  async load() {
    const asked = (this.#asked += 1);
    await eventsReady();
    const outcome = await captureApi.list({ limit: LENGTH, sort: 'newest' });
    // While one change follows another, there is always a later request: only what is older than what is shown is dropped.
    if (asked < this.#taken) return;
    this.#taken = asked;
    this.problem = outcome.ok ? null : outcome.problem;
    if (!outcome.ok) return;
    this.items = outcome.value.items;
    this.counts = outcome.value.counts;
  }

  /** At a limited rate. */
  soon() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, ASK_AFTER_MS);
  }
}

export const recent = new Recent();
