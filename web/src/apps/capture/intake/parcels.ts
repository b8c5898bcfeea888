/** A pasted text as the captures that it becomes. */

/** Characters of a line that a message shows, as the server does. */
const SHOWN = 40;

/** The lines that are not empty. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A line as it stands in a field. */
export interface Numbered {
  /** Counted from 1. */
  number: number;
  text: string;
}

/** The lines of a list that become phrases, and those that are left out: those without a letter, unless all are so. */
export function sorted(text: string): { phrases: Numbered[]; leftOut: Numbered[] } {
  const all = text.split(/\r\n|\r|\n/).map((line, at) => ({ number: at + 1, text: line.trim() }));
  const lines = all.filter((line) => line.text !== '');
  const hasLetter = (line: Numbered) => /\p{Alphabetic}/u.test(line.text);
  if (!lines.some(hasLetter)) return { phrases: lines, leftOut: [] };
  return { phrases: lines.filter(hasLetter), leftOut: lines.filter((line) => !hasLetter(line)) };
}

/** So much of a line that a person finds it. */
export function beginning(text: string): string {
  const letters = [...text];
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join('')}…` : text;
}

/** A list in as many parts as the server takes at once, each with the most lines. */
export function parcels(text: string, eachLine: boolean, most: number): string[] {
  if (!eachLine) return text.trim() === '' ? [] : [text.trim()];
  // A part of nothing but rules would be refused, though its list is not.
  const lines = sorted(text).phrases.map((line) => line.text);
  const parts: string[] = [];
  for (let from = 0; from < lines.length; from += most) parts.push(lines.slice(from, from + most).join('\n'));
  return parts;
}
