/**
 * The review queue: what waits for a person, most doubts first. An approved card leaves at once; its approval is sent behind it, waits
 * while there is no room, and brings the card back if it is refused. An answer that is older than what is known changes nothing.
 */
import type { Problem } from '../../../lib/api/problem';
import { eventsReady, onEvent, onResync } from '../../../lib/events/events';
import { Newest } from '../../../lib/state/newest';
import { captureApi } from '../api';
import { CHANGED, DELETED, idIn } from '../events';
import { untilOf } from '../intake/sender';
import { after, approvable, following, merged, placed, sameCard } from '../review/queue';
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
  readonly #newest = new Newest();
  /** When the list was asked for: at the latest, and that whose answer is shown. */
  #asked = 0;
  #taken = 0;
  /** Whose approval is on its way: what is told of them is old. */
  #leaving = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #changed = new Set<string>();
  /** Told of a card that came back. */
  #back: (phrase: Phrase, problem: Problem) => void = () => undefined;

  follow() {
    onEvent(CHANGED, ({ data }) => this.#soon(idIn(data)));
    onEvent(DELETED, ({ data }) => this.gone(idIn(data) ?? ''));
    onResync(() => this.#soon(null));
    addEventListener('beforeunload', (event) => this.waiting > 0 && event.preventDefault());
  }

  onBack(back: (phrase: Phrase, problem: Problem) => void) {
    this.#back = back;
  }

  async load() {
    await eventsReady();
    const asked = (this.#asked = this.#newest.ask());
    const outcome = await captureApi.list({ status: 'pending_review', sort: 'doubtful', limit: LENGTH });
    if (asked < this.#taken) return;
    this.#taken = asked;
    this.problem = outcome.ok ? null : outcome.problem;
    if (outcome.ok) this.#takeList(outcome.value.items, outcome.value.next_cursor === null, asked);
  }

  /** Takes what was asked for at that moment; without one, what the server has just answered to a change. */
  take(phrase: Phrase, asked = this.#newest.ask()) {
    const { id, status } = phrase;
    if (this.items === null || this.#leaving.has(id)) return;
    const known = this.items.some((one) => one.id === id);
    if (this.#newest.isOld(id, asked)) {
      // It may say more than what is known all the same.
      if (known) this.#soon(id);
      return;
    }
    this.#newest.know(id, asked);
    if (status !== 'pending_review') {
      // A card whose fields are made anew stays where it is, so that the person sees it happen.
      if (status === 'processing' && known) this.#replace(phrase);
      else this.#drop(id);
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
    this.#newest.know(id);
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
    ids.forEach((id) => this.#newest.know(id));
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
          this.#arrived(id);
          return outcome.value.undo;
        }
        let { problem } = outcome;
        const until = untilOf(problem, failures, Date.now());
        if (until !== null) {
          unsent(true);
          await pause(until - Date.now(), stop);
          unsent(false);
          if (stop.aborted) {
            this.#leaving.delete(id);
            const { approved } = this;
            this.restore([phrase]);
            this.approved = approved;
            // What was told of it meanwhile was not asked for.
            this.#soon(id);
            return null;
          }
          continue;
        }
        const now = await captureApi.show(id);
        if (now.ok && now.value.status === 'approved') {
          // The first answer was lost on its way, or somebody else was faster.
          this.#arrived(id);
          return null;
        }
        // Only its sound is another one: what was approved is what was seen.
        if (problem.code === 'phrase_changed' && now.ok && sameCard(now.value, phrase)) {
          etag = now.value.etag;
          continue;
        }
        if (!now.ok && now.problem.status === 404) {
          this.#leaving.delete(id);
          this.gone(id);
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

  #arrived(id: string) {
    this.#leaving.delete(id);
    this.#newest.know(id);
    this.approved += 1;
  }

  /** Behind the card that is looked at: a person who presses a key now means that one. */
  #return(phrase: Phrase) {
    this.#leaving.delete(phrase.id);
    this.#newest.know(phrase.id);
    if (phrase.status !== 'pending_review' || this.items === null) return;
    this.#id = this.current?.id ?? phrase.id;
    this.items = this.items.toSpliced(this.place, 0, phrase);
  }

  #takeList(listed: Phrase[], whole: boolean, asked: number) {
    const [before, current] = [this.items ?? [], this.current?.id ?? null];
    const isOld = ({ id }: Phrase) => this.#newest.isOld(id, asked);
    const newer = before.filter(isOld);
    const fresh = listed.filter((one) => !this.#leaving.has(one.id) && !isOld(one));
    this.#more = !whole;
    this.items = merged(before, [...fresh, ...newer], whole, current);
    // What a whole list leaves out is known, too.
    for (const { id } of whole ? [...before, ...fresh] : fresh) this.#newest.know(id, asked);
    if (current !== null) this.#id = following(before, current, this.items);
    newer.forEach(({ id }) => this.#soon(id));
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
    if (this.#asked === 0) return;
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
    const asked = this.#newest.ask();
    const outcome = await captureApi.show(id);
    if (outcome.ok) this.take(outcome.value, asked);
    else if (outcome.problem.status === 404 && !this.#newest.isOld(id, asked)) this.gone(id);
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
