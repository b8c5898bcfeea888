/** What the server allows in a scene. */
import { reelChoices } from './choices';
import type { Limits } from '../page/scene-text';

export function sceneLimits(languageCode: string): Limits {
  const reel = reelChoices();
  return { words: reel?.scene_words[languageCode] ?? null, headingCharacters: reel?.heading_characters ?? null };
}
