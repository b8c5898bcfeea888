/** The log of what was sent to an endpoint: page by page, and kept up to date at its top. */
import type { Problem } from '../api/problem';
import { webhooksApi, type Delivery, type DeliveryState } from './api';

export class Deliveries {
  items = $state.raw<Delivery[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  state = $state<DeliveryState | null>(null);
  loadingMore = $state(false);
  #next = $state.raw<string | null>(null);
  readonly more = $derived(this.#next !== null);
  readonly #id: string;
  /** Outdated responses are dropped. */
  #asked = 0;

  constructor(id: string) {
    this.#id = id;
  }

  show(state: DeliveryState | null): Promise<void> {
    this.state = state;
    this.items = null;
    return this.load();
  }

  /** Fetches the first page; what was loaded after it stays, unless rows between them may be missing. */
  async load(): Promise<void> {
    const asked = (this.#asked += 1);
    const outcome = await webhooksApi.deliveries(this.#id, this.state, null);
    if (asked !== this.#asked) return;
    this.problem = outcome.ok ? null : outcome.problem;
    if (!outcome.ok) return;
    const head = outcome.value.items;
    const next = outcome.value.next_cursor ?? null;
    const end = head.at(-1)?.id ?? '';
    const known = new Set(this.items?.map(({ id }) => id));
    // If no row of the page was known, more than a page may be new.
    const adjoins = next !== null && head.some(({ id }) => known.has(id));
    // Ids sort by time of creation, the newest first.
    const older = adjoins ? (this.items ?? []).filter(({ id }) => id < end) : [];
    this.items = [...head, ...older];
    if (older.length === 0) this.#next = next;
  }

  async loadMore(): Promise<void> {
    const cursor = this.#next;
    if (cursor === null || this.loadingMore) return;
    const state = this.state;
    this.loadingMore = true;
    const outcome = await webhooksApi.deliveries(this.#id, state, cursor);
    this.loadingMore = false;
    // Another filter, or a list that was replaced, does not continue with this page.
    if (state !== this.state || !this.items || cursor !== this.#next) return;
    this.problem = outcome.ok ? null : outcome.problem;
    if (!outcome.ok) return;
    const known = new Set(this.items.map(({ id }) => id));
    this.items = [...this.items, ...outcome.value.items.filter(({ id }) => !known.has(id))];
    this.#next = outcome.value.next_cursor ?? null;
  }

  put(delivery: Delivery) {
    this.items = this.items?.map((one) => (one.id === delivery.id ? delivery : one)) ?? null;
  }
}
