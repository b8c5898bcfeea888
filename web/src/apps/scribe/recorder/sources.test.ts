import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { capture } from './sources';

class FakeStream {
  readonly tracks;
  constructor(of: string) {
    this.tracks = [{ of, stop: vi.fn() }];
  }
  getTracks = () => this.tracks;
  getAudioTracks = () => this.tracks;
}

/** A piece of 10 ms, all of one value. */
class FakeData {
  sampleRate = 48_000;
  numberOfFrames = 480;
  numberOfChannels = 1;
  close = vi.fn(() => void (this.sampleRate = 0));
  constructor(readonly options: { timestamp: number; data: Float32Array }) {}
  copyTo = (to: Float32Array) => to.set(this.options.data);
}
const piece = (value: number) => new FakeData({ timestamp: 0, data: new Float32Array(480).fill(value) });

/** What was mixed: the first sample of each piece, and when it is. */
let mixed: [number, number][] = [];
let sounds: Record<string, ReadableStreamDefaultController<FakeData>> = {};
const stopped = vi.fn();
class FakeProcessor {
  readable: ReadableStream<FakeData>;
  constructor({ track }: { track: { of: string } }) {
    this.readable = new ReadableStream({ start: (controller) => void (sounds[track.of] = controller) });
  }
}
class FakeGenerator {
  stop = stopped;
  writable = new WritableStream<FakeData>({
    write: ({ options: { timestamp, data } }) => void mixed.push([timestamp, data[0]!]),
  });
}

const microphone = new FakeStream('microphone');
const tab = new FakeStream('tab');
const getDisplayMedia = vi.fn(async () => tab);

beforeEach(() => {
  mixed = [];
  sounds = {};
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => microphone, getDisplayMedia } });
  vi.stubGlobal('MediaStreamTrackProcessor', FakeProcessor);
  vi.stubGlobal('MediaStreamTrackGenerator', FakeGenerator);
  vi.stubGlobal('AudioData', FakeData);
  vi.stubGlobal(
    'MediaStream',
    class {
      constructor(readonly tracks: unknown) {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

it('mixes both into one sound that goes on while one of them does, and lets go of both', async () => {
  const captured = await capture(['microphone', 'tab'], false);
  expect(captured.source).toBe('mixed');
  expect(captured.parts.map(({ source }) => source)).toEqual(['tab', 'microphone']);
  const given = piece(0.5);
  sounds['microphone']!.enqueue(given);
  await vi.waitFor(() => expect(given.close).toHaveBeenCalled());
  expect(mixed, 'until there is something of both').toEqual([]);
  sounds['tab']!.enqueue(piece(0.25));
  await vi.waitFor(() => expect(mixed).toEqual([[0, 0.5625]]));
  sounds['tab']!.close();
  sounds['microphone']!.enqueue(piece(0.5));
  await vi.waitFor(() => expect(mixed.slice(1)).toEqual([[10_000, 0.375]]));
  captured.close();
  for (const { tracks } of [microphone, tab]) expect(tracks[0]!.stop).toHaveBeenCalled();
  expect(stopped).toHaveBeenCalled();
});

it('asks for nothing in a browser that cannot mix', async () => {
  getDisplayMedia.mockClear();
  vi.unstubAllGlobals();
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => microphone, getDisplayMedia } });
  await expect(capture(['microphone', 'tab'], false)).rejects.toMatchObject({ refusal: 'unsupported' });
  expect(getDisplayMedia).not.toHaveBeenCalled();
});

it('records one source as it is', async () => {
  const captured = await capture(['microphone'], false);
  expect(captured).toMatchObject({ source: 'microphone', stream: microphone });
  expect(sounds).toEqual({});
});

it('lets go of the tab when there is no microphone', async () => {
  tab.tracks[0]!.stop.mockClear();
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia: async () => Promise.reject(new DOMException('none', 'NotFoundError')),
      getDisplayMedia,
    },
  });
  await expect(capture(['microphone', 'tab'], false)).rejects.toMatchObject({ refusal: 'no_microphone' });
  expect(tab.tracks[0]!.stop).toHaveBeenCalled();
});
