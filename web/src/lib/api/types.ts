/** The API's shapes by short names; `schema.d.ts` is their source. An app names its own. */
import type { components } from './schema';

type Schemas = components['schemas'];

/** What the server can do, with what Reel has to choose from. */
export type Config = Schemas['ConfigView'] & Schemas['ReelChoices'];
/** A document, with what Reel can make of it. */
export type Document = Schemas['DocumentView'] & Schemas['ReelOffer'];
export type Language = Schemas['LanguageView'];
export type Trouble = Schemas['ErrorView'];
export type Job = Schemas['JobView'];
export type JobProgress = Schemas['ProgressView'];
export type JobWhy = Schemas['WhyView'];

/** An answer of a shared endpoint, with the part of it that is Reel's beside the rest. */
export function withReel<Whole>(value: { apps: Record<string, unknown> }): Whole {
  return { ...value, ...(value.apps['reel'] as object) } as Whole;
}
