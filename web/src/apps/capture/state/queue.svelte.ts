/**
 * The review queue: what waits for a person, most doubts first. An approved card leaves at once; its approval is sent behind it, waits
 * while there is no room, and brings the card back if it is refused.
 */
import type { Problem } from '../../../lib/api/problem';
import { eventsReady, onEvent, onResync } from '../../../lib/events/events';
import { captureApi } from '../api';
import { CHANGED, DELETED, idIn } from '../events';
import { untilOf } from '../intake/sender';
import { after, approvable, merged, placed, sameCard } from '../review/queue';
import type { Phrase } from '../types';
import { decisions } from './decisions.svelte';
import { isDirty } from './edits.svelte';

const LENGTH = 100;
/** With fewer left, the next ones are fetched. */
const FEW = 15;
const ASK_AFTER_MS = 300;

class ReviewQueue {
  items = $state.raw<Phrase[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** How many were approved since the page was opened. */
  approved = $state(0);
  /** Approvals that are not sent yet. */
  waiting = $state(0);
  #id = $state.raw<string | null>(null);
  readonly current = $derived(this.items?.find(({ id }) => id === this.#id) ?? this.items?.[0] ?? null);
  readonly place = $derived(this.current ? (this.items ?? []).indexOf(this.current) + 1 : 0);

  #more = false;
  #asked = 0;
  /** Whose approval is on its way: what is told of them is old. */
  #leaving = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #changed = new Set<string>();
  /** Told of a card that came back. */
  #back: (phrase: Phrase, problem: Problem) => void = () => undefined;

  follow() {
    onEvent(CHANGED, ({ data }) => this.#soon(idIn(data)));
    onEvent(DELETED, ({ data }) => this.#drop(idIn(data) ?? ''));
    onResync(() => this.#soon(null));
    addEventListener('beforeunload', (event) => this.waiting > 0 && event.preventDefault());
  }

  onBack(back: (phrase: Phrase, problem: Problem) => void) {
    this.#back = back;
  }

  async load() {
    const asked = (this.#asked += 1);
    await eventsReady();
    const outcome = await captureApi.list({ status: 'pending_review', sort: 'doubtful', limit: LENGTH });
    if (asked !== this.#asked) return;
    this.problem = outcome.ok ? null : outcome.problem;
    if (!outcome.ok) return;
    const { items, next_cursor } = outcome.value;
    const fresh = items.filter(({ id }) => !this.#leaving.has(id));
    this.#more = next_cursor !== null;
    this.items = merged(this.items ?? [], fresh, !this.#more, this.current?.id ?? null);
  }

  /** Takes what is known of a phrase. */
  take(phrase: Phrase) {
    if (this.items === null || this.#leaving.has(phrase.id)) return;
    const known = this.items.some(({ id }) => id === phrase.id);
    if (phrase.status !== 'pending_review') {
      // A card whose fields are made anew stays where it is, so that the person sees it happen.
      if (phrase.status === 'processing' && known) this.#replace(phrase);
      else this.#drop(phrase.id);
    } else if (known) this.#replace(phrase);
    else this.items = placed(this.items, phrase, this.current?.id ?? null);
  }

  move(by: 1 | -1) {
    const to = this.items?.[this.place - 1 + by];
    if (to) this.#id = to.id;
  }

  show(id: string) {
    this.#id = id;
  }

  /** It was deleted. */
  gone(id: string) {
    this.#drop(id);
  }

  /** Approves the card that is looked at; false if that is not possible now. */
  approve(): boolean {
    const phrase = this.current;
    if (!phrase || !approvable(phrase) || isDirty(phrase)) return false;
    this.#leaving.add(phrase.id);
    this.#drop(phrase.id);
    const stop = new AbortController();
    let unsent = false;
    const undo = this.#send(phrase, stop.signal, (is) => (unsent = is));
    const cancel = () => {
      if (unsent) stop.abort();
      return unsent;
    };
    decisions.add({ undo, cancel });
    if (this.#more && (this.items?.length ?? 0) < FEW) void this.load();
    return true;
  }

  /** Puts phrases back that an undo has brought, and looks at the first of them. */
  restore(phrases: Phrase[]) {
    const back = phrases.filter(({ status }) => status === 'pending_review');
    const [first] = back;
    if (!first || this.items === null) return;
    const ids = new Set(back.map(({ id }) => id));
    const others = this.items.filter(({ id }) => !ids.has(id));
    const at = Math.max(
      0,
      others.findIndex(({ id }) => id === this.current?.id),
    );
    this.items = others.toSpliced(at, 0, ...back);
    this.#id = first.id;
    this.approved = Math.max(0, this.approved - back.length);
  }

  async #send(phrase: Phrase, stop: AbortSignal, unsent: (is: boolean) => void): Promise<string | null> {
    const { id } = phrase;
    let { etag } = phrase;
    this.waiting += 1;
    try {
      for (let failures = 1; ; failures += 1) {
        const outcome = await captureApi.approve(id, etag);
        if (outcome.ok) {
          this.#leaving.delete(id);
          this.approved += 1;
          return outcome.value.undo;
        }
        let { problem } = outcome;
        const until = untilOf(problem, failures, Date.now());
        if (until !== null) {
          unsent(true);
          await pause(until - Date.now(), stop);
          unsent(false);
          if (stop.aborted) {
            this.#return(phrase);
            return null;
          }
          continue;
        }
        const now = await captureApi.show(id);
        // Only its sound is another one: what was approved is what was seen.
        if (problem.code === 'phrase_changed' && now.ok && sameCard(now.value, phrase)) {
          etag = now.value.etag;
          continue;
        }
        if (now.ok && now.value.status === 'approved' && problem.code === 'wrong_status') {
          // The first answer was lost on its way.
          this.#leaving.delete(id);
          this.approved += 1;
          return null;
        }
        if (!now.ok) problem = now.problem;
        this.#return(now.ok ? now.value : phrase);
        this.#back(now.ok ? now.value : phrase, problem);
        return null;
      }
    } finally {
      this.waiting -= 1;
    }
  }

  #return(phrase: Phrase) {
    this.#leaving.delete(phrase.id);
    this.restore([phrase]);
    this.approved += phrase.status === 'pending_review' ? 1 : 0;
  }

  #replace(phrase: Phrase) {
    this.items = (this.items ?? []).map((one) => (one.id === phrase.id ? phrase : one));
  }

  #drop(id: string) {
    if (!this.items?.some((one) => one.id === id)) return;
    if (this.current?.id === id) this.#id = after(this.items, id);
    this.items = this.items.filter((one) => one.id !== id);
  }

  /** What is known is fetched one by one; of others the list is asked. */
  #soon(id: string | null) {
    if (this.items === null) return;
    if (id !== null) this.#changed.add(id);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const known = new Set(this.items?.map((one) => one.id));
      const ids = [...this.#changed];
      this.#changed.clear();
      for (const one of ids) if (known.has(one)) void this.#fetch(one);
      if (ids.length === 0 || ids.some((one) => !known.has(one) && !this.#leaving.has(one))) void this.load();
    }, ASK_AFTER_MS);
  }

  async #fetch(id: string) {
    const outcome = await captureApi.show(id);
    if (outcome.ok) this.take(outcome.value);
    else if (outcome.problem.status === 404) this.#drop(id);
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

export const queue = new ReviewQueue();
