/** An Anki with AnkiConnect, for tests: one collection in memory behind a real HTTP server. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, string>;
interface Note {
  id: number;
  model: string;
  deck: string;
  fields: Fields;
}

export interface Behaviour {
  /** Origins that are let in. */
  allowed: string[];
  key?: string;
  /** `addNotes` refuses all notes if it refuses one, as newer versions do. */
  allOrNothing: boolean;
  /** Ids of notes that are refused. */
  refused: string[];
  /** What a package brings; without it `importPackage` is not supported. */
  imports?: (bytes: string) => Fields[];
  /** Media files get other names. */
  renames: boolean;
  version: number;
}

type Params = Record<string, never>;

export class FakeAnki {
  notes: Note[] = [];
  decks = new Set<string>(['Default']);
  models = new Set<string>();
  media = new Map<string, string>();
  asked: string[] = [];
  behaviour: Behaviour = { allowed: [], allOrNothing: true, refused: [], renames: false, version: 6 };
  #server: Server | null = null;
  #next = 1000;

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        const { origin } = request.headers;
        response.setHeader('Connection', 'close');
        if (origin && !this.behaviour.allowed.includes(origin) && !body.includes('"requestPermission"')) {
          response.writeHead(403).end();
          return;
        }
        if (origin) response.setHeader('Access-Control-Allow-Origin', origin);
        response.end(body === '' ? 'AnkiConnect v.6' : JSON.stringify(this.#answer(JSON.parse(body), origin)));
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }

  #answer({ action, params, key }: { action: string; params: Params; key?: string }, origin?: string): object {
    this.asked.push(action);
    if (action === 'requestPermission') {
      this.behaviour.allowed.push(origin ?? '');
      return { result: { permission: 'granted', version: 6 }, error: null };
    }
    try {
      if (this.behaviour.key !== undefined && key !== this.behaviour.key)
        throw new Error('valid api key must be provided');
      return { result: this.#act(action, params, origin), error: null };
    } catch (error) {
      return { result: null, error: (error as Error).message };
    }
  }

  #act(action: string, params: Record<string, unknown>, origin?: string): unknown {
    switch (action) {
      case 'version':
        return this.behaviour.version;
      case 'multi':
        return (params['actions'] as { action: string; params: Params; key?: string }[]).map((each) =>
          this.#answer(each, origin),
        );
      case 'createDeck':
        this.decks.add(params['deck'] as string);
        return 1;
      case 'modelNames':
        return [...this.models];
      case 'createModel':
        if (this.models.has(params['modelName'] as string)) throw new Error('Model name already exists');
        this.models.add(params['modelName'] as string);
        return {};
      case 'findNotes': {
        const [, id = ''] = /^"Id:(.*)"$/.exec(params['query'] as string) ?? [];
        const plain = id.replace(/\\(.)/g, '$1');
        return this.notes.filter((n) => n.fields['Id'] === plain).map((n) => n.id);
      }
      case 'notesInfo':
        return (params['notes'] as number[]).map((id) => {
          const fields = Object.entries(this.notes.find((note) => note.id === id)?.fields ?? {});
          return { noteId: id, fields: Object.fromEntries(fields.map(([name, value]) => [name, { value }])) };
        });
      case 'updateNoteFields': {
        const { id, fields } = params['note'] as { id: number; fields: Fields };
        const note = this.notes.find((known) => known.id === id);
        if (!note) throw new Error(`note was not found: ${id}`);
        Object.assign(note.fields, fields);
        return null;
      }
      case 'addNote':
        return this.#add(params['note'] as never);
      case 'addNotes':
        return this.#addAll(params['notes'] as never[]);
      case 'getMediaFilesNames':
        return [...this.media.keys()].filter((name) => name === params['pattern']);
      case 'storeMediaFile': {
        const name = this.behaviour.renames ? `other-${params['filename']}` : (params['filename'] as string);
        this.media.set(name, params['data'] as string);
        return name;
      }
      case 'deleteMediaFile':
        this.media.delete(params['filename'] as string);
        return null;
      case 'importPackage': {
        if (!this.behaviour.imports) throw new Error('unsupported action');
        // A note type of this name that was made here is another one: that of the package gets another name.
        const model = this.models.has('Sluice phrase') ? 'Sluice phrase-1' : 'Sluice phrase';
        this.models.add(model);
        for (const fields of this.behaviour.imports(this.media.get(params['path'] as string) ?? '')) {
          this.notes.push({ id: this.#next++, model, deck: 'Imported', fields });
        }
        return true;
      }
      default:
        throw new Error('unsupported action');
    }
  }

  #add(note: { deckName: string; modelName: string; fields: Fields; options?: { allowDuplicate?: boolean } }): number {
    if (!this.models.has(note.modelName)) throw new Error(`model was not found: ${note.modelName}`);
    if (!this.decks.has(note.deckName)) throw new Error(`deck was not found: ${note.deckName}`);
    if (this.behaviour.refused.includes(note.fields['Id'] ?? ''))
      throw new Error('cannot create note because it is empty');
    const same = this.notes.some((known) => known.fields['Source'] === note.fields['Source']);
    if (same && !note.options?.allowDuplicate) throw new Error('cannot create note because it is a duplicate');
    const id = this.#next++;
    this.notes.push({ id, model: note.modelName, deck: note.deckName, fields: { ...note.fields } });
    return id;
  }

  #addAll(notes: never[]): (number | null)[] {
    const before = [...this.notes];
    const errors: string[] = [];
    const added = notes.map((note) => {
      try {
        return this.#add(note);
      } catch (error) {
        errors.push((error as Error).message);
        return null;
      }
    });
    if (errors.length > 0 && this.behaviour.allOrNothing) {
      this.notes = before;
      throw new Error(`['${errors.join("', '")}']`);
    }
    return added;
  }
}
