/**
 * Where each sentence is in the video. The captions know their times and the storyboard knows the sentences with their pages;
 * both hold the same words in the same order, so a sentence begins where the captions have spoken the characters before it.
 */
import type { Scene } from '../api/types';

/** A caption as the video element gives it; seconds. */
export interface Cue {
  startTime: number;
  endTime: number;
  text: string;
}

export interface TimedSentence {
  text: string;
  page: number | null;
  /** Seconds from the beginning of the video. */
  start: number;
  end: number;
}

export interface Chapter {
  sceneId: string;
  n: number;
  heading: string;
  start: number;
  end: number;
  sentences: TimedSentence[];
}

/** Length without spaces and marks, because captions break lines where sentences have spaces. */
function weight(text: string): number {
  return text.replace(/<[^>]*>/g, '').replace(/[\s\p{P}\p{M}]/gu, '').length;
}

/** The chapters of a video of `seconds`; without cues the sentences share their scene by length. */
export function timeline(scenes: Scene[], cues: Cue[], seconds: number): Chapter[] {
  const lengths = sceneLengths(scenes, seconds);
  let start = 0;
  return scenes.map((scene, index) => {
    const end = start + (lengths[index] ?? 0);
    const own = cues.filter((cue) => {
      const middle = (cue.startTime + cue.endTime) / 2;
      return middle >= start && middle < end;
    });
    const chapter: Chapter = {
      sceneId: scene.id,
      n: scene.n,
      heading: scene.heading,
      start,
      end,
      sentences: timedSentences(scene, own, start, end),
    };
    start = end;
    return chapter;
  });
}

/** Each scene's seconds; what is not known is shared by the amount of text. */
function sceneLengths(scenes: Scene[], seconds: number): number[] {
  const known = scenes.reduce((sum, scene) => sum + (scene.seconds ?? 0), 0);
  const unknownWeight = scenes.reduce((sum, scene) => sum + (scene.seconds === null ? weight(scene.text) + 1 : 0), 0);
  const rest = Math.max(0, seconds - known);
  return scenes.map((scene) => scene.seconds ?? (rest * (weight(scene.text) + 1)) / unknownWeight);
}

function timedSentences(scene: Scene, cues: Cue[], start: number, end: number): TimedSentence[] {
  const sentences = scene.sentences.length > 0 ? scene.sentences : [{ text: scene.text, page: scene.pages[0] ?? null }];
  const total = sentences.reduce((sum, sentence) => sum + weight(sentence.text), 0) || 1;
  const clock = spokenClock(cues, start, end);
  let before = 0;
  return sentences.map((sentence) => {
    const from = clock(before / total);
    before += weight(sentence.text);
    return { text: sentence.text, page: sentence.page, start: from, end: clock(before / total) };
  });
}

/** From the share of the scene's characters that were spoken (0–1) to the time. */
function spokenClock(cues: Cue[], start: number, end: number): (share: number) => number {
  const total = cues.reduce((sum, cue) => sum + weight(cue.text), 0);
  if (total === 0) return (share) => start + (end - start) * share;
  return (share) => {
    if (share <= 0) return start;
    if (share >= 1) return end;
    let left = share * total;
    for (const cue of cues) {
      const own = weight(cue.text);
      // Within a thousandth of a cue's end the next one begins: sums of shares are not exact.
      if (left < own * 0.999) return cue.startTime + (cue.endTime - cue.startTime) * (left / own);
      left -= own;
    }
    return end;
  };
}

/** The sentence and chapter at a time; null before the first and after the last. */
export function spokenAt(chapters: Chapter[], time: number): { chapter: number; sentence: number } | null {
  const chapter = chapters.findIndex((one) => time >= one.start && time < one.end);
  const sentences = chapters[chapter]?.sentences;
  if (!sentences) return null;
  const sentence = sentences.findIndex((one) => time >= one.start && time < one.end);
  return { chapter, sentence: Math.max(0, sentence) };
}
