/**
 * Sends one capture. A large file goes in parts that are not sent again after a cut connection; a small one, which is sent again as
 * quickly as the server is asked how much of it there is, as a form. That goes by XMLHttpRequest, because fetch does not tell how much
 * was sent.
 */
import { NETWORK, problemFrom, type Outcome } from '../../../lib/api/problem';
import { leftFor } from '../../../lib/api/signed-out';
import { uploadFor, type Upload } from '../../../lib/api/upload';
import { captureApi, PHRASES } from '../api';
import type { HeldBack, Phrase } from '../types';
import type { KeptCapture } from './kept';

/** Milliseconds without any answer. */
const PATIENCE_MS = 120_000;
/** A larger file is sent in parts. */
export const WHOLE_BYTES = 1024 * 1024;

/** What a capture has become; a card that cannot be shown now is among the ids alone. */
export interface Arrival {
  /** Of the cards that it was made; not of those that were there before, which stay whatever becomes of the capture. */
  ids: string[];
  phrases: Phrase[];
  /** How many of them were there before. */
  known?: number;
  /** Those among them that no deck has as they are. */
  heldBack?: HeldBack[];
}

type Sent = Promise<Outcome<Arrival>>;
type Tell = (part: number) => void;
type SentFile = NonNullable<KeptCapture['file']>;

/**
 * Stops when `signal` says so, unless all of it was sent by then: the server may have made a card of it, and only its answer says
 * which.
 */
export async function send(capture: KeptCapture, tell: Tell, signal: AbortSignal): Sent {
  const { file, text, eachLine, language, translateTo, key } = capture;
  if (file) {
    const sending = file.blob.size > WHOLE_BYTES ? sendInParts : sendWhole;
    return sending(capture, file, tell, signal);
  }
  // Offline it goes nowhere: it is then not among what the server may have been given.
  if (navigator.onLine) tell(1);
  const body = { text, each_line: eachLine, language, translate_to: translateTo, again: false };
  const outcome = await captureApi.add(body, key);
  if (!outcome.ok) return outcome;
  const { items, known, held_back: heldBack } = outcome.value;
  const { value } = arrived(items.filter(({ id }) => !known.includes(id)));
  return { ok: true, value: { ...value, phrases: items, known: known.length, heldBack } };
}

/** Deletes cards that nobody wants any more; one that is gone already is deleted, too. */
export async function discard(ids: string[]): Sent {
  for (const id of ids) {
    const outcome = await captureApi.remove(id);
    if (!outcome.ok && outcome.problem.status !== 404) return outcome;
  }
  return arrived([]);
}

function arrived(phrases: Phrase[]): { ok: true; value: Arrival } {
  return { ok: true, value: { ids: phrases.map(({ id }) => id), phrases } };
}

/** Calls `abort` when `signal` says so, unless all was sent; it is told how much that is. */
function stopUnlessWhole(signal: AbortSignal, abort: () => void): Tell {
  let sent = 0;
  const look = () => {
    if (signal.aborted && sent < 1) abort();
  };
  signal.addEventListener('abort', look);
  return (part) => {
    sent = part;
    look();
  };
}

/** What the server is told of a file. */
export function wishesOf({ key, language, translateTo }: KeptCapture): Record<string, string> {
  const wishes: Record<string, string> = { app: 'capture', idempotency_key: key };
  if (language) wishes['language'] = language;
  if (translateTo) wishes['translate_to'] = translateTo;
  return wishes;
}

async function sendInParts(capture: KeptCapture, { blob, name }: SentFile, tell: Tell, signal: AbortSignal): Sent {
  // The same after a reload, so that it is known to have been begun.
  const file = new File([blob], name, { type: blob.type, lastModified: capture.at });
  let upload: Upload<string> | null = null;
  const stop = stopUnlessWhole(signal, () => upload?.abort());
  const told = ({ bytes, total }: { bytes: number; total: number }) => {
    const part = total > 0 ? bytes / total : 0;
    tell(part);
    stop(part);
  };
  upload = uploadFor('capture', file, told, wishesOf(capture));
  const outcome = await upload.done;
  if (!outcome.ok) return outcome;
  const shown = await captureApi.show(outcome.value);
  // It is there, whether it can be shown now or not.
  return { ok: true, value: { ids: [outcome.value], phrases: shown.ok ? [shown.value] : [] } };
}

function sendWhole(
  { key, language, translateTo }: KeptCapture,
  { blob, name }: SentFile,
  tell: Tell,
  signal: AbortSignal,
): Sent {
  const form = new FormData();
  if (language) form.append('language', language);
  if (translateTo) form.append('translate_to', translateTo);
  form.append('file', blob, name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${PHRASES}/files`);
    request.setRequestHeader('Idempotency-Key', key);
    request.timeout = PATIENCE_MS;
    const stop = stopUnlessWhole(signal, () => request.abort());
    const told = (part: number) => {
      tell(part);
      stop(part);
    };
    request.upload.onprogress = ({ loaded, total }) => told(total > 0 ? loaded / total : 0);
    request.upload.onload = () => told(1);
    const away = () => resolve({ ok: false, problem: NETWORK });
    request.onerror = away;
    request.ontimeout = away;
    request.onabort = away;
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve(arrived([body as Phrase]));
      const problem = problemFrom(request.status, body, request.getResponseHeader('retry-after'), Date.now());
      leftFor(problem);
      resolve({ ok: false, problem });
    };
    request.send(form);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
