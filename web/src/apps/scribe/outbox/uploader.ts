/**
 * Sends what the outbox keeps, one chunk at a time, until the server has all of it. It never gives up and never drops anything: what only a
 * person can decide is marked as stuck, and everything else goes on.
 */
import type { Problem } from '../../../lib/api/problem';
import type { KeptSegment, KeptSession, Stuck } from './kept';
import { liveLock, type Locks } from './locks';
import type { Answer, ScribeServer } from './server';
import type { OutboxStore } from './store';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** Without a time from the server. */
const HOLD_MS = 5_000;
/** Somebody has to sign in, or to make room on the server. */
const LONG_WAIT_MS = 30_000;
/** How long it sleeps while sessions are kept: a new slice is found even if nobody tells of it. */
const IDLE_MS = 1_000;
/** As long as an answer to who is signed in is believed, where a wrong one would do no harm. */
const OWNER_MS = 60_000;

export interface UploaderState {
  /** Why nothing is sent at the moment; null while all is well. */
  problem: { code: string; status: number; until: number } | null;
}

export interface UploaderParts {
  store: OutboxStore;
  server: ScribeServer;
  locks: Locks;
  now: () => number;
  /** Called when something has changed that the page shows. */
  changed: (session: string, id: string | null) => void;
  state: (state: UploaderState) => void;
}

/** A request was refused: what happens next depends on the problem alone. */
class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

export class Uploader {
  /** When each session may be sent again. */
  #held = new Map<string, number>();
  #failures = 0;
  /** How often in a row the bytes of a chunk have arrived damaged. */
  #damaged = 0;
  #owner: { name: string; at: number } | null = null;
  #isWell = false;

  constructor(readonly parts: UploaderParts) {}

  /** Whether everything that could be sent was sent the last time: only then a new slice is a reason for a round. */
  get isWell(): boolean {
    return this.#isWell;
  }

  /** Whatever a session was held for may have passed: the server says so, or a person came back. */
  release() {
    this.#held.clear();
    this.#failures = 0;
    this.#owner = null;
  }

  /** Sends what can be sent now. Returns how long to wait before the next round. */
  async round(): Promise<number> {
    const { store, now, state } = this.parts;
    try {
      await this.#endOrphans();
      const sessions = await store.sessions();
      if (sessions.length === 0) return LONGEST_WAIT_MS;
      const mine = await this.#signedIn(OWNER_MS);
      for (const session of sessions.sort((a, b) => a.startedAt - b.startedAt)) {
        const until = this.#held.get(session.key) ?? 0;
        if (session.owner === mine && until <= now()) await this.#send(session);
      }
      this.#failures = 0;
      this.#isWell = true;
      this.#report(null);
      return IDLE_MS;
    } catch (error) {
      this.#isWell = false;
      if (!(error instanceof Refused)) throw error;
      const wait = this.#waitFor(error.problem);
      state({ problem: { code: error.problem.code, status: error.problem.status, until: now() + wait } });
      return wait;
    }
  }

  /** Whose recordings are sent: never those of another person who used this browser. */
  async #signedIn(within: number): Promise<string> {
    const { server, now } = this.parts;
    if (this.#owner && now() - this.#owner.at < within) return this.#owner.name;
    this.#owner = null;
    const answer = await server.owner();
    if (!answer.ok) throw new Refused(answer.problem);
    this.#owner = { name: answer.value, at: now() };
    return answer.value;
  }

