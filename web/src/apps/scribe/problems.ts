/** Scribe's messages for problems: those of its own codes, and the shell's. */
import { problemWords, SHELL_SAME } from '../../lib/ui/words.svelte';
import { isKey, t } from './text';

export const { wordsFor, wordsForTrouble } = problemWords({
  t,
  isKey,
  same: {
    ...SHELL_SAME,
    busy: [...SHELL_SAME.busy, 'session_busy', 'server_busy', 'chunk_repeated'],
    // Whoever sends a file from here has no document in mind.
    not_media: ['not_a_pdf', 'file_unused', 'no_app_for_file'],
  },
});
