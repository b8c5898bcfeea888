/** Captures that wait in IndexedDB. A capture is on the disk before anything else happens to it, and deleted once the server has it. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { KeptCapture } from './kept';

interface Schema extends DBSchema {
  captures: { key: string; value: KeptCapture };
}

const NAME = 'sluice.capture';
const STRICT = { durability: 'strict' } as const;

export class CaptureStore {
  private constructor(readonly db: IDBPDatabase<Schema>) {}

  static async open(name = NAME): Promise<CaptureStore> {
    const db = await openDB<Schema>(name, 1, {
      upgrade: (fresh) => void fresh.createObjectStore('captures', { keyPath: 'key' }),
    });
    return new CaptureStore(db);
  }

  close() {
    this.db.close();
  }

  /** All of them, in the place of those with the other keys, or, if there is no room, none. */
  async add(captures: KeptCapture[], instead: string[] = []): Promise<void> {
    const tx = this.db.transaction('captures', 'readwrite', STRICT);
    const changes: Promise<unknown>[] = captures.map((capture) => tx.store.put(capture));
    changes.push(...instead.map((key) => tx.store.delete(key)));
    await Promise.all([...changes, tx.done]);
  }

  /** Oldest first. */
  async all(): Promise<KeptCapture[]> {
    const all = await this.db.getAll('captures');
    return all.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
  }

  async one(key: string): Promise<KeptCapture | undefined> {
    return this.db.get('captures', key);
  }

  /** Changes one that is there; those that it has become one with go. */
  async change(key: string, change: Partial<KeptCapture>, merged: string[] = []): Promise<void> {
    const tx = this.db.transaction('captures', 'readwrite', STRICT);
    const kept = await tx.store.get(key);
    if (kept) await Promise.all([tx.store.put({ ...kept, ...change }), ...merged.map((one) => tx.store.delete(one))]);
    await tx.done;
  }

  async drop(key: string): Promise<void> {
    const tx = this.db.transaction('captures', 'readwrite', STRICT);
    await Promise.all([tx.store.delete(key), tx.done]);
  }
}
