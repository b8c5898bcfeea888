/** The calls of Scribe's pages; the outbox has its own, because it runs in a worker. */
import { call, client } from '../../lib/api/client';
import type { Outcome, Problem } from '../../lib/api/problem';
import type {
  Format,
  Gaps,
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

/** A passage after an edit, with the revision of the transcript that the edit made: that is in the answer's header. */
export type Edited = Passage & { revision?: number };

type Asked = Promise<{ data?: Passage; error?: unknown; response: Response }>;

function edited(asked: Asked): Promise<Outcome<Edited>> {
  const withRevision = async () => {
    const answer = await asked;
    const revision = /"(\d+)"/.exec(answer.response.headers.get('etag') ?? '')?.[1];
    if (!answer.data || revision === undefined) return answer;
    return { ...answer, data: { ...answer.data, revision: Number(revision) } };
  };
  return call<Edited>(withRevision());
}

const passageOf = (id: string, passage: number, revision?: number) => ({
  params: {
    path: { id, passage },
    header: revision === undefined ? {} : { 'If-Match': `"${revision}"` },
  },
});

export const scribeApi = {
  list: (query: { q?: string; cursor?: string; limit?: number }): Promise<Outcome<SessionPage>> =>
    call(client.GET('/api/v1/sessions', { params: { query } })),
  show: (id: string): Promise<Outcome<Session>> => call(client.GET('/api/v1/sessions/{id}', session(id))),
  change: (id: string, body: SessionChange): Promise<Outcome<Session>> =>
    call(client.PATCH('/api/v1/sessions/{id}', { body, ...session(id) })),
  /** Accepts the gaps that the person was told of, and no others. */
  finish: (id: string, accepted: Gaps | null): Promise<Outcome<Session>> => {
    const body = accepted
      ? { accept_gaps: true, missing: accepted.missing, open: accepted.open }
      : { accept_gaps: false, open: [] };
    return call(client.POST('/api/v1/sessions/{id}/finish', { body, ...session(id) }));
  },
  remove: (id: string, keepalive = false) =>
    call(client.DELETE('/api/v1/sessions/{id}', { ...session(id), keepalive })),
  transcribe: (id: string): Promise<Outcome<Session>> =>
    call(client.POST('/api/v1/sessions/{id}/transcribe', session(id))),
  transcript: (id: string): Promise<Outcome<Transcript>> =>
    call(client.GET('/api/v1/sessions/{id}/transcript', session(id))),
  edit: (id: string, passage: number, change: PassageChange, revision?: number) =>
    edited(
      client.PUT('/api/v1/sessions/{id}/transcript/passages/{passage}', {
        body: change,
        ...passageOf(id, passage, revision),
      }),
    ),
  /** As it was heard. */
  restore: (id: string, passage: number) =>
    edited(client.DELETE('/api/v1/sessions/{id}/transcript/passages/{passage}', passageOf(id, passage))),
  nameSpeaker: (id: string, speaker: number, name: string): Promise<Outcome<Speaker>> =>
    call(client.PUT('/api/v1/sessions/{id}/speakers/{speaker}', { body: { name }, params: { path: { id, speaker } } })),
  summary: (id: string): Promise<Outcome<Summary>> => call(client.GET('/api/v1/sessions/{id}/summary', session(id))),
  /** Again, of the transcript as it is now. */
  summarise: (id: string): Promise<Outcome<Session>> => call(client.POST('/api/v1/sessions/{id}/summary', session(id))),
  waveform: (id: string, points: number): Promise<Outcome<Waveform>> =>
    call(client.GET('/api/v1/sessions/{id}/waveform', { params: { path: { id }, query: { points } } })),
  /** Why a player gets no sound of a segment; null if the server has it. A player is told of nothing but that. */
  whyNoSound: async (id: string, segment: number): Promise<Problem | null> => {
    const ask = async () => {
      const response = await fetch(audioUrl(id, segment), { headers: { Range: 'bytes=0-0' } });
      return response.ok ? { response } : { response, error: (await response.json()) as unknown };
    };
    const outcome = await call<undefined>(ask());
    return outcome.ok ? null : outcome.problem;
  },
  live: (id: string, after: number): Promise<Outcome<Live>> =>
    call(client.GET('/api/v1/sessions/{id}/live', { params: { path: { id }, query: { after_ms: after } } })),
};

export const exportUrl = (id: string, format: Format) => `${of(id)}/transcript/${format}`;

export const audioUrl = (id: string, segment: number) => `${of(id)}/segments/${segment}/audio`;
