/** A card as a form, and what a person has changed of it. Only that is sent: what they left keeps its origin and its doubt. Pure. */
import { WORD_FIELDS, type Phrase, type PhraseChange, type WordChange, type WordField } from '../types';

export type WordForm = { word: string } & Record<WordField, string>;

export interface CardForm {
  text: string;
  transliteration: string;
  translation: string;
  grammar: string[];
  vocabulary: WordForm[];
}

export function formOf(phrase: Phrase): CardForm {
  return {
    text: phrase.text.text,
    transliteration: phrase.transliteration?.text ?? '',
    translation: phrase.translation?.text ?? '',
    grammar: phrase.grammar.map(({ text }) => text.text),
    vocabulary: phrase.vocabulary.map((word) => {
      const form = emptyWord(word.word);
      for (const field of WORD_FIELDS) form[field] = word[field]?.text ?? '';
      return form;
    }),
  };
}

export function emptyWord(word = ''): WordForm {
  return { word, transliteration: '', lemma: '', root: '', meaning: '', gender: '', declension: '', notes: '' };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The remarks that say something: one that nothing could make yet stands in the card without a text. */
const noted = (notes: string[]) => notes.map((note) => note.trim()).filter((note) => note !== '');

/** What differs from the card as it is; null if nothing does. */
export function changeOf(phrase: Phrase, form: CardForm): PhraseChange | null {
  const now = formOf(phrase);
  const change: PhraseChange = {};
  if (form.text.trim() !== now.text && form.text.trim() !== '') change.text = form.text.trim();
  if (form.transliteration.trim() !== now.transliteration) change.transliteration = form.transliteration.trim();
  if (form.translation.trim() !== now.translation) change.translation = form.translation.trim();
  const grammar = noted(form.grammar);
  if (!same(grammar, noted(now.grammar))) change.grammar = grammar;
  const vocabulary = form.vocabulary.filter(({ word }) => word.trim() !== '');
  if (!same(vocabulary, now.vocabulary)) change.vocabulary = wordChanges(now.vocabulary, vocabulary);
  return Object.keys(change).length > 0 ? change : null;
}

/** The server finds a word by itself: of one that stands there twice, all fields are told, for it would take those of the first. */
function wordChanges(before: WordForm[], words: WordForm[]): WordChange[] {
  const left = [...before];
  const seen = new Set<string>();
  return words.map((form) => {
    const word = form.word.trim();
    const at = left.findIndex((known) => known.word === word);
    const known = at < 0 ? null : left.splice(at, 1)[0]!;
    const isFirst = !seen.has(word);
    seen.add(word);
    const change: WordChange = { word };
    for (const field of WORD_FIELDS) {
      const text = form[field].trim();
      if (!isFirst || text !== (known?.[field] ?? '')) change[field] = text;
    }
    return change;
  });
}

/**
 * The form on a card that was changed meanwhile: what the person did not touch follows the card, the rest stays theirs. `conflicts` are
 * the fields that both have changed.
 */
export function rebased(
  form: CardForm,
  base: CardForm,
  now: CardForm,
): { form: CardForm; conflicts: (keyof CardForm)[] } {
  const conflicts: (keyof CardForm)[] = [];
  const pick = <Name extends keyof CardForm>(name: Name): CardForm[Name] => {
    if (same(form[name], base[name])) return now[name];
    if (!same(now[name], base[name]) && !same(now[name], form[name])) conflicts.push(name);
    return form[name];
  };
  const next: CardForm = {
    text: pick('text'),
    transliteration: pick('transliteration'),
    translation: pick('translation'),
    grammar: pick('grammar'),
    vocabulary: pick('vocabulary'),
  };
  return { form: next, conflicts };
}

/** Whether a field or the sound can be made again: of a photo or a clip that failed there is no phrase to make them of. */
export function isMadeInPart({ text }: Phrase): boolean {
  return text.text !== '';
}

/** The field of a card that a path of `doubts` belongs to: `vocabulary.2.meaning` is of the vocabulary. */
export function fieldOf(path: string): string {
  return path.split('.')[0] ?? path;
}

/** Arabic marks: vowels, doubling, and the rest that is written above or below letters. */
export const MARKS = {
  fatha: '\u064e',
  damma: '\u064f',
  kasra: '\u0650',
  sukun: '\u0652',
  shadda: '\u0651',
  fathatan: '\u064b',
  dammatan: '\u064c',
  kasratan: '\u064d',
} as const;

export function withoutMarks(text: string): string {
  return text.replace(/[\u064b-\u0652\u0670]/g, '');
}
