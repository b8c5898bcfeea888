/** The calls of Scribe's pages; the outbox has its own, because it runs in a worker. */
import { call, client } from '../../lib/api/client';
import type { Outcome } from '../../lib/api/problem';
import type { Session, SessionChange, SessionPage } from './types';

const session = (id: string) => ({ params: { path: { id } } });

export const scribeApi = {
  list: (query: { q?: string; cursor?: string; limit?: number }): Promise<Outcome<SessionPage>> =>
    call(client.GET('/api/v1/sessions', { params: { query } })),
  show: (id: string): Promise<Outcome<Session>> => call(client.GET('/api/v1/sessions/{id}', session(id))),
  change: (id: string, body: SessionChange): Promise<Outcome<Session>> =>
    call(client.PATCH('/api/v1/sessions/{id}', { body, ...session(id) })),
  finish: (id: string, acceptGaps: boolean): Promise<Outcome<Session>> =>
    call(client.POST('/api/v1/sessions/{id}/finish', { body: { accept_gaps: acceptGaps }, ...session(id) })),
  remove: (id: string, keepalive = false) =>
    call(client.DELETE('/api/v1/sessions/{id}', { ...session(id), keepalive })),
};

export const audioUrl = (id: string, segment: number) =>
  `/api/v1/sessions/${encodeURIComponent(id)}/segments/${segment}/audio`;
