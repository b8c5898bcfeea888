/**
 * One run of a MediaRecorder, which is one segment. What it gives is on its way to the disk in the same turn: a page that is being closed
 * has no time for a promise.
 */
import type { KeptSegment, Slice } from '../outbox/kept';

export const MEDIA_TYPE = 'audio/webm;codecs=opus';
const BITS_PER_SECOND = 48_000;
const SLICE_MS = 1000;
const AGAIN_MS = 2000;

/** Where slices are kept. */
export interface Shelf {
  addSlice: (slice: Slice) => Promise<void>;
  endSegment: (segment: string) => Promise<void>;
}

export interface RecorderParts {
  stream: MediaStream;
  segment: KeptSegment;
  shelf: Shelf;
  now: () => number;
  /** The storage is full; resolves when room was made, or could not be. */
  full: () => Promise<void>;
  /** Everything is on the disk again. */
  relieved: () => void;
  /** The first sound is recorded: a microphone takes a while. */
  started: () => void;
  /** The source has ended by itself: a microphone was unplugged, a tab was closed. */
  ended: () => void;
}

export class Recorder {
  readonly #media: MediaRecorder;
  #index = 0;
  /** Milliseconds that were recorded until the last pause. */
  #recorded = 0;
  #since: number | null = null;
  #sliced = 0;
  /** Slices that the storage did not take, oldest first. */
  #unkept: Slice[] = [];
  #writes = new Set<Promise<void>>();
  #retry: ReturnType<typeof setInterval> | undefined;
  #stopped: Promise<void> | null = null;
  /** Watches the source until it stops: that may go on for another one. */
  readonly #watching = new AbortController();

  constructor(readonly parts: RecorderParts) {
    const options = { mimeType: MEDIA_TYPE, audioBitsPerSecond: BITS_PER_SECOND };
    this.#media = new MediaRecorder(new MediaStream(parts.stream.getAudioTracks()), options);
    this.#media.addEventListener('dataavailable', ({ data }) => this.#take(data));
    this.#media.addEventListener('start', () => {
      this.#since = parts.now();
      parts.started();
    });
    // Chromium's recorder does not always stop when its last track has ended.
    const gone = () => this.#stopped || parts.ended();
    this.#media.addEventListener('stop', gone);
    const { signal } = this.#watching;
    for (const track of parts.stream.getAudioTracks()) track.addEventListener('ended', gone, { signal });
  }

  get segment(): KeptSegment {
    return this.parts.segment;
  }

  /** Milliseconds of sound so far, without pauses. */
  get elapsed(): number {
    return this.#recorded + (this.#since === null ? 0 : this.parts.now() - this.#since);
  }

  /** Seconds of sound that are in memory alone. */
  get unkept(): number {
    return this.#unkept.length;
  }

  start() {
    this.#media.start(SLICE_MS);
  }

  pause() {
    if (this.#media.state !== 'recording') return;
    this.flush();
    this.#media.pause();
    this.#recorded = this.elapsed;
    this.#since = null;
  }

  resume() {
    if (this.#media.state !== 'paused') return;
    this.#media.resume();
    this.#since = this.parts.now();
  }

  /** Has what is recorded up to now written at once. */
  flush() {
    if (this.#media.state === 'recording') this.#media.requestData();
  }

  /** Ends the segment, once everything of it is on the disk, and its source, unless another recorder `goesOn` with that. */
  stop({ goesOn = false } = {}): Promise<void> {
    this.#stopped ??= this.#stop(goesOn);
    return this.#stopped;
  }

  async #stop(goesOn: boolean) {
    const { parts } = this;
    this.#watching.abort();
    this.#recorded = this.elapsed;
    this.#since = null;
    if (this.#media.state !== 'inactive') {
      // Its last piece comes before this event.
      const stopped = new Promise((resolve) => this.#media.addEventListener('stop', resolve, { once: true }));
      this.#media.stop();
      await stopped;
    }
    if (!goesOn) parts.stream.getTracks().forEach((track) => track.stop());
    while (this.#writes.size > 0 || this.#unkept.length > 0) {
      await Promise.all(this.#writes);
      if (this.#unkept.length > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS / 4));
    }
    await parts.shelf.endSegment(parts.segment.key);
  }

  #take(sound: Blob) {
    const end = Math.round(this.elapsed);
    if (sound.size === 0) return;
    const slice = {
      segment: this.segment.key,
      index: this.#index,
      startMs: this.#sliced,
      lengthMs: end - this.#sliced,
      sound,
    };
    this.#index += 1;
    this.#sliced = end;
    this.#keep(slice);
  }

  #keep(slice: Slice) {
    const write = this.parts.shelf.addSlice(slice).catch(() => this.#refused(slice));
    this.#writes.add(write);
    void write.finally(() => this.#writes.delete(write));
  }

  async #refused(slice: Slice) {
    this.#unkept = [...this.#unkept, slice].sort((a, b) => a.index - b.index);
    this.#retry ??= setInterval(() => void this.#again(), AGAIN_MS);
    await this.parts.full();
    await this.#again();
  }

  /** Tries to keep what the storage did not take: it may have room again. */
  async #again() {
    while (this.#unkept[0]) {
      const slice = this.#unkept[0];
      try {
        await this.parts.shelf.addSlice(slice);
      } catch {
        return;
      }
      this.#unkept = this.#unkept.filter((one) => one !== slice);
    }
    clearInterval(this.#retry);
    this.#retry = undefined;
    this.parts.relieved();
  }
}
