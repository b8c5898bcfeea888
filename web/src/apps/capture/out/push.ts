/** Pushes an export to the Anki of this device, page by page, and tells the server which cards have arrived. */
import type { Problem } from '../../../lib/api/problem';
import { AnkiUnreachable, type AnkiConnect, type Pushed } from '../anki-connect';
import { captureApi, EXPORTS } from '../api';
import type { NotesToPush, NoteToPush } from '../types';

export interface Result extends Pushed {
  /** Anki stopped answering, or the server refused: the rest was not pushed. */
  broken: Problem | 'anki' | null;
}

export interface Parts {
  notes: typeof captureApi.notes;
  arrived: typeof captureApi.arrived;
  /** A recording by its link. */
  fetch: (href: string) => Promise<Uint8Array>;
  /** A package of some notes of an export, which marks nothing. */
  packageOf: (id: string, ids: string[]) => Promise<Uint8Array>;
}

const PARTS: Parts = {
  notes: captureApi.notes,
  arrived: captureApi.arrived,
  fetch: async (href) => bytesOf(await fetch(href), 'the recording could not be read'),
  packageOf: async (id, ids) => {
    const [headers, body] = [{ 'content-type': 'application/json' }, JSON.stringify({ ids })];
    const answer = await fetch(`${EXPORTS}/${id}/package`, { method: 'POST', headers, body });
    return bytesOf(answer, 'the package could not be made');
  },
};

async function bytesOf(answer: Response, otherwise: string): Promise<Uint8Array> {
  if (!answer.ok) throw new Error(`${otherwise} (HTTP ${answer.status})`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** At once: what arrived counts, even if the connection breaks after it. */
const TOLD_AT_ONCE = 50;

export async function pushExport(
  id: string,
  anki: Pick<AnkiConnect, 'push'>,
  progress: (done: number) => void,
  parts: Parts = PARTS,
): Promise<Result> {
  const all: Result = { added: 0, updated: 0, unchanged: 0, failed: [], broken: null };
  let after: string | null = null;
  let done = 0;
  do {
    const page = await parts.notes(id, after);
    if (!page.ok) return { ...all, broken: page.problem };
    const { notes } = page.value;
    for (let from = 0; from < notes.length; from += TOLD_AT_ONCE) {
      const part = notes.slice(from, from + TOLD_AT_ONCE);
      const broken = await pushPart(id, page.value, part, anki, all, parts);
      if (broken) return { ...all, broken };
      done += part.length;
      progress(done);
    }
    after = page.value.next_after;
  } while (after !== null);
  return all;
}

async function pushPart(
  id: string,
  { deck, note_type }: NotesToPush,
  notes: NoteToPush[],
  anki: Pick<AnkiConnect, 'push'>,
  all: Result,
  parts: Parts,
): Promise<Problem | 'anki' | null> {
  const hrefs = new Map(notes.map((note) => [note.id, note.audio_href]));
  const pushable = notes.map(({ id: one, fields, audio }) => ({ id: one, fields, audio: audio ?? null }));
  let pushed: Pushed;
  try {
    pushed = await anki.push(
      { deck, note_type, notes: pushable },
      {
        recording: (note) => {
          const href = hrefs.get(note.id);
          if (!href) throw new Error('the card has no recording');
          return parts.fetch(href);
        },
        packageOf: (ids) => parts.packageOf(id, ids),
      },
    );
  } catch (error) {
    if (error instanceof AnkiUnreachable) return 'anki';
    const why = error instanceof Error ? error.message : String(error);
    all.failed.push(...notes.map((note) => ({ id: note.id, why })));
    return null;
  }
  all.added += pushed.added;
  all.updated += pushed.updated;
  all.unchanged += pushed.unchanged;
  all.failed.push(...pushed.failed);
  const refused = new Set(pushed.failed.map((one) => one.id));
  const arrived = notes
    .filter((note) => !refused.has(note.id))
    .map((note) => ({ id: note.id, changed_at: note.changed_at }));
  if (arrived.length === 0) return null;
  const told = await parts.arrived(id, arrived);
  return told.ok ? null : told.problem;
}
