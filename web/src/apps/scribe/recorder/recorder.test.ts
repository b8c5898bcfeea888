import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeptSegment, Slice } from '../outbox/kept';
import { FakeMediaRecorder } from './media-recorder.fake';
import { Recorder } from './recorder';

const track = Object.assign(new EventTarget(), { stop: vi.fn() });
const stream = { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
let now = 0;
let room = Infinity;
let kept: Slice[] = [];
let ended: string[] = [];

function setUp() {
  const shelf = {
    addSlice: async (slice: Slice) => {
      if (room <= 0) throw new DOMException('full', 'QuotaExceededError');
      room -= 1;
      kept.push(slice);
    },
    endSegment: async (segment: string) => void ended.push(segment),
  };
  const calls = { full: vi.fn(async () => undefined), relieved: vi.fn(), started: vi.fn(), ended: vi.fn() };
  const recorder = new Recorder({ stream, segment: { key: 'a' } as KeptSegment, shelf, now: () => now, ...calls });
  recorder.start();
  return { recorder, media: FakeMediaRecorder.made.at(-1)!, calls };
}

const times = () => kept.map(({ index, startMs, lengthMs }) => [index, startMs, lengthMs]);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaRecorder', FakeMediaRecorder);
  vi.stubGlobal('MediaStream', class {});
  [now, room, kept, ended] = [0, Infinity, [], []];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a recorder', () => {
  it('keeps each slice in the turn in which it comes, with its time', () => {
    const { media } = setUp();
    now = 1010;
    media.give('one');
    now = 2005;
    media.give('two');
    media.give('');
    expect(times()).toEqual([
      [0, 0, 1010],
      [1, 1010, 995],
    ]);
  });

  it('does not count the time of a pause', () => {
    const { recorder, media } = setUp();
    now = 500;
    recorder.pause();
    now = 60_000;
    recorder.resume();
    now = 60_700;
    media.give('more');
    expect(times()).toEqual([
      [0, 0, 500],
      [1, 500, 700],
    ]);
  });

  it('ends its segment after its last slice is kept', async () => {
    const { recorder, calls } = setUp();
    now = 300;
    await recorder.stop();
    expect(times()).toEqual([[0, 0, 300]]);
    expect(ended).toEqual(['a']);
    expect(track.stop).toHaveBeenCalled();
    expect(calls.ended, 'it was asked to').not.toHaveBeenCalled();
  });

  it('leaves its source to another one that goes on with it', async () => {
    const { recorder } = setUp();
    track.stop.mockClear();
    await recorder.stop({ goesOn: true });
    expect(ended).toEqual(['a']);
    expect(track.stop).not.toHaveBeenCalled();
  });

  it('says when its source ends by itself', async () => {
    const { media, calls } = setUp();
    track.dispatchEvent(new Event('ended'));
    expect(calls.ended).toHaveBeenCalledOnce();
    media.stop();
    await vi.advanceTimersByTimeAsync(1);
    expect(calls.ended).toHaveBeenCalledTimes(2);
  });

  it('keeps in memory what a full storage does not take, in order, until it does', async () => {
    const { recorder, media, calls } = setUp();
    room = 1;
    for (const text of ['one', 'two', 'three']) media.give(text);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls.full).toHaveBeenCalled();
    expect(recorder.unkept).toBe(2);
    const stopped = recorder.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ended, 'not before everything is kept').toEqual([]);
    room = 10;
    await vi.advanceTimersByTimeAsync(5000);
    await stopped;
    expect(kept.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(recorder.unkept).toBe(0);
    expect(calls.relieved).toHaveBeenCalled();
    expect(ended).toEqual(['a']);
  });
});
