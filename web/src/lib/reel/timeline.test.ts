import { describe, expect, it } from 'vitest';
import { sampleScene } from './samples';
import { spokenAt, timeline } from './timeline';

const line = (scene: number, start_ms: number, end_ms: number, text: string, page: number | null = null) => ({
  scene,
  start_ms,
  end_ms,
  text,
  page,
});
const scenes = [sampleScene(), sampleScene({ id: 'scene-2', n: 2, heading: 'Lakes' })];
const chapters = timeline(
  [line(1, 500, 3000, 'Water runs.', 1), line(1, 3000, 6000, 'It gathers.', 2), line(2, 6500, 9000, 'A lake.')],
  scenes,
);

describe('timeline', () => {
  it('makes a chapter of each scene, with its heading and its sentences', () => {
    expect(chapters.map(({ n, heading, start, end }) => [n, heading, start, end])).toEqual([
      [1, 'Rivers', 0.5, 6],
      [2, 'Lakes', 6.5, 9],
    ]);
    expect(chapters[0]?.sentences.map(({ page, start }) => [page, start])).toEqual([
      [1, 0.5],
      [2, 3],
    ]);
  });

  it('is empty without lines', () => {
    expect(timeline([], scenes)).toEqual([]);
  });
});

describe('spokenAt', () => {
  it('finds the sentence of a time', () => {
    expect(spokenAt(chapters, 0.5)).toEqual({ chapter: 0, sentence: 0 });
    expect(spokenAt(chapters, 5)).toEqual({ chapter: 0, sentence: 1 });
    expect(spokenAt(chapters, 6.5)).toEqual({ chapter: 1, sentence: 0 });
  });

  it('stays with the last sentence in a pause and at the end', () => {
    expect(spokenAt(chapters, 6.2)).toEqual({ chapter: 0, sentence: 1 });
    expect(spokenAt(chapters, 60)).toEqual({ chapter: 1, sentence: 0 });
  });

  it('has nothing before the first word', () => {
    expect(spokenAt(chapters, 0.2)).toBeNull();
  });
});
