/** Files that are not complete on the server: each is continued with the same file, or discarded with a while to undo it. */
import type { Problem } from '../api/problem';
import { continueUpload, type Arrived, type Upload } from '../api/upload';
import { shelfApi, type OpenUpload } from './api';
import { Removals } from './removals.svelte';

/** Another tab may be sending. */
const FRESH_MS = 5000;

/** What is sent from here: how far it is, and whether the connection or the server is away. */
export interface Going {
  bytes: number;
  waits: boolean;
}

class Uploads {
  items = $state.raw<OpenUpload[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Those that this page sends, by their ids. */
  going = $state.raw<ReadonlyMap<string, Going>>(new Map());
  #sending = new Map<string, Upload<Arrived>>();
  #removals = new Removals<OpenUpload>(
    ({ id }) => id,
    ({ id }, leaving) => shelfApi.discard(id, leaving),
    () => this.load(),
  );

  readonly shown = $derived((this.items ?? []).filter((one) => this.#removals.isShown(one)));

  async load() {
    const outcome = await shelfApi.uploads();
    this.problem = outcome.ok ? null : outcome.problem;
    if (outcome.ok) this.items = outcome.value;
  }

  /** Loads them now and again until the returned function is called. What is being sent goes on. */
  follow(): () => void {
    void this.load();
    const timer = setInterval(() => document.hidden || void this.load(), FRESH_MS);
    return () => clearInterval(timer);
  }

  /** Sends the rest of a file; the problem if it does not arrive, and null once it has. */
  async resume({ id, offset }: OpenUpload, file: File): Promise<Problem | null> {
    this.#say(id, { bytes: offset, waits: false });
    const upload = continueUpload(file, id, ({ bytes, waits }) => this.#say(id, { bytes, waits }));
    this.#sending.set(id, upload);
    const outcome = await upload.done;
    this.#sending.delete(id);
    this.#say(id, null);
    await this.load();
    return outcome.ok || outcome.problem.code === 'stopped' ? null : outcome.problem;
  }

  /** Stops what is sent from here; what arrived stays on the server. */
  pause(id: string) {
    this.#sending.get(id)?.abort();
  }

  remove(uploads: OpenUpload[], failed: (problem: Problem) => void): () => void {
    uploads.forEach(({ id }) => this.pause(id));
    return this.#removals.soon(uploads, failed);
  }

  #say(id: string, how: Going | null) {
    const going = new Map(this.going);
    if (how) going.set(id, how);
    else going.delete(id);
    this.going = going;
  }
}

export const uploads = new Uploads();
