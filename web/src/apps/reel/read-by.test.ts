import { expect, it } from 'vitest';
import { readBy } from './read-by';

it('tells the pages that OCR read from those of the text layer', () => {
  expect(readBy('poppler 22.12.0')).toEqual({ layer: 'poppler 22.12.0', ocr: null, pages: [] });
  expect(readBy('tesseract 5.3.0')).toEqual({ layer: null, ocr: 'tesseract 5.3.0', pages: [] });
  const both = { layer: 'poppler 22.12.0', ocr: 'tesseract 5.3.0' };
  expect(readBy('poppler 22.12.0; page 3 by tesseract 5.3.0')).toEqual({ ...both, pages: [3] });
  expect(readBy('poppler 22.12.0; pages 3, 5 by tesseract 5.3.0')).toEqual({ ...both, pages: [3, 5] });
});
