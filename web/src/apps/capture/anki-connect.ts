/**
 * Pushes cards to the Anki that runs on the learner's own machine, by the add-on AnkiConnect: only the browser can reach it.
 *
 * A note is found by its field `Id`: AnkiConnect can neither see nor set the GUID by which Anki itself matches notes. New notes
 * come in a package, if there is one to be had, and have the same GUID as in all others then; otherwise they are added one by
 * one, and a package that is imported later would add them again.
 */

export const ANKI_CONNECT = 'http://127.0.0.1:8765';

/** The version of its interface that is spoken here. */
const VERSION = 6;
/** Notes that are handled together. */
const CHUNK = 50;
/** Milliseconds: it answers one call after another, and a dialog that is open in Anki stops it. */
const PATIENCE = 30_000;
const FIRST_PATIENCE = 4_000;

export interface NoteType {
  name: string;
  fields: string[];
  template: string;
  front: string;
  back: string;
  css: string;
}

/** A note with the values of its fields as HTML, by their names. */
export interface PushedNote {
  id: string;
  fields: Record<string, string>;
  /** The name of its recording. */
  audio?: string | null;
}

/** What is pushed. */
export interface PushedDeck {
  deck: string;
  note_type: NoteType;
  notes: PushedNote[];
}

/** Where bytes come from. */
export interface Sources {
  /** A recording. */
  recording: (note: PushedNote) => Promise<Uint8Array>;
  /** A package of these notes in its older form, with their recordings. */
  packageOf?: (ids: string[]) => Promise<Uint8Array>;
}

export interface Pushed {
  added: number;
  updated: number;
  unchanged: number;
  failed: { id: string; why: string }[];
}

/** What the self-test finds. */
export type Readiness =
  | { state: 'ready'; version: number }
  /** Nothing answers: Anki is not running, the add-on is missing, or a policy of the browser forbids the call. */
  | { state: 'not_running' }
  /** It answers, but not to this page: `line` belongs into the add-on's configuration. */
  | { state: 'not_allowed'; line: string }
  | { state: 'needs_key' }
  | { state: 'too_old'; version: number };

/** A call that AnkiConnect refused; the message is its own. */
export class AnkiError extends Error {}

/** A call that got no answer. */
export class AnkiUnreachable extends Error {}

type Fetch = typeof fetch;
type Action = { action: string; params?: object };
type Answer<T> = { result: T; error: null } | { result: null; error: string };
type NoteInfo = { noteId?: number; fields?: Record<string, { value: string }> };

/** The line for the add-on's configuration (Tools, Add-ons, AnkiConnect, Config) that lets pages of `origin` in. */
export function corsLine(origin: string): string {
  return `"webCorsOriginList": ["http://localhost", ${JSON.stringify(origin)}]`;
}

