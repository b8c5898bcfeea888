/** How a document was read, as the server says it: `poppler 22.12.0; pages 3, 5 by tesseract 5.3.0`. Pure. */

export interface ReadBy {
  /** What read the text layer; null if OCR read every page. */
  layer: string | null;
  /** The OCR that read pages; null if none did. */
  ocr: string | null;
  /** The pages that OCR read, where the text layer gave the others. */
  pages: number[];
}

const BOTH = /^(?<layer>.+?); pages? (?<pages>[\d, ]+) by (?<ocr>.+)$/;

export function readBy(text: string): ReadBy {
  const both = BOTH.exec(text)?.groups;
  if (both) return { layer: both['layer']!, ocr: both['ocr']!, pages: both['pages']!.split(',').map(Number) };
  return text.startsWith('poppler') ? { layer: text, ocr: null, pages: [] } : { layer: null, ocr: text, pages: [] };
}
