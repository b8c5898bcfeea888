/** The texts of Scribe together with the shell's; components of the app use nothing else. */
import { ar as shellArabic } from '../../lib/text/ar';
import { en as shellEnglish, type Key as ShellKey } from '../../lib/text/en';
import { translator } from '../../lib/text/index.svelte';
import { ar } from './words/ar';
import { en, type Key } from './words/en';
import { ar as transcriptArabic } from './words/transcript-ar';
import { en as transcriptEnglish, type Key as TranscriptKey } from './words/transcript-en';

export * from '../../lib/text/index.svelte';

const english = { ...shellEnglish, ...en, ...transcriptEnglish };

type AnyKey = Key | TranscriptKey | ShellKey;

export const t = translator<AnyKey>({ en: english, ar: { ...shellArabic, ...ar, ...transcriptArabic } });

export function isKey(key: string): key is AnyKey {
  return key in english;
}
