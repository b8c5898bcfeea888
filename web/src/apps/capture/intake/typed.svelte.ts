/** What stands in the field of the page that captures: what a person types, or a list that was refused and is to be mended. */
import { linesOf } from './parcels';

class Typed {
  text = $state('');
  /** Null until the person has chosen: more than one line is a list then. */
  eachLine = $state<boolean | null>(null);
  /** The place in the text that is to be looked at; taken once. */
  look = $state.raw<[from: number, to: number] | null>(null);

  /** The keys of the captures that are mended here, the latest first: they are kept until they are sent or thrown away. */
  from = $state.raw<string[]>([]);

  clear() {
    this.text = '';
    this.eachLine = null;
    this.from = [];
  }

  /** Puts what was refused before what stands here, and shows its line at fault, counted from 1. */
  edit({ key, text, eachLine }: { key: string; text: string; eachLine: boolean }, line: number | null) {
    const there = this.text.trim();
    this.from = [key, ...this.from.filter((one) => one !== key)];
    this.text = there === '' ? text : `${text}\n${there}`;
    this.eachLine = eachLine || linesOf(this.text).length < 2 ? null : false;
    this.look = placeOf(text, line);
  }
}

/** Where a line of a text stands; the end of the text if none is at fault. */
export function placeOf(text: string, line: number | null): [from: number, to: number] {
  const lines = text.split('\n');
  const found = line === null ? undefined : lines[line - 1];
  if (line === null || found === undefined) return [text.length, text.length];
  const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return [from, from + found.length];
}

export const typed = new Typed();