export class AnkiConnect {
  /** Calls are made one after another, as they are answered. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: { url?: string; key?: string; fetch?: Fetch } = {},
    private readonly url = options.url ?? ANKI_CONNECT,
  ) {}

  /** Whether cards can be pushed from pages of `origin`, and what is in the way. */
  async selfTest(origin: string): Promise<Readiness> {
    try {
      const version = await this.call<number>('version', {}, FIRST_PATIENCE);
      return version < VERSION ? { state: 'too_old', version } : { state: 'ready', version };
    } catch (error) {
      if (error instanceof AnkiError) {
        return /api key/i.test(error.message) ? { state: 'needs_key' } : { state: 'too_old', version: 0 };
      }
      return (await this.#answersAtAll()) ? { state: 'not_allowed', line: corsLine(origin) } : { state: 'not_running' };
    }
  }

  /** Makes Anki ask its user whether this page may use it; false if it was denied or cannot ask. */
  async askPermission(): Promise<boolean> {
    // The user has to find Anki's window first.
    const answer = await this.call<{ permission: string }>('requestPermission', {}, 5 * 60_000);
    return answer.permission === 'granted';
  }

  /** One action. Rejects with {@link AnkiError} or {@link AnkiUnreachable}. */
  async call<T>(action: string, params: object = {}, patience = PATIENCE): Promise<T> {
    return this.#taken(await this.#queued({ action, params }, patience));
  }

  /** Several actions in one request, each with its own outcome. */
  async calls<T>(actions: Action[]): Promise<Answer<T>[]> {
    if (actions.length === 0) return [];
    const each = actions.map((action) => this.#signed(action));
    return this.call<Answer<T>[]>('multi', { actions: each });
  }

  /** Adds what is new, updates what is different, leaves the rest alone; `progress` counts notes. */
  async push(
    { deck, note_type, notes }: PushedDeck,
    sources: Sources,
    progress: (done: number) => void = () => {},
  ): Promise<Pushed> {
    const pushed: Pushed = { added: 0, updated: 0, unchanged: 0, failed: [] };
    await this.call('createDeck', { deck });
    for (let from = 0; from < notes.length; from += CHUNK) {
      const chunk = notes.slice(from, from + CHUNK);
      const there = await this.#find(chunk);
      await this.#update(chunk, there, sources, pushed);
      const fresh = chunk.filter((note) => !there.has(note.id));
      await this.#add(deck, note_type, fresh, sources, pushed);
      progress(Math.min(from + CHUNK, notes.length));
    }
    return pushed;
  }

  /**
   * The notes that are there already, by our ids, whatever their note type is called: an import gives it another name if one that was
   * made by a push has it.
   */
  async #find(notes: PushedNote[]): Promise<Map<string, NoteInfo>> {
    const query = (id: string) => `"Id:${searched(id)}"`;
    const found = await this.calls<number[]>(
      notes.map((note) => ({ action: 'findNotes', params: { query: query(note.id) } })),
    );
    const ids = new Map<string, number>();
    notes.forEach((note, at) => {
      const first = found[at]?.result?.[0];
      if (first !== undefined) ids.set(note.id, first);
    });
    if (ids.size === 0) return new Map();
    const infos = await this.call<NoteInfo[]>('notesInfo', { notes: [...ids.values()] });
    const byNumber = new Map(infos.map((info) => [info.noteId, info]));
    return new Map([...ids].map(([id, number]) => [id, byNumber.get(number) ?? { noteId: number }]));
  }

  async #update(notes: PushedNote[], there: Map<string, NoteInfo>, sources: Sources, pushed: Pushed): Promise<void> {
    const changes: { note: PushedNote; number: number; fields: Record<string, string> }[] = [];
    for (const note of notes) {
      const info = there.get(note.id);
      if (info?.noteId === undefined) continue;
      const same = Object.entries(note.fields).every(([name, value]) => info.fields?.[name]?.value === value);
      if (same) {
        pushed.unchanged += 1;
        continue;
      }
      const fields = await this.#withRecording(note, sources, pushed);
      if (fields) changes.push({ note, number: info.noteId, fields });
    }
    const answers = await this.calls(
      changes.map(({ number, fields }) => ({ action: 'updateNoteFields', params: { note: { id: number, fields } } })),
    );
    changes.forEach(({ note }, at) => {
      const error = answers[at]?.error;
      if (error) pushed.failed.push({ id: note.id, why: error });
      else pushed.updated += 1;
    });
  }

  async #add(deck: string, type: NoteType, notes: PushedNote[], sources: Sources, pushed: Pushed): Promise<void> {
    if (notes.length === 0) return;
    if (sources.packageOf && (await this.#import(notes, sources.packageOf))) {
      // What the package brought is counted by looking, because an import does not say.
      const there = await this.#find(notes);
      pushed.added += there.size;
      notes = notes.filter((note) => !there.has(note.id));
      if (notes.length === 0) return;
    }
    const names = await this.call<string[]>('modelNames');
    if (!names.includes(type.name)) await this.#createNoteType(type);
    const ready: { note: PushedNote; params: object }[] = [];
    for (const note of notes) {
      const fields = await this.#withRecording(note, sources, pushed);
      // Whether it is a duplicate was decided by its id: two phrases may be the same.
      const options = { allowDuplicate: true };
      if (fields) {
        ready.push({ note, params: { deckName: deck, modelName: type.name, fields, tags: ['sluice'], options } });
      }
    }
    if (ready.length > 0) await this.#addNotes(ready, pushed);
  }

