/** The texts of how long things are kept, which are loaded with its forms, together with the shell's. */
import { ar as shellArabic } from '../text/ar';
import { en as shellEnglish, type Key as ShellKey } from '../text/en';
import { translator } from '../text/index.svelte';
import { ar } from './words/ar';
import { en, type Key } from './words/en';

export * from '../text/index.svelte';

export const t = translator<Key | ShellKey>({ en: { ...shellEnglish, ...en }, ar: { ...shellArabic, ...ar } });
