import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Beside, FAR_SECONDS } from './beside';
import { FakePlayer } from './player.fake';

vi.stubGlobal('Audio', FakePlayer);

describe('a segment beside another one', () => {
  let beside: Beside;

  beforeEach(() => {
    beside = new Beside({ segment: 1, start_ms: 4000, end_ms: 10_000 }, '/audio');
  });

  it('sounds where both do, at the same place and as fast', () => {
    const audio = FakePlayer.last;
    beside.follow(5000, true, 1.5);
    expect(audio.play, 'its length is not known yet').not.toHaveBeenCalled();
    audio.knows(6);
    beside.follow(3000, true, 1.5);
    expect(audio.paused, 'it has not begun').toBe(true);
    beside.follow(5000, true, 1.5);
    expect([audio.paused, audio.currentTime, audio.playbackRate]).toEqual([false, 1, 1.5]);
    audio.currentTime = 2.1;
    beside.follow(6000, true, 1.5);
    expect(audio.currentTime, 'near enough').toBe(2.1);
    beside.follow(9000, true, 1.5);
    expect(audio.currentTime).toBe(5);
    beside.follow(10_000, true, 1.5);
    expect(audio.paused, 'it has ended').toBe(true);
  });

  it('pauses with the other one, and goes with it', () => {
    const audio = FakePlayer.last;
    audio.knows(6);
    beside.follow(5000, true, 1);
    beside.follow(5000, false, 1);
    expect(audio.paused).toBe(true);
    beside.end();
    expect([audio.src, audio.load.mock.calls.length]).toEqual(['', 1]);
  });

  it('finds out how long a recording is that does not say so', () => {
    FakePlayer.last.knows(Infinity);
    expect(FakePlayer.last.currentTime).toBe(FAR_SECONDS);
  });
});
