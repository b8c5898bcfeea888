/** The API's shapes of Reel by short names. */
import type { components } from '../../lib/api/schema';

type Schemas = components['schemas'];

export type Example = Schemas['ExampleView'];
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

export const STATES = ['working', 'done', 'failed', 'cancelled', 'expired'] as const satisfies ReelState[];

/** A reel as lists show it, without its storyboard. */
export interface ReelSummary {
  id: string;
  title: string;
  document_name: string;
  state: ReelState;
  percent: number;
  job_id: string;
  poster_url: string | null;
  seconds: number | null;
  created_at: number;
  updated_at: number;
}

export interface ReelPage {
  items: ReelSummary[];
  next_cursor: string | null;
}

/** What a list shows of a whole reel. */
export function summaryOf(reel: Reel): ReelSummary {
  const { id, title, state, percent, job_id, created_at, updated_at } = reel;
  return {
    id,
    title,
    document_name: reel.document.name,
    state,
    percent,
    job_id,
    poster_url: reel.result?.poster_url ?? reel.scenes.find((scene) => scene.image_url)?.image_url ?? null,
    seconds: reel.result?.seconds ?? null,
    created_at,
    updated_at,
  };
}

/** A shape as the page draws it; one that it does not know is drawn wide. */
export function shapeOf(text: string): Shape {
  return text === '9:16' || text === '1:1' ? text : '16:9';
}
