/** The texts of Scribe together with the shell's; components of the app use nothing else. */
import { ar as shellArabic } from '../../lib/text/ar';
import { en as shellEnglish, type Key as ShellKey } from '../../lib/text/en';
import { translator } from '../../lib/text/index.svelte';
import { ar } from './words/ar';
import { en, type Key } from './words/en';

export * from '../../lib/text/index.svelte';

const english = { ...shellEnglish, ...en };

export const t = translator<Key | ShellKey>({ en: english, ar: { ...shellArabic, ...ar } });

export function isKey(key: string): key is Key | ShellKey {
  return key in english;
}
