/** The calls of Reel. */
import { call, client } from '../../lib/api/client';
import type { Outcome } from '../../lib/api/problem';
import type { Example, NewReel, Reel, ReelPage, ReelQuery, Scene } from './types';

const reel = (id: string) => ({ params: { path: { id } } });
const scene = (id: string, n: number) => ({ params: { path: { id, n } } });

/** A change of another version than this one is refused with `scene_changed`. */
const ifMatch = (etag: string | undefined) => (etag ? { header: { 'If-Match': etag } } : {});

export const reelApi = {
  examples: (): Promise<Outcome<Example[]>> => call(client.GET('/api/v1/examples')),
  list: (query: ReelQuery): Promise<Outcome<ReelPage>> => call(client.GET('/api/v1/reels', { params: { query } })),
  show: (id: string): Promise<Outcome<Reel>> => call(client.GET('/api/v1/reels/{id}', reel(id))),
  create: (body: NewReel, idempotencyKey: string): Promise<Outcome<Reel>> =>
    call(client.POST('/api/v1/reels', { body, params: { header: { 'Idempotency-Key': idempotencyKey } } })),
  remove: (id: string, keepalive = false) => call(client.DELETE('/api/v1/reels/{id}', { ...reel(id), keepalive })),
  editScene: (
    id: string,
    n: number,
    body: { text?: string; heading?: string; position?: number },
    etag?: string,
  ): Promise<Outcome<Reel>> =>
    call(client.PATCH('/api/v1/reels/{id}/scenes/{n}', { body, params: { ...scene(id, n).params, ...ifMatch(etag) } })),
  /** Of one's own, after scene `n`. */
  addScene: (id: string, body: { after: number; text: string; heading?: string }): Promise<Outcome<Scene>> =>
    call(client.POST('/api/v1/reels/{id}/scenes', { body, ...reel(id) })),
  removeScene: (id: string, n: number, etag: string, keepalive = false): Promise<Outcome<Reel>> =>
    call(
      client.DELETE('/api/v1/reels/{id}/scenes/{n}', {
        params: { ...scene(id, n).params, ...ifMatch(etag) },
        keepalive,
      }),
    ),
  renderScene: (id: string, n: number): Promise<Outcome<Reel>> =>
    call(client.POST('/api/v1/reels/{id}/scenes/{n}/render', scene(id, n))),
  /** Everything that was changed, and the video put together again. */
  render: (id: string): Promise<Outcome<Reel>> => call(client.POST('/api/v1/reels/{id}/render', reel(id))),
};
