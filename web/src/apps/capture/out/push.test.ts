import { describe, expect, it } from 'vitest';
import { NETWORK } from '../../../lib/api/problem';
import { AnkiUnreachable, type PushedDeck, type Sources } from '../anki-connect';
import type { NotesToPush } from '../types';
import { pushExport, type Parts } from './push';

const note_type = { name: 'Sluice phrase', fields: ['Source', 'Id'], template: 'T', front: '', back: '', css: '' };
const note = (id: string) => ({
  id,
  fields: { Id: id },
  audio: `${id}.mp3`,
  audio_href: `/media/${id}`,
  changed_at: 7,
});
const page = (ids: string[], next_after: string | null): NotesToPush => ({
  deck: 'Sluice',
  note_type,
  notes: ids.map(note),
  next_after,
});

class Fake {
  told: string[][] = [];
  read: string[] = [];
  packed: string[][] = [];
  pages = [page(['a', 'b'], 'b'), page(['c'], null)];

  parts: Parts = {
    notes: async (_, after) => ({ ok: true, value: this.pages[after === null ? 0 : 1]! }),
    arrived: async (_, notes) => {
      expect(notes.every((one) => one.changed_at === 7)).toBe(true);
      this.told.push(notes.map(({ id }) => id));
      return { ok: true, value: { count: notes.length } };
    },
    fetch: async (href) => {
      this.read.push(href);
      return new Uint8Array(1);
    },
    packageOf: async (id, ids) => {
      this.packed.push([id, ...ids]);
      return new Uint8Array(1);
    },
  };
}

const anki = (push: (deck: PushedDeck, sources: Sources) => Promise<string[]>) => ({
  push: async (deck: PushedDeck, sources: Sources) => {
    const refused = await push(deck, sources);
    const failed = refused.map((id) => ({ id, why: 'no' }));
    return { added: deck.notes.length - refused.length, updated: 0, unchanged: 0, failed };
  },
});

describe('a push', () => {
  it('goes page by page, gives the recordings, and tells what has arrived', async () => {
    const fake = new Fake();
    const done: number[] = [];
    const each = anki(async ({ notes }, { recording, packageOf }) => {
      for (const one of notes) await recording(one);
      await packageOf?.(notes.map((one) => one.id));
      return [];
    });
    const result = await pushExport('x', each, (n) => done.push(n), fake.parts);
    expect(result).toEqual({ added: 3, updated: 0, unchanged: 0, failed: [], broken: null });
    expect(fake.packed).toEqual([
      ['x', 'a', 'b'],
      ['x', 'c'],
    ]);
    expect([fake.told, fake.read, done]).toEqual([
      [['a', 'b'], ['c']],
      ['/media/a', '/media/b', '/media/c'],
      [2, 3],
    ]);
  });

  it('does not say of a refused card that it arrived', async () => {
    const fake = new Fake();
    const result = await pushExport(
      'x',
      anki(async () => ['b']),
      () => undefined,
      { ...fake.parts },
    );
    expect(result.failed).toContainEqual({ id: 'b', why: 'no' });
    expect(fake.told[0]).toEqual(['a']);
  });

  it('ends when Anki is gone, and keeps what has arrived before', async () => {
    const fake = new Fake();
    let calls = 0;
    const gone = anki(async () => {
      calls += 1;
      if (calls > 1) throw new AnkiUnreachable('gone');
      return [];
    });
    const result = await pushExport('x', gone, () => undefined, fake.parts);
    expect([result.added, result.broken, fake.told]).toEqual([2, 'anki', [['a', 'b']]]);
  });

  it('ends with the problem when the server does not take the news', async () => {
    const fake = new Fake();
    const parts: Parts = { ...fake.parts, arrived: async () => ({ ok: false, problem: NETWORK }) };
    const result = await pushExport(
      'x',
      anki(async () => []),
      () => undefined,
      parts,
    );
    expect(result.broken).toEqual(NETWORK);
  });
});
