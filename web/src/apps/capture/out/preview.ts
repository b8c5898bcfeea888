/** A side of a card as a document of its own. It is shown in a sandboxed frame: nothing of it runs, whatever the card says. */
import type { Sides } from '../types';

export function documentOf(side: 'front' | 'back', sides: Sides, lang: string, dark: boolean): string {
  const shown = dark ? 'card nightMode' : 'card';
  // The style is the server's own, and the sides are escaped by it; the sandbox does not rely on that.
  const css = sides.css.replaceAll('</', '<\\/');
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>${side}</title><style>${css} body { margin: 0; padding: 1rem; }</style></head><body class="${shown}">${sides[side]}</body></html>`;
}
