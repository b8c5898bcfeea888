/**
 * A PDF on its way to a reel: uploaded, read, accepted or rejected, and the choices for it. The judgement survives a reload, because the
 * document is already on the server.
 */
import { reelApi } from '../api';
import { api } from '../../../lib/api/client';
import { NETWORK, type Problem } from '../../../lib/api/problem';
import { uploadDocument, type Upload } from '../../../lib/api/upload';
import { lasting, settle, type Chosen } from '../home/fit';
import { NOTHING, offerOf, type Example, type Reel } from '../types';
import { reelChoices } from './choices';
import type { Document, JobWhy } from '../../../lib/api/types';
import { waits } from '../../../lib/jobs/why';
import { server } from '../../../lib/state/config.svelte';
import { keep, readKept } from '../../../lib/state/kept';
import { me } from '../../../lib/state/me.svelte';
import { dropFile, holdOutbox, keepFile, keptFile } from '../../../lib/state/outbox';

export type Stage =
  | { name: 'empty' }
  | { name: 'fetching'; file: string }
  /** It `waits` while the connection or the server is away, and goes on by itself. */
  | { name: 'sending'; file: string; sent: number; total: number; waits: boolean }
  | { name: 'reading'; file: string; ocr: boolean }
  /** While `document.reading` is set, OCR goes on and there is nothing to choose yet. */
  | { name: 'found'; document: Document }
  | { name: 'refused'; file: string; problem: Problem };

interface Found {
  document: Document;
  at: number;
}

/** The server deletes an unused document after 30 minutes. */
const FOUND_IS_KEPT_MS = 30 * 60 * 1000;
/** How often the progress of OCR is asked for. */
const ASK_AGAIN_MS = 1000;

class Intake {
  stage = $state.raw<Stage>({ name: 'empty' });
  #chosen = $state.raw<Chosen>(readKept<Chosen>('chosen', {}) ?? {});
  /** Why OCR does not go on; null while it does. */
  readingWaits = $state.raw<JobWhy | null>(null);
  starting = $state(false);
  startProblem = $state.raw<Problem | null>(null);

  #file: File | null = null;
  #upload: Upload<Document> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One idempotency key per request, so that a repeated click or a lost response makes no second reel. */
  #wish: { of: string; key: string } | null = null;

  constructor() {
    const found = readKept<Found | null>('found', null);
    if (found?.document?.apps && Date.now() - found.at < FOUND_IS_KEPT_MS) this.#restore(found);
    void this.resume();
  }

  /** Goes on with the file that was on its way before a reload, or that another program shared. */
  async resume() {
    const owner = await me.owner();
    const kept = owner === null ? null : await keptFile(owner);
    const busy = this.stage.name === 'sending' || this.stage.name === 'reading' || this.starting;
    // What is shared is newer than what was found before; a reload in mid-upload has found nothing yet.
    if (!kept || busy) return;
    const release = await holdOutbox();
    if (!release) return;
    release();
    await this.take(kept.file, kept.ocr);
  }

