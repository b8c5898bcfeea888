/**
 * The terms of grammar that the server's dictionaries and rules write, in the language of the page. A card keeps them as they are: in a
 * deck it speaks the language that it is explained in.
 */
import { settings } from '../../../lib/state/settings.svelte';
import { isKey, t } from '../text';
import type { Field } from '../types';

/** The fields of a word that may hold such terms. */
const TERMED = new Set(['gender', 'declension', 'notes']);

/** What is shown of a field of a word in `language`; what is no list of known terms, or a person's, is shown as it is. */
export function shown(name: string, { text, source }: Pick<Field, 'text' | 'source'>, language?: string): string {
  if (settings.locale.language === 'en') return text;
  if (!TERMED.has(name) || source === null || source.kind === 'person') return text;
  const clauses = text.split('; ').map((one) => clause(one, language));
  return clauses.every((one) => one !== null) ? clauses.join(t('term.also')) : text;
}

/** "noun", "past, singular", "with: and", "measure word 家 (jiā)"; null for anything else. */
function clause(text: string, language: string | undefined): string | null {
  for (const [before, key] of BEFORE) {
    if (text.startsWith(before)) return t(key, { words: text.slice(before.length) });
  }
  const terms = text.split(', ').map((term) => {
    const key = `term.${term.replaceAll(' ', '_')}`;
    const own = `${key}.${language ?? ''}`;
    return isKey(own) ? t(own) : isKey(key) ? t(key) : null;
  });
  return terms.every((one) => one !== null) ? terms.join(t('term.and')) : null;
}

/** What follows these is words of a language, and no terms. */
const BEFORE = [
  ['with: ', 'term.with'],
  ['measure word ', 'term.measure'],
  ['traditional ', 'term.traditional'],
] as const;
