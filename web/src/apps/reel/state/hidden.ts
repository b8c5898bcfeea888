/** Reels that were deleted here and not yet on the server. */
import { SvelteSet } from 'svelte/reactivity';

export const hidden = new SvelteSet<string>();
