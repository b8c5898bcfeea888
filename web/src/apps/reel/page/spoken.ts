/** Counts spoken text by the server's rules: words, and seconds at the language's pace. */
const WORDS_PER_MINUTE: Record<string, number> = { ar: 120 };
const OTHERS = 150;

/** A dash or a bullet between spaces is no word. */
export function countWords(text: string): number {
  return text.split(/\s+/u).filter((word) => /[\p{Alphabetic}\p{N}]/u.test(word)).length;
}

export function spokenSeconds(words: number, languageCode: string): number {
  return (words * 60) / (WORDS_PER_MINUTE[languageCode] ?? OTHERS);
}
