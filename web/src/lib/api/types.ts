/** The API's shapes by short names; `schema.d.ts` is their source. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Config = Schemas['Config'];
export type Example = Schemas['Example'];
export type Document = Schemas['Document'];
export type Estimate = Schemas['Estimate'];
export type Voice = Schemas['Voice'];
export type Presenter = Schemas['Presenter'];
export type Language = Schemas['Language'];
export type Mode = Schemas['Mode'];
export type Shape = Schemas['Shape'];
export type Captions = Schemas['Captions'];
export type NewReel = Schemas['NewReel'];
export type Reel = Schemas['Reel'];
export type ReelState = Reel['state'];
export type ReelResult = Schemas['ReelResult'];
export type Scene = Schemas['Scene'];
export type Sentence = Schemas['Sentence'];
export type Step = Schemas['Step'];
export type Trouble = Schemas['Trouble'];
