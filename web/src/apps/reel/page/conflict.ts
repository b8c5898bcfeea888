/** What is stored now, after the server refused a change of something older. */
import type { Problem } from '../../../lib/api/problem';
import { reelApi } from '../api';
import { reels } from '../state/reels.svelte';
import type { Scene } from '../types';

/** The scene as it is now; `gone` if it was deleted, null if that cannot be known at the moment. */
export async function currentScene(reelId: string, sceneId: string, problem: Problem): Promise<Scene | 'gone' | null> {
  const told = problem.members['scene'] as Scene | null | undefined;
  if (told?.id === sceneId) {
    // The page behind the editor follows.
    void reels.load(reelId);
    return told;
  }
  const reel = await reelApi.show(reelId);
  if (!reel.ok) return null;
  reels.take(reel.value);
  return reel.value.scenes.find(({ id }) => id === sceneId) ?? 'gone';
}
