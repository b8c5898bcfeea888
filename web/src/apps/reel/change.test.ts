import { describe, expect, it } from 'vitest';
import { applyChange, changedScenes, isExtract, isWritten, isMoving, readChange, shownState } from './change';
import { sampleReel, sampleScene } from './samples';

describe('applyChange', () => {
  it('moves the percent forward, never back', () => {
    const reel = sampleReel({ percent: 40 });
    expect(applyChange(reel, { reel_id: 'reel-1', percent: 55 }).percent).toBe(55);
    expect(applyChange(reel, { reel_id: 'reel-1', percent: 10 }).percent).toBe(40);
  });

  it('changes the scene that it names', () => {
    const reel = sampleReel({
      scenes: [sampleScene(), sampleScene({ id: 'scene-2', n: 2, state: 'pending', percent: 0 })],
    });
    const next = applyChange(reel, {
      reel_id: 'reel-1',
      scene: { n: 2, state: 'working', step: 'voice', percent: 25 },
    });
    expect(next.scenes[1]).toMatchObject({ id: 'scene-2', state: 'working', step: 'voice', percent: 25 });
    expect(next.scenes[0]).toBe(reel.scenes[0]);
  });

  it('does not take a finished scene back: the event may be older than the reel', () => {
    const reel = sampleReel();
    const next = applyChange(reel, { reel_id: 'reel-1', scene: { n: 1, state: 'working', percent: 50 } });
    expect(next.scenes[0]?.state).toBe('done');
  });

  it('leaves "done" to the fetched reel, which has the result', () => {
    const reel = sampleReel();
    expect(applyChange(reel, { reel_id: 'reel-1', state: 'done', percent: 100 })).toBe(reel);
    const done = sampleReel({ state: 'done', percent: 100 });
    expect(applyChange(done, { reel_id: 'reel-1', state: 'working', percent: 50 })).toBe(done);
  });

  it('leaves other reels alone', () => {
    const reel = sampleReel();
    expect(applyChange(reel, { reel_id: 'reel-2', percent: 90 })).toBe(reel);
  });
});

describe('reels', () => {
  it('know whether they move and what has changed', () => {
    expect(isMoving(sampleReel({ state: 'working' }))).toBe(true);
    expect(isMoving(sampleReel({ state: 'failed' }))).toBe(false);
    const reel = sampleReel({ scenes: [sampleScene(), sampleScene({ id: 'scene-2', n: 2, state: 'edited' })] });
    expect(changedScenes(reel).map((scene) => scene.n)).toEqual([2]);
    const added = sampleScene({ id: 'scene-3', n: 3, state: 'pending', edited: true });
    expect(changedScenes({ ...reel, scenes: [...reel.scenes, added] }).map((scene) => scene.n)).toEqual([2, 3]);
  });

  it('are shown as waiting only while they are held up', () => {
    const paused = { reason: 'paused', scope: 'queue', name: 'x', why: '' };
    const waiting = { state: 'ready', reasons: [paused] as never, position: 1, eta: null, done_by: null };
    expect(shownState(sampleReel({ state: 'working', waiting }))).toBe('waiting');
    expect(shownState(sampleReel({ state: 'working' }))).toBe('working');
    expect(shownState(sampleReel({ state: 'failed', waiting }))).toBe('failed');
  });

  it('are extracts of the document, edited or not', () => {
    expect(['extract', 'extract_edited', 'written', null].map(isExtract)).toEqual([true, true, false, false]);
    expect(['written', 'written_edited', 'extract', null].map(isWritten)).toEqual([true, true, false, false]);
  });

  it('recognise an event of theirs', () => {
    expect(readChange({ reel_id: 'a', percent: 3 })).toEqual({ reel_id: 'a', percent: 3 });
    expect(readChange({ subject: 'a' })?.reel_id).toBe('a');
    expect(readChange({ reel_id: 1 })).toBeNull();
    expect(readChange(null)).toBeNull();
  });
});
