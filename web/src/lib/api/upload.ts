/**
 * Resumable uploads by tus: progress, and an upload that goes on by itself at the last byte that the server has, after the connection
 * or the server was away. The same file that is chosen again after a reload goes on too.
 */
import type { DetailedError, Upload as TusUpload, UploadOptions } from 'tus-js-client';
import { api } from './client';
import { NETWORK, problemFrom, type Outcome, type Problem } from './problem';
import { leftFor } from './signed-out';
import type { Document } from './types';

export interface Upload<Value> {
  done: Promise<Outcome<Value>>;
  /** Stops it; one that was begun here is removed from the server. */
  abort: () => void;
}

export interface Sent {
  bytes: number;
  total: number;
  /** The connection or the server is away: it goes on by itself. */
  waits: boolean;
}

const ENDPOINT = '/api/v1/uploads';
/** A small file is sent with the request that announces it. */
const AT_ONCE_BYTES = 1024 * 1024;
/** Proxies refuse requests that are too long; a part of this size is accepted by the usual ones. */
const PART_BYTES = 32 * 1024 * 1024;
const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000];
/** A server that answers with errors is asked so often; one that does not answer, until it does. */
const ERRORS_BORNE = 5;
const STOPPED: Problem = { ...NETWORK, code: 'stopped' };
/** By its content it was taken by another app than that of the page, or as a document. */
const TAKEN_ELSEWHERE = { ok: false as const, problem: { ...NETWORK, code: 'taken_elsewhere' } };

/** What a file has become: a document, or something of the app that took it. */
export type Arrived = { document: string } | { app: string; id: string };

/** Uploads a PDF; `tell` is called with each change. */
export function uploadDocument(file: File, ocr: boolean, tell: (sent: Sent) => void): Upload<Document> {
  return send(file, { ocr: String(ocr) }, tell, null, async (arrived) =>
    'document' in arrived ? api.document(arrived.document) : TAKEN_ELSEWHERE,
  );
}

/**
 * Uploads a file for an app that takes such files, and tells what it has become there. With `app` among the wishes no other app is
 * meant, whatever the file is.
 */
export function uploadFor(
  app: string,
  file: File,
  tell: (sent: Sent) => void,
  wishes: Record<string, string> = {},
): Upload<string> {
  return send(file, wishes, tell, null, async (arrived) =>
    'app' in arrived && arrived.app === app ? { ok: true, value: arrived.id } : TAKEN_ELSEWHERE,
  );
}

/** Sends the rest of a file that the server has in part; to stop it leaves there what arrived. */
export function continueUpload(file: File, id: string, tell: (sent: Sent) => void): Upload<Arrived> {
  return send(file, {}, tell, `${ENDPOINT}/${id}`, async (arrived) => ({ ok: true, value: arrived }));
}

/** The keys of `Upload-Metadata` besides the file's name and type. */
type Wishes = Record<string, string>;

function send<Value>(
  file: File,
  wishes: Wishes,
  tell: (sent: Sent) => void,
  at: string | null,
  settle: (arrived: Arrived) => Promise<Outcome<Value>>,
): Upload<Value> {
  const stop = new AbortController();
  const stopped = new Promise<Outcome<Value>>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve({ ok: false, problem: STOPPED }));
  });
  const run = async (): Promise<Outcome<Value>> => {
    const outcome = await new Sending(file, wishes, tell, stop.signal, at).run();
    return outcome.ok ? settle(outcome.value) : outcome;
  };
  return { done: Promise.race([stopped, run()]), abort: () => stop.abort() };
}

type Attempt = { arrived: Arrived } | { problem: Problem };

class Sending {
  #sent: Sent;
  #failures = 0;

  constructor(
    readonly file: File,
    readonly wishes: Wishes,
    readonly tell: (sent: Sent) => void,
    readonly signal: AbortSignal,
    /** Where it is on the server; null for one that is begun. */
    readonly at: string | null,
  ) {
    this.#sent = { bytes: 0, total: file.size, waits: false };
  }

