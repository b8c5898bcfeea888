/**
 * The outbox as the pages see it: what is still to be sent, and why nothing goes on. The sending itself is in the worker. `begin` is called
 * as soon as there may be something to send, on whatever page that is.
 */
import { onEvent, onResync } from '../../../lib/events/events';
import { connection } from '../../../lib/state/connection.svelte';
import { keep, readKept } from '../../../lib/state/kept';
import { me } from '../../../lib/state/me.svelte';
import { EVENTS, ROOM } from '../events';
import { CHANNEL, type Post } from './channel';
import type { KeptSegment, KeptSession } from './kept';
import { OutboxStore } from './store';
import type { UploaderState } from './uploader';

/** Marks that something may be in the outbox, so that a page that shows other things sends it too. */
const MARK = 'scribe.kept';
const OWNER = 'scribe.owner';
const LOOK_MS = 2_000;

/** What is kept of one session. */
export interface Waiting {
  session: KeptSession;
  segments: KeptSegment[];
  /** About one per second of sound. */
  slices: number;
}

class Outbox {
  waiting = $state.raw<Waiting[]>([]);
  problem = $state.raw<UploaderState['problem']>(null);
  /** Ids on the server by the keys that sessions had before. */
  ids = $state.raw<Record<string, string>>({});
  /** Those that are sent by themselves: what waits for a person is not among them. */
  readonly slices = $derived(this.waiting.filter((one) => !isStuck(one)).reduce((sum, one) => sum + one.slices, 0));

  #begun: Promise<OutboxStore> | null = null;
  #channel: BroadcastChannel | null = null;
  #worker: Worker | null = null;
  #watchers = new Set<(session: string) => void>();

  /** Opens the storage and starts the worker, once. */
  begin(): Promise<OutboxStore> {
    this.#begun ??= this.#begin();
    // A storage that could not be opened is tried again.
    this.#begun.catch(() => (this.#begun = null));
    return this.#begun;
  }

  async #begin(): Promise<OutboxStore> {
    const store = await OutboxStore.open();
    const channel = (this.#channel = new BroadcastChannel(CHANNEL));
    channel.onmessage = ({ data }: MessageEvent<Post>) => this.#heard(data);
    addEventListener('online', () => this.wake());
    document.addEventListener('visibilitychange', () => document.hidden || this.wake());
    for (const kind of [...EVENTS, ROOM]) onEvent(kind, () => this.wake());
    onResync(() => this.wake());
    $effect.root(() => {
      $effect(() => {
        if (connection.stream === 'open') this.wake();
      });
    });
    setInterval(() => {
      this.#work();
      if (this.waiting.length > 0) void this.look();
    }, LOOK_MS);
    this.#work();
    void this.look();
    return store;
  }

  /** A worker whose script could not be loaded, because the page is offline, or that failed, is begun again. */
  #work() {
    if (this.#worker) return;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'sluice.scribe' });
    worker.addEventListener('error', () => {
      worker.terminate();
      if (this.#worker === worker) this.#worker = null;
    });
    this.#worker = worker;
  }

  /** Whatever the worker waits for may have happened. */
  wake() {
    this.#channel?.postMessage({ type: 'wake' } satisfies Post);
  }

  /** A slice is on the disk. Less than `wake`: what waits for the server goes on waiting. */
  sliceKept() {
    this.#channel?.postMessage({ type: 'kept' } satisfies Post);
  }

  /** Calls `handler` when something of a session was sent; returns the function that ends that. */
  watch(handler: (session: string) => void): () => void {
    this.#watchers.add(handler);
    return () => this.#watchers.delete(handler);
  }

  /** Reads what is kept. */
  async look() {
    const store = await this.begin();
    const [sessions, pending] = [await store.sessions(), await store.pending()];
    const mine = await owner();
    this.waiting = sessions
      .filter((session) => session.owner === mine)
      .map((session) => {
        const those = pending.filter(({ segment }) => segment.session === session.key);
        const slices = those.reduce((sum, one) => sum + one.slices, 0);
        return { session, segments: those.map(({ segment }) => segment), slices };
      });
    for (const { session } of this.waiting) this.#named(session.key, session.id);
    keep(MARK, sessions.length > 0 || null);
  }

  /** What is kept of a session, by its key or its id. */
  of(name: string): Waiting | null {
    return this.waiting.find(({ session }) => session.key === name || session.id === name) ?? null;
  }

  /** The same, from the storage itself. */
  async find(name: string): Promise<KeptSession | null> {
    const session = await (await this.begin()).session(name);
    return session && session.owner === (await owner()) ? session : null;
  }

  /** Has a session finished as soon as everything of it is sent. False if nothing of it is kept. */
  async finish(name: string): Promise<boolean> {
    const store = await this.begin();
    const session = await this.find(name);
    if (!session || !(await store.finishSession(session.key))) return false;
    this.wake();
    await this.look();
    return true;
  }

  /** Everything that is kept of a session, as files of sound: one per segment. */
  async files(name: string): Promise<Blob[]> {
    const store = await this.begin();
    const session = await this.find(name);
    const segments = session ? await store.segments(session.key) : [];
    const files = segments.map(async ({ key, mediaType }) => {
      const slices = await store.slices(key);
      return new Blob(
        slices.map(({ sound }) => sound),
        { type: mediaType },
      );
    });
    return (await Promise.all(files)).filter(({ size }) => size > 0);
  }

  /** Tries again to send what was refused. */
  async retry(name: string) {
    const store = await this.begin();
    const session = await this.find(name);
    if (!session) return;
    await store.changeSession(session.key, { stuck: null });
    for (const { key } of await store.segments(session.key)) await store.changeSegment(key, { stuck: null });
    this.wake();
    await this.look();
  }

  /** Gives up what is kept of a session. */
  async discard(name: string) {
    const store = await this.begin();
    const session = await this.find(name);
    if (!session) return;
    for (const { key } of await store.segments(session.key)) await store.dropSegment(key);
    await store.dropSession(session.key);
    await this.look();
  }

  #heard(post: Post) {
    if (post.type === 'state') this.problem = post.state.problem;
    if (post.type !== 'changed') return;
    this.#named(post.session, post.id);
    void this.look();
    this.#watchers.forEach((handler) => handler(post.id ?? post.session));
  }

  #named(key: string, id: string | null) {
    if (id !== null && key !== id && this.ids[key] !== id) this.ids = { ...this.ids, [key]: id };
  }
}

/** Whether a person has to decide about something of it. */
export function isStuck({ session, segments }: Waiting): boolean {
  return session.stuck !== null || segments.some(({ stuck }) => stuck !== null);
}

/** Who records here: without a connection, whoever was here last. */
export async function owner(): Promise<string | null> {
  const last = readKept<string | null>(OWNER, null);
  if (!navigator.onLine && last !== null) return last;
  const now = await me.owner();
  if (now !== null && now !== last) keep(OWNER, now);
  return now ?? last;
}

export const markWaiting = () => keep(MARK, true);

export const outbox = new Outbox();
