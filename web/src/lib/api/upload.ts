/** Uploads with progress: fetch cannot report sent bytes, XMLHttpRequest can. */
import { NETWORK, problemFrom, type Outcome } from './problem';
import type { Document } from './types';

export interface Upload {
  done: Promise<Outcome<Document>>;
  abort: () => void;
}

/** Uploads a PDF; `sent` is called with the sent bytes and the total. */
export function uploadDocument(file: File, ocr: boolean, sent: (bytes: number, total: number) => void): Upload {
  const request = new XMLHttpRequest();
  const form = new FormData();
  if (ocr) form.append('ocr', 'true');
  form.append('file', file, file.name);
  const done = new Promise<Outcome<Document>>((resolve) => {
    request.upload.addEventListener('progress', (event) =>
      sent(event.loaded, event.lengthComputable ? event.total : file.size),
    );
    request.addEventListener('load', () => {
      const body = parse(request.responseText);
      // 202: its pages are still read by OCR.
      if (request.status === 201 || request.status === 202) resolve({ ok: true, value: body as Document });
      else {
        const retryAfter = request.getResponseHeader('retry-after');
        resolve({ ok: false, problem: problemFrom(request.status, body, retryAfter, Date.now()) });
      }
    });
    request.addEventListener('error', () => resolve({ ok: false, problem: NETWORK }));
    request.addEventListener('abort', () => resolve({ ok: false, problem: { ...NETWORK, code: 'stopped' } }));
  });
  request.open('POST', '/api/v1/documents');
  request.send(form);
  return { done, abort: () => request.abort() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
