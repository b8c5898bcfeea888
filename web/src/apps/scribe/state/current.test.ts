import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Outcome } from '../../../lib/api/problem';
import type { Session } from '../types';

const server = vi.hoisted(() => ({ shows: [] as ((outcome: Outcome<Session>) => void)[] }));
const session = (title: string) => ({ id: 's', title, ended_at: 1 }) as unknown as Session;
vi.mock('../api', () => ({
  scribeApi: {
    show: () => new Promise((answer) => server.shows.push(answer)),
    change: async (_id: string, { title }: { title: string }) => ({ ok: true, value: session(title) }),
  },
}));
vi.mock('../outbox/outbox.svelte', () => ({ outbox: { find: async () => null, watch: () => undefined } }));
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

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

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
