import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeptSegment, Slice } from '../outbox/kept';
import { FakeMediaRecorder } from './media-recorder.fake';

const track = Object.assign(new EventTarget(), { stop: vi.fn() });
const stream = { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
const close = vi.fn();

/** What the browser keeps. */
let segments: KeptSegment[];
let slices: Slice[];
let held: string[];
let isFull: boolean;

const change = (key: string, to: Partial<KeptSegment>) =>
  void (segments = segments.map((one) => (one.key === key ? { ...one, ...to } : one)));
const add = async (more: KeptSegment[]) => {
  if (isFull) throw new DOMException('full', 'QuotaExceededError');
  segments.push(...more);
};
const store = {
  begin: (_: unknown, more: KeptSegment[]) => add(more),
  addSegment: (segment: KeptSegment) => add([segment]),
  addSlice: async (slice: Slice) => void slices.push(slice),
  changeSegment: async (key: string, to: Partial<KeptSegment>) => change(key, to),
  endSegment: async (key: string) => change(key, { ended: true }),
  keepBallast: async () => true,
};
const nothing = () => undefined;
vi.mock('../api', () => ({ scribeApi: { change: nothing } }));
vi.mock('../../../lib/api/signed-out', () => ({ holdSignIn: nothing }));
vi.mock('../outbox/outbox.svelte', () => ({
  markWaiting: nothing,
  owner: async () => 'ada',
  outbox: { ids: {}, begin: async () => store, wake: nothing, look: nothing, sliceKept: nothing },
}));
vi.mock('../outbox/locks', () => ({
  liveLock: (key: string) => key,
  webLocks: {
    hold: async (name: string) => {
      held.push(name);
      return () => void (held = held.filter((one) => one !== name));
    },
  },
}));
vi.mock('./meter', () => ({
  Meter: class {
    close = nothing;
  },
}));
vi.mock('./sources', () => ({
  SourceError: class extends Error {},
  unable: () => null,
  capture: async () => ({ source: 'microphone', stream, parts: [{ source: 'microphone', stream }], close }),
}));

const { recording } = await import('./recording.svelte');

const BEGUN = 1_800_000_000_000;
let now: number;

/** Both clocks go on, and the page looks at them. */
async function passes(ms: number) {
  now += ms;
  await vi.advanceTimersByTimeAsync(ms);
}

/** Another slice. */
const gives = () => FakeMediaRecorder.made.at(-1)!.give('sound');

/** Where each segment is on the wall clock: its beginning and the end of its last slice, after the recording began. */
function places() {
  return segments.map(({ key, startedAt }) => {
    const last = slices.filter(({ segment }) => segment === key).at(-1);
    return [startedAt - BEGUN, startedAt - BEGUN + (last ? last.startMs + last.lengthMs : 0)];
  });
}

beforeEach(async () => {
  vi.useFakeTimers({ now: BEGUN, toFake: ['Date', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  [segments, slices, held, isFull, now] = [[], [], [], false, 7000];
  vi.stubGlobal('MediaRecorder', FakeMediaRecorder);
  vi.stubGlobal('MediaStream', class {});
  vi.stubGlobal('document', { hidden: true, addEventListener: nothing });
  vi.stubGlobal('addEventListener', nothing);
  vi.stubGlobal('navigator', { storage: { persist: async () => true, estimate: async () => ({}) } });
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  track.stop.mockClear();
  const wanted = { sources: ['microphone' as const], filter: false };
  await recording.begin(wanted, { title: '', language: null, transcribe: true, consent: null });
});

afterEach(async () => {
  await recording.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a recording', () => {
  it('goes on in a segment of its own after the machine slept, whose clock stood still', async () => {
    await passes(5000);
    gives();
    await passes(0);
    vi.setSystemTime(Date.now() + 60_000);
    await passes(100);
    expect(segments.map(({ ended }) => ended)).toEqual([true, false]);
    await passes(4900);
    gives();
    await passes(100);
    await recording.stop();
    expect(places(), 'a minute between them').toEqual([
      [0, 5100],
      [65_100, 70_100],
    ]);
    expect(held).toEqual([]);
    expect(segments.every(({ ended }) => ended)).toBe(true);
  });

  it('shows one time, that of what was recorded', async () => {
    await passes(5000);
    vi.setSystemTime(Date.now() + 60_000);
    await passes(1000);
    expect(recording.elapsed).toBe(6000);
  });

  it('tries again to begin one where there was no room for it, and loses nothing meanwhile', async () => {
    await passes(1000);
    isFull = true;
    vi.setSystemTime(Date.now() + 60_000);
    await passes(500);
    gives();
    expect([segments.length, held.length, slices.length]).toEqual([1, 1, 1]);
    isFull = false;
    await passes(100);
    expect(segments.map(({ ended }) => ended)).toEqual([true, false]);
    expect(held).toEqual([segments[1]!.key]);
  });

  it('holds no segment that it cannot record in, and begins no other one with each tick', async () => {
    await passes(1000);
    const start = vi.spyOn(FakeMediaRecorder.prototype, 'start').mockImplementation(() => {
      throw new DOMException('inactive', 'NotSupportedError');
    });
    vi.setSystemTime(Date.now() + 60_000);
    await passes(1000);
    start.mockRestore();
    expect(segments).toHaveLength(2);
    expect(held).toEqual([segments[0]!.key]);
  });

  it('stays in its segment where the clock is set back or the page is busy', async () => {
    await passes(1000);
    vi.setSystemTime(Date.now() - 3_600_000);
    await passes(100);
    now += 9000;
    await vi.advanceTimersByTimeAsync(9000);
    expect(segments).toHaveLength(1);
  });

  it('leaves a pause where it was: what follows is another segment, of the same source', async () => {
    await passes(5000);
    recording.pause();
    await passes(12_000);
    expect(segments, 'the session is not over meanwhile').toMatchObject([{ ended: false }]);
    await recording.resume();
    expect([recording.stage, track.stop.mock.calls.length]).toEqual(['recording', 0]);
    await passes(3000);
    gives();
    expect(recording.elapsed).toBe(8000);
    expect(places()).toEqual([
      [0, 5000],
      [17_000, 20_000],
    ]);
    await recording.stop();
    expect(track.stop).toHaveBeenCalled();
  });

  it('goes on in the same segment after a pause if there is no room for another one', async () => {
    await passes(1000);
    recording.pause();
    isFull = true;
    await recording.resume();
    expect([recording.stage, segments.length, FakeMediaRecorder.made.at(-1)!.state]).toEqual([
      'recording',
      1,
      'recording',
    ]);
  });

  it('that is stopped while it is paused ends its only segment', async () => {
    await passes(1000);
    recording.pause();
    await recording.stop();
    expect(segments).toMatchObject([{ ended: true }]);
    expect(held).toEqual([]);
  });
});