  async run(): Promise<Outcome<Arrived>> {
    let upload: TusUpload;
    try {
      upload = await this.#prepare();
    } catch {
      return { ok: false, problem: NETWORK };
    }
    for (;;) {
      if (this.signal.aborted) {
        // It may have been stopped before it was known where it is on the server.
        void upload.abort(this.at === null).catch(() => undefined);
        return { ok: false, problem: STOPPED };
      }
      const result = await this.#attempt(upload);
      if ('arrived' in result) return { ok: true, value: result.arrived };
      // The page is being left; it goes on here after the sign-in.
      if (leftFor(result.problem)) return new Promise(() => undefined);
      this.#failures += 1;
      const delay = delayAfter(result.problem, this.#failures);
      if (delay === null) return { ok: false, problem: result.problem };
      this.#say({ waits: true });
      await pause(delay, this.signal);
    }
  }

  async #prepare(): Promise<TusUpload> {
    // Loaded with the first upload: no page needs it to be shown.
    const { Upload, defaultOptions } = await import('tus-js-client');
    const options: UploadOptions = {
      endpoint: ENDPOINT,
      metadata: { filename: this.file.name, filetype: this.file.type, ...this.wishes },
      chunkSize: PART_BYTES,
      // This class repeats: it waits for as long as the device is offline.
      retryDelays: null,
      uploadDataDuringCreation: this.file.size <= AT_ONCE_BYTES,
      removeFingerprintOnSuccess: true,
      fingerprint: async (file, given) =>
        [await defaultOptions.fingerprint(file, given), ...Object.values(this.wishes)].join('-'),
      onAfterResponse: (request, response) => {
        // It would be taken for an upload that is no longer there, and everything would be sent again.
        const status = response.getStatus();
        if (request.getMethod() === 'HEAD' && (status >= 500 || status === 401 || status === 429))
          throw new Away(answerOf(response));
      },
    };
    const upload = new Upload(this.file, options);
    this.signal.addEventListener('abort', () => {
      // The server lets go of the request that was cut a moment later; until then the file is locked.
      upload.options.retryDelays = DELAYS_MS;
      void upload.abort(this.at === null).catch(() => undefined);
    });
    if (this.at !== null) {
      // Without an endpoint an upload that is gone is said to be, instead of being begun again.
      upload.options.endpoint = null;
      upload.url = this.at;
      return upload;
    }
    const [before] = await upload.findPreviousUploads();
    if (before) upload.resumeFromPreviousUpload(before);
    return upload;
  }

  #attempt(upload: TusUpload): Promise<Attempt> {
    return new Promise((resolve) => {
      const over = new AbortController();
      const end = (result: Attempt) => {
        over.abort();
        resolve(result);
      };
      upload.options.onProgress = (bytes) => {
        if (bytes > this.#sent.bytes) this.#failures = 0;
        this.#say({ bytes, waits: false });
      };
      upload.options.onSuccess = ({ lastResponse }) => {
        const arrived = arrivedIn(lastResponse);
        end(arrived ? { arrived } : { problem: problemFrom(lastResponse.getStatus(), null, null, Date.now()) });
      };
      upload.options.onError = (error) => end({ problem: problemOf(error) });
      // A request over a connection that is gone would only end by a timeout.
      const offline = () => void upload.abort().finally(() => end({ problem: NETWORK }));
      addEventListener('offline', offline, { signal: over.signal });
      this.signal.addEventListener('abort', () => over.abort());
      upload.start();
    });
  }

  #say(change: Partial<Sent>) {
    this.#sent = { ...this.#sent, ...change };
    if (!this.signal.aborted) this.tell(this.#sent);
  }
}

/** What the file has become, as the server says with its last byte. */
export function arrivedIn(response: Pick<Response, 'getHeader'>): Arrived | null {
  const document = response.getHeader('Sluice-Document');
  if (document) return { document };
  const [app, id] = response.getHeader('Sluice-Taken')?.split('/') ?? [];
  return app && id ? { app, id } : null;
}

/** The server answered the question where an upload stands, but not with the place. */
class Away extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

interface Response {
  getStatus: () => number;
  getHeader: (name: string) => string | undefined;
  getBody: () => string;
}

function answerOf(response: Response): Problem {
  const retryAfter = response.getHeader('Retry-After') ?? null;
  return problemFrom(response.getStatus(), parse(response.getBody()), retryAfter, Date.now());
}

function problemOf(error: Error | DetailedError): Problem {
  if (!('originalResponse' in error)) return NETWORK;
  if (error.causingError instanceof Away) return error.causingError.problem;
  const response = error.originalResponse;
  return response && response.getStatus() > 0 ? answerOf(response) : NETWORK;
}

/** How long to wait before the next attempt; null if it would end in the same way. */
export function delayAfter(problem: Problem, failures: number, now = Date.now()): number | null {
  const { status, code, retryAt } = problem;
  const away = status === 0 || code === 'server_stopping' || code === 'upload_locked';
  const passing = status >= 500 && status !== 507;
  const moved = code === 'wrong_upload_offset' || code === 'upload_expired';
  if (!away && !((passing || moved) && failures <= ERRORS_BORNE)) return null;
  const usual = DELAYS_MS[Math.min(failures, DELAYS_MS.length) - 1] ?? 0;
  return retryAt === null ? usual : Math.max(usual, Math.min(retryAt - now, 60_000));
}

/** Ends early when the device is online again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end, { signal: over.signal });
    signal.addEventListener('abort', end, { signal: over.signal });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
