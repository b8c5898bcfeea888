/** Short names for the API's types; `schema.d.ts` is their source. An app names its own. */
import type { components } from './schema';

type Schemas = components['schemas'];

/** The server's features; `apps` has the options of each app. */
export type Config = Schemas['ConfigView'];
/** A document; `apps` has the offer of each app. */
export type Document = Omit<Schemas['DocumentView'], 'language' | 'left_out' | 'reading' | 'refused'> & {
  language?: Language | null;
  left_out?: LeftOut[];
  reading?: Reading | null;
  refused?: Trouble | null;
};
/** Something that is in a document and not in its text. */
export interface LeftOut {
  page: number;
  reason: string;
  sample: string;
}
/** A document whose pages are still read by OCR: the job that reads them, and how far it is. */
export interface Reading {
  job_id: string;
  percent: number;
}
export type Language = Schemas['LanguageView'];
export type Trouble = Schemas['ErrorView'];
export type Job = Schemas['JobView'];
export type JobProgress = Schemas['ProgressView'];
export type JobWhy = Schemas['WhyView'];
/** Who is signed in. */
export type Identity = Schemas['IdentityView'];
export type Account = Schemas['AccountView'];
