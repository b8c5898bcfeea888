/** The finished video as chapters of timed sentences, from the lines that the server published with it. */
import type { Line, PublishedChapter } from '../types';

export interface TimedSentence {
  text: string;
  page: number | null;
  /** Seconds from the start of the video. */
  start: number;
  end: number;
}

export interface Chapter {
  title: string;
  /** Seconds from the start of the video. */
  start: number;
  end: number;
  sentences: TimedSentence[];
}

/** The chapters of the published video, each with the sentences that start in it. */
export function timeline(lines: Line[], chapters: PublishedChapter[]): Chapter[] {
  return chapters.map(({ title, start_ms, end_ms }) => ({
    title,
    start: start_ms / 1000,
    end: end_ms / 1000,
    sentences: lines
      .filter((line) => line.start_ms >= start_ms && line.start_ms < end_ms)
      .map((line) => ({
        text: line.text,
        page: line.page ?? null,
        start: line.start_ms / 1000,
        end: line.end_ms / 1000,
      })),
  }));
}

/** The sentence that is spoken at a time, or the last one before it; null before the first. */
export function spokenAt(chapters: Chapter[], time: number): { chapter: number; sentence: number } | null {
  const chapter = chapters.findLastIndex((one) => (one.sentences[0]?.start ?? Infinity) <= time);
  const sentence = chapters[chapter]?.sentences.findLastIndex((one) => one.start <= time);
  return sentence === undefined || sentence < 0 ? null : { chapter, sentence };
}
