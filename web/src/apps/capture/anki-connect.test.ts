import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnkiConnect, AnkiError, AnkiUnreachable, corsLine, type PushedDeck, type PushedNote } from './anki-connect';
import { FakeAnki } from './anki-connect.fake';

const ORIGIN = 'https://sluice.example';
const NOTE_TYPE = {
  name: 'Sluice phrase',
  fields: ['Source', 'Translation', 'Audio', 'Id'],
  template: 'Recognition',
  front: '{{Source}}',
  back: '{{Translation}}',
  css: '',
};

function note(id: string, more: Partial<PushedNote['fields']> = {}, audio?: string): PushedNote {
  const sound = audio ? `[sound:${audio}]` : '';
  return {
    id,
    audio: audio ?? null,
    fields: { Source: `source ${id}`, Translation: '', Audio: sound, Id: id, ...more } as PushedNote['fields'],
  };
}

const deck = (...notes: PushedNote[]): PushedDeck => ({ deck: 'Sluice', note_type: NOTE_TYPE, notes });
const sources = { recording: (of: PushedNote) => Promise.resolve(new TextEncoder().encode(`sound of ${of.id}`)) };

/** Calls as a browser does: with an origin, and without a look at what another origin does not let it see. */
const browser: typeof fetch = async (url, init) => {
  const response = await fetch(url, { ...init, headers: { Origin: ORIGIN }, mode: 'cors' });
  if (init?.mode === 'no-cors') return new Response(null);
  if (response.headers.get('access-control-allow-origin') !== ORIGIN) throw new TypeError('Failed to fetch');
  return response;
};

