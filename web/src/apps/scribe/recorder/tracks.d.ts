/** Samples of a track, and a track of samples: https://w3c.github.io/mediacapture-transform, as Chromium has it for sound. */
interface MediaStreamTrackProcessor {
  readonly readable: ReadableStream<AudioData>;
}
declare const MediaStreamTrackProcessor: new (init: {
  track: MediaStreamTrack;
  /** Pieces that wait for a reader. */
  maxBufferSize?: number;
}) => MediaStreamTrackProcessor;

interface MediaStreamTrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<AudioData>;
}
declare const MediaStreamTrackGenerator: new (init: { kind: 'audio' }) => MediaStreamTrackGenerator;
