import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gap } from '../types';
import { FakePlayer } from './player.fake';

vi.stubGlobal('Audio', FakePlayer);
vi.stubGlobal('HTMLMediaElement', { HAVE_FUTURE_DATA: 3 });
vi.stubGlobal('requestAnimationFrame', () => 0);
vi.stubGlobal('cancelAnimationFrame', () => undefined);

const { Sound } = await import('./sound.svelte');

describe('the sound of a session', () => {
  const stretches = [
    { segment: 0, start_ms: 0, end_ms: 9000 },
    { segment: 1, start_ms: 9000, end_ms: 20_000 },
  ];
  let gaps: Gap[];
  let sound: InstanceType<typeof Sound>;

  beforeEach(() => {
    gaps = [];
    sound = new Sound('s', stretches, 20_000, () => gaps);
  });

  it('begins past a first segment that is damaged', () => {
    gaps = [{ start_ms: 0, end_ms: 9000, reason: 'unreadable', estimated: false }];
    const player = FakePlayer.last;
    expect(player.src, 'nobody knows of the damage before the transcript is there').toContain('/segments/0/');
    player.breaks();
    expect(sound.failed).toBe(true);
    sound.play();
    expect(player.src).toContain('/segments/1/');
    expect([sound.playing, sound.failed, sound.time]).toEqual([true, false, 9000]);
    player.knows(11);
    expect([player.paused, player.currentTime]).toEqual([false, 0]);
  });

  it('that the server cannot give says why, until it is tried again', async () => {
    const answers: [number, object | null][] = [
      [500, { code: 'bad_archive' }],
      [206, null],
    ];
    const answer = async () => {
      const [status, body] = answers.shift()!;
      return new Response(body && JSON.stringify(body), { status });
    };
    const asked = vi.spyOn(globalThis, 'fetch').mockImplementation(answer);
    FakePlayer.last.breaks();
    await vi.waitFor(() => expect(sound.problem?.code).toBe('bad_archive'));
    expect(asked.mock.calls[0]![0]).toContain('/segments/0/');
    sound.play();
    expect([sound.failed, sound.problem]).toEqual([false, null]);
    expect(FakePlayer.last.load, 'asked for again: else it says nothing any more').toHaveBeenCalledOnce();
    FakePlayer.last.breaks();
    await vi.waitFor(() => expect(answers).toEqual([]));
    expect([sound.failed, sound.problem], 'the server has it: the browser cannot play it').toEqual([true, null]);
    asked.mockRestore();
  });

  it('that failed goes on from where it was once it is there again', () => {
    const player = FakePlayer.last;
    player.knows(9);
    sound.seek(4000);
    player.breaks();
    sound.play();
    expect([player.load.mock.calls.length, player.play.mock.calls.length]).toEqual([1, 0]);
    player.currentTime = 0;
    player.knows(9);
    expect([sound.playing, player.paused, player.currentTime, sound.failed]).toEqual([true, false, 4, false]);
    sound.pause();
    sound.play();
    expect(player.load, 'only one that failed is loaded again').toHaveBeenCalledOnce();
  });

  it('stays behind the last sound where what comes is missing, and begins again from there', () => {
    gaps = [{ start_ms: 20_000, end_ms: 50_000, reason: 'not_received', estimated: true }];
    sound = new Sound('s', stretches, 50_000, () => gaps);
    const player = FakePlayer.last;
    player.knows(9);
    sound.play();
    sound.seek(30_000);
    expect([player.paused, sound.playing, sound.time]).toEqual([true, false, 50_000]);
    sound.play();
    player.knows(9);
    expect([player.paused, sound.playing, sound.time]).toEqual([false, true, 0]);
  });

  it('begins where it is if there is something to hear', () => {
    const player = FakePlayer.last;
    player.knows(9);
    sound.play();
    expect(player.src).toContain('/segments/0/');
    expect([player.paused, sound.time]).toEqual([false, 0]);
  });
});
