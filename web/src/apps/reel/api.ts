/** The calls of Reel. */
import { call, client } from '../../lib/api/client';
import type { Outcome } from '../../lib/api/problem';
import { summaryOf, type Example, type NewReel, type Reel, type ReelPage, type ReelState } from './types';

export interface ReelQuery {
  cursor?: string;
  limit?: number;
  q?: string;
  state?: ReelState;
}

const reel = (id: string) => ({ params: { path: { id } } });
const scene = (id: string, n: number) => ({ params: { path: { id, n } } });

export const reelApi = {
  examples: (): Promise<Outcome<Example[]>> => call(client.GET('/api/v1/examples')),
  list: async (query: ReelQuery): Promise<Outcome<ReelPage>> => {
    const outcome = await call<unknown>(client.GET('/api/v1/reels', { params: { query: query as never } }));
    return outcome.ok ? { ok: true, value: pageOf(outcome.value, query) } : outcome;
  },
  show: (id: string): Promise<Outcome<Reel>> => call(client.GET('/api/v1/reels/{id}', reel(id))),
  create: (body: NewReel, idempotencyKey: string): Promise<Outcome<Reel>> =>
    call(client.POST('/api/v1/reels', { body, params: { header: { 'Idempotency-Key': idempotencyKey } } })),
  remove: (id: string, keepalive = false) => call(client.DELETE('/api/v1/reels/{id}', { ...reel(id), keepalive })),
  editScene: (
    id: string,
    n: number,
    body: { text?: string; heading?: string; position?: number },
  ): Promise<Outcome<Reel>> => call(client.PATCH('/api/v1/reels/{id}/scenes/{n}', { body, ...scene(id, n) })),
  renderScene: (id: string, n: number): Promise<Outcome<Reel>> =>
    call(client.POST('/api/v1/reels/{id}/scenes/{n}/render', scene(id, n))),
  /** Everything that was changed, and the video put together again. */
  render: (id: string): Promise<Outcome<Reel>> => call(client.POST('/api/v1/reels/{id}/render', reel(id))),
};

/** Until lists have pages on the server: a list of whole reels becomes a page of summaries. */
function pageOf(answer: unknown, { q, state }: ReelQuery): ReelPage {
  if (!Array.isArray(answer)) return answer as ReelPage;
  const words = q?.toLowerCase();
  const items = (answer as Reel[])
    .map(summaryOf)
    .filter((item) => !state || item.state === state)
    .filter((item) => !words || `${item.title} ${item.document_name}`.toLowerCase().includes(words));
  return { items, next_cursor: null };
}
