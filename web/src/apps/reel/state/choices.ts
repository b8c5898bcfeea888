/** What the server lets a reel be. */
import { server } from '../../../lib/state/config.svelte';
import type { ReelChoices } from '../types';

/** Undefined until the server has answered, or if it has no Reel. */
export function reelChoices(): ReelChoices | undefined {
  return server.value?.apps.reel;
}
