/** The texts of Capture together with the shell's; components of the app use nothing else. */
import { ar as shellArabic } from '../../lib/text/ar';
import { en as shellEnglish, type Key as ShellKey } from '../../lib/text/en';
import { translator } from '../../lib/text/index.svelte';
import { ar } from './words/ar';
import { en, type Key } from './words/en';
import { ar as outArabic } from './words/out-ar';
import { en as outEnglish, type Key as OutKey } from './words/out-en';
import { ar as problemArabic } from './words/problems-ar';
import { en as problemEnglish, type Key as ProblemKey } from './words/problems-en';
import { ar as reviewArabic } from './words/review-ar';
import { en as reviewEnglish, type Key as ReviewKey } from './words/review-en';
import { ar as termArabic } from './words/terms-ar';
import { en as termEnglish, type Key as TermKey } from './words/terms-en';

export * from '../../lib/text/index.svelte';

const english = { ...shellEnglish, ...en, ...reviewEnglish, ...outEnglish, ...problemEnglish, ...termEnglish };

export type AnyKey = Key | ReviewKey | OutKey | ProblemKey | TermKey | ShellKey;

export const t = translator<AnyKey>({
  en: english,
  ar: { ...shellArabic, ...ar, ...reviewArabic, ...outArabic, ...problemArabic, ...termArabic },
});

export function isKey(key: string): key is AnyKey {
  return key in english;
}
