/** Where the sound comes from. */
import type { Source } from '../outbox/kept';

/** One that is listened to. */
export interface Part {
  source: Source;
  stream: MediaStream;
}

/** What is recorded: one sound, of one part or of several mixed. */
export interface Capture extends Part {
  parts: Part[];
  /** Lets go of all parts. */
  close: () => void;
}

/** Of each of several parts, so that two loud ones are not cut off. */
const SHARE = 0.75;

/** What a person has to do before anything can be recorded, by its text's key. */
export type Refusal = 'insecure' | 'unsupported' | 'denied' | 'no_microphone' | 'no_tab_sound' | 'busy' | 'cancelled';

export class SourceError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal);
  }
}

/** Whether this browser can record at all; null if it can. */
export function unable(): Refusal | null {
  if (!isSecureContext) return 'insecure';
  const can = 'mediaDevices' in navigator && 'MediaRecorder' in globalThis && 'locks' in navigator;
  return can && MediaRecorder.isTypeSupported('audio/webm;codecs=opus') ? null : 'unsupported';
}

export const canShareTab = () => 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices;

/** All of the sources as one sound, or none of them. `filter` takes noise and echo out of the microphone's sound, and with it some of the speech. */
export async function capture(wanted: Source[], filter: boolean): Promise<Capture> {
  const parts: Part[] = [];
  const close = () => parts.forEach(({ stream }) => stream.getTracks().forEach((track) => track.stop()));
  try {
    // The tab first: the browser asks for it only right after a click.
    for (const source of [...wanted].sort((a, b) => (a === b ? 0 : a === 'tab' ? -1 : 1)))
      parts.push({ source, stream: source === 'tab' ? await tab() : await microphone(filter) });
    const [alone] = parts;
    return parts.length === 1 && alone ? { ...alone, parts, close } : mixed(parts, close);
  } catch (error) {
    close();
    throw error instanceof SourceError ? error : new SourceError(refusalOf(error, wanted));
  }
}

/** The parts as one sound. It goes on while one of them does. */
function mixed(parts: Part[], close: () => void): Capture {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const nodes = parts.map(({ stream }) => {
    const gain = new GainNode(context, { gain: SHARE });
    const node = context.createMediaStreamSource(new MediaStream(stream.getAudioTracks()));
    node.connect(gain).connect(out);
    return node;
  });
  // A browser stops it by itself, as while a phone rings: what is said then would be silence.
  const goOn = () => void (context.state === 'closed' || context.resume().catch(() => undefined));
  context.addEventListener('statechange', goOn);
  goOn();
  const closeAll = () => {
    close();
    nodes.forEach((node) => node.disconnect());
    void context.close();
  };
  return { source: 'mixed', stream: out.stream, parts, close: closeAll };
}

function microphone(filter: boolean): Promise<MediaStream> {
  const audio = { echoCancellation: filter, noiseSuppression: filter, autoGainControl: filter, channelCount: 1 };
  return navigator.mediaDevices.getUserMedia({ audio });
}

async function tab(): Promise<MediaStream> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    // A picture has to be asked for; nothing of it is kept.
    video: { frameRate: 1 },
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  if (stream.getAudioTracks().length > 0) return stream;
  stream.getTracks().forEach((track) => track.stop());
  throw new SourceError('no_tab_sound');
}

function refusalOf(error: unknown, wanted: Source[]): Refusal {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'no_microphone';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  if (name === 'NotAllowedError') return wanted.includes('tab') ? 'cancelled' : 'denied';
  return 'unsupported';
}
