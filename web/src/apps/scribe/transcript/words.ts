/** Where the words of a passage are in its text, and which is spoken when. Pure. */
import type { SpokenWord } from '../types';

export interface Place {
  /** Of its first letter in the text, and after its last one. */
  from: number;
  to: number;
  start_ms: number;
  end_ms: number;
}

interface Spoken {
  text: string;
  words: SpokenWord[];
}

/** Words that the text does not have are left out: they cannot be marked. */
export function placesOf({ text, words }: Spoken): Place[] {
  const places: Place[] = [];
  let after = 0;
  for (const word of words) {
    const spelled = word.text.trim();
    const from = spelled ? text.indexOf(spelled, after) : -1;
    if (from < 0) continue;
    after = from + spelled.length;
    places.push({ from, to: after, start_ms: word.start_ms, end_ms: word.end_ms });
  }
  return places;
}

/** The last word that began by then; null before the first one. */
export function placeAt(places: Place[], ms: number): Place | null {
  return lastBegun(places, ms) ?? null;
}

/** The word at a letter of the text, or the one before it. */
export function placeOfLetter(places: Place[], letter: number): Place | null {
  return places.findLast(({ from }) => from <= letter) ?? places[0] ?? null;
}

/** The last of a sorted list that began by then, by halving. */
export function lastBegun<One extends { start_ms: number }>(sorted: One[], ms: number): One | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.start_ms <= ms) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/g;
const LEFT_TO_RIGHT = /[A-Za-z\u00c0-\u024f\u0370-\u052f]/g;

/** By the script of most letters: the first one may be that of a foreign name. */
export function directionOf(text: string, otherwise: 'ltr' | 'rtl'): 'ltr' | 'rtl' {
  const right = text.match(RIGHT_TO_LEFT)?.length ?? 0;
  const left = text.match(LEFT_TO_RIGHT)?.length ?? 0;
  if (right === left) return otherwise;
  return right > left ? 'rtl' : 'ltr';
}

export function directionOfLanguage(code: string): 'ltr' | 'rtl' {
  return ['ar', 'he', 'fa', 'ur', 'yi', 'ps', 'sd', 'ug', 'ckb', 'dv'].includes(code) ? 'rtl' : 'ltr';
}
