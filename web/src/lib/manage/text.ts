/** The texts of the settings and the administration, which are loaded with them, together with those of the other pages. */
import { ar as shellArabic } from '../text/ar';
import { en as shellEnglish, type Key as ShellKey } from '../text/en';
import { translator } from '../text/index.svelte';
import { problemWords, SHELL_SAME } from '../ui/words.svelte';
import { ar as pagesArabic } from '../words/ar';
import { en as pagesEnglish, type Key as PagesKey } from '../words/en';
import { ar } from './words/ar';
import { en, type Key } from './words/en';

export * from '../text/index.svelte';

const english = { ...shellEnglish, ...pagesEnglish, ...en };

type AnyKey = Key | PagesKey | ShellKey;

export const t = translator<AnyKey>({ en: english, ar: { ...shellArabic, ...pagesArabic, ...ar } });

export function isKey(key: string): key is AnyKey {
  return key in english;
}

export const { wordsFor, wordsForTrouble } = problemWords({ t, isKey, same: SHELL_SAME });
