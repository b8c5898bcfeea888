import { expect, it, vi } from 'vitest';
import type { Acted } from '../types';

const undo = vi.hoisted(() => vi.fn());
vi.mock('../api', () => ({ captureApi: { undo } }));
const { decisions } = await import('./decisions.svelte');

it('undoes next what could not come back yet', async () => {
  const acted: Acted = { undo: 'u1', changed: [], count: 1, left: 1, skipped: [] };
  undo.mockResolvedValueOnce({ ok: true, value: acted });
  decisions.add({ undo: Promise.resolve('u1') });
  await decisions.undo();
  expect(decisions.some).toBe(true);
  undo.mockResolvedValueOnce({ ok: true, value: { ...acted, undo: null, left: 0 } });
  await decisions.undo();
  expect(undo.mock.calls).toEqual([['u1'], ['u1']]);
  expect([decisions.some, await decisions.undo()]).toEqual([false, null]);
});

it('keeps what is refused because of another phrase, below all other decisions', async () => {
  undo.mockReset();
  const refused = { ok: false, problem: { status: 409, code: 'same_phrase', title: '', detail: '' } };
  const done = { ok: true, value: { undo: null, changed: [], count: 1, left: 0, skipped: [] } };
  decisions.add({ undo: Promise.resolve('u1') });
  decisions.add({ undo: Promise.resolve('u2') });
  undo.mockResolvedValueOnce(refused).mockResolvedValue(done);
  await decisions.undo();
  await decisions.undo();
  await decisions.undo();
  expect(undo.mock.calls).toEqual([['u2'], ['u1'], ['u2']]);
  expect(decisions.some).toBe(false);
});
