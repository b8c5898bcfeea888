/**
 * Sends captures, three at a time, oldest first. A server that is away or has no room now is asked again; what it refuses waits for a
 * person. Pure but for its parts.
 */
import type { Outcome, Problem } from '../../../lib/api/problem';
import type { Phrase } from '../types';
import type { KeptCapture } from './kept';

export const AT_ONCE = 3;
const AWAY_MS = 4_000;
const LONGEST_MS = 60_000;

export interface Shelf {
  all: () => Promise<KeptCapture[]>;
  change: (key: string, change: Partial<KeptCapture>) => Promise<void>;
  drop: (key: string) => Promise<void>;
}

export interface SenderParts {
  store: Shelf;
  /** Whose captures are sent; null while it is not known who is signed in. */
  owner: () => Promise<string | null>;
  /** `tell` is given parts from 0 to 1. */
  send: (capture: KeptCapture, tell: (part: number) => void) => Promise<Outcome<Phrase[]>>;
  now: () => number;
  /** How far one is, from 0 to 1; null if it is not being sent. */
  progress: (key: string, part: number | null) => void;
  arrived: (capture: KeptCapture, phrases: Phrase[]) => void;
  refused: (key: string, problem: Problem) => void;
  /** Why nothing is sent at the moment, and until when. */
  waits: (problem: Problem | null, until: number) => void;
}

/** When a problem ends by itself; null if a person has to decide. */
export function untilOf(problem: Problem, failures: number, now: number): number | null {
  const { status, code, retryAt } = problem;
  const away = status === 0 || status === 401 || status === 429 || (status >= 500 && status !== 507);
  if (!away && code !== 'server_stopping') return null;
  const usual = now + Math.min(AWAY_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS);
  return retryAt === null ? usual : Math.max(retryAt, now + 250);
}

export class Sender {
  #sending = new Set<string>();
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
    const owner = await this.parts.owner();
    if (owner === null) return AWAY_MS;
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#lane(owner)));
    const wait = this.#until - this.parts.now();
    return wait > 0 ? wait : LONGEST_MS;
  }

  async #lane(owner: string) {
    const isOpen = () => this.#until <= this.parts.now() && this.#sending.size < AT_ONCE;
    while (isOpen()) {
      const all = await this.parts.store.all();
      const next = all.find((one) => one.owner === owner && one.stuck === null && !this.#sending.has(one.key));
      if (!next || !isOpen()) return;
      await this.#one(next);
    }
  }

  async #one(capture: KeptCapture) {
    const { key } = capture;
    const { store, progress } = this.parts;
    this.#sending.add(key);
    progress(key, 0);
    const outcome = await this.parts.send(capture, (part) => progress(key, part));
    if (outcome.ok) {
      this.#failures = 0;
      await store.drop(key);
      this.parts.waits(null, 0);
      this.parts.arrived(capture, outcome.value);
    } else await this.#failed(key, outcome.problem);
    this.#sending.delete(key);
    progress(key, null);
  }

  async #failed(key: string, problem: Problem) {
    // Only what is told by the server itself is a reason to wait for longer and longer.
    this.#failures += 1;
    const until = untilOf(problem, this.#failures, this.parts.now());
    if (until === null) {
      this.#failures = 0;
      await this.parts.store.change(key, { stuck: problem });
      this.parts.refused(key, problem);
      return;
    }
    this.#until = Math.max(this.#until, until);
    this.parts.waits(problem, this.#until);
  }
}