  /** What will be made: what was chosen, and the defaults for the rest. */
  readonly settled = $derived(
    settle(this.#chosen, this.stage.name === 'found' ? offerOf(this.stage.document) : NOTHING, reelChoices()),
  );

  choose(chosen: Chosen) {
    this.#chosen = { ...this.#chosen, ...chosen };
    keep('chosen', lasting(this.#chosen, reelChoices()));
  }

  get canRetry(): boolean {
    return this.#file !== null;
  }

  async take(file: File, ocr = false) {
    this.#upload?.abort();
    clearTimeout(this.#timer);
    this.#file = file;
    // A reload shows nothing of the document before it.
    keep('found', null);
    const limit = server.value?.upload_limit_bytes;
    if (limit && file.size > limit) {
      this.stage = {
        name: 'refused',
        file: file.name,
        problem: { ...NETWORK, code: 'document_too_large', status: 413 },
      };
      return;
    }
    this.stage = { name: 'sending', file: file.name, sent: 0, total: file.size, waits: false };
    const upload = uploadDocument(file, ocr, ({ bytes, total, waits }) => {
      if (this.#upload !== upload) return;
      this.stage =
        waits || bytes < total
          ? { name: 'sending', file: file.name, sent: bytes, total, waits }
          : { name: 'reading', file: file.name, ocr };
    });
    this.#upload = upload;
    const arrived = this.#keepWhile(file, ocr);
    const outcome = await upload.done;
    arrived();
    if (this.#upload !== upload) return;
    this.#upload = null;
    if (outcome.ok) this.#found(outcome.value);
    else if (outcome.problem.code === 'stopped') this.clear();
    else this.stage = { name: 'refused', file: file.name, problem: outcome.problem };
  }

  /** Keeps the file in the browser until the returned function is called; not if another tab keeps one. */
  #keepWhile(file: File, ocr: boolean): () => void {
    const kept = Promise.all([holdOutbox(), me.owner()]).then(async ([release, owner]) => {
      if (release && owner !== null) await keepFile({ file, ocr, owner });
      return release;
    });
    return () =>
      void kept.then(async (release) => {
        if (!release) return;
        await dropFile();
        release();
      });
  }

  /** An example is handled like a file of the user. */
  async takeExample(example: Example) {
    this.stage = { name: 'fetching', file: example.name };
    try {
      const response = await fetch(example.url);
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const name = example.name.toLowerCase().endsWith('.pdf') ? example.name : `${example.name}.pdf`;
      await this.take(new File([await response.blob()], name, { type: 'application/pdf' }));
    } catch {
      this.#file = null;
      this.stage = { name: 'refused', file: example.name, problem: NETWORK };
    }
  }

  again(ocr = false) {
    if (this.#file) void this.take(this.#file, ocr);
    else this.clear();
  }

  /** Gives up on what OCR has not read yet. */
  async stopReading() {
    const job = this.stage.name === 'found' ? this.stage.document.reading?.job_id : undefined;
    this.clear();
    if (job) await api.cancelJob(job);
  }

  clear() {
    clearTimeout(this.#timer);
    const upload = this.#upload;
    this.#upload = null;
    upload?.abort();
    this.#file = null;
    this.startProblem = null;
    this.readingWaits = null;
    this.stage = { name: 'empty' };
    keep('found', null);
  }

  /** Starts the reel; null if the server rejects it, and then `startProblem` has the reason. */
  async start(): Promise<Reel | null> {
    if (this.stage.name !== 'found' || this.starting) return null;
    const { voice, presenter, ...choices } = this.settled;
    const body = {
      document_id: this.stage.document.id,
      ...choices,
      presenter: presenter ?? 'none',
      ...(voice ? { voice } : {}),
    };
    this.starting = true;
    this.startProblem = null;
    const outcome = await reelApi.create(body, this.#keyFor(JSON.stringify(body)));
    this.starting = false;
    if (!outcome.ok) {
      this.startProblem = outcome.problem;
      return null;
    }
    this.#wish = null;
    this.clear();
    return outcome.value;
  }

  #keyFor(wish: string): string {
    if (this.#wish?.of !== wish) this.#wish = { of: wish, key: randomKey() };
    return this.#wish.key;
  }

  #found(document: Document) {
    clearTimeout(this.#timer);
    if (document.refused) {
      const { code, title, detail } = document.refused;
      return this.#refuse(document, { ...NETWORK, status: 422, code, title, detail: detail ?? null });
    }
    keep('found', { document, at: Date.now() } satisfies Found);
    this.stage = { name: 'found', document };
    if (document.reading) {
      this.#timer = setTimeout(() => void this.#askAgain(document), ASK_AGAIN_MS);
      return;
    }
    this.startProblem = null;
    const { voice: _, ...others } = this.#chosen;
    this.#chosen = others;
  }

  #refuse(document: Document, problem: Problem) {
    keep('found', null);
    this.stage = { name: 'refused', file: document.name, problem };
  }

  /** After a reload. The time of what was found is kept, because the server counts from it. */
  #restore({ document, at }: Found) {
    this.#found(document);
    if (this.stage.name === 'found') keep('found', { document, at } satisfies Found);
  }

  /** The document that OCR reads, as it is now; a server that is away is asked again. */
  async #askAgain(document: Document) {
    const [outcome, why] = await Promise.all([
      api.document(document.id),
      document.reading ? api.jobWhy(document.reading.job_id) : null,
    ]);
    if (this.stage.name !== 'found' || this.stage.document.id !== document.id) return;
    this.readingWaits = why?.ok && waits(why.value) ? why.value : null;
    if (outcome.ok) return this.#found(outcome.value);
    if (isPassing(outcome.problem)) return this.#found(document);
    this.#refuse(document, outcome.problem);
  }
}

/** The same request may succeed later. */
function isPassing({ status }: Problem): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** `crypto.randomUUID` only exists on https and localhost; this works on any origin. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const intake = new Intake();
