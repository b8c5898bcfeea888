import { expect, it, vi } from 'vitest';
import type { Scene } from '../types';
import { removeSoon, withNumber } from './removals.svelte';

const shown = vi.hoisted(() => {
  const scenes = (...ids: string[]) => ({ id: 'reel', scenes: ids.map((id, place) => ({ id, n: place + 1 })) });
  const reels = {
    current: scenes('a', 'b', 'c', 'd'),
    take(reel: ReturnType<typeof scenes>) {
      this.current = reel;
    },
  };
  return { reels, scenes };
});
vi.mock('./reels.svelte', () => ({ reels: shown.reels, UNDO_MS: 7000 }));
vi.mock('../api', () => ({
  reelApi: { removeScene: async () => ({ ok: true, value: shown.scenes('b', 'c', 'd') }) },
}));

it('is of the scene that was meant, though one before it is deleted and it is moved meanwhile', async () => {
  removeSoon('reel', { id: 'a', n: 1, etag: '"1"' } as unknown as Scene, vi.fn());
  const asked: number[] = [];
  const first = withNumber('reel', 'c', async (n) => {
    asked.push(n);
    shown.reels.take(shown.scenes('c', 'b', 'd'));
  });
  const second = withNumber('reel', 'c', async (n) => void asked.push(n));
  const gone = withNumber('reel', 'a', async () => void asked.push(0));
  await Promise.all([first, second, gone]);
  expect(asked).toEqual([2, 1]);
});

it('is done though what was before it has failed', async () => {
  const failed = withNumber('reel', 'b', async () => {
    throw new Error('the focus is gone');
  });
  const run = vi.fn(async () => undefined);
  const next = withNumber('reel', 'b', run);
  await expect(failed).rejects.toThrow('the focus is gone');
  await next;
  expect(run).toHaveBeenCalledOnce();
});
