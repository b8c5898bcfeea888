/** The endpoints of a person: fetched, changed, and deleted with a while to undo it. */
import { SvelteSet } from 'svelte/reactivity';
import type { Outcome, Problem } from '../api/problem';
import { webhooksApi, type Webhook, type WebhookChange, type WebhookRequest, type WebhookSecret } from './api';

/** How long a deletion can be undone. */
export const UNDO_MS = 7000;

interface Deletion {
  id: string;
  timer: ReturnType<typeof setTimeout>;
  failed: (problem: Problem) => void;
}

export class Webhooks {
  list = $state.raw<Webhook[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** A secret that has just been made: it is shown this once. */
  secret = $state.raw<WebhookSecret | null>(null);
  #hidden = new SvelteSet<string>();
  #deletions = new Set<Deletion>();

  readonly shown = $derived(this.list?.filter(({ id }) => !this.#hidden.has(id)) ?? null);

  /** Deletes what was about to be deleted when the page is closed; returns the function that stops that. */
  follow(): () => void {
    const leaving = () => this.#deletions.forEach((one) => void this.#delete(one, true));
    addEventListener('pagehide', leaving);
    return () => removeEventListener('pagehide', leaving);
  }

  async load(): Promise<void> {
    const outcome = await webhooksApi.list();
    this.problem = outcome.ok ? null : outcome.problem;
    if (outcome.ok) this.list = outcome.value;
  }

  async create(request: WebhookRequest): Promise<Problem | null> {
    return this.#reveal(await webhooksApi.create(request));
  }

  async rotate(id: string, overlapHours: number): Promise<Problem | null> {
    return this.#reveal(await webhooksApi.rotate(id, overlapHours));
  }

  async change(id: string, change: WebhookChange): Promise<Problem | null> {
    const outcome = await webhooksApi.change(id, change);
    if (!outcome.ok) return outcome.problem;
    this.#put(outcome.value);
    return null;
  }

  /** Hides it now and deletes it after a while; returns the function that undoes it. */
  remove(id: string, failed: (problem: Problem) => void): () => void {
    this.#hidden.add(id);
    if (this.secret?.webhook.id === id) this.secret = null;
    const deletion: Deletion = { id, failed, timer: setTimeout(() => void this.#delete(deletion, false), UNDO_MS) };
    this.#deletions.add(deletion);
    return () => {
      if (!this.#deletions.delete(deletion)) return;
      clearTimeout(deletion.timer);
      this.#hidden.delete(id);
    };
  }

  async #delete(deletion: Deletion, leaving: boolean) {
    if (!this.#deletions.delete(deletion)) return;
    clearTimeout(deletion.timer);
    const outcome = await webhooksApi.remove(deletion.id, leaving);
    // What is deleted stays hidden: a list that was asked for before may still have it.
    if (outcome.ok || outcome.problem.status === 404) return;
    deletion.failed(outcome.problem);
    this.#hidden.delete(deletion.id);
  }

  #reveal(outcome: Outcome<WebhookSecret>): Problem | null {
    if (!outcome.ok) return outcome.problem;
    this.secret = outcome.value;
    this.#put(outcome.value.webhook);
    return null;
  }

  #put(webhook: Webhook) {
    const list = this.list ?? [];
    const known = list.some(({ id }) => id === webhook.id);
    this.list = known ? list.map((one) => (one.id === webhook.id ? webhook : one)) : [...list, webhook];
  }
}

export const webhooks = new Webhooks();
