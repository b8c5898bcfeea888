/**
 * Sends one capture. A large file goes in parts that are not sent again after a cut connection; a small one, which is sent again as
 * quickly as the server is asked how much of it there is, as a form. That goes by XMLHttpRequest, because fetch does not tell how much
 * was sent.
 */
import { NETWORK, problemFrom, type Outcome } from '../../../lib/api/problem';
import { leftFor } from '../../../lib/api/signed-out';
import { uploadFor } from '../../../lib/api/upload';
import { captureApi, PHRASES } from '../api';
import type { Phrase } from '../types';
import type { KeptCapture } from './kept';

/** Milliseconds without any answer. */
const PATIENCE_MS = 120_000;
/** A larger file is sent in parts. */
export const WHOLE_BYTES = 1024 * 1024;

type Sent = Promise<Outcome<Phrase[]>>;
type Tell = (part: number) => void;
type SentFile = NonNullable<KeptCapture['file']>;

export async function send(capture: KeptCapture, tell: Tell): Sent {
  const { file, text, eachLine, language, translateTo, key } = capture;
  if (file) return file.blob.size > WHOLE_BYTES ? sendInParts(capture, file, tell) : sendWhole(capture, file, tell);
  const body = { text, each_line: eachLine, language, translate_to: translateTo };
  const outcome = await captureApi.add(body, key);
  return outcome.ok ? { ok: true, value: outcome.value.items } : outcome;
}

/** What the server is told of a file. */
export function wishesOf({ key, language, translateTo }: KeptCapture): Record<string, string> {
  const wishes: Record<string, string> = { app: 'capture', idempotency_key: key };
  if (language) wishes['language'] = language;
  if (translateTo) wishes['translate_to'] = translateTo;
  return wishes;
}

async function sendInParts(capture: KeptCapture, { blob, name }: SentFile, tell: Tell): Sent {
  // The same after a reload, so that it is known to have been begun.
  const file = new File([blob], name, { type: blob.type, lastModified: capture.at });
  const told = ({ bytes, total }: { bytes: number; total: number }) => tell(total > 0 ? bytes / total : 0);
  const outcome = await uploadFor('capture', file, told, wishesOf(capture)).done;
  if (!outcome.ok) return outcome;
  const shown = await captureApi.show(outcome.value);
  // It is there, whether it can be shown now or not.
  return { ok: true, value: shown.ok ? [shown.value] : [] };
}

function sendWhole({ key, language, translateTo }: KeptCapture, { blob, name }: SentFile, tell: Tell): Sent {
  const form = new FormData();
  if (language) form.append('language', language);
  if (translateTo) form.append('translate_to', translateTo);
  form.append('file', blob, name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${PHRASES}/files`);
    request.setRequestHeader('Idempotency-Key', key);
    request.timeout = PATIENCE_MS;
    request.upload.onprogress = ({ loaded, total }) => tell(total > 0 ? loaded / total : 0);
    const away = () => resolve({ ok: false, problem: NETWORK });
    request.onerror = away;
    request.ontimeout = away;
    request.onabort = away;
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve({ ok: true, value: [body as Phrase] });
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
