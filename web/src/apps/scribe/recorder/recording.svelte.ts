/** The recording of this page: one at a time, of one source or of two that are mixed. It goes on while other pages of the app are shown. */
import { holdSignIn } from '../../../lib/api/signed-out';
import { scribeApi } from '../api';
import { markWaiting, outbox, owner } from '../outbox/outbox.svelte';
import type { KeptSegment, KeptSession, Source } from '../outbox/kept';
import { liveLock, webLocks } from '../outbox/locks';
import { OutboxStore } from '../outbox/store';
import { Sleep } from './asleep';
import { Meter } from './meter';
import { MEDIA_TYPE, Recorder } from './recorder';
import { capture, SourceError, unable, type Capture, type Refusal } from './sources';

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

/** A recorder with the lock that says it lives. */
interface Run {
  recorder: Recorder;
  release: () => void;
}

interface Running extends Capture {
  store: OutboxStore;
  run: Run;
  /** Those of the segments before: they may not be on the disk yet. */
  before: Run[];
  sleep: Sleep;
  /** It slept, and the segment is still the one from before. */
  slept: boolean;
  /** Another segment is being begun. */
  changing: boolean;
  /** One of each part, by its source. */
  meters: { source: Source; meter: Meter }[];
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
    let run: Run;
    try {
      markWaiting();
      run = await this.#begun(store, captured, session, (segment) => store.begin(session, [segment]));
      const meters = captured.parts.map(({ source, stream }) => ({ source, meter: new Meter(stream) }));
      const sleep = new Sleep(
        () => performance.now(),
        () => Date.now(),
      );
      this.#running = { ...captured, store, run, before: [], sleep, slept: false, changing: false, meters };
    } catch (error) {
      captured.close();
      throw error;
    }
    if (captured.parts.length > 1) this.#followParts(captured);
    this.#follow();
    run.recorder.start();
    this.session = session;
    this.stage = 'recording';
    if (session.id !== null) this.#tell('recording');
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), METER_MS);
    void this.#stayAwake();
    outbox.wake();
    void outbox.look();
  }

  /** A recorder of a segment that is kept from now on. */
  async #begun(
    store: OutboxStore,
    { stream, source }: Capture,
    session: KeptSession,
    keep: (segment: KeptSegment) => Promise<void>,
  ): Promise<Run> {
    const segment = fresh(session, source);
    const release = await webLocks.hold(liveLock(segment.key));
    try {
      await keep(segment);
      return { recorder: this.#recorder(store, stream, segment), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #recorder(store: OutboxStore, stream: MediaStream, segment: KeptSegment): Recorder {
    return new Recorder({
      stream,
      segment,
      shelf: {
        addSlice: async (slice) => {
          await store.addSlice(slice);
          outbox.sliceKept();
          // Timers of a page that is hidden may be late; what is recorded is not.
          if (this.#running) this.#lookForSleep(this.#running);
        },
        endSegment: (key) => store.endSegment(key),
      },
      now: () => performance.now(),
      full: () => this.#full(store),
      relieved: () => this.#tick(),
      started: () => void store.changeSegment(segment.key, { startedAt: Date.now() }),
      ended: () => void this.#sourceEnded(stream),
    });
  }

  /**
   * Goes on in a segment of its own, whose beginning has its time: the last one has no place for a time in which nothing was recorded.
   * False if it could not be begun.
   */
  async #goOnAnew(running: Running): Promise<boolean> {
    if (running.changing || this.session === null) return true;
    running.changing = true;
    const { stage } = this;
    let begun: Run | null = null;
    try {
      const { store, run: last } = running;
      const run = await this.#begun(store, running, this.session, (segment) => store.addSegment(segment));
      begun = run;
      if (this.#running !== running || this.stage !== stage) {
        // It was paused or stopped meanwhile: one that never began is forgotten by the outbox.
        await run.recorder.stop({ goesOn: true });
        run.release();
        return true;
      }
      run.recorder.start();
      void last.recorder.stop({ goesOn: true }).then(last.release);
      running.run = run;
      running.before.push(last);
      running.slept = false;
      return true;
    } catch {
      if (begun !== null && begun !== running.run) {
        // Its segment is never recorded in: while it were held, its session could not be finished. What cannot be recorded now
        // could not at the next tick, either.
        begun.release();
        running.slept = false;
      }
      return false;
    } finally {
      running.changing = false;
    }
  }

  /** What is mixed of several parts goes on while one of them does. */
  #followParts({ stream: mixed, parts }: Capture) {
    const left = new Set(parts);
    for (const part of parts) {
      const gone = () => {
        left.delete(part);
        if (left.size === 0) void this.#sourceEnded(mixed);
        else if (this.#running?.stream === mixed) this.warning ??= 'source_ended';
      };
      for (const track of part.stream.getAudioTracks()) track.addEventListener('ended', gone);
    }
  }

  pause() {
    if (this.stage !== 'recording') return;
    this.#running?.run.recorder.pause();
    this.stage = 'paused';
    this.#tick();
    this.#tell('paused');
  }

  /** In another segment, so that the pause is where it was; if there is no room for one, in the same. */
  async resume(): Promise<void> {
    const running = this.#running;
    if (this.stage !== 'paused' || !running || running.changing) return;
    const isAnew = await this.#goOnAnew(running);
    // It may have been stopped meanwhile.
    if (this.stage !== 'paused') return;
    if (!isAnew) running.run.recorder.resume();
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

  async #sourceEnded(stream: MediaStream) {
    if (this.#running?.stream !== stream || this.stage === 'stopping') return;
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
    const recorders = running ? [...running.before, running.run].map(({ recorder }) => recorder) : [];
    this.elapsed = recorders.reduce((sum, { elapsed }) => sum + elapsed, 0);
    this.unkept = recorders.reduce((sum, { unkept }) => sum + unkept, 0);
    if (running) this.#lookForSleep(running);
    if (document.hidden || !running) return;
    const level = (meter: Meter) => (this.stage === 'recording' ? meter.level() : 0);
    this.levels = running.meters.map(({ source, meter }) => ({ source, level: level(meter) }));
  }

  /** A machine that slept recorded nothing meanwhile: that is a gap, which lies between two segments. */
  #lookForSleep(running: Running) {
    // While it is paused nothing is missing.
    if (running.sleep.look() && this.stage === 'recording') running.slept = true;
    if (running.slept && this.stage === 'recording') void this.#goOnAnew(running);
  }

  /** What the browser says about this page, from the first recording on. */
  #follow() {
    if (this.#following) return;
    this.#following = true;
    const flush = () => this.#running?.run.recorder.flush();
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

async function end({ run, before, meters, close }: Running) {
  await Promise.all([run, ...before].map(({ recorder }) => recorder.stop()));
  meters.forEach(({ meter }) => meter.close());
  close();
  run.release();
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
