/** The outbox in IndexedDB. Every write is durable on disk before it counts (`strict`), and nothing is deleted that was not acknowledged. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { nextBounds, smaller } from './chunks';
import type { KeptSegment, KeptSession, Slice } from './kept';

interface Schema extends DBSchema {
  sessions: { key: string; value: KeptSession };
  segments: { key: string; value: KeptSegment; indexes: { session: string } };
  slices: { key: [string, number]; value: Slice };
  ballast: { key: string; value: Blob };
}

type Store = 'sessions' | 'segments' | 'slices' | 'ballast';
type Writing = IDBPTransaction<Schema, Store[], 'readwrite'>;

const STRICT = { durability: 'strict' } as const;
const NAME = 'sluice.scribe';
/** Kept so that a full storage can be relieved: about ten minutes of sound of one source. */
export const BALLAST_BYTES = 4_000_000;

const slicesOf = (segment: string, from = 0, to = Infinity) =>
  IDBKeyRange.bound([segment, from], [segment, to], false, true);

/** What is still to be sent of a segment. */
export interface Pending {
  segment: KeptSegment;
  slices: number;
}

export interface NextChunk {
  segment: KeptSegment;
  number: number;
  startMs: number;
  lengthMs: number;
  sound: Blob;
}

export class OutboxStore {
  private constructor(readonly db: IDBPDatabase<Schema>) {}

