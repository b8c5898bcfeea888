/** The API's shapes by short names; `schema.d.ts` is their source. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Config = Schemas['ConfigView'];
export type Example = Schemas['ExampleView'];
export type Document = Schemas['DocumentView'];
export type Language = Schemas['LanguageView'];
export type Mode = Schemas['Mode'];
/** In the API a plain text; these are the ones that the page can draw. */
export type Shape = '16:9' | '9:16' | '1:1';
export type Captions = Schemas['CaptionsPlace'];
export type NewReel = Schemas['NewReel'];
export type Reel = Schemas['ReelView'];
export type ReelState = Reel['state'];
export type ReelResult = Schemas['ResultView'];
export type Scene = Schemas['SceneView'];
export type PublishedChapter = Schemas['Chapter'];
export type Line = Schemas['Line'];
export type Trouble = Schemas['ErrorView'];

/** A shape as the page draws it; one that it does not know is drawn wide. */
export function shapeOf(text: string): Shape {
  return text === '9:16' || text === '1:1' ? text : '16:9';
}
