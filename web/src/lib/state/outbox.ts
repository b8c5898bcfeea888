/**
 * The file that is on its way to the server, kept in the browser until it has arrived: a reload goes on with it, and a file that another
 * program shares with Sluice waits here for the page. `public/sw.js` writes to the same place.
 */
import { openDB, type IDBPDatabase } from 'idb';

export interface Kept {
  file: File;
  ocr: boolean;
  /** Its owner; null for whoever shared it, who is the one in front of the browser. */
  owner: string | null;
  at: number;
}

/** The server forgets an upload of which nothing comes for a day. */
const KEPT_MS = 24 * 60 * 60 * 1000;
const KEY = 'upload';

let database: Promise<IDBPDatabase> | null = null;

function files(): Promise<IDBPDatabase> {
  database ??= openDB('sluice', 1, { upgrade: (db) => void db.createObjectStore('files') });
  return database;
}

export async function keepFile(kept: Omit<Kept, 'at'>): Promise<void> {
  try {
    await (await files()).put('files', { ...kept, at: Date.now() } satisfies Kept, KEY);
  } catch {
    // Without storage a reload loses the file; it is chosen again, and the upload goes on all the same.
  }
}

export async function keptFile(owner: string): Promise<Kept | null> {
  try {
    const kept = (await (await files()).get('files', KEY)) as Kept | undefined;
    if (!kept || Date.now() - kept.at > KEPT_MS) return null;
    return kept.owner === null || kept.owner === owner ? kept : null;
  } catch {
    return null;
  }
}

export async function dropFile(): Promise<void> {
  try {
    await (await files()).delete('files', KEY);
  } catch {
    // There is nothing to drop.
  }
}

/** The outbox belongs to one tab at a time; null if another one has it. Returns the function that gives it back. */
export async function holdOutbox(): Promise<(() => void) | null> {
  // Only on https and localhost: elsewhere each tab takes it.
  if (!('locks' in navigator)) return () => undefined;
  return new Promise((resolve) => {
    void navigator.locks.request('sluice.outbox', { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
  });
}
