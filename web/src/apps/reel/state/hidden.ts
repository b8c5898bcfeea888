/** Reels that are deleted here, but not yet on the server. */
import { SvelteSet } from 'svelte/reactivity';

export const hidden = new SvelteSet<string>();
