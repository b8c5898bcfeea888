/** The recording of this page: one at a time, of one source or of two that are mixed. It goes on while other pages of the app are shown. */
import { holdSignIn } from '../../../lib/api/signed-out';
import { scribeApi } from '../api';
import { markWaiting, outbox, owner } from '../outbox/outbox.svelte';
import type { KeptSegment, KeptSession, Source } from '../outbox/kept';
import { liveLock, webLocks } from '../outbox/locks';
import { OutboxStore } from '../outbox/store';
import { Meter } from './meter';
import { MEDIA_TYPE, Recorder } from './recorder';
import { capture, SourceError, unable, type Capture, type Part, type Refusal } from './sources';

/** Without this much room nothing is begun. */
const LEAST_ROOM_BYTES = 12_000_000;
const METER_MS = 100;
/** A browser needs some seconds until what was deleted makes room. */
const RELIEF_MS = 8000;
/** Slices of a chunk: shorter ones while the transcript is wanted at once. */
const PER_CHUNK = { live: 5, later: 30 };
/** Slices of the first chunk of a segment then: enough for a few words, while the engine may still have to load its models. */
const FIRST_CHUNK = 2;

export type Stage = 'idle' | 'asking' | 'recording' | 'paused' | 'stopping';
/** `full`: the storage is almost full; `full_stopped`: it is, and recording has ended; `source_ended`: a source is gone. */
export type Warning = 'full' | 'full_stopped' | 'source_ended';
export type Hindrance = Refusal | 'storage' | 'no_room' | 'not_known';

export interface NewSession {
  title: string;
  language: string | null;
  transcribe: boolean;
  consent: string | null;
}

export interface Wanted {
  sources: Source[];
  filter: boolean;
}

interface Running extends Capture {
  recorder: Recorder;
  /** One of each part, by its source. */
  meters: { source: Source; meter: Meter }[];
  /** Lets go of the lock that says it lives. */
  release: () => void;
}

class Recording {
  stage = $state<Stage>('idle');
  /** The key of its session. */
  session = $state.raw<KeptSession | null>(null);
  elapsed = $state(0);
  levels = $state.raw<{ source: Source; level: number }[]>([]);
  warning = $state.raw<Warning | null>(null);
  /** Why it could not begin. */
  hindrance = $state.raw<Hindrance | null>(null);
  /** Seconds of sound that the storage did not take. */
  unkept = $state(0);
  readonly active = $derived(this.stage === 'recording' || this.stage === 'paused' || this.stage === 'stopping');

  #running: Running | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #awake: WakeLockSentinel | null = null;
  #following = false;
  #relievedAt = -Infinity;

