/** What the outbox asks the server. By plain fetch: it runs in a worker, which has no page to lead to the sign-in. */
import { problemFrom, NETWORK, type Problem } from '../../../lib/api/problem';
import type { KeptSegment, KeptSession } from './kept';
import type { NextChunk } from './store';

export type Answer<Value> = { ok: true; value: Value } | { ok: false; problem: Problem };

/** Of a chunk that the server has. */
export interface Acknowledged {
  canAccept: boolean;
  /** Milliseconds since the epoch, if the server names a time. */
  retryAt: number | null;
}

export interface ScribeServer {
  /** Who is signed in. */
  owner: () => Promise<Answer<string>>;
  createSession: (session: KeptSession) => Promise<Answer<{ id: string }>>;
  beginSegment: (session: string, segment: KeptSegment) => Promise<Answer<{ number: number }>>;
  putChunk: (session: string, segment: number, chunk: NextChunk) => Promise<Answer<Acknowledged>>;
  closeSegment: (session: string, segment: number, chunks: number) => Promise<Answer<unknown>>;
  finish: (session: string) => Promise<Answer<unknown>>;
}

/** A request of which nothing is heard for this long is asked again. */
const PATIENCE_MS = 60_000;

const ROOT = '/api/v1/sessions';

export const scribeServer: ScribeServer = {
  owner: async () => {
    const answer = await ask('/api/v1/account', {});
    return answer.ok ? { ok: true, value: (answer.value.body as { owner: string }).owner } : answer;
  },
  createSession: async (session) => {
    const { title, language, transcribe, consent, key } = session;
    const body = { title, transcribe, ...(language ? { language } : {}), ...(consent ? { consent } : {}) };
    return valueOf(await post(ROOT, body, { 'Idempotency-Key': key }));
  },
  beginSegment: async (session, { key, source, mediaType, startedAt }) =>
    valueOf(await post(`${ROOT}/${session}/segments`, { key, source, media_type: mediaType, started_at: startedAt })),
  putChunk: async (session, segment, { number, startMs, lengthMs, sound }) => {
    const bytes = await sound.arrayBuffer();
    const digest = await crypto.subtle.digest('SHA-256', bytes);
    const query = `start_ms=${startMs}&length_ms=${lengthMs}`;
    const answer = await ask(`${ROOT}/${session}/segments/${segment}/chunks/${number}?${query}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Digest': `sha-256=:${base64(digest)}:` },
      body: bytes,
    });
    if (!answer.ok) return answer;
    const { can_accept } = answer.value.body as { can_accept?: boolean };
    return { ok: true, value: { canAccept: can_accept !== false, retryAt: answer.value.retryAt } };
  },
  closeSegment: (session, segment, chunks) => post(`${ROOT}/${session}/segments/${segment}/close`, { chunks }),
  finish: (session) => post(`${ROOT}/${session}/finish`, { accept_gaps: false }),
};

interface Heard {
  body: unknown;
  retryAt: number | null;
}

function post(address: string, body: object, headers: Record<string, string> = {}): Promise<Answer<Heard>> {
  return ask(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function ask(address: string, request: RequestInit): Promise<Answer<Heard>> {
  try {
    const answer = await fetch(address, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await answer.text();
    const problem = problemFrom(answer.status, parse(text), answer.headers.get('retry-after'), Date.now());
    return answer.ok
      ? { ok: true, value: { body: problem.members, retryAt: problem.retryAt } }
      : { ok: false, problem };
  } catch {
    return { ok: false, problem: NETWORK };
  }
}

function valueOf<Value>(answer: Answer<Heard>): Answer<Value> {
  return answer.ok ? { ok: true, value: answer.value.body as Value } : answer;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