describe('AnkiConnect', () => {
  const anki = { fake: new FakeAnki(), url: '' };
  const connect = (key?: string) => new AnkiConnect({ url: anki.url, fetch: browser, ...(key ? { key } : {}) });

  beforeEach(async () => {
    anki.fake = new FakeAnki();
    anki.fake.behaviour.allowed = [ORIGIN];
    anki.url = await anki.fake.start();
  });
  afterEach(() => anki.fake.stop());

  describe('self-test', () => {
    it('is ready where it is', async () => {
      expect(await connect().selfTest(ORIGIN)).toEqual({ state: 'ready', version: 6 });
    });

    it('tells an Anki that keeps the page out from one that is not there', async () => {
      anki.fake.behaviour.allowed = [];
      const line = '"webCorsOriginList": ["http://localhost", "https://sluice.example"]';
      expect(corsLine(ORIGIN)).toBe(line);
      expect(await connect().selfTest(ORIGIN)).toEqual({ state: 'not_allowed', line });
      await anki.fake.stop();
      expect(await connect().selfTest(ORIGIN)).toEqual({ state: 'not_running' });
    });

    it('asks the user of Anki', async () => {
      anki.fake.behaviour.allowed = [];
      const connected = connect();
      expect(await connected.askPermission()).toBe(true);
      expect(await connected.selfTest(ORIGIN)).toEqual({ state: 'ready', version: 6 });
    });

    it('says that a key is missing, or that the add-on is too old', async () => {
      anki.fake.behaviour.key = 'secret';
      expect(await connect().selfTest(ORIGIN)).toEqual({ state: 'needs_key' });
      expect(await connect('secret').selfTest(ORIGIN)).toEqual({ state: 'ready', version: 6 });
      anki.fake.behaviour.version = 5;
      expect(await connect('secret').selfTest(ORIGIN)).toEqual({ state: 'too_old', version: 5 });
    });
  });

  describe('push', () => {
    it('adds once, updates what changed, and leaves the rest alone', async () => {
      const notes = Array.from({ length: 120 }, (_, at) => note(`id-${at}`));
      const counted: number[] = [];
      const first = await connect().push(deck(...notes), sources, (done) => counted.push(done));
      expect(first).toEqual({ added: 120, updated: 0, unchanged: 0, failed: [] });
      expect(counted).toEqual([50, 100, 120]);
      expect(anki.fake.decks.has('Sluice')).toBe(true);
      notes[3] = note('id-3', { Translation: 'new' });
      const second = await connect().push(deck(...notes, note('id-new')), sources);
      expect(second).toEqual({ added: 1, updated: 1, unchanged: 119, failed: [] });
      expect(anki.fake.notes).toHaveLength(121);
      expect(anki.fake.notes.find((known) => known.fields['Id'] === 'id-3')?.fields['Translation']).toBe('new');
    });

    it('adds two phrases with the same text, and finds ids with signs of the search', async () => {
      const notes = [note('a_b:*"\\', { Source: 'same' }), note('axb:c', { Source: 'same' })];
      expect((await connect().push(deck(...notes), sources)).added).toBe(2);
      expect((await connect().push(deck(...notes), sources)).unchanged).toBe(2);
    });

    it('stores each recording once', async () => {
      const notes = [note('a', {}, 'x.mp3'), note('b', {}, 'x.mp3')];
      await connect().push(deck(...notes), sources);
      expect([...anki.fake.media]).toEqual([['x.mp3', btoa('sound of a')]]);
      expect(anki.fake.asked.filter((action) => action === 'storeMediaFile')).toHaveLength(1);
    });

    it('takes the name under which a recording was stored', async () => {
      anki.fake.behaviour.renames = true;
      await connect().push(deck(note('a', {}, 'x.mp3')), sources);
      expect(anki.fake.notes[0]?.fields['Audio']).toBe('[sound:other-x.mp3]');
    });

    it('goes on without a recording that cannot be had', async () => {
      const recording = (of: PushedNote) => (of.id === 'b' ? Promise.reject(new Error('404')) : sources.recording(of));
      const pushed = await connect().push(deck(note('a', {}, 'x.mp3'), note('b', {}, 'y.mp3')), { recording });
      expect(pushed).toEqual({ added: 1, updated: 0, unchanged: 0, failed: [{ id: 'b', why: '404' }] });
    });

    it.each([true, false])('adds the others if one is refused (all or nothing: %s)', async (allOrNothing) => {
      anki.fake.behaviour.allOrNothing = allOrNothing;
      anki.fake.behaviour.refused = ['b'];
      const pushed = await connect().push(deck(note('a'), note('b'), note('c')), sources);
      expect(pushed.added).toBe(2);
      expect(pushed.failed).toEqual([{ id: 'b', why: 'cannot create note because it is empty' }]);
      expect(anki.fake.notes.map((known) => known.fields['Id']).sort()).toEqual(['a', 'c']);
    });

    it('brings new notes in a package where that is possible', async () => {
      anki.fake.behaviour.imports = (bytes) =>
        atob(bytes)
          .split(',')
          .map((id) => note(id).fields);
      const packageOf = (ids: string[]) => Promise.resolve(new TextEncoder().encode(ids.join(',')));
      const pushed = await connect().push(deck(note('a'), note('b')), { ...sources, packageOf });
      expect(pushed).toEqual({ added: 2, updated: 0, unchanged: 0, failed: [] });
      expect(anki.fake.notes.map((known) => known.deck)).toEqual(['Imported', 'Imported']);
      // The package itself does not stay.
      expect(anki.fake.media.size).toBe(0);
      expect(anki.fake.asked).not.toContain('addNotes');
    });

    it('adds nothing twice where a push has made the note type before', async () => {
      await connect().push(deck(note('a')), sources);
      anki.fake.behaviour.imports = (bytes) => [note(atob(bytes)).fields];
      const packageOf = (ids: string[]) => Promise.resolve(new TextEncoder().encode(ids.join(',')));
      for (const expected of [
        { added: 1, updated: 0, unchanged: 1, failed: [] },
        { added: 0, updated: 0, unchanged: 2, failed: [] },
      ])
        expect(await connect().push(deck(note('a'), note('b')), { ...sources, packageOf })).toEqual(expected);
      expect(anki.fake.notes.map(({ fields }) => fields['Id'])).toEqual(['a', 'b']);
    });

    it('adds them itself where it is not', async () => {
      const packageOf = () => Promise.resolve(new Uint8Array(20_000));
      const pushed = await connect().push(deck(note('a')), { ...sources, packageOf });
      expect(pushed.added).toBe(1);
      expect(anki.fake.media.size).toBe(0);
      expect(anki.fake.notes[0]?.deck).toBe('Sluice');
    });

    it('stops if Anki goes away', async () => {
      await anki.fake.stop();
      await expect(connect().push(deck(note('a')), sources)).rejects.toBeInstanceOf(AnkiUnreachable);
    });
  });

  it('passes on what Anki says', async () => {
    await expect(connect().call('nonsense')).rejects.toEqual(new AnkiError('unsupported action'));
  });
});
