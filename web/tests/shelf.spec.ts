/** The library: documents, and files that did not arrive completely. */
import { AxeBuilder } from './axe';
import { begin, sendDocument, sendHalf, signIn } from './people';
import { Server } from './server';
import { documentPath, expect, test } from './test';

test.use({ spec: 'shelf' });

let server: Server;

test.beforeAll(async ({ playwright }) => {
  server = await Server.create([]);
  const request = await playwright.request.newContext();
  await begin(server, request);
  await request.dispose();
});

test.afterAll(() => server.end());

test('documents are searched, filtered, sorted, and deleted with undo', async ({ browser }) => {
  const page = await signIn(server, browser);
  for (const [file, name] of [
    ['rivers-en.pdf', 'Rivers of the north.pdf'],
    ['rivers-ar.pdf', 'أنهار الشمال.pdf'],
  ])
    await sendDocument(server, page, file!, name!);
  await page.goto(`${server.url}/library`);
  await page.getByTestId('library-documents').click();
  await expect(page).toHaveURL(/show=documents/);
  const rows = page.getByTestId('document-row');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('أنهار الشمال.pdf');
  await page.getByTestId('library-sort').selectOption('oldest');
  await expect(rows.first()).toContainText('Rivers of the north.pdf');
  await page.getByTestId('library-search').fill('أنهار');
  await expect(rows).toHaveCount(1);
  await page.reload();
  await expect(rows, 'what is asked for is part of the address').toHaveCount(1);
  await page.getByTestId('library-search').fill('');
  await page.getByTestId('library-use').selectOption('used');
  await expect(page.getByTestId('documents-none')).toBeVisible();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(rows).toHaveCount(2);
  await page.getByTestId('select-all').check();
  await page.screenshot({ path: 'test-results/pictures/library-documents.png' });
  await page.getByTestId('library-delete').click();
  await expect(rows).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows).toHaveCount(2);
  await rows.filter({ hasText: 'Rivers' }).getByRole('checkbox').check();
  await page.getByTestId('library-delete').click();
  // Leaving does not undo it.
  await page.goto(`${server.url}/settings`);
  const left = async () =>
    ((await (await page.request.get(`${server.url}/api/v1/documents`)).json()) as { items: { name: string }[] }).items;
  await expect.poll(async () => (await left()).map(({ name }) => name)).toEqual(['أنهار الشمال.pdf']);
});

test('a document of which something is made stays', async ({ browser }) => {
  const page = await signIn(server, browser);
  const id = await sendDocument(server, page, 'rivers-en.pdf', 'In use.pdf');
  const data = { document_id: id, shape: '1:1' };
  expect((await page.request.post(`${server.url}/api/v1/reels`, { data })).status()).toBe(202);
  await page.goto(`${server.url}/library?show=documents&q=in+use`);
  const row = page.getByTestId('document-row');
  await expect(row).toContainText('In use');
  await expect(row.getByRole('checkbox')).toBeDisabled();
  await page.getByTestId('library-use').selectOption('unused');
  await expect(page.getByTestId('documents-none')).toBeVisible();
});

for (const language of ['en', 'ar'] as const) {
  test(`an interrupted file goes on, or is discarded with undo: ${language}`, async ({ browser }) => {
    const page = await signIn(server, browser, { language });
    await sendHalf(server, page, 'rivers-en.pdf', `half-${language}.pdf`);
    await sendHalf(server, page, 'rivers-ar.pdf', `other-${language}.pdf`);
    await page.goto(`${server.url}/library?show=uploads`);
    const rows = page.getByTestId('upload-row');
    await expect(rows).toHaveCount(2);
    await page.getByTestId('library-search').fill('half');
    await expect(rows).toHaveCount(1);
    await expect(rows.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^(49|50)$/);
    expect(await new AxeBuilder(page).analyse()).toEqual([]);
    await page.screenshot({ path: `test-results/pictures/library-uploads-${language}.png` });

    const choose = async (name: string) => {
      const chooser = page.waitForEvent('filechooser');
      await rows.getByTestId('upload-continue').click();
      await (await chooser).setFiles(documentPath(name));
    };
    // Another file is not appended to it.
    await choose('rivers-ar.pdf');
    await expect(page.locator('[data-sonner-toast][data-type=error]')).toContainText(`half-${language}.pdf`);
    await expect(rows).toHaveCount(1);
    const sent: string[] = [];
    page.on('request', (asked) => {
      if (asked.method() === 'PATCH') sent.push(asked.headers()['upload-offset'] ?? '');
    });
    await choose('rivers-en.pdf');
    await expect(page.locator('[data-sonner-toast][data-type=success]')).toContainText(`half-${language}.pdf`);
    expect(Number(sent[0]), 'only what was missing is sent').toBeGreaterThan(0);
    await page.getByTestId('library-documents').click();
    await expect(page.getByTestId('document-row').first()).toContainText(`half-${language}.pdf`);

    await page.getByTestId('library-uploads').click();
    await expect(rows).toHaveCount(1);
    await page.getByTestId('upload-discard').click();
    await expect(rows).toHaveCount(0);
    await page.locator('[data-sonner-toast] [data-button]').last().click();
    await expect(rows).toHaveCount(1);
    await page.getByTestId('upload-discard').click();
    await page.goto(`${server.url}/settings`);
    const open = async () => (await (await page.request.get(`${server.url}/api/v1/uploads`)).json()) as [];
    await expect.poll(open, 'leaving does not undo it').toEqual([]);
  });
}
