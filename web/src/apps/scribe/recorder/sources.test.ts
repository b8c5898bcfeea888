import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { capture } from './sources';

class FakeStream {
  readonly tracks = [{ stop: vi.fn() }];
  constructor(readonly of: string) {}
  getTracks = () => this.tracks;
  getAudioTracks = () => this.tracks;
}

/** What was connected to what is recorded. */
let mixed: unknown[] = [];
class FakeContext extends EventTarget {
  static made: FakeContext[] = [];
  state = 'suspended';
  out = { stream: new FakeStream('mixed') };
  constructor() {
    super();
    FakeContext.made.push(this);
  }
  createMediaStreamDestination = () => this.out;
  createMediaStreamSource = (stream: unknown) => ({
    connect: () => ({ connect: (to: unknown) => to === this.out && mixed.push(stream) }),
    disconnect: () => undefined,
  });
  resume = async () => void (this.state = 'running');
  close = async () => void (this.state = 'closed');
}

const microphone = new FakeStream('microphone');
const tab = new FakeStream('tab');
const getDisplayMedia = vi.fn(async () => tab);

beforeEach(() => {
  mixed = [];
  FakeContext.made = [];
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => microphone, getDisplayMedia } });
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('GainNode', class {});
  vi.stubGlobal(
    'MediaStream',
    class {
      constructor(readonly tracks: unknown) {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

it('mixes both into one sound, and lets go of both', async () => {
  const captured = await capture(['microphone', 'tab'], false);
  const [context] = FakeContext.made;
  expect(captured.source).toBe('mixed');
  expect(captured.stream).toBe(context!.out.stream);
  expect(mixed).toHaveLength(2);
  expect(captured.parts.map(({ source }) => source)).toEqual(['tab', 'microphone']);
  expect(context!.state, 'a browser may begin with silence').toBe('running');
  context!.state = 'suspended';
  context!.dispatchEvent(new Event('statechange'));
  await Promise.resolve();
  expect(context!.state, 'and may stop it').toBe('running');
  captured.close();
  for (const { tracks } of [microphone, tab]) expect(tracks[0]!.stop).toHaveBeenCalled();
  expect(context!.state).toBe('closed');
});

it('records one source as it is', async () => {
  const captured = await capture(['microphone'], false);
  expect(captured).toMatchObject({ source: 'microphone', stream: microphone });
  expect(FakeContext.made).toEqual([]);
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
