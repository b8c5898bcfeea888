import { describe, expect, it } from 'vitest';
import { sampleScene } from './samples';
import { spokenAt, timeline, type Cue } from './timeline';

const cue = (startTime: number, endTime: number, text: string): Cue => ({ startTime, endTime, text });

describe('timeline', () => {
  it('starts each sentence where the captions have spoken the ones before it', () => {
    const cues = [cue(0.5, 3, 'Water runs\ndownhill.'), cue(3, 6, 'It gathers'), cue(6, 9, 'in streams.')];
    const [chapter] = timeline([sampleScene()], cues, 10);
    expect(chapter?.sentences.map((sentence) => [sentence.start, sentence.end, sentence.page])).toEqual([
      [0, 3, 1],
      [3, 10, 2],
    ]);
  });

  it('follows a sentence that ends within a caption', () => {
    const cues = [cue(0, 4, 'Water runs downhill. It'), cue(4, 8, 'gathers in streams.')];
    const [chapter] = timeline([sampleScene()], cues, 10);
    expect(chapter?.sentences[1]?.start).toBeGreaterThan(3);
    expect(chapter?.sentences[1]?.start).toBeLessThan(4);
  });

  it('puts chapters one after the other', () => {
    const scenes = [sampleScene(), sampleScene({ id: 'scene-2', n: 2, seconds: 6 })];
    const chapters = timeline(scenes, [], 16);
    expect(chapters.map((chapter) => [chapter.start, chapter.end])).toEqual([
      [0, 10],
      [10, 16],
    ]);
  });

  it('shares time by length when nothing is known', () => {
    const scenes = [sampleScene({ seconds: null }), sampleScene({ id: 'scene-2', n: 2, seconds: null })];
    const chapters = timeline(scenes, [], 20);
    expect(chapters[1]?.start).toBeCloseTo(10);
    expect(chapters[1]?.end).toBeCloseTo(20);
  });

  it('works for Arabic, with its marks or without', () => {
    const scene = sampleScene({
      sentences: [
        { text: 'الماء يجري.', page: 1 },
        { text: 'ثم يتجمع.', page: 2 },
      ],
    });
    const [chapter] = timeline([scene], [cue(0, 5, 'الْمَاءُ يَجْرِي.'), cue(5, 10, 'ثُمَّ يَتَجَمَّعُ.')], 10);
    expect(chapter?.sentences[1]?.start).toBeCloseTo(5);
  });
});

describe('spokenAt', () => {
  const chapters = timeline([sampleScene(), sampleScene({ id: 'scene-2', n: 2 })], [], 20);

  it('finds the sentence of a time', () => {
    expect(spokenAt(chapters, 0)).toEqual({ chapter: 0, sentence: 0 });
    expect(spokenAt(chapters, 9.9)).toEqual({ chapter: 0, sentence: 1 });
    expect(spokenAt(chapters, 10)).toEqual({ chapter: 1, sentence: 0 });
  });

  it('is silent after the end', () => {
    expect(spokenAt(chapters, 21)).toBeNull();
  });
});
