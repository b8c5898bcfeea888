/** A pasted text as the captures that it becomes. */

/** The lines that are not empty. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A list in as many parts as the server takes at once, each with the most lines. */
export function parcels(text: string, eachLine: boolean, most: number): string[] {
  if (!eachLine) return text.trim() === '' ? [] : [text.trim()];
  const lines = linesOf(text);
  const parts: string[] = [];
  for (let from = 0; from < lines.length; from += most) parts.push(lines.slice(from, from + most).join('\n'));
  return parts;
}
