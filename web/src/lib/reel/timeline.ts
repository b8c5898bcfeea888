/** The finished video as chapters of timed sentences, from the lines that the server published with it. */
import type { Line, Scene } from '../api/types';

export interface TimedSentence {
  text: string;
  page: number | null;
  /** Seconds from the beginning of the video. */
  start: number;
  end: number;
}

export interface Chapter {
  /** The number of its scene, from 1. */
  n: number;
  heading: string;
  start: number;
  end: number;
  sentences: TimedSentence[];
}

/** Lines of one scene after the other; the headings come from the storyboard. */
export function timeline(lines: Line[], scenes: Scene[]): Chapter[] {
  const chapters: Chapter[] = [];
  for (const line of lines) {
    const sentence = { text: line.text, page: line.page ?? null, start: line.start_ms / 1000, end: line.end_ms / 1000 };
    const last = chapters.at(-1);
    if (last?.n === line.scene) {
      last.sentences.push(sentence);
      last.end = sentence.end;
    } else {
      const heading = scenes.find((scene) => scene.n === line.scene)?.heading ?? '';
      chapters.push({ n: line.scene, heading, start: sentence.start, end: sentence.end, sentences: [sentence] });
    }
  }
  return chapters;
}

/** The sentence that is spoken at a time, or was the last to be spoken; null before the first. */
export function spokenAt(chapters: Chapter[], time: number): { chapter: number; sentence: number } | null {
  const chapter = chapters.findLastIndex((one) => one.start <= time);
  const sentence = chapters[chapter]?.sentences.findLastIndex((one) => one.start <= time);
  return sentence === undefined || sentence < 0 ? null : { chapter, sentence };
}
