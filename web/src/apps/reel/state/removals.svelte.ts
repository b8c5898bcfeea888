/** Scenes that are about to be deleted: hidden at once, deleted after a while, so that it can be undone. */
import { SvelteSet } from 'svelte/reactivity';
import type { Problem } from '../../../lib/api/problem';
import { reelApi } from '../api';
import type { Scene } from '../types';
import { keepDraft } from './drafts.svelte';
import { reels, UNDO_MS } from './reels.svelte';

interface Removal {
  reelId: string;
  scene: Scene;
  timer: ReturnType<typeof setTimeout>;
  failed: (problem: Problem) => void;
}

/** The ids of the scenes that are not shown any more. */
export const removed = new SvelteSet<string>();
const pending = new Map<string, Removal>();
let turn = Promise.resolve();

if (typeof addEventListener === 'function') {
  addEventListener('pagehide', () => pending.forEach((removal) => void remove(removal, true)));
}

/** Hides a scene now and deletes it after a while; `failed` is called if the server refuses that. */
export function removeSoon(reelId: string, scene: Scene, failed: (problem: Problem) => void): void {
  removed.add(scene.id);
  const timer = setTimeout(() => void flushRemovals(reelId, scene.id), UNDO_MS);
  pending.set(scene.id, { reelId, scene, timer, failed });
}

/** False if it is too late. */
export function undoRemoval(sceneId: string): boolean {
  const removal = pending.get(sceneId);
  if (!removal) return false;
  clearTimeout(removal.timer);
  pending.delete(sceneId);
  removed.delete(sceneId);
  return true;
}

/** Deletes at once what is about to be deleted of a reel: before anything that depends on the numbers of its scenes. */
export async function flushRemovals(reelId: string, only?: string): Promise<void> {
  for (const removal of [...pending.values()]) {
    if (removal.reelId !== reelId || (only !== undefined && removal.scene.id !== only)) continue;
    const problem = await remove(removal, false);
    if (problem) removal.failed(problem);
  }
}

/**
 * Runs what depends on the number of a scene with the number that it has by then, one after the other: a scene before it may be deleted
 * or moved meanwhile. Nothing happens if it is not shown any more.
 */
export function withNumber(reelId: string, sceneId: string, run: (n: number) => Promise<void>): Promise<void> {
  const mine = turn.then(async () => {
    await flushRemovals(reelId);
    const scenes = reels.current?.id === reelId ? reels.current.scenes : [];
    const scene = scenes.find(({ id }) => id === sceneId);
    if (scene) await run(scene.n);
  });
  // What fails is told to its caller, and does not stop what comes after it.
  turn = mine.catch(() => undefined);
  return mine;
}

async function remove({ reelId, scene, timer }: Removal, leaving: boolean): Promise<Problem | null> {
  clearTimeout(timer);
  pending.delete(scene.id);
  // Others may have moved it since.
  const known = reels.current?.id === reelId ? reels.current.scenes.find(({ id }) => id === scene.id) : null;
  const outcome = await reelApi.removeScene(reelId, known?.n ?? scene.n, scene.etag, leaving);
  const gone = outcome.ok || outcome.problem.status === 404;
  if (gone) keepDraft(reelId, scene.id, null);
  if (outcome.ok && outcome.value) reels.take(outcome.value);
  else await reels.load(reelId);
  removed.delete(scene.id);
  return gone || outcome.ok ? null : outcome.problem;
}
