/** Where the sound comes from. */
import type { Source } from '../outbox/kept';
import { Mixer, PIECE, RATE } from './mixer';

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

/** A browser that can give the sound of a tab can. */
export const canMix = () => 'MediaStreamTrackProcessor' in globalThis && 'MediaStreamTrackGenerator' in globalThis;

export const canShareTab = () => 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices;

/** All of the sources as one sound, or none of them. `filter` takes noise and echo out of the microphone's sound, and with it some of the speech. */
export async function capture(wanted: Source[], filter: boolean): Promise<Capture> {
  if (wanted.length > 1 && !canMix()) throw new SourceError('unsupported');
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

/** The parts as one sound, in which the microphone leads. It goes on while one of them does. */
function mixed(parts: Part[], closeParts: () => void): Capture {
  const track = new MediaStreamTrackGenerator({ kind: 'audio' });
  const writer = track.writable.getWriter();
  const mixer = new Mixer(parts.length);
  let given = 0;
  const give = () => {
    for (const data of mixer.take()) {
      const timestamp = (given++ * PIECE * 1e6) / RATE;
      const options = { format: 'f32', sampleRate: RATE, numberOfFrames: PIECE, numberOfChannels: 1 } as const;
      writer.write(new AudioData({ ...options, timestamp, data })).catch((error: unknown) => {
        // Nobody takes it once the track was stopped.
        if (track.readyState === 'live') throw error;
      });
    }
  };
  // The tab was asked for first.
  [...parts].reverse().forEach(({ stream }, sound) => {
    void samplesOf(stream, (samples, rate) => {
      mixer.push(sound, samples, rate);
      give();
    }).finally(() => {
      mixer.end(sound);
      give();
    });
  });
  const close = () => {
    closeParts();
    track.stop();
  };
  return { source: 'mixed', stream: new MediaStream([track]), parts, close };
}

/** Pieces that wait while the page stands still, such as for the browser's dialog for printing: a minute of them, some 20 MB. */
const WAITING = 6000;

/** Each piece of a sound, as one channel, until it ends. */
async function samplesOf(stream: MediaStream, take: (samples: Float32Array, rate: number) => void) {
  const [track] = stream.getAudioTracks();
  const reader = new MediaStreamTrackProcessor({ track: track!, maxBufferSize: WAITING }).readable.getReader();
  for (;;) {
    const { value: data, done } = await reader.read();
    if (done) return;
    const mono = new Float32Array(data.numberOfFrames);
    const channel = new Float32Array(data.numberOfFrames);
    for (let planeIndex = 0; planeIndex < data.numberOfChannels; planeIndex += 1) {
      data.copyTo(channel, { planeIndex, format: 'f32-planar' });
      channel.forEach((sample, at) => (mono[at]! += sample / data.numberOfChannels));
    }
    const rate = data.sampleRate;
    // Of a closed one it is 0.
    data.close();
    take(mono, rate);
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
