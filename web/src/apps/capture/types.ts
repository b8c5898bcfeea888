/** The API's shapes of Capture by short names; `schema.d.ts` is their source. */
import type { components } from '../../lib/api/schema';

type Schemas = components['schemas'];

/** As the server writes it: a field of the description that may be left out is there, and null. */
type Written<T> = T extends (infer Item)[]
  ? Written<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Written<Exclude<T[Key], undefined>> }
    : T;

export const STATUSES = [
  'processing',
  'pending_review',
  'approved',
  'exported',
  'failed',
] as const satisfies Schemas['PhraseStatus'][];
export type Status = Schemas['PhraseStatus'];
export const SOURCES = ['text', 'image', 'audio'] as const satisfies Schemas['PhraseSource'][];
export type Source = Schemas['PhraseSource'];
export const SORTS = ['newest', 'oldest', 'changed', 'doubtful'] as const;
export type Sort = (typeof SORTS)[number];

export type Field = Written<Schemas['FieldView']>;
export type FieldState = Field['state'];
/** What speaks against a field: another source's text, or what a second check says. */
export type Objection = Field['against'][number];
export type FieldSource = NonNullable<Field['source']>;
/** What providers were paid for a card. */
export type Cost = Written<Schemas['CardCostView']>;
export type Note = Written<Schemas['NoteView']>;

export const WORD_FIELDS = ['transliteration', 'lemma', 'root', 'meaning', 'gender', 'declension', 'notes'] as const;
/** What is shown of a word; only the fields above are edited. */
export const SHOWN_FIELDS = [...WORD_FIELDS, 'frequency', 'level'] as const;
export type WordField = (typeof WORD_FIELDS)[number];
export type Word = Written<Schemas['WordView']>;

export type StudyLanguage = Omit<Written<Schemas['StudyLanguageView']>, 'dir'> & { dir: 'ltr' | 'rtl' };
/** A line of a picture, in parts of its width and height. */
export type Line = Schemas['LineView'];
export type Picture = Written<Schemas['PictureView']>;
export type Audio = Written<Schemas['AudioView']>;
export type PhraseWork = Written<Schemas['WorkView']>;
export type Phrase = Omit<Written<Schemas['PhraseView']>, 'error' | 'language'> & {
  error: Schemas['ErrorView'] | null;
  language: StudyLanguage | null;
};

export type Counts = Partial<Record<Status, number>>;
export type PhrasePage = Omit<Written<Schemas['PhrasePage']>, 'items' | 'counts'> & { items: Phrase[]; counts: Counts };
export interface PhraseQuery {
  limit?: number;
  cursor?: string;
  q?: string;
  status?: Status;
  language?: string;
  source?: Source;
  excluded?: boolean;
  doubtful?: boolean;
  sort?: Sort;
}
/** Its part of the present state. */
export type CaptureSnapshot = { latest: Phrase[]; counts: Counts };
/** Its part of what the server says of itself. */
export type CaptureChoices = Omit<Written<Schemas['CaptureChoices']>, 'languages'> & { languages: StudyLanguage[] };

export type NewPhrases = Schemas['NewPhrases'];
/** A card that was there, and that no deck has as it is. */
export type HeldBack = Omit<Schemas['PhraseHeldBack'], 'code'> & { code: 'excluded' | 'failed' };
/** A line of a list that has become no phrase. */
export type LeftOut = Omit<Schemas['PhraseLineLeftOut'], 'code'> & { code: 'no_words' };
/** What lines have become; `known` are the ids of those that were there. */
export interface PhrasesAdded {
  items: Phrase[];
  known: string[];
  held_back: HeldBack[];
  left_out: LeftOut[];
}
/** What a person wants of a word: what is left out stays, what is empty goes. */
export type WordChange = Schemas['WordChange'];
export type PhraseChange = Schemas['PhraseChange'];

export type Action = Schemas['Batch']['action'];
export type Skipped = Omit<Schemas['PhraseSkipped'], 'code'> & {
  code: 'not_found' | 'wrong_status' | 'working' | 'changed' | 'same_phrase';
};
export type Acted = Omit<Written<Schemas['PhrasesActed']>, 'changed' | 'skipped'> & {
  changed: Phrase[];
  skipped: Skipped[];
};
export type PhraseActed = Omit<Written<Schemas['PhraseActed']>, 'phrase'> & { phrase: Phrase };

/** The fields that are made again one by one. */
export const MADE = ['transliteration', 'translation', 'grammar', 'vocabulary'] as const;
export type Made = (typeof MADE)[number];
export type Redo = Schemas['RedoRequest'];

export type WantedDrafts = Schemas['Wanted'];
export type Drafts = Omit<Written<Schemas['DraftsView']>, 'error'> & { error: Schemas['ErrorView'] | null };

export const FORMS = ['package', 'package_legacy', 'csv', 'archive'] as const satisfies Schemas['FormName'][];
export type Form = Schemas['FormName'];
export type NewExport = Schemas['NewExport'];
export type Export = Omit<Written<Schemas['ExportView']>, 'form'> & { form: Form };
/** Both sides of a card, as HTML. */
export type Sides = Schemas['SidesView'];
export type NoteToPush = Written<Schemas['NoteToPush']>;
export type NotesToPush = Written<Schemas['NotesToPush']>;
