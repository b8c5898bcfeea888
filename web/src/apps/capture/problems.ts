/** Capture's messages for problems: those of its own codes, and the shell's. */
import type { Problem } from '../../lib/api/problem';
import type { Trouble } from '../../lib/api/types';
import { problemWords, SHELL_SAME, type Words } from '../../lib/ui/words.svelte';
import { deckReason } from './intake/deck-problem';
import { isKey, t } from './text';

const words = problemWords({
  t,
  isKey,
  same: {
    ...SHELL_SAME,
    conflict: [...SHELL_SAME.conflict, 'phrase_working'],
  },
});

export const { wordsFor } = words;

/** For what happens with a theme: a deck to avoid is refused for several reasons, and the server says what it found. */
export function wordsForTheme(problem: Problem): Words {
  const [found, reason] = [wordsFor(problem), deckReason(problem)];
  if (reason === null) return problem.code === 'deck_unreadable' ? { ...found, detail: problem.detail } : found;
  return {
    ...found,
    title: t(`deck_refused.${reason}.title`),
    action: t(`deck_refused.${reason}.action`),
    detail: problem.detail,
  };
}

/** For an error that is stored with a phrase. The package without which a script cannot be read is named, as the server does. */
export function wordsForTrouble(trouble: Trouble): Words {
  const found = words.wordsForTrouble(trouble);
  const packages = (trouble.detail ?? '').match(/tesseract-ocr(-[a-z]+)*/g);
  if (trouble.code !== 'tool_missing' || !packages) return found;
  const named = packages.join(', ');
  return { ...found, title: t('script_missing.title'), action: t('script_missing.action', { packages: named }) };
}
