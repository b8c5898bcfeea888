/** The texts that the shell shows before the app's code is loaded. */
import { translator } from '../../lib/text/index.svelte';
import { ar, en } from './words/names';

export const name = translator({ en, ar });
