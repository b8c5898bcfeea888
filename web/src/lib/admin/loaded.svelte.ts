/** Something that is fetched, fetched again, and acted on; its trouble is shown in its place. */
import { onMount } from 'svelte';
import type { Outcome, Problem } from '../api/problem';

export class Loaded<Value> {
  value = $state.raw<Value | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  readonly #fetch: () => Promise<Outcome<Value>>;
  #asked = 0;

  /** For a component: fetches when it is mounted, and every `everyMs` if given, while `wanted`. */
  constructor(fetch: () => Promise<Outcome<Value>>, everyMs?: number, wanted = () => true) {
    this.#fetch = fetch;
    onMount(() => {
      void this.load();
      if (everyMs === undefined) return;
      const timer = setInterval(() => document.hidden || this.busy || !wanted() || void this.load(), everyMs);
      return () => clearInterval(timer);
    });
  }

  async load(): Promise<void> {
    const asked = (this.#asked += 1);
    const outcome = await this.#fetch();
    // What was asked for later is newer.
    if (asked !== this.#asked) return;
    if (outcome.ok) this.value = outcome.value;
    this.problem = outcome.ok ? null : outcome.problem;
  }

  /** Does it and fetches again; null if it was refused, and then its problem is shown. */
  async act<Answer>(asked: Promise<Outcome<Answer>>): Promise<{ answer: Answer } | null> {
    this.busy = true;
    const outcome = await asked;
    this.busy = false;
    if (outcome.ok) await this.load();
    else this.problem = outcome.problem;
    return outcome.ok ? { answer: outcome.value } : null;
  }
}
