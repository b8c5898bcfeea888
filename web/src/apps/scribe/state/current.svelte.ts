/** The session whose page is shown. The server is authoritative; what it does not have yet is in the outbox. */
import type { Problem } from '../../../lib/api/problem';
import { eventsReady, onEvent, onResync } from '../../../lib/events/events';
import { scribeApi } from '../api';
import { endedIn, EVENTS, idIn, JOB } from '../events';
import { outbox } from '../outbox/outbox.svelte';
import type { Gaps, Session } from '../types';

const ASK_AFTER_MS = 400;

class Current {
  session = $state.raw<Session | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** What is missing, while the person is asked about it. */
  gaps = $state.raw<Gaps | null>(null);
  /** The person wants to finish it; what is still here is sent before. */
  finishing = $state(false);

  #name: string | null = null;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  follow() {
    for (const kind of EVENTS) onEvent(kind, ({ data }) => idIn(data) === this.#name && this.#soon());
    // What a job has made of it is there before its end, on which the session's state depends.
    onEvent(JOB, ({ data }) => endedIn(data) === this.#name && this.#soon());
    onResync(() => this.#soon());
    outbox.watch((session) => session === this.#name && this.#soon());
  }

  open(name: string) {
    if (this.#name === name) return;
    this.leave();
    this.#name = name;
    void eventsReady().then(() => this.load());
  }

  leave() {
    this.#name = null;
    this.session = null;
    this.problem = null;
    this.gaps = null;
    this.finishing = false;
  }

  async load() {
    const name = this.#name;
    if (name === null) return;
    const kept = await outbox.find(name);
    // One that was begun offline has no address on the server yet.
    if (kept && kept.id === null) return;
    const asked = (this.#asked += 1);
    const outcome = await scribeApi.show(kept?.id ?? name);
    if (asked !== this.#asked || this.#name !== name) return;
    if (outcome.ok) this.#show(outcome.value);
    else if (!this.session || outcome.problem.status === 404) this.problem = outcome.problem;
    if (this.finishing && this.session?.ended_at == null && !kept) await this.finish();
  }

  /** Takes what the server has answered to a change. One that was asked for before is older, and asked for again. */
  take(session: Session) {
    this.#asked += 1;
    this.#show(session);
    this.#soon();
  }

  #show(session: Session) {
    this.session = session;
    this.problem = null;
    if (session.ended_at == null) return;
    this.gaps = null;
    this.finishing = false;
  }

  /**
   * Ends it once everything is sent, or at once if the outbox has nothing of it any more; asks about what is missing, and again if that has
   * become more than was accepted. Returns what went wrong.
   * Another page may be shown by then: what is ended is the session with this key or id.
   */
  async finish(accepted: Gaps | null = null, name = this.#name): Promise<Problem | null> {
    if (name === null) return null;
    if (!accepted && (await outbox.finish(name))) {
      if (this.#shows(name)) this.finishing = true;
      return null;
    }
    if (this.#shows(name)) this.finishing = false;
    const outcome = await scribeApi.finish(outbox.ids[name] ?? name, accepted);
    if (outcome.ok) {
      if (this.#shows(name)) this.take(outcome.value);
      return null;
    }
    if (outcome.problem.code !== 'session_has_gaps') return outcome.problem;
    if (this.#shows(name)) this.gaps = outcome.problem.members['gaps'] as Gaps;
    return null;
  }

  #shows(name: string): boolean {
    return this.#name === name || (this.#name !== null && this.#name === outbox.ids[name]);
  }

  waitForGaps() {
    this.gaps = null;
  }

  async rename(title: string): Promise<Problem | null> {
    const name = this.#name;
    if (!this.session) return null;
    const outcome = await scribeApi.change(this.session.id, { title });
    // The page may show another one by now.
    if (outcome.ok && this.#name === name) this.take(outcome.value);
    return outcome.ok ? null : outcome.problem;
  }

  #soon() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, ASK_AFTER_MS);
  }
}

export const current = new Current();
