/** Uploads that go on, and the page as an installed program: offline, and as a target of shared files. */
import { readFileSync, writeFileSync } from 'node:fs';
import { documentPath, expect, test } from './test';

test.use({ spec: 'installed', serviceWorkers: 'allow' });

/** A real PDF that is long on the way: what follows the end of the file is passed over by readers. */
function large(path: string): string {
  const pdf = readFileSync(documentPath('rivers-en.pdf'));
  const end = pdf.lastIndexOf('startxref');
  const padding = Buffer.from(`%${'x'.repeat(120)}\n`.repeat(100_000));
  writeFileSync(path, Buffer.concat([pdf.subarray(0, end), padding, pdf.subarray(end)]));
  return path;
}

test('an upload goes on after the connection was away, and after a reload', async ({ studio, page, context }, info) => {
  const file = large(info.outputPath('large.pdf'));
  const slow = await context.newCDPSession(page);
  const speed = (bytes: number, offline = false) =>
    slow.send('Network.emulateNetworkConditions', {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytes,
    });
  await slow.send('Network.enable');
  const offsets: number[] = [];
  page.on('request', (request) => {
    const offset = request.headers()['upload-offset'];
    if (request.method() === 'PATCH' && offset !== undefined) offsets.push(Number(offset));
  });
  await studio.open();
  await speed(1_500_000);
  await page.getByTestId('file').setInputFiles(file);
  const sent = page.getByRole('progressbar');
  await expect
    .poll(async () => Number(await sent.getAttribute('aria-valuenow')), { timeout: 20_000 })
    .toBeGreaterThan(15);
  await speed(1_500_000, true);
  await expect(page.getByText('It goes on by itself')).toBeVisible();
  await studio.picture('upload-waits');
  await studio.accessible();
  await speed(1_500_000);
  await expect.poll(() => offsets.length, { timeout: 20_000 }).toBeGreaterThan(1);
  expect(offsets[1], 'it goes on where it stopped').toBeGreaterThan(0);
  await expect
    .poll(async () => Number(await sent.getAttribute('aria-valuenow')), { timeout: 20_000 })
    .toBeGreaterThan(40);
  await page.reload();
  await speed(-1);
  await expect(page.getByTestId('found')).toContainText('large.pdf', { timeout: 60_000 });
  expect(offsets.at(-1), 'after the reload too').toBeGreaterThan(offsets[1]!);
});

test('an upload that is stopped leaves nothing on the server', async ({ studio, page, context }, info) => {
  const slow = await context.newCDPSession(page);
  await studio.open();
  await slow.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 1_000_000,
  });
  const created = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.status() === 201);
  await page.getByTestId('file').setInputFiles(large(info.outputPath('large.pdf')));
  const address = (await created).headers()['location']!;
  await page.getByRole('button', { name: 'Stop' }).click();
  const upload = new URL(address, studio.server.url).href;
  await expect.poll(async () => (await page.request.get(upload)).status(), { timeout: 20_000 }).toBe(404);
  await page.reload();
  await expect(page.getByText('Drop a PDF here')).toBeVisible();
});

test('installed: it opens offline, tells so, and takes a shared file', async ({ studio, page, context }) => {
  await studio.open('/');
  const manifest = (await (await page.request.get(`${studio.server.url}/manifest.webmanifest`)).json()) as {
    icons: { src: string }[];
  };
  for (const { src } of manifest.icons)
    expect((await page.request.get(studio.server.url + src)).status(), src).toBe(200);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await context.setOffline(true);
  await page.goto(`${studio.server.url}/library`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Library');
  await expect(page.getByTestId('connection')).toContainText('offline');
  await studio.picture('offline');
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map((request) => new URL(request.url).pathname);
  });
  expect(kept.filter((path) => /^\/(api|media|sign-in|auth|examples)/.test(path))).toEqual([]);
  await context.setOffline(false);
  await expect(page.getByTestId('connection')).toHaveCount(0);

  const base64 = readFileSync(documentPath('rivers-en.pdf')).toString('base64');
  await page.evaluate((content) => {
    const form = document.createElement('form');
    Object.assign(form, { action: '/share', method: 'post', enctype: 'multipart/form-data' });
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', name: 'file' });
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], 'shared.pdf', { type: 'application/pdf' }));
    input.files = transfer.files;
    form.append(input);
    document.body.append(form);
    form.submit();
  }, base64);
  await page.waitForURL('**/reel');
  await expect(page.getByTestId('found')).toContainText('shared.pdf');
});

test('installed: a shared text is captured, without the address beside it; an address alone is a text', async ({
  studio,
  page,
}) => {
  await studio.open('/capture');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  const share = (given: Record<string, string>) =>
    page.evaluate((fields) => {
      const form = document.createElement('form');
      Object.assign(form, { action: '/share', method: 'post', enctype: 'multipart/form-data' });
      for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement('input');
        form.append(Object.assign(input, { type: 'hidden', name, value }));
      }
      document.body.append(form);
      form.submit();
    }, given);
  const newest = page.getByTestId('recent').getByTestId('phrase-row').first();
  await share({ text: 'Где мой чай?', url: 'https://example.org/tea' });
  await expect(newest).toContainText('Где мой чай?');
  await expect(newest).not.toContainText('example.org');
  await share({ url: 'https://example.org/tea' });
  await expect(newest).toContainText('https://example.org/tea');
});
