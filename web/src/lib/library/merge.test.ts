import { expect, test } from 'vitest';
import { NETWORK } from '../api/problem';
import type { AppModule, LibraryQuery, Work } from '../app';
import { Merged } from './merge';

/** An app with works of these times, two on each page. */
function app(name: string, times: number[], fails = false): AppModule {
  const page = async ({ cursor }: LibraryQuery) => {
    if (fails) return { ok: false as const, problem: NETWORK };
    const from = Number(cursor ?? 0);
    const items = times
      .slice(from, from + 2)
      .map((createdAt) => ({ createdAt, subject: `${name}${createdAt}` }) as Work);
    return { ok: true as const, value: { items, next: from + 2 < times.length ? String(from + 2) : null } };
  };
  return { name, page } as unknown as AppModule;
}

const query = { words: '', state: null, oldestFirst: false, limit: 2 };
const names = async (merged: Merged, count: number) => {
  const outcome = await merged.next(count);
  return outcome.ok ? outcome.value.map(({ work }) => work.subject) : outcome.problem.code;
};

test('pages of several apps are one list by time', async () => {
  const merged = new Merged([app('a', [9, 7, 3]), app('b', [8, 6, 5, 4, 1])], query);
  expect(await names(merged, 4)).toEqual(['a9', 'b8', 'a7', 'b6']);
  expect(merged.more).toBe(true);
  expect(await names(merged, 9)).toEqual(['b5', 'b4', 'a3', 'b1']);
  expect(merged.more).toBe(false);
});

test('the oldest first', async () => {
  const merged = new Merged([app('a', [3, 7]), app('b', [1, 8])], { ...query, oldestFirst: true });
  expect(await names(merged, 9)).toEqual(['b1', 'a3', 'a7', 'b8']);
});

test('nothing is shown in the place of what could not be loaded', async () => {
  expect(await names(new Merged([app('a', [3]), app('b', [1], true)], query), 9)).toBe('network');
});