  /** Older versions answer with null for each note that they refused; newer ones refuse all of them. */
  async #addNotes(ready: { note: PushedNote; params: object }[], pushed: Pushed): Promise<void> {
    let numbers: (number | null)[];
    try {
      numbers = await this.call<(number | null)[]>('addNotes', { notes: ready.map(({ params }) => params) });
    } catch (error) {
      if (!(error instanceof AnkiError)) throw error;
      numbers = ready.map(() => null);
    }
    const refused = ready.filter((_, at) => typeof numbers[at] !== 'number');
    pushed.added += ready.length - refused.length;
    const again = await this.calls<number>(
      refused.map(({ params }) => ({ action: 'addNote', params: { note: params } })),
    );
    refused.forEach(({ note }, at) => {
      const answer = again[at];
      if (typeof answer?.result === 'number') pushed.added += 1;
      else pushed.failed.push({ id: note.id, why: answer?.error ?? 'it was refused' });
    });
  }

  /** Imports a package by way of Anki's media folder; false if this Anki cannot. */
  async #import(notes: PushedNote[], packageOf: (ids: string[]) => Promise<Uint8Array>): Promise<boolean> {
    const bytes = await packageOf(notes.map((note) => note.id));
    // Names with an underscore are left alone by Anki's check of its media.
    const filename = await this.call<string>('storeMediaFile', {
      filename: '_sluice-push.apkg',
      data: base64(bytes),
      deleteExisting: true,
    });
    try {
      return await this.call<boolean>('importPackage', { path: filename });
    } catch (error) {
      if (error instanceof AnkiError) return false;
      throw error;
    } finally {
      await this.call('deleteMediaFile', { filename }).catch(() => undefined);
    }
  }

  #createNoteType(type: NoteType): Promise<unknown> {
    return this.call('createModel', {
      modelName: type.name,
      inOrderFields: type.fields,
      css: type.css,
      isCloze: false,
      cardTemplates: [{ Name: type.template, Front: type.front, Back: type.back }],
    });
  }

  /** The fields with the name under which the recording was stored; nothing, and a failure, if that is impossible. */
  async #withRecording(note: PushedNote, sources: Sources, pushed: Pushed): Promise<Record<string, string> | null> {
    if (!note.audio) return note.fields;
    try {
      // Names are made of the content: what is there under one is the same.
      const there = await this.call<string[]>('getMediaFilesNames', { pattern: note.audio });
      if (there.includes(note.audio)) return note.fields;
      const data = base64(await sources.recording(note));
      const stored = await this.call<string>('storeMediaFile', { filename: note.audio, data, deleteExisting: true });
      return stored === note.audio ? note.fields : { ...note.fields, Audio: `[sound:${stored}]` };
    } catch (error) {
      if (error instanceof AnkiUnreachable) throw error;
      pushed.failed.push({ id: note.id, why: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }

  /** Whether anything listens there, even if it does not let this page read its answer. */
  async #answersAtAll(): Promise<boolean> {
    try {
      await this.#fetch({ method: 'POST', mode: 'no-cors', body: '', signal: AbortSignal.timeout(FIRST_PATIENCE) });
      return true;
    } catch {
      return false;
    }
  }

  #fetch(init: RequestInit): Promise<Response> {
    return (this.options.fetch ?? fetch)(this.url, init);
  }

  #signed({ action, params = {} }: Action): object {
    const { key } = this.options;
    return { action, version: VERSION, params, ...(key ? { key } : {}) };
  }

  #queued(action: Action, patience: number): Promise<unknown> {
    const asked = this.#last.then(() => this.#ask(action, patience));
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  async #ask(action: Action, patience: number): Promise<unknown> {
    try {
      // Without a content type of its own the request needs no preflight, which older versions do not answer.
      const response = await this.#fetch({
        method: 'POST',
        body: JSON.stringify(this.#signed(action)),
        signal: AbortSignal.timeout(patience),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return await response.json();
    } catch (error) {
      throw new AnkiUnreachable(`AnkiConnect does not answer (${action.action})`, { cause: error });
    }
  }

  #taken<T>(answer: unknown): T {
    if (typeof answer !== 'object' || answer === null || !('result' in answer) || !('error' in answer)) {
      throw new AnkiError('the answer has another form than that of version 6');
    }
    const { result, error } = answer as Answer<T>;
    if (error !== null) throw new AnkiError(String(error));
    return result;
  }
}

/** A text as Anki's search takes it literally. */
function searched(text: string): string {
  return text.replace(/["\\*_:]/g, (sign) => `\\${sign}`);
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // As many arguments as every engine takes.
  for (let from = 0; from < bytes.length; from += 8192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return btoa(text);
}
