import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NETWORK, type Outcome } from '../../../lib/api/problem';
import type { Edited } from '../api';
import type { Passage, Transcript } from '../types';

/** A call that waits for the test's answer. */
interface Asked {
  args: unknown[];
  answer: (outcome: Outcome<unknown>) => void;
}
const server = vi.hoisted(() => ({ asked: {} as Record<string, Asked[]> }));
vi.mock('../api', () => {
  const call =
    (name: string) =>
    (...args: unknown[]) =>
      new Promise((answer) => (server.asked[name] ??= []).push({ args, answer }));
  const absent = async () => ({ ok: false, problem: { status: 404 } });
  return {
    scribeApi: {
      transcript: call('transcript'),
      edit: call('edit'),
      restore: call('restore'),
      nameSpeaker: call('nameSpeaker'),
      summary: absent,
      waveform: absent,
    },
  };
});

const { transcript } = await import('./transcript.svelte');

const passage = (number: number, text: string): Passage =>
  ({ number, segment: 0, start_ms: number, end_ms: number + 1, text, words: [], edited: false }) as Passage;
const texts = () => transcript.value?.passages.map(({ text }) => text).join(' ');
const settled = () => new Promise((resolve) => setTimeout(resolve));

async function answer(name: string, value: unknown, at = 0) {
  const [asked] = (server.asked[name] ?? []).splice(at, 1);
  if (!asked) throw new Error(`${name} was not asked for.`);
  asked.answer({ ok: true, value });
  await settled();
  return asked.args;
}

async function refuse(name: string, status: number) {
  server.asked[name]!.shift()!.answer({ ok: false, problem: { ...NETWORK, status } });
  await settled();
}

const stored = (revision: number, ...said: string[]): Transcript =>
  ({
    revision,
    passages: said.map((text, n) => passage(n, text)),
    speakers: [
      { number: 1, name: 'Ada', voice_id: null },
      { number: 2, name: null, voice_id: null },
    ],
  }) as unknown as Transcript;
const edited = (number: number, text: string, revision: number): Edited => ({ ...passage(number, text), revision });
const edit = (number: number, text: string, revision = transcript.value!.revision) =>
  transcript.edit(transcript.passage(number)!, { text }, revision);
const open = () => server.asked['transcript']?.length ?? 0;

beforeEach(async () => {
  transcript.close();
  server.asked = {};
  void transcript.open('s', true);
  await answer('transcript', stored(1, 'a', 'b'));
});

describe('an edited passage', () => {
  it('is not shown as it was by a transcript that was asked for before', async () => {
    void transcript.load();
    const done = edit(0, 'A');
    expect(texts()).toBe('A b');
    await answer('edit', edited(0, 'A', 2));
    expect(await done).toBeNull();
    await answer('transcript', stored(1, 'a', 'b'));
    expect(texts()).toBe('A b');
    await answer('transcript', stored(2, 'A', 'b'));
    expect([texts(), transcript.value?.revision, open()]).toEqual(['A b', 2, 0]);
  });

  it('stays as it was typed while it is on its way, whatever is loaded', async () => {
    void edit(0, 'A');
    void transcript.load();
    await answer('transcript', stored(1, 'a', 'b'));
    expect(texts()).toBe('A b');
    await answer('edit', edited(0, 'A', 2));
    expect(texts()).toBe('A b');
  });

  it('is no conflict if another passage was changed, though it is loaded for two reasons at once', async () => {
    const done = edit(0, 'A');
    await refuse('edit', 412);
    void transcript.load();
    await answer('transcript', stored(2, 'a', 'B'));
    await answer('transcript', stored(2, 'a', 'B'));
    expect((await answer('edit', edited(0, 'A', 3)))[3]).toBe(2);
    expect([await done, texts(), transcript.value?.revision]).toEqual([null, 'A B', 3]);
  });

  it('is no conflict with what the same person edits meanwhile', async () => {
    const [first, second] = [edit(0, 'A'), edit(1, 'B')];
    await answer('edit', edited(0, 'A', 2));
    await refuse('edit', 412);
    await answer('transcript', stored(2, 'A', 'b'));
    expect(texts()).toBe('A B');
    await answer('edit', edited(1, 'B', 3));
    expect([await first, await second, texts()]).toEqual([null, null, 'A B']);
  });

  it('is a conflict if it was changed elsewhere since it was seen, though that was loaded', async () => {
    const seen = transcript.passage(0)!;
    void transcript.load();
    await answer('transcript', stored(2, 'theirs', 'b'));
    const done = transcript.edit(seen, { text: 'A' }, 1);
    await refuse('edit', 412);
    await answer('transcript', stored(2, 'theirs', 'b'));
    expect([(await done)?.status, texts()]).toEqual([412, 'theirs b']);
  });

  it('is taken back to what is stored by then if it is refused', async () => {
    const done = edit(0, 'A');
    void transcript.load();
    await answer('transcript', stored(2, 'theirs', 'b'));
    await refuse('edit', 422);
    expect([(await done)?.status, texts()]).toEqual([422, 'theirs b']);
  });

  it('is as the later of two edits, in whichever order they are answered', async () => {
    void edit(0, 'A');
    void edit(0, 'AA');
    await answer('edit', edited(0, 'AA', 3), 1);
    await answer('edit', edited(0, 'A', 2));
    expect([texts(), transcript.value?.revision]).toEqual(['AA b', 3]);
  });
});

it('is the latest transcript that was asked for, in whichever order they come', async () => {
  void transcript.load();
  void transcript.load();
  await answer('transcript', stored(3, 'aa', 'b'), 1);
  await answer('transcript', stored(2, 'a', 'b'));
  expect(texts()).toBe('aa b');
});

it('keeps the names of other speakers when one is refused', async () => {
  const names = () => transcript.value?.speakers.map(({ name }) => name);
  const [first, second] = [transcript.nameSpeaker(1, 'Bea'), transcript.nameSpeaker(2, 'Cyd')];
  await answer('nameSpeaker', { number: 1, name: 'Bea' });
  await refuse('nameSpeaker', 422);
  expect(names()).toEqual(['Bea', null]);
  await answer('transcript', {
    ...stored(1, 'a', 'b'),
    speakers: [{ number: 1, name: 'Bea' }, { number: 2 }],
  });
  expect([await first, (await second)?.status, names()?.[0]]).toEqual([null, 422, 'Bea']);
});