  static async open(name = NAME): Promise<OutboxStore> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('sessions', { keyPath: 'key' });
        fresh.createObjectStore('segments', { keyPath: 'key' }).createIndex('session', 'session');
        fresh.createObjectStore('slices', { keyPath: ['segment', 'index'] });
        fresh.createObjectStore('ballast');
      },
    });
    return new OutboxStore(db);
  }

  close() {
    this.db.close();
  }

  /** Both at once: a session without segments is one that can be forgotten. */
  async begin(session: KeptSession, segments: KeptSegment[]): Promise<void> {
    await this.#write(['sessions', 'segments'], async (tx) => {
      await tx.objectStore('sessions').put(session);
      for (const segment of segments) await tx.objectStore('segments').put(segment);
    });
  }

  /** Another segment of a session that is kept: what the worker wrote down of the session since stays. */
  async addSegment(segment: KeptSegment): Promise<void> {
    await this.#write(['segments'], async (tx) => {
      await tx.objectStore('segments').put(segment);
    });
  }

  /**
   * Keeps a slice. The write is on its way when this returns: a page that is being closed has no time to wait for anything. The promise
   * fails if the storage is full.
   */
  async addSlice(slice: Slice): Promise<void> {
    const tx = this.db.transaction('slices', 'readwrite', STRICT);
    // A full storage shows when the transaction is aborted, which `done` reports.
    tx.store.put(slice).catch(() => undefined);
    tx.commit();
    return tx.done;
  }

  sessions(): Promise<KeptSession[]> {
    return this.db.getAll('sessions');
  }

  /** By its key, or by its id on the server. */
  async session(name: string): Promise<KeptSession | null> {
    return (await this.sessions()).find(({ key, id }) => key === name || id === name) ?? null;
  }

  /** In the order in which they were begun. */
  async segments(session?: string): Promise<KeptSegment[]> {
    const all =
      session === undefined ? this.db.getAll('segments') : this.db.getAllFromIndex('segments', 'session', session);
    return (await all).sort((a, b) => a.startedAt - b.startedAt);
  }

  async pending(): Promise<Pending[]> {
    const tx = this.db.transaction(['segments', 'slices']);
    const segments = await tx.objectStore('segments').getAll();
    const slices = tx.objectStore('slices');
    return Promise.all(
      segments.map(async (segment) => ({ segment, slices: await slices.count(slicesOf(segment.key)) })),
    );
  }

  async changeSession(key: string, change: Partial<KeptSession>): Promise<void> {
    await this.#write(['sessions'], async (tx) => {
      const session = await tx.objectStore('sessions').get(key);
      if (session) await tx.objectStore('sessions').put({ ...session, ...change });
    });
  }

  /**
   * Has a session finished once everything of it is sent; false if nothing of it is kept any more. In one transaction: the worker may just be
   * forgetting what it has sent.
   */
  async finishSession(key: string): Promise<boolean> {
    let waits = false;
    await this.#write(['sessions', 'segments'], async (tx) => {
      const session = await tx.objectStore('sessions').get(key);
      if (!session || (await tx.objectStore('segments').index('session').count(key)) === 0) return;
      await tx.objectStore('sessions').put({ ...session, finish: true });
      waits = true;
    });
    return waits;
  }

  async changeSegment(key: string, change: Partial<KeptSegment>): Promise<void> {
    await this.#write(['segments'], async (tx) => {
      const segment = await tx.objectStore('segments').get(key);
      if (segment) await tx.objectStore('segments').put({ ...segment, ...change });
    });
  }

  /** No more slices will come. After all writes of slices that were begun before. */
  async endSegment(key: string): Promise<void> {
    await this.#write(['segments', 'slices'], async (tx) => {
      const segment = await tx.objectStore('segments').get(key);
      if (segment) await tx.objectStore('segments').put({ ...segment, ended: true });
    });
  }

  /** The next chunk of a segment, its bounds fixed by this; null while there are too few slices. */
  async nextChunk(key: string): Promise<NextChunk | null> {
    let slices: Slice[] = [];
    let found: KeptSegment | undefined;
    await this.#write(['segments', 'slices'], async (tx) => {
      const segment = await tx.objectStore('segments').get(key);
      if (!segment) return;
      const range = segment.cut ? slicesOf(key, segment.cut.from, segment.cut.to) : slicesOf(key, segment.next);
      const kept = await tx.objectStore('slices').getAll(range, 31);
      const cut =
        segment.cut ??
        nextBounds(
          segment,
          kept.map(({ index, sound }) => ({ index, bytes: sound.size })),
        );
      if (!cut) return;
      found = { ...segment, cut };
      if (!segment.cut) await tx.objectStore('segments').put(found);
      slices = kept.filter(({ index }) => index < cut.to);
    });
    const [first, last] = [slices[0], slices.at(-1)];
    if (!found || !first || !last) return null;
    // What a recorder gives at its very end may come within the same millisecond, and the server takes no chunk of none.
    const lengthMs = Math.max(1, last.startMs + last.lengthMs - first.startMs);
    const sound = new Blob(slices.map((slice) => slice.sound));
    return { segment: found, number: found.chunks, startMs: first.startMs, lengthMs, sound };
  }

  /** The server has the chunk that `nextChunk` gave: its slices are not needed any more. */
  async acknowledge(key: string): Promise<void> {
    await this.#write(['segments', 'slices'], async (tx) => {
      const segment = await tx.objectStore('segments').get(key);
      if (!segment?.cut) return;
      const { from, to } = segment.cut;
      await tx.objectStore('slices').delete(slicesOf(key, from, to));
      await tx.objectStore('segments').put({ ...segment, chunks: segment.chunks + 1, next: to, cut: null });
    });
  }

  /** The chunk was too large: it is cut again, smaller. False if it is a single slice. */
  async recut(key: string, sent: number, said: unknown): Promise<boolean> {
    let possible = false;
    await this.#write(['segments'], async (tx) => {
      const segment = await tx.objectStore('segments').get(key);
      if (!segment?.cut || segment.cut.to - segment.cut.from < 2) return;
      possible = true;
      await tx.objectStore('segments').put({ ...segment, cut: null, mostBytes: smaller(sent, said) });
    });
    return possible;
  }

  /** Every slice that is still kept of a segment, in order. */
  slices(key: string): Promise<Slice[]> {
    return this.db.getAll('slices', slicesOf(key));
  }

  /** Forgets a segment that the server has, or that a person gives up, with what is kept of it. */
  async dropSegment(key: string): Promise<void> {
    await this.#write(['segments', 'slices'], async (tx) => {
      await tx.objectStore('slices').delete(slicesOf(key));
      await tx.objectStore('segments').delete(key);
    });
  }

  /** Forgets a session, unless something of it is still to be sent. */
  async dropSession(key: string): Promise<boolean> {
    let dropped = false;
    await this.#write(['sessions', 'segments'], async (tx) => {
      if ((await tx.objectStore('segments').index('session').count(key)) > 0) return;
      await tx.objectStore('sessions').delete(key);
      dropped = true;
    });
    return dropped;
  }

  /** False if there is no room for it. */
  async keepBallast(): Promise<boolean> {
    try {
      if ((await this.db.count('ballast')) > 0) return true;
      // Random bytes: a storage that compresses would make nothing of zeros.
      const bytes = new Uint8Array(BALLAST_BYTES);
      for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
      await this.#write(
        ['ballast'],
        async (tx) => void (await tx.objectStore('ballast').put(new Blob([bytes]), 'ballast')),
      );
      return true;
    } catch {
      return false;
    }
  }

  /** False if there was none. */
  async releaseBallast(): Promise<boolean> {
    if ((await this.db.count('ballast')) === 0) return false;
    await this.#write(['ballast'], async (tx) => void (await tx.objectStore('ballast').clear()));
    return true;
  }

  async #write(stores: Store[], change: (tx: Writing) => Promise<void>): Promise<void> {
    const tx = this.db.transaction(stores, 'readwrite', STRICT);
    // What fails in it aborts it, and `done` says why.
    await Promise.all([change(tx), tx.done]);
  }
}
