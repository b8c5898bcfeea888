/** The API's shapes of Reel by short names. */
import type { components, paths } from '../../lib/api/schema';
import type { Document } from '../../lib/api/types';

type Schemas = components['schemas'];

export type Example = Schemas['ExampleView'];
export type Mode = Schemas['Mode'];
export type Shape = Schemas['ShapeName'];
export type Captions = Schemas['CaptionsPlace'];
/** Who writes the script. */
export type ScriptChoice = Schemas['ScriptChoice'];
/** What is known of a script that a model was asked for. */
export type ScriptNote = Schemas['ScriptNote'];
/** The origin of what a provider made. */
export type Stamp = Schemas['Stamp'];
export type NewReel = Schemas['NewReel'];
/** A reel as lists show it, without its storyboard. */
export type ReelSummary = Schemas['ReelSummary'];
/** Its part of the present state. */
export type ReelSnapshot = Schemas['ReelSnapshot'];
export type ReelPage = Schemas['ReelPage'];
export type ReelQuery = NonNullable<paths['/api/v1/reels']['get']['parameters']['query']>;
export type Reel = Schemas['ReelView'];
export type ReelState = Reel['state'];
export type ReelResult = Schemas['ResultView'];
export type Scene = Schemas['SceneView'];
/** How a voice sounds, or a presenter looks as if they would. */
export type Register = Schemas['Register'];
export type Voice = Schemas['VoiceView'];
export type Presenter = Schemas['PresenterView'];
/** A presenter of a provider, with what a video with them costs. */
export type FilmedPresenter = Schemas['FilmedPresenterView'];
/** What is known of a presenter whom a provider films. */
export type PresenterNote = Schemas['PresenterNote'];
export type ReelChoices = Schemas['ReelChoices'];
/** What can be made of a document. */
export type Offer = Schemas['ReelOffer'];
export type PublishedChapter = Schemas['Chapter'];
export type Line = Schemas['Line'];

export const STATES = ['working', 'done', 'failed', 'cancelled', 'expired'] as const satisfies ReelState[];

/** What a list shows of a whole reel. */
export function summaryOf(reel: Reel): ReelSummary {
  const { id, title, mode, shape, state, percent, waiting, job_id, created_at, updated_at } = reel;
  return {
    id,
    title,
    document_name: reel.document.name,
    mode,
    shape,
    state,
    percent,
    waiting: waiting ?? null,
    job_id,
    error: reel.error ?? null,
    poster_url: reel.result?.poster_url ?? reel.scenes.find((scene) => scene.image_url)?.image_url ?? null,
    thumbnail_url: reel.result?.thumbnail_url ?? null,
    seconds: reel.result?.seconds ?? null,
    created_at,
    updated_at,
  };
}

/** What lists show of it: small if it can be, and while it is made rather a scene than the first page of its document. */
export function pictureOf({ state, poster_url, thumbnail_url }: ReelSummary): string | null {
  const scene = state === 'done' ? null : poster_url;
  return scene ?? thumbnail_url ?? poster_url ?? null;
}

export const NOTHING: Offer = { estimates: [], voices: [], voice_of_presenter: {}, filmed_presenters: [] };

/** What Reel can make of a document: nothing, when the server has no Reel. What was kept by an older page may lack a part. */
export function offerOf(document: Document): Offer {
  return { ...NOTHING, ...document.apps.reel };
}

/** A shape as the page draws it; one that it does not know is drawn wide. */
export function shapeOf(text: string): Shape {
  return text === '9:16' || text === '1:1' ? text : '16:9';
}
