/** What may be said in a scene, and what has become of a text that somebody else changed meanwhile. Pure. */
import type { Draft } from '../state/drafts.svelte';
import { countWords } from './spoken';

export interface Limits {
  /** Of the text, in words; null while the server has not said. */
  words: { least: number; most: number } | null;
  /** Of the heading. */
  headingCharacters: number | null;
}

/** Why a text cannot be saved, as the key of its words. */
export type TextFault = 'empty' | 'short' | 'long';
export type HeadingFault = 'empty' | 'long';

export function textFault(text: string, limits: Limits): TextFault | null {
  const words = countWords(text);
  if (words === 0) return 'empty';
  if (limits.words && words < limits.words.least) return 'short';
  if (limits.words && words > limits.words.most) return 'long';
  return null;
}

export function headingFault(heading: string, limits: Limits): HeadingFault | null {
  const length = [...heading.trim().replace(/\s+/gu, ' ')].length;
  if (length === 0) return 'empty';
  return limits.headingCharacters !== null && length > limits.headingCharacters ? 'long' : null;
}

/** The words of a scene, and the tag of that version. */
export interface Version {
  heading: string;
  text: string;
  etag?: string | undefined;
}

export function isSame(one: Version, other: Version): boolean {
  return one.heading === other.heading && one.text === other.text;
}

/**
 * Whether `now` is a version that whoever writes has not seen: it is neither the one that they began with nor what they have written
 * themselves.
 */
export function isConflict(base: Version, now: Version, mine: Version): boolean {
  return !isSame(base, now) && !isSame(now, mine) && !isSame(base, mine);
}

/** The version that a draft was begun with; a draft of an older page did not keep it. */
export function baseOf(draft: Draft | undefined, scene: Version): Version {
  return draft?.base ?? { heading: scene.heading, text: scene.text, etag: scene.etag };
}
