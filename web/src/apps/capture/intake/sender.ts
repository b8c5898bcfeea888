/**
 * Sends captures, three at a time, oldest first. A server that is away or has no room now is asked again; what it refuses waits for a
 * person. Pure but for its parts.
 */
import type { Outcome, Problem } from '../../../lib/api/problem';
import type { HeldBack, Phrase } from '../types';
import type { KeptCapture } from './kept';
import type { Arrival } from './send';

export const AT_ONCE = 3;
const AWAY_MS = 4_000;
const LONGEST_MS = 60_000;

export interface Shelf {
  all: () => Promise<KeptCapture[]>;
  one: (key: string) => Promise<KeptCapture | undefined>;
  change: (key: string, change: Partial<KeptCapture>) => Promise<void>;
  drop: (key: string) => Promise<void>;
}

export interface SenderParts {
  store: Shelf;
  /** Whose captures are sent; null while it is not known who is signed in. */
  owner: () => Promise<string | null>;
  /** `tell` is given parts from 0 to 1. It stops when `signal` says so, unless all was sent by then. */
  send: (capture: KeptCapture, tell: (part: number) => void, signal: AbortSignal) => Promise<Outcome<Arrival>>;
  /** Deletes the cards of a capture that was removed. */
  discard: (ids: string[]) => Promise<Outcome<Arrival>>;
  now: () => number;
  /** How far one is, from 0 to 1; null if it is not being sent. */
  progress: (key: string, part: number | null) => void;
  /** `known` of the phrases were there before; `heldBack` are those of them that no deck has as they are. */
  arrived: (capture: KeptCapture, phrases: Phrase[], known: number, heldBack: HeldBack[]) => void;
  refused: (key: string, problem: Problem) => void;
  /** Why nothing is sent at the moment, and until when. */
  waits: (problem: Problem | null, until: number) => void;
}

function endsByItself({ status, code }: Problem): boolean {
  const away = status === 0 || status === 401 || status === 429 || (status >= 500 && status !== 507);
  return away || code === 'server_stopping';
}

/** When a problem ends by itself; null if a person has to decide. */
export function untilOf(problem: Problem, failures: number, now: number): number | null {
  if (!endsByItself(problem)) return null;
  const usual = now + Math.min(AWAY_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS);
  return problem.retryAt === null ? usual : Math.max(problem.retryAt, now + 250);
}

/** Whether the server may have been given all of it, so that only its answer says whether there is a card. */
function mayHaveArrived({ status }: Problem): boolean {
  return status === 0 || status >= 500;
}

/** Whether there is something to ask the server for: of what was removed, only which card it became, and to delete that. */
function isWanted({ removed, whole, became }: KeptCapture): boolean {
  return !removed || whole === true || became !== undefined;
}

export class Sender {
  #sending = new Map<string, AbortController>();
  #until = 0;
  #failures = 0;

  constructor(readonly parts: SenderParts) {}

  /** Whatever it waits for may have happened. */
  release() {
    this.#until = 0;
  }

  /**
   * Sends what can be sent; resolves with the milliseconds until it is worth another round. A round that begins during another one
   * takes what is new, so that a large picture stops nobody.
   */
  async round(): Promise<number> {
    await this.#stopRemoved();
    const owner = await this.parts.owner();
    if (owner === null) return AWAY_MS;
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#lane(owner)));
    const wait = this.#until - this.parts.now();
    return wait > 0 ? wait : LONGEST_MS;
  }

  /** What was removed is not sent any further, and what was not being sent is forgotten. */
  async #stopRemoved() {
    for (const one of await this.parts.store.all()) {
      if (!one.removed) continue;
      const sending = this.#sending.get(one.key);
      if (sending) sending.abort();
      else if (!isWanted(one)) await this.parts.store.drop(one.key);
    }
  }

  async #lane(owner: string) {
    const isOpen = () => this.#until <= this.parts.now() && this.#sending.size < AT_ONCE;
    while (isOpen()) {
      const all = await this.parts.store.all();
      const isNext = (one: KeptCapture) =>
        one.owner === owner && one.stuck === null && isWanted(one) && !this.#sending.has(one.key);
      const next = all.find(isNext);
      if (!next || !isOpen()) return;
      await this.#one(next);
    }
  }

  async #one(capture: KeptCapture) {
    const { key } = capture;
    const stop = new AbortController();
    this.#sending.set(key, stop);
    this.parts.progress(key, 0);
    try {
      await this.#send(capture, stop.signal);
    } finally {
      // The storage may have failed: it is then sent again.
      this.#sending.delete(key);
      this.parts.progress(key, null);
    }
  }

  async #send(capture: KeptCapture, signal: AbortSignal) {
    const { key, became } = capture;
    const { store, progress } = this.parts;
    let marked: Promise<void> | null = null;
    const tell = (part: number) => {
      progress(key, part);
      if (part < 1 || marked) return;
      marked = store.change(key, { whole: true });
      // Its failure is met below, which may be long after it.
      marked.catch(() => undefined);
    };
    const outcome = await (became ? this.parts.discard(became) : this.parts.send(capture, tell, signal));
    await marked;
    const removed = (await store.one(key))?.removed === true;
    if (!outcome.ok) await this.#failed(capture, outcome.problem, removed);
    else {
      this.#failures = 0;
      this.parts.waits(null, 0);
      const { ids, phrases, known = 0, heldBack = [] } = outcome.value;
      if (removed && !became && ids.length > 0) await store.change(key, { file: null, whole: true, became: ids });
      else {
        await store.drop(key);
        if (!removed) this.parts.arrived(capture, phrases, known, heldBack);
      }
    }
  }

  /** `before` is the capture as it was before the attempt that failed. */
  async #failed(before: KeptCapture, problem: Problem, removed: boolean) {
    const { key } = before;
    const { store } = this.parts;
    // A refusal that ends by itself, as that of a limit, says nothing of the attempts before: there may be a card of those.
    const wasOpen = before.whole === true || before.became !== undefined;
    const isOpen = mayHaveArrived(problem) && (await store.one(key))?.whole === true;
    const whole = endsByItself(problem) && (wasOpen || isOpen);
    // Of what was cut before its end, or refused, there is no card.
    if (removed && !whole) return store.drop(key);
    // Only what is told by the server itself is a reason to wait for longer and longer.
    this.#failures += 1;
    const until = untilOf(problem, this.#failures, this.parts.now());
    if (until === null) {
      this.#failures = 0;
      await store.change(key, { stuck: problem, whole });
      this.parts.refused(key, problem);
      return;
    }
    this.#until = Math.max(this.#until, until);
    this.parts.waits(problem, this.#until);
    await store.change(key, { whole });
  }
}
