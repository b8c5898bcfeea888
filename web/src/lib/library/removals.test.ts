import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NETWORK, type Outcome } from '../api/problem';
import { Removals, UNDO_MS } from './removals.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Removals of texts; those with "kept" in them are refused, and those with "gone" are not there. */
function removals() {
  const removed: string[] = [];
  const remove = async (item: string): Promise<Outcome<unknown>> => {
    removed.push(item);
    const status = item.includes('kept') ? 409 : item.includes('gone') ? 404 : 0;
    return status ? { ok: false, problem: { ...NETWORK, status, code: String(status) } } : { ok: true, value: null };
  };
  return {
    removed,
    one: new Removals<string>(
      (item) => item,
      remove,
      async () => undefined,
    ),
  };
}

test('what is removed is hidden at once, and deleted after a while', async () => {
  const { removed, one } = removals();
  const failed = vi.fn();
  one.soon(['a', 'gone'], failed);
  expect([one.hidden.has('a'), one.hidden.has('b'), removed.length]).toEqual([true, false, 0]);
  await vi.advanceTimersByTimeAsync(UNDO_MS);
  expect(removed).toEqual(['a', 'gone']);
  expect([one.hidden.size, failed.mock.calls.length]).toEqual([0, 0]);
});

test('what is deleted is not shown by a list that was asked for before, and what is refused is', async () => {
  const { one } = removals();
  one.soon(['a', 'gone', 'kept'], vi.fn());
  await vi.advanceTimersByTimeAsync(UNDO_MS);
  expect(['a', 'gone', 'kept', 'b'].map((item) => one.isShown(item))).toEqual([false, false, true, true]);
});

test('what is undone is not deleted, and is there again', async () => {
  const { removed, one } = removals();
  const undo = one.soon(['a'], vi.fn());
  undo();
  await vi.advanceTimersByTimeAsync(UNDO_MS * 2);
  expect([one.hidden.size, removed]).toEqual([0, []]);
});

test('a refusal is told, and undoing too late does nothing', async () => {
  const { one } = removals();
  const failed = vi.fn();
  const undo = one.soon(['kept'], failed);
  await vi.advanceTimersByTimeAsync(UNDO_MS);
  expect(failed.mock.calls[0]![0].code).toBe('409');
  undo();
  expect(one.hidden.size).toBe(0);
});
