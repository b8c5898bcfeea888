/** Typed calls to the server. Each gives an `Outcome`; a failed network is a problem like any other. */
import createClient from 'openapi-fetch';
import { NETWORK, problemFrom, type Outcome } from './problem';
import type { paths } from './schema';
import type { Config, Example, NewReel, Reel } from './types';

const client = createClient<paths>({ baseUrl: '/' });

type Answer<Value> = { data?: Value; error?: unknown; response: Response };

async function outcome<Value>(call: Promise<Answer<Value>>): Promise<Outcome<Value>> {
  try {
    const { data, error, response } = await call;
    if (response.ok) return { ok: true, value: data as Value };
    return {
      ok: false,
      problem: problemFrom(response.status, error, response.headers.get('retry-after'), Date.now()),
    };
  } catch {
    return { ok: false, problem: NETWORK };
  }
}

export const api = {
  config: (): Promise<Outcome<Config>> => outcome(client.GET('/api/v1/config')),
  examples: (): Promise<Outcome<Example[]>> => outcome(client.GET('/api/v1/examples')),
  reels: (limit: number): Promise<Outcome<Reel[]>> =>
    outcome(client.GET('/api/v1/reels', { params: { query: { limit } } })),
  reel: (id: string): Promise<Outcome<Reel>> => outcome(client.GET('/api/v1/reels/{id}', { params: { path: { id } } })),
  createReel: (body: NewReel, idempotencyKey: string): Promise<Outcome<Reel>> =>
    outcome(client.POST('/api/v1/reels', { body, params: { header: { 'Idempotency-Key': idempotencyKey } } })),
  deleteReel: (id: string, keepalive = false) =>
    outcome(client.DELETE('/api/v1/reels/{id}', { params: { path: { id } }, keepalive })),
  editScene: (
    id: string,
    n: number,
    body: { text?: string; heading?: string; position?: number },
  ): Promise<Outcome<Reel>> =>
    outcome(client.PATCH('/api/v1/reels/{id}/scenes/{n}', { params: { path: { id, n } }, body })),
  renderScene: (id: string, n: number): Promise<Outcome<Reel>> =>
    outcome(client.POST('/api/v1/reels/{id}/scenes/{n}/render', { params: { path: { id, n } } })),
  /** Everything that was changed, and the video put together again. */
  render: (id: string): Promise<Outcome<Reel>> =>
    outcome(client.POST('/api/v1/reels/{id}/render', { params: { path: { id } } })),
  cancelJob: (id: string) => outcome(client.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })),
  retryJob: (id: string) => outcome(client.POST('/api/v1/jobs/{id}/retry', { params: { path: { id } } })),
};