  /** Records a new session. Returns its key, or null if it could not begin. */
  async begin(wanted: Wanted, fresh: NewSession): Promise<string | null> {
    const name = await owner();
    if (name === null) return this.#hindered('not_known');
    const key = crypto.randomUUID();
    return this.#start(wanted, {
      key,
      owner: name,
      id: null,
      ...fresh,
      startedAt: Date.now(),
      finish: false,
      stuck: null,
    });
  }

  /** Goes on with a session of the server, or one that still waits here. */
  async goOn(wanted: Wanted, id: string, facts: NewSession): Promise<string | null> {
    const [store, name] = [await outbox.begin(), await owner()];
    if (name === null) return this.#hindered('not_known');
    const kept = await store.session(id);
    const session = { key: id, owner: name, id, ...facts, startedAt: Date.now(), finish: false, stuck: null };
    return this.#start(wanted, kept ? { ...kept, finish: false } : session);
  }

  async #start(wanted: Wanted, session: KeptSession): Promise<string | null> {
    if (this.stage !== 'idle') return null;
    const refusal = unable();
    if (refusal) return this.#hindered(refusal);
    this.stage = 'asking';
    this.hindrance = null;
    this.warning = null;
    try {
      const captured = await capture(wanted.sources, wanted.filter);
      const store = await outbox.begin();
      if (!(await hasRoom(store))) {
        captured.close();
        return this.#hindered('no_room');
      }
      await this.#run(store, session, captured);
      return session.id ?? session.key;
    } catch (error) {
      return this.#hindered(error instanceof SourceError ? error.refusal : 'storage');
    }
  }

  async #run(store: OutboxStore, session: KeptSession, captured: Capture) {
    const segment = fresh(session, captured.source);
    const release = await webLocks.hold(liveLock(segment.key));
    try {
      markWaiting();
      await store.begin(session, [segment]);
      this.#running = this.#recorder(store, captured, segment, release);
    } catch (error) {
      release();
      captured.close();
      throw error;
    }
    this.#follow();
    this.#running.recorder.start();
    this.session = session;
    this.stage = 'recording';
    if (session.id !== null) this.#tell('recording');
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), METER_MS);
    void this.#stayAwake();
    outbox.wake();
    void outbox.look();
  }

  #recorder(store: OutboxStore, captured: Capture, segment: KeptSegment, release: () => void): Running {
    const { stream, parts } = captured;
    const recorder = new Recorder({
      stream,
      segment,
      shelf: {
        addSlice: async (slice) => {
          await store.addSlice(slice);
          outbox.sliceKept();
        },
        endSegment: (key) => store.endSegment(key),
      },
      now: () => performance.now(),
      full: () => this.#full(store),
      relieved: () => this.#tick(),
      started: () => void store.changeSegment(segment.key, { startedAt: Date.now() }),
      ended: () => void this.#sourceEnded(segment.key),
    });
    if (parts.length > 1) this.#followParts(segment.key, parts);
    const meters = parts.map(({ source, stream }) => ({ source, meter: new Meter(stream) }));
    return { ...captured, recorder, meters, release };
  }

  /** What is mixed of several parts goes on while one of them does. */
  #followParts(segment: string, parts: Part[]) {
    const left = new Set(parts);
    for (const part of parts) {
      const gone = () => {
        left.delete(part);
        if (left.size === 0) void this.#sourceEnded(segment);
        else if (this.#running?.recorder.segment.key === segment) this.warning ??= 'source_ended';
      };
      for (const track of part.stream.getAudioTracks()) track.addEventListener('ended', gone);
    }
  }

  pause() {
    if (this.stage !== 'recording') return;
    this.#running?.recorder.pause();
    this.stage = 'paused';
    this.#tick();
    this.#tell('paused');
  }

  resume() {
    if (this.stage !== 'paused') return;
    this.#running?.recorder.resume();
    this.stage = 'recording';
    this.#tell('recording');
  }

  /** Ends it; the session can be gone on with. Resolves when everything is on the disk. */
  async stop(): Promise<void> {
    if (this.stage !== 'recording' && this.stage !== 'paused') return;
    this.stage = 'stopping';
    this.#tell('paused');
    if (this.#running) await end(this.#running);
    this.#running = null;
    clearInterval(this.#timer);
    void this.#awake?.release();
    this.#awake = null;
    this.levels = [];
    this.unkept = 0;
    this.stage = 'idle';
    this.session = null;
    outbox.wake();
    void outbox.look();
  }

  async #sourceEnded(segment: string) {
    if (this.#running?.recorder.segment.key !== segment || this.stage === 'stopping') return;
    this.warning ??= 'source_ended';
    await this.stop();
  }

  /** Gives up the ballast; when that does not help either, recording ends. */
  async #full(store: OutboxStore) {
    if (await store.releaseBallast().catch(() => false)) this.#relievedAt = performance.now();
    const last = performance.now() - this.#relievedAt > RELIEF_MS;
    if (this.warning !== 'full_stopped') this.warning = last ? 'full_stopped' : 'full';
    this.#tick();
    if (last) void this.stop();
  }

  /** For other devices; what is recorded does not depend on it. */
  #tell(state: 'recording' | 'paused') {
    const key = this.session?.key;
    const id = this.session?.id ?? (key === undefined ? null : outbox.ids[key]);
    if (id) void scribeApi.change(id, { state });
  }

  #hindered(hindrance: Hindrance): null {
    this.stage = 'idle';
    this.hindrance = hindrance;
    return null;
  }

  #tick() {
    const running = this.#running;
    this.elapsed = running?.recorder.elapsed ?? 0;
    this.unkept = running?.recorder.unkept ?? 0;
    if (document.hidden || !running) return;
    const level = (meter: Meter) => (this.stage === 'recording' ? meter.level() : 0);
    this.levels = running.meters.map(({ source, meter }) => ({ source, level: level(meter) }));
  }

  /** What the browser says about this page, from the first recording on. */
  #follow() {
    if (this.#following) return;
    this.#following = true;
    const flush = () => this.#running?.recorder.flush();
    addEventListener('beforeunload', (event) => {
      flush();
      // What is in memory alone would be lost.
      if (this.unkept > 0) event.preventDefault();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) flush();
      else if (this.active) void this.#stayAwake();
    });
    holdSignIn(() => this.active);
  }

  /** A phone does not go to sleep meanwhile, if the browser can see to that. */
  async #stayAwake() {
    if (!('wakeLock' in navigator) || (this.#awake && !this.#awake.released)) return;
    this.#awake = await navigator.wakeLock.request('screen').catch(() => null);
  }
}

async function end({ recorder, meters, close, release }: Running) {
  await recorder.stop();
  meters.forEach(({ meter }) => meter.close());
  close();
  release();
}

function fresh(session: KeptSession, source: Source): KeptSegment {
  return {
    key: crypto.randomUUID(),
    session: session.key,
    number: null,
    source,
    mediaType: MEDIA_TYPE,
    startedAt: Date.now(),
    ...(session.transcribe ? { per: PER_CHUNK.live, first: FIRST_CHUNK } : { per: PER_CHUNK.later }),
    mostBytes: null,
    ended: false,
    chunks: 0,
    next: 0,
    cut: null,
    stuck: null,
  };
}

/** Whether there is room to record, and a ballast to give up when there is none any more. */
async function hasRoom(store: OutboxStore): Promise<boolean> {
  // A browser that may clear its storage is asked not to.
  void navigator.storage.persist().catch(() => false);
  const { quota, usage } = await navigator.storage.estimate();
  if (quota !== undefined && usage !== undefined && quota - usage < LEAST_ROOM_BYTES) return false;
  return store.keepBallast();
}

export const recording = new Recording();
