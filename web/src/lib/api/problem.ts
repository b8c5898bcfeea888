/** A failure as the page shows it: a stable code, and the server's details. */
export interface Problem {
  /** The stable code; `network` if there was no response, `unexpected` if the response had none. */
  code: string;
  /** The HTTP status, 0 if there was no response. */
  status: number;
  /** The server's own texts, for codes that the catalogue does not have. */
  title: string | null;
  detail: string | null;
  /** Milliseconds since the epoch, from Retry-After. */
  retryAt: number | null;
  ocrAvailable: boolean;
  /** All members of the response: an app reads those that its own problems add. */
  members: Record<string, unknown>;
}

export const NETWORK: Problem = {
  code: 'network',
  status: 0,
  title: null,
  detail: null,
  retryAt: null,
  ocrAvailable: false,
  members: {},
};

/** Parses problem+json, however incomplete; `retryAfter` is the header, in seconds or as a date. */
export function problemFrom(status: number, body: unknown, retryAfter: string | null, now: number): Problem {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof fields[name] === 'string' ? (fields[name] as string) : null);
  return {
    code: text('code') ?? (status === 413 ? 'document_too_large' : status === 429 ? 'rate_limited' : 'unexpected'),
    status,
    title: text('title'),
    detail: text('detail'),
    retryAt: retryTime(retryAfter, now),
    ocrAvailable: fields['ocr_available'] === true,
    members: fields,
  };
}

function retryTime(header: string | null, now: number): number | null {
  if (!header) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return now + seconds * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : date;
}

/** The result of every API call: the value, or the problem. Nothing is thrown. */
export type Outcome<Value> = { ok: true; value: Value } | { ok: false; problem: Problem };
