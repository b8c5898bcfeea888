/** The calls of Scribe's pages; the outbox has its own, because it runs in a worker. */
import { call, client } from '../../lib/api/client';
import type { Outcome } from '../../lib/api/problem';
import type {
  Format,
  Live,
  Passage,
  PassageChange,
  Session,
  SessionChange,
  SessionPage,
  Speaker,
  Summary,
  Transcript,
  Waveform,
} from './types';

const session = (id: string) => ({ params: { path: { id } } });
const of = (id: string) => `/api/v1/sessions/${encodeURIComponent(id)}`;

type Method = 'GET' | 'PUT' | 'DELETE';

/** An operation by its address, for those that the description of the API does not have yet. */
async function ask<Value>(method: Method, address: string, body?: object, ifMatch?: number): Promise<Outcome<Value>> {
  const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
  if (ifMatch !== undefined) headers['if-match'] = `"${ifMatch}"`;
  const asked = fetch(address, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return call<Value>(
    asked.then(async (response) => {
      const answer: unknown = await response.json().catch(() => undefined);
      if (!response.ok) return { error: answer, response };
      return { data: withRevision(answer, response.headers.get('etag')) as Value, response };
    }),
  );
}

/** What an edit answers is a passage; the revision that it made is in its header. */
function withRevision(answer: unknown, etag: string | null): unknown {
  const revision = /"(\d+)"/.exec(etag ?? '')?.[1];
  if (revision === undefined || typeof answer !== 'object' || answer === null) return answer;
  return { ...answer, revision: Number(revision) };
}

export type Edited = Passage & { revision?: number };

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
  transcribe: (id: string): Promise<Outcome<Session>> =>
    call(client.POST('/api/v1/sessions/{id}/transcribe', session(id))),
  transcript: (id: string) => ask<Transcript>('GET', `${of(id)}/transcript`),
  edit: (id: string, passage: number, change: PassageChange, revision?: number) =>
    ask<Edited>('PUT', `${of(id)}/transcript/passages/${passage}`, change, revision),
  /** As it was heard. */
  restore: (id: string, passage: number) => ask<Edited>('DELETE', `${of(id)}/transcript/passages/${passage}`),
  nameSpeaker: (id: string, speaker: number, name: string) =>
    ask<Speaker>('PUT', `${of(id)}/speakers/${speaker}`, { name }),
  summary: (id: string) => ask<Summary>('GET', `${of(id)}/summary`),
  waveform: (id: string, points: number) => ask<Waveform>('GET', `${of(id)}/waveform?points=${points}`),
  live: (id: string, after: number) => ask<Live>('GET', `${of(id)}/live${after > 0 ? `?after_ms=${after}` : ''}`),
};

export const exportUrl = (id: string, format: Format) => `${of(id)}/transcript/${format}`;

export const audioUrl = (id: string, segment: number) => `${of(id)}/segments/${segment}/audio`;
