/** A bad network, as on a train: spans without any, latency, answers that are refused or never come, all by the numbers of one seed. */
import type { BrowserContext, Route } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { numbers } from './counter';

/** Seconds. */
const OFFLINE = { least: 1, most: 40 };
const ONLINE = { least: 5, most: 45 };
const LATENCY_MS = { least: 20, most: 1200 };
/** Shares of the requests that carry sound. */
const REFUSED = 0.04;
const RESET = 0.04;
const UNANSWERED = 0.04;
/** What the outbox sends: new segments, their chunks and their ends. */
const SOUND = /\/api\/v1\/sessions\/[^/]+\/segments(\/\d+\/(chunks\/\d+|close))?(\?|$)/;

export class BadNetwork {
  /** Seconds of each span without a network. */
  readonly offline: number[] = [];
  readonly did = { refused: 0, reset: 0, unanswered: 0, let_through: 0 };
  readonly #next: () => number;
  #calm: AbortController | null = null;
  #weather: Promise<void> = Promise.resolve();

  constructor(
    readonly context: BrowserContext,
    seed: number,
  ) {
    this.#next = numbers(seed);
  }

  async begin() {
    await this.context.route(SOUND, (route) => this.#carry(route).catch(() => undefined));
    this.worsen();
  }

  /** From now on it comes and goes. */
  worsen() {
    this.#calm = new AbortController();
    this.#weather = this.#comeAndGo(this.#calm.signal);
  }

  /** From now on it stays there, slow and unreliable. */
  async settle() {
    this.#calm?.abort();
    await this.#weather;
  }

  /** It is a good one again. */
  async end() {
    await this.settle();
    await this.context.unrouteAll({ behavior: 'ignoreErrors' });
  }

  toString(): string {
    const seconds = this.offline.reduce((sum, one) => sum + one, 0);
    const { refused, reset, unanswered, let_through } = this.did;
    const requests = `${let_through} requests let through, ${refused} refused, ${reset} reset, ${unanswered} unanswered`;
    return `offline ${this.offline.length} times for ${Math.round(seconds)} s; ${requests}`;
  }

  #between({ least, most }: { least: number; most: number }): number {
    return least + (most - least) * this.#next();
  }

  async #comeAndGo(signal: AbortSignal) {
    while (!signal.aborted) {
      await pause(this.#between(ONLINE), signal);
      if (signal.aborted) return;
      const began = Date.now();
      await this.context.setOffline(true);
      await pause(this.#between(OFFLINE), signal);
      await this.context.setOffline(false);
      this.offline.push((Date.now() - began) / 1000);
    }
  }

  async #carry(route: Route) {
    await sleep(this.#between(LATENCY_MS));
    const what = this.#next();
    if (what < REFUSED) {
      this.did.refused += 1;
      const headers = { 'Retry-After': '2', 'Content-Type': 'application/problem+json' };
      return route.fulfill({ status: 503, headers, body: JSON.stringify({ code: 'server_busy', can_accept: false }) });
    }
    if (what < REFUSED + RESET) {
      this.did.reset += 1;
      return route.abort('connectionreset');
    }
    if (what < REFUSED + RESET + UNANSWERED) {
      // The server has it, and the page never hears of that.
      if ((await route.fetch()).ok()) this.did.unanswered += 1;
      return route.abort('connectionreset');
    }
    this.did.let_through += 1;
    return route.continue();
  }
}

async function pause(seconds: number, signal: AbortSignal) {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
}
