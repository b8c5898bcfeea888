/** Where the sound comes from. */
import type { Source } from '../outbox/kept';

export interface Capture {
  source: Source;
  stream: MediaStream;
}

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

/** All of the sources, or none of them. `filter` takes noise and echo out of the microphone's sound, and with it some of the speech. */
export async function capture(wanted: Source[], filter: boolean): Promise<Capture[]> {
  const captures: Capture[] = [];
  try {
    // The tab first: the browser asks for it only right after a click.
    for (const source of [...wanted].sort((a, b) => (a === b ? 0 : a === 'tab' ? -1 : 1)))
      captures.push({ source, stream: source === 'tab' ? await tab() : await microphone(filter) });
    return captures;
  } catch (error) {
    for (const { stream } of captures) stream.getTracks().forEach((track) => track.stop());
    throw error instanceof SourceError ? error : new SourceError(refusalOf(error, wanted));
  }
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
