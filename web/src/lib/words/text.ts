/** The texts of the pages of the shell, which are loaded with them, together with its others. */
import { ar as shellArabic } from '../text/ar';
import { en as shellEnglish, type Key as ShellKey } from '../text/en';
import { translator } from '../text/index.svelte';
import { problemWords, SHELL_SAME } from '../ui/words.svelte';
import { ar } from './ar';
import { en, type Key } from './en';

export * from '../text/index.svelte';

const english = { ...shellEnglish, ...en };

export const t = translator<Key | ShellKey>({ en: english, ar: { ...shellArabic, ...ar } });

export function isKey(key: string): key is Key | ShellKey {
  return key in english;
}

export const { wordsFor, wordsForTrouble } = problemWords({ t, isKey, same: SHELL_SAME });
