import { describe, expect, it } from 'vitest';
import { spokenAt, timeline } from './timeline';

const line = (scene: number, start_ms: number, end_ms: number, text: string, page: number | null = null) => ({
  scene,
  start_ms,
  end_ms,
  text,
  page,
});
const chapters = timeline(
  [line(1, 500, 3000, 'Water runs.', 1), line(2, 3000, 6000, 'It gathers.', 2), line(3, 6500, 9000, 'A lake.')],
  [
    { title: 'Rivers', start_ms: 0, end_ms: 6400 },
    { title: 'Lakes', start_ms: 6400, end_ms: 9400 },
  ],
);

describe('timeline', () => {
  it('gives each chapter the sentences that begin in it', () => {
    expect(chapters.map(({ title, start, end }) => [title, start, end])).toEqual([
      ['Rivers', 0, 6.4],
      ['Lakes', 6.4, 9.4],
    ]);
    expect(chapters.map(({ sentences }) => sentences.map(({ page, start }) => [page, start]))).toEqual([
      [
        [1, 0.5],
        [2, 3],
      ],
      [[null, 6.5]],
    ]);
  });

  it('is empty without chapters', () => {
    expect(timeline([], [])).toEqual([]);
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
