/** A card as the server gives it, for tests. */
import type { Field, Phrase, StudyLanguage, Word } from './types';

export const RUSSIAN: StudyLanguage = {
  code: 'ru',
  name: 'русский',
  english_name: 'Russian',
  dir: 'ltr',
  script: 'Cyrl',
  transliteration: 'BGN/PCGN',
  root: 'root',
  gender: 'gender',
  declension: 'case',
  notes: 'aspect',
};

export function field(text: string, change: Partial<Field> = {}): Field {
  const source = { kind: 'rules', name: 'rules', version: null } as const;
  return { text, alternatives: [], source, state: 'sure', reason: null, against: [], checked_by: null, ...change };
}

export function word(text: string, change: Partial<Word> = {}): Word {
  return {
    word: text,
    transliteration: null,
    lemma: null,
    root: null,
    meaning: null,
    gender: null,
    declension: null,
    notes: null,
    frequency: null,
    level: null,
    ...change,
  };
}

export function phrase(id: string, change: Partial<Phrase> = {}): Phrase {
  return {
    id,
    etag: '"1"',
    status: 'pending_review',
    source: 'text',
    excluded: false,
    text: field('Где мой чай?'),
    passed_over: [],
    language: RUSSIAN,
    language_confidence: 1,
    translate_to: 'en',
    marked: null,
    transliteration: field('Gde moy chay?'),
    translation: field('Where is my tea?'),
    grammar: [],
    vocabulary: [],
    doubts: [],
    audio: null,
    voice_lost: null,
    picture: null,
    recording: null,
    work: null,
    attempts: 1,
    error: null,
    cost: null,
    created_at: 0,
    updated_at: 0,
    changed_at: 0,
    exported_at: null,
    ...change,
  };
}
