/** The texts of Reel together with the shell's; components of the app use nothing else. */
import { ar as shellArabic } from '../../lib/text/ar';
import { en as shellEnglish, type Key as ShellKey } from '../../lib/text/en';
import { translator } from '../../lib/text/index.svelte';
import { ar } from './words/ar';
import { en, type Key } from './words/en';

export * from '../../lib/text/index.svelte';

const english = { ...shellEnglish, ...en };

export const t = translator<Key | ShellKey>({ en: english, ar: { ...shellArabic, ...ar } });

/** The name of a presenter in the language of the page; one that the page does not know has the name that the server gives. */
export function presenterName({ id, name }: { id: string; name: string }): string {
  const key = `presenter.${id}`;
  return isKey(key) ? t(key) : name;
}

export function isKey(key: string): key is Key | ShellKey {
  return key in english;
}
