/** The API's shapes by short names; `schema.d.ts` is their source. An app names its own. */
import type { components } from './schema';

type Schemas = components['schemas'];

/** What the server can do; `apps` has what each app has to choose from. */
export type Config = Schemas['ConfigView'];
/** A document; `apps` has what each app can make of it. */
export type Document = Schemas['DocumentView'];
export type Language = Schemas['LanguageView'];
export type Trouble = Schemas['ErrorView'];
export type Job = Schemas['JobView'];
export type JobProgress = Schemas['ProgressView'];
export type JobWhy = Schemas['WhyView'];
