import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Outcome } from '../../../lib/api/problem';
import type { Reel, ReelPage, ReelSummary } from '../types';

const server = vi.hoisted(() => ({
  lists: [] as ((outcome: Outcome<ReelPage>) => void)[],
  shows: [] as ((outcome: Outcome<Reel>) => void)[],
  heard: new Map<string, (event: { data: unknown }) => void>(),
}));
vi.mock('../api', () => ({
  reelApi: {
    list: () => new Promise((answer) => server.lists.push(answer)),
    show: () => new Promise((answer) => server.shows.push(answer)),
  },
}));
vi.mock('../../../lib/events/events', () => ({
  eventsReady: async () => undefined,
  onEvent: (kind: string, heard: (event: { data: unknown }) => void) => server.heard.set(kind, heard),
  onResync: () => undefined,
}));
vi.mock('../../../lib/state/connection.svelte', () => ({ connection: { gone: false } }));

let list: (typeof import('./list.svelte'))['list'];

const summary = (id: string) => ({ id, state: 'done', created_at: 0, percent: 100 }) as unknown as ReelSummary;
const reel = (id: string) => ({ ...summary(id), scenes: [], document: {} }) as unknown as Reel;
const ids = () => list.items?.map(({ id }) => id).join(' ');
const soon = () => vi.advanceTimersByTimeAsync(1_000);
const told = (kind: string, id: string) => server.heard.get(kind)!({ data: { reel_id: id } });

async function answer(names: string) {
  server.lists.shift()!({ ok: true, value: { items: names.split(' ').map(summary), next_cursor: null } });
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { hidden: false });
  vi.resetModules();
  [server.lists, server.shows] = [[], []];
  ({ list } = await import('./list.svelte'));
  list.follow();
  list.show('', null);
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('does not show a deleted reel again by a list, or by itself, that was asked for before', async () => {
  await answer('b a');
  told('reel.changed', 'new');
  told('reel.changed', 'a');
  await soon();
  told('reel.deleted', 'a');
  await answer('b a');
  expect(ids()).toBe('b');
  server.shows.shift()!({ ok: true, value: reel('a') });
  await vi.advanceTimersByTimeAsync(0);
  expect(ids()).toBe('b');
});

it('keeps a new reel, though a list that was asked for before has it not', async () => {
  await answer('a');
  told('reel.changed', 'new');
  await soon();
  list.take(reel('b'));
  await answer('new a');
  expect(ids()).toBe('b a');
  await soon();
  await answer('b new a');
  expect(ids()).toBe('b new a');
});

it('asks again for what was changed while it was asked for the first time', async () => {
  told('reel.changed', 'b');
  await soon();
  await answer('a');
  await answer('b a');
  expect(ids()).toBe('b a');
});
