/** Drafts on a theme: asked for, waited for, and kept or not. They survive a reload until they are kept or dropped. */
import { NETWORK, problemFrom, type Problem } from '../../../lib/api/problem';
import { onEvent, onResync } from '../../../lib/events/events';
import { keep, readKept } from '../../../lib/state/kept';
import { captureApi, PHRASES } from '../api';
import { DRAFTED, idIn } from '../events';
import { recent } from '../state/recent.svelte';
import { wishes } from '../state/wishes.svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Drafts, WantedDrafts } from '../types';

const KEPT = 'capture.drafts';

class Themed {
  drafts = $state.raw<Drafts | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Those that are not kept, by their places. */
  readonly left = new SvelteSet<number>();
  /** Fronts of a deck that are to be avoided. */
  avoid = $state.raw<string[]>([]);
  asking = $state(false);

  follow() {
    onEvent(DRAFTED, ({ data }) => {
      if (idIn(data) === this.drafts?.id) void this.#load(this.drafts?.id ?? '');
    });
    onResync(() => void this.#again());
    void this.#again();
  }

  async ask(wanted: Omit<WantedDrafts, 'avoid'>) {
    if (this.asking) return;
    this.asking = true;
    this.problem = null;
    const outcome = await captureApi.draft({ ...wanted, avoid: this.avoid });
    if (!outcome.ok) this.#failed(outcome.problem);
    else this.#take(outcome.value);
  }

  choose(place: number, on: boolean) {
    if (on) this.left.delete(place);
    else this.left.add(place);
  }

  async keep() {
    const { drafts } = this;
    if (!drafts) return;
    const places = drafts.texts.map((_, place) => place).filter((place) => !this.left.has(place));
    const outcome = await captureApi.keepDrafts(drafts.id, places, wishes.translateTo);
    if (!outcome.ok) return this.#failed(outcome.problem);
    this.drop();
    recent.soon();
  }

  drop() {
    this.drafts = null;
    this.problem = null;
    this.left.clear();
    keep(KEPT, null);
  }

  /** Reads the fronts of a deck; null for none. */
  async avoidDeck(file: File | null) {
    this.avoid = [];
    if (!file) return;
    this.problem = null;
    const form = new FormData();
    form.append('file', file);
    try {
      const answer = await fetch(`${PHRASES}/fronts`, { method: 'POST', body: form });
      const body: unknown = await answer.json().catch(() => null);
      if (answer.ok) this.avoid = (body as { texts: string[] }).texts;
      else this.#failed(problemFrom(answer.status, body, answer.headers.get('retry-after'), Date.now()));
    } catch {
      this.#failed(NETWORK);
    }
  }

  #failed(problem: Problem) {
    this.problem = problem;
    this.asking = false;
  }

  #take(drafts: Drafts) {
    this.drafts = drafts;
    this.asking = drafts.state === 'working';
    keep(KEPT, drafts.id);
  }

  async #again() {
    const id = this.drafts?.id ?? readKept<string | null>(KEPT, null);
    if (id) await this.#load(id);
  }

  async #load(id: string) {
    const outcome = await captureApi.drafts(id);
    if (outcome.ok) this.#take(outcome.value);
    else if (outcome.problem.status === 404) this.drop();
    else this.#failed(outcome.problem);
  }
}

export const themed = new Themed();
