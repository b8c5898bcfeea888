/** A recording of some seconds. It ends by itself when it is as long as a clip may be. */
import { holdSignIn } from '../../../lib/api/signed-out';
import { soundMs } from '../state/choices';
import { outbox } from './outbox.svelte';

/** What a person has to do before anything can be recorded, by its text's key. */
export type Refusal = 'insecure' | 'unsupported' | 'denied' | 'no_microphone' | 'busy';

const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
const TICK_MS = 100;
/** A recorder stops a moment after it is told to. */
const EARLY_MS = 250;
/** A click by mistake is no recording. */
const SHORTEST_MS = 300;

export function refusalOf(error: unknown): Refusal {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'no_microphone';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return name === 'NotAllowedError' ? 'denied' : 'unsupported';
}

/** How the name of a recording ends. */
export function endingOf(type: string): string {
  return type.startsWith('audio/mp4') ? 'm4a' : type.startsWith('audio/ogg') ? 'ogg' : 'webm';
}

class ClipRecorder {
  stage = $state<'idle' | 'asking' | 'recording'>('idle');
  /** Milliseconds. */
  elapsed = $state(0);
  refusal = $state.raw<Refusal | null>(null);

  #media: MediaRecorder | null = null;
  #parts: Blob[] = [];
  #since = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #thrown = false;

  constructor() {
    holdSignIn(() => this.stage === 'recording');
  }

  get longest(): number {
    return soundMs() - EARLY_MS;
  }

  async begin() {
    if (this.stage !== 'idle') return;
    this.refusal = unable();
    if (this.refusal) return;
    this.stage = 'asking';
    try {
      const audio = { channelCount: 1, noiseSuppression: false, autoGainControl: true };
      this.#start(await navigator.mediaDevices.getUserMedia({ audio }));
    } catch (error) {
      this.refusal = refusalOf(error);
      this.stage = 'idle';
    }
  }

  /** Ends it, and captures what was said. */
  end() {
    if (this.#media?.state === 'recording') this.#media.stop();
  }

  /** Ends it, and forgets it. */
  throwAway() {
    this.#thrown = true;
    this.end();
  }

  #start(stream: MediaStream) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const media = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    this.#media = media;
    this.#parts = [];
    this.#thrown = false;
    media.ondataavailable = ({ data }) => data.size > 0 && this.#parts.push(data);
    media.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      void this.#ended(media.mimeType);
    };
    media.start();
    this.#since = performance.now();
    this.stage = 'recording';
    this.#timer = setInterval(() => {
      this.elapsed = performance.now() - this.#since;
      if (this.elapsed >= this.longest) this.end();
    }, TICK_MS);
  }

  async #ended(type: string) {
    clearInterval(this.#timer);
    const length = performance.now() - this.#since;
    this.stage = 'idle';
    this.elapsed = 0;
    if (this.#thrown || length < SHORTEST_MS || this.#parts.length === 0) return;
    const blob = new Blob(this.#parts, { type });
    const when = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
    await outbox.takeFiles([{ blob, name: `${when}.${endingOf(type)}` }]);
  }
}

/** Why this browser cannot record at all; null if it can. */
function unable(): Refusal | null {
  if (!isSecureContext) return 'insecure';
  return 'mediaDevices' in navigator && 'MediaRecorder' in globalThis ? null : 'unsupported';
}

export const recorder = new ClipRecorder();
