/** Marks on words by the browser's own highlights: no element per word. A browser without them shows the plain text. */

export interface Letters {
  node: Text;
  from: number;
  to: number;
}

export type Mark = 'scribe-spoken' | 'scribe-found' | 'scribe-found-now';

const can = () => typeof CSS !== 'undefined' && 'highlights' in CSS;

/** In the place of what was marked so before. */
export function mark(name: Mark, letters: Letters[]): void {
  if (!can()) return;
  const ranges = letters.map(({ node, from, to }) => {
    const range = new StaticRange({
      startContainer: node,
      startOffset: Math.min(from, node.length),
      endContainer: node,
      endOffset: Math.min(to, node.length),
    });
    return range;
  });
  CSS.highlights.set(name, new Highlight(...ranges));
}

export function unmark(...names: Mark[]): void {
  if (can()) for (const name of names) CSS.highlights.delete(name);
}

/** The letter of a text under a point of the page; null beside it. */
export function letterAt(x: number, y: number): { node: Node; offset: number } | null {
  if ('caretPositionFromPoint' in document) {
    const place = document.caretPositionFromPoint(x, y);
    return place ? { node: place.offsetNode, offset: place.offset } : null;
  }
  // Safari and older Chromium.
  const range = (document as Document).caretRangeFromPoint(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}
