/** Short names for the API's types; `schema.d.ts` is their source. An app names its own. */
import type { components } from './schema';

type Schemas = components['schemas'];

/** The server's features; `apps` has the options of each app. */
export type Config = Schemas['ConfigView'];
/** A document; `apps` has the offer of each app. */
export type Document = Schemas['DocumentView'];
export type Language = Schemas['LanguageView'];
export type Trouble = Schemas['ErrorView'];
export type Job = Schemas['JobView'];
export type JobProgress = Schemas['ProgressView'];
export type JobWhy = Schemas['WhyView'];
