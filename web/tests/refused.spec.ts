import { writeFileSync } from 'node:fs';
import { expect, test } from './test';

test.use({ spec: 'refused' });

const REFUSED = [
  { file: 'not-a-pdf.pdf', code: 'not_a_pdf', english: 'This is not a PDF', arabic: 'هذا ليس ملف PDF' },
  { file: 'empty.pdf', code: 'document_empty', english: 'The file is empty', arabic: 'الملف فارغ' },
  { file: 'encrypted.pdf', code: 'document_encrypted', english: 'locked with a password', arabic: 'مقفل بكلمة مرور' },
  { file: 'truncated.pdf', code: 'document_damaged', english: 'The PDF is damaged', arabic: 'الملف تالف' },
  { file: 'short.pdf', code: 'document_too_short', english: 'too little text', arabic: 'النص قليل' },
  { file: 'scanned.pdf', code: 'document_scanned', english: 'These pages are pictures', arabic: 'هذه الصفحات صور' },
];

for (const { file, code, english, arabic } of REFUSED) {
  test(`${file} is refused with its reason in both languages`, async ({ studio, page }) => {
    await studio.open();
    await studio.choose(file);
    const refused = page.getByTestId('refused');
    await expect(refused).toHaveAttribute('data-code', code);
    await expect(refused).toContainText(english);
    await expect(refused).toContainText(file);
    await expect(refused).toContainText(code);
    await studio.accessible();
    if (code === 'document_encrypted') await studio.picture('refused');
    await page.getByTestId('language').click();
    await expect(refused).toContainText(arabic);
  });
}

test('a file over the limit is refused before it is sent', async ({ studio, page }, info) => {
  const path = info.outputPath('large.pdf');
  writeFileSync(path, Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(21_000_000, 0x20)]));
  await studio.open();
  await expect(page.getByText('up to')).toBeVisible();
  let sent = false;
  page.on('request', (request) => (sent ||= request.method() === 'POST'));
  await page.getByTestId('file').setInputFiles(path);
  await expect(page.getByTestId('refused')).toHaveAttribute('data-code', 'document_too_large');
  expect(sent).toBe(false);
});

test('after a refusal the next file is welcome', async ({ studio, page }) => {
  await studio.open();
  await studio.choose('not-a-pdf.pdf');
  await expect(page.getByTestId('refused')).toBeVisible();
  await studio.choose('rivers-en.pdf');
  await expect(page.getByTestId('found')).toBeVisible();
  // What was found is still there after a reload.
  await page.reload();
  await expect(page.getByTestId('found')).toContainText('rivers-en.pdf');
});