  /** A recorder whose page is gone has left its segment open. */
  async #endOrphans() {
    const { store, locks } = this.parts;
    for (const segment of await store.segments())
      if (!segment.ended && (await locks.isFree(liveLock(segment.key)))) await store.endSegment(segment.key);
  }

  async #send(found: KeptSession) {
    const { store, server, changed } = this.parts;
    if (found.stuck) return;
    const segments = await this.#begun(found.key);
    // Whether to finish it may have been decided since the round began; without segments it cannot be any more.
    const kept = await store.session(found.key);
    if (!kept) return;
    if (segments.length === 0 && (!kept.finish || kept.id === null)) {
      if (await store.dropSession(kept.key)) changed(kept.key, kept.id);
      return;
    }
    const id = kept.id ?? (await this.#create(kept));
    if (id === null) return;
    for (const segment of segments) {
      await this.#sendSegment({ ...kept, id }, segment);
      if (this.#isHeld(kept.key)) return;
    }
    if (!kept.finish || (await store.segments(kept.key)).length > 0) return;
    const answer = await server.finish(id);
    // Gaps are a question for the person, whom the page of the session asks.
    if (!answer.ok && this.#passes(answer.problem)) throw new Refused(answer.problem);
    await store.changeSession(kept.key, { finish: false });
    await store.dropSession(kept.key);
    changed(kept.key, id);
  }

  /** The segments of a session, without those that ended before anything was recorded. */
  async #begun(session: string): Promise<KeptSegment[]> {
    const { store } = this.parts;
    const begun: KeptSegment[] = [];
    for (const segment of await store.segments(session)) {
      const empty = segment.ended && segment.number === null && (await store.slices(segment.key)).length === 0;
      if (empty) await store.dropSegment(segment.key);
      else begun.push(segment);
    }
    return begun;
  }

  async #create(session: KeptSession): Promise<string | null> {
    const { store, server, changed } = this.parts;
    if ((await this.#signedIn(0)) !== session.owner) return null;
    const answer = await server.createSession(session);
    if (!answer.ok) {
      if (this.#passes(answer.problem)) throw new Refused(answer.problem);
      await store.changeSession(session.key, { stuck: stuck(answer.problem) });
      changed(session.key, null);
      return null;
    }
    await store.changeSession(session.key, { id: answer.value.id });
    changed(session.key, answer.value.id);
    return answer.value.id;
  }

  async #sendSegment(session: KeptSession & { id: string }, segment: KeptSegment) {
    const { store, server, changed } = this.parts;
    if (segment.stuck) return;
    let { number } = segment;
    for (;;) {
      const chunk = await store.nextChunk(segment.key);
      if (!chunk) break;
      if (number === null) {
        const begun = await this.#of(session, segment, server.beginSegment(session.id, segment));
        if (!begun) return;
        number = begun.number;
        await store.changeSegment(segment.key, { number });
      }
      const answer = await server.putChunk(session.id, number, chunk);
      if (!answer.ok && answer.problem.status === 413) {
        if (await store.recut(segment.key, chunk.sound.size, answer.problem.members['most_bytes'])) continue;
      }
      if (!answer.ok && answer.problem.code === 'wrong_digest' && (this.#damaged += 1) < 5) continue;
      this.#damaged = 0;
      const value = await this.#of(session, segment, Promise.resolve(answer));
      if (!value) return;
      await store.acknowledge(segment.key);
      this.#failures = 0;
      this.#report(null);
      changed(session.key, session.id);
      if (!value.canAccept) return this.#hold(session.key, value.retryAt);
    }
    const now = (await store.segments(session.key)).find(({ key }) => key === segment.key);
    if (!now?.ended || (await store.slices(segment.key)).length > 0) return;
    if (number !== null) {
      const closed = await this.#of(session, segment, server.closeSegment(session.id, number, now.chunks));
      if (!closed) return;
    }
    await store.dropSegment(segment.key);
    changed(session.key, session.id);
  }

  /** The value of an answer; null if the session waits or a person is needed. What will pass ends the round. */
  async #of<Value>(session: KeptSession, segment: KeptSegment, asked: Promise<Answer<Value>>): Promise<Value | null> {
    const answer = await asked;
    if (answer.ok) return answer.value ?? ({} as Value);
    const { problem } = answer;
    if (problem.code === 'session_busy' || (problem.status === 429 && problem.code === 'chunk_repeated')) {
      this.#hold(session.key, problem.retryAt);
      return null;
    }
    if (this.#passes(problem)) throw new Refused(problem);
    const { store, changed } = this.parts;
    // Somebody else has no such session.
    if (problem.status === 404 && (await this.#signedIn(0)) !== session.owner) return null;
    // Of a session that is over nothing can be sent; one chunk that is refused concerns its segment alone.
    const all = problem.status === 404 || problem.code === 'session_ended';
    if (all) await store.changeSession(session.key, { stuck: stuck(problem) });
    else await store.changeSegment(segment.key, { stuck: stuck(problem) });
    changed(session.key, session.id);
    return null;
  }

  /** Whether it is worth trying again without anybody's help. */
  #passes({ status }: Problem): boolean {
    return status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
  }

  #waitFor({ status, retryAt }: Problem): number {
    this.#failures += 1;
    if (retryAt !== null) return Math.max(FIRST_WAIT_MS, retryAt - this.parts.now());
    if (status === 401 || status === 507) return LONG_WAIT_MS;
    return Math.min(FIRST_WAIT_MS * 2 ** (this.#failures - 1), LONGEST_WAIT_MS);
  }

  #hold(session: string, retryAt: number | null) {
    this.#held.set(session, retryAt ?? this.parts.now() + HOLD_MS);
  }

  #isHeld(session: string): boolean {
    return (this.#held.get(session) ?? 0) > this.parts.now();
  }

  #report(problem: UploaderState['problem']) {
    this.parts.state({ problem });
  }
}

function stuck({ code, detail }: Problem): Stuck {
  return { code, detail };
}
