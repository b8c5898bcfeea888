/** Finding words in a transcript, whatever their case and marks. Pure. */

export interface Match {
  /** The index of the passage. */
  passage: number;
  from: number;
  to: number;
}

const MARKS = /\p{M}|\u0640/u;
/** Letters of Arabic that are written one for the other. */
const SAME: Record<string, string> = { أ: 'ا', إ: 'ا', آ: 'ا', ٱ: 'ا', ى: 'ي', ة: 'ه', '’': "'" };

/** The letters that count, each with its position in the text, and the end of the text. */
export interface Searchable {
  letters: string;
  at: number[];
}

export function searchable(text: string): Searchable {
  let letters = '';
  const at: number[] = [];
  let position = 0;
  for (const sign of text) {
    for (const letter of (SAME[sign] ?? sign).normalize('NFD').toLowerCase()) {
      if (MARKS.test(letter)) continue;
      letters += letter;
      for (let unit = 0; unit < letter.length; unit += 1) at.push(position);
    }
    position += sign.length;
  }
  at.push(position);
  return { letters, at };
}

/** All of them, in order; none for an empty search. */
export function matchesOf(texts: Searchable[], wanted: string): Match[] {
  const { letters: needle } = searchable(wanted.trim());
  if (!needle) return [];
  return texts.flatMap(({ letters, at }, passage) => {
    const found: Match[] = [];
    for (let n = letters.indexOf(needle); n >= 0; n = letters.indexOf(needle, n + needle.length)) {
      found.push({ passage, from: at[n]!, to: at[n + needle.length]! });
    }
    return found;
  });
}
