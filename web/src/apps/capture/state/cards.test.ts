import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Outcome } from '../../../lib/api/problem';
import { phrase } from '../example';
import type { PhrasePage } from '../types';

const server = vi.hoisted(() => ({
  asked: [] as { query: { limit?: number; cursor?: string }; answer: (outcome: Outcome<PhrasePage>) => void }[],
  heard: new Map<string, () => void>(),
}));
vi.mock('../api', () => ({
  captureApi: {
    list: (query: object) => new Promise((answer) => server.asked.push({ query, answer })),
  },
}));
vi.mock('../../../lib/events/events', () => ({
  eventsReady: async () => undefined,
  onEvent: (kind: string, heard: () => void) => server.heard.set(kind, heard),
  onResync: () => undefined,
}));

let cards: (typeof import('./cards.svelte'))['cards'];
const ids = () => cards.items?.map(({ id }) => id).join(' ');
const changed = async () => {
  server.heard.get('capture.changed')!();
  await vi.advanceTimersByTimeAsync(1_000);
};

/** Answers the request that waits at that place. */
async function answer(names: string, next: string | null = null, at = 0) {
  const items = names.split(' ').map((id) => phrase(id));
  server.asked.splice(at, 1)[0]!.answer({ ok: true, value: { items, next_cursor: next, counts: {} } });
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  server.asked = [];
  ({ cards } = await import('./cards.svelte'));
  cards.follow();
  cards.show({});
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => vi.useRealTimers());

it('takes the answers of a slow server while more is changed than it can answer, and nothing older', async () => {
  await answer('a');
  for (let n = 0; n < 3; n += 1) await changed();
  await answer('b a');
  expect([ids(), cards.loading]).toEqual(['b a', true]);
  await answer('d c b a', null, 1);
  await answer('c b a');
  expect([ids(), cards.loading]).toEqual(['d c b a', false]);
});

it('asks again for what was changed while it was asked for the first time', async () => {
  await changed();
  await answer('a');
  await answer('b a');
  expect(ids()).toBe('b a');
});

it('drops what another search has found', async () => {
  cards.show({ q: 'tea' });
  await vi.advanceTimersByTimeAsync(0);
  await answer('a b');
  expect(cards.items).toBeNull();
  await answer('b');
  expect(ids()).toBe('b');
});

it('does not lose the next page to a list that was asked for before', async () => {
  await answer('a b', 'after-b');
  await changed();
  void cards.more();
  await answer('c d', null, 1);
  expect(ids()).toBe('a b c d');
  await vi.advanceTimersByTimeAsync(0);
  await answer('a b', 'after-b');
  expect(ids(), 'it is older than what is shown').toBe('a b c d');
  await answer('a b c d');
  expect([ids(), cards.hasMore, server.asked.length]).toEqual(['a b c d', false, 0]);
});

it('asks for the next page of the list that has come meanwhile', async () => {
  await answer('b c', 'after-c');
  await changed();
  void cards.more();
  await answer('a b', 'after-b');
  await answer('d');
  expect(server.asked[0]!.query.cursor).toBe('after-b');
  await answer('c d');
  expect(ids()).toBe('a b c d');
});
