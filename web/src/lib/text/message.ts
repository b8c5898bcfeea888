/** Formats the messages of a catalogue. */
import { formatCount, type Locale } from './format';

export type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
/** The same keys in each language. */
export type Catalogue<Key extends string> = Record<Locale['language'], Record<Key, Message>>;
export type Values = Record<string, string | number>;

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * The text of `key`. Numbers are formatted with the locale's digits, and `count` selects the plural form; texts are wrapped in bidi
 * isolates, so that an English file name does not disturb an Arabic sentence.
 */
export function message<Key extends string>(
  locale: Locale,
  catalogue: Catalogue<Key>,
  key: Key,
  values: Values = {},
): string {
  const entry = catalogue[locale.language][key];
  const template = typeof entry === 'string' ? entry : plural(locale, entry, values['count']);
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (typeof value === 'number') return formatCount(value, locale);
    return isolated(value ?? '');
  });
}

/** A text of its own direction, to be put between others where no element can be, such as in the title of the tab. */
export function isolated(text: string): string {
  return `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;
}

function plural(locale: Locale, forms: Exclude<Message, string>, count: string | number | undefined): string {
  const rule = new Intl.PluralRules(locale.language).select(Number(count ?? 0));
  return forms[rule] ?? forms.other ?? '';
}
