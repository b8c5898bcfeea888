import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NETWORK, type Outcome, type Problem } from '../../../lib/api/problem';
import type { Gaps, Session } from '../types';

const server = vi.hoisted(() => ({
  shows: [] as ((outcome: Outcome<Session>) => void)[],
  finished: [] as string[],
  accepted: [] as (Gaps | null)[],
  refuses: null as Problem | null,
}));
/** What the outbox still has, by key; and the ids that it has given to keys. */
const kept = vi.hoisted(() => ({ keys: new Set<string>(), ids: {} as Record<string, string> }));
const session = (title: string) => ({ id: 's', title, ended_at: 1 }) as unknown as Session;
vi.mock('../api', () => ({
  scribeApi: {
    show: () => new Promise((answer) => server.shows.push(answer)),
    finish: async (id: string, accepted: Gaps | null) => {
      server.finished.push(id);
      server.accepted.push(accepted);
      return server.refuses ? { ok: false, problem: server.refuses } : { ok: true, value: session('Finished') };
    },
    change: async (_id: string, { title }: { title: string }) => ({ ok: true, value: session(title) }),
  },
}));
vi.mock('../outbox/outbox.svelte', () => ({
  outbox: {
    ids: kept.ids,
    find: async () => null,
    watch: () => undefined,
    finish: async (name: string) => kept.keys.has(name),
  },
}));
vi.mock('../../../lib/events/events', () => ({
  eventsReady: async () => undefined,
  onEvent: () => undefined,
  onResync: () => undefined,
}));

const { current } = await import('./current.svelte');

async function answer(title: string) {
  server.shows.shift()!({ ok: true, value: session(title) });
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
  server.finished = [];
  server.accepted = [];
  server.refuses = null;
  kept.keys.clear();
});
afterEach(() => {
  current.leave();
  vi.useRealTimers();
});

it('keeps the new title, though what was asked for before has the old one, and asks again', async () => {
  current.open('s');
  await vi.advanceTimersByTimeAsync(0);
  await answer('Old');
  void current.load();
  await vi.advanceTimersByTimeAsync(0);
  await current.rename('New');
  await answer('Old');
  expect(current.session?.title).toBe('New');
  await vi.advanceTimersByTimeAsync(1_000);
  await answer('New, by somebody else');
  expect(current.session?.title).toBe('New, by somebody else');
});

it('is finished by the server when the outbox has sent all of it before it could be asked', async () => {
  kept.ids['key'] = 's';
  current.open('s');
  expect(await current.finish(null, 'key')).toBeNull();
  expect(server.finished, 'by its id: the server does not know the key').toEqual(['s']);
  expect(current.session?.title).toBe('Finished');
});

it('is finished by the outbox while that has something of it', async () => {
  kept.ids['key'] = 's';
  kept.keys.add('key');
  current.open('s');
  expect(await current.finish(null, 'key')).toBeNull();
  expect(server.finished).toEqual([]);
  expect(current.finishing).toBe(true);
});

it('says why it could not be finished, also when another page is shown', async () => {
  kept.ids['key'] = 's';
  server.refuses = NETWORK;
  current.open('other');
  expect((await current.finish(null, 'key'))?.code).toBe('network');
  server.refuses = null;
  expect(await current.finish(null, 'key')).toBeNull();
  expect(server.finished).toEqual(['s', 's']);
  expect(current.session, 'of the one that is shown, nothing changes').toBeNull();
});

it('accepts the gaps that were shown and no others, and asks again when there are more', async () => {
  const shown: Gaps = { missing: [[0, [1]]], open: [], max_sequence: 2, total: 3, complete: false };
  const more: Gaps = { ...shown, missing: [[0, [1, 3]]], max_sequence: 4, total: 5 };
  const refusal = (gaps: Gaps): Problem => ({ ...NETWORK, code: 'session_has_gaps', status: 409, members: { gaps } });
  current.open('s');
  server.refuses = refusal(shown);
  expect(await current.finish()).toBeNull();
  expect(current.gaps).toEqual(shown);
  server.refuses = refusal(more);
  expect(await current.finish(current.gaps)).toBeNull();
  expect(current.gaps, 'the person is asked about these').toEqual(more);
  server.refuses = null;
  expect(await current.finish(current.gaps)).toBeNull();
  expect(server.accepted).toEqual([null, shown, more]);
  expect(current.session?.title).toBe('Finished');
});
