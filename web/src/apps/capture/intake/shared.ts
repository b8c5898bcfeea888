/** What other programs share with the installed page: `public/sw.js` puts it where the page finds it. */
import { openDB } from 'idb';

export interface Shared {
  files: File[];
  text: string;
  at: number;
}

/** As in `public/sw.js`, followed by a time. */
const KEY = 'capture:';

/** Takes all of it away; `take` keeps it first. */
export async function takeShared(take: (shared: Shared) => Promise<void>): Promise<void> {
  const db = await openDB('sluice', 1, { upgrade: (fresh) => void fresh.createObjectStore('files') });
  try {
    const range = IDBKeyRange.bound(KEY, `${KEY}\uffff`);
    for (const key of await db.getAllKeys('files', range)) {
      const shared = (await db.get('files', key)) as Shared | undefined;
      if (shared) await take(shared);
      await db.delete('files', key);
    }
  } finally {
    db.close();
  }
}
