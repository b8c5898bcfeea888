/** A large photograph on a bad connection: it is cut in the middle, goes on where it stopped, and is one card. */
import type { Page } from '@playwright/test';
import { expect, test } from './test';

test.use({ spec: 'capture-cut' });

const MADE_WITHIN = 120_000;
/** As much as a photograph of a phone has. Readers pass over what follows the end of a picture. */
const BYTES = 8 * 1024 * 1024;
/** Bytes a second of the connection that is cut. */
const SLOW = 1_500_000;

/** A picture of a sign that says this. */
async function sign(page: Page, text: string): Promise<Buffer> {
  const png = await page.evaluate(async (said) => {
    const canvas = new OffscreenCanvas(1200, 300);
    const paint = canvas.getContext('2d')!;
    paint.fillStyle = '#fff';
    paint.fillRect(0, 0, 1200, 300);
    paint.fillStyle = '#000';
    paint.font = '72px sans-serif';
    paint.fillText(said, 80, 170);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  }, text);
  const picture = Buffer.from(png, 'base64');
  return Buffer.concat([picture, Buffer.alloc(BYTES - picture.length)]);
}

test('a large photo that is cut goes on where it stopped, and is one card to review', async ({
  studio,
  page,
  context,
}) => {
  const { url } = studio.server;
  const slow = await context.newCDPSession(page);
  const speed = (uploadThroughput: number, offline = false) =>
    slow.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput });
  await slow.send('Network.enable');
  const offsets: number[] = [];
  let begun = 0;
  page.on('request', (request) => {
    if (!new URL(request.url()).pathname.startsWith('/api/v1/uploads')) return;
    if (request.method() === 'POST') begun += 1;
    const offset = request.headers()['upload-offset'];
    if (request.method() === 'PATCH' && offset !== undefined) offsets.push(Number(offset));
  });

  await studio.open('/capture');
  await page.getByTestId('wish-language').selectOption('es');
  const buffer = await sign(page, 'La casa es muy grande');
  await speed(SLOW);
  await page.getByTestId('capture-files').setInputFiles({ name: 'sign.png', mimeType: 'image/png', buffer });
  const row = page.getByTestId('way-row');
  await expect(row).toContainText('sign.png');
  const sent = async () => Number(await row.getByRole('progressbar').getAttribute('aria-valuenow'));
  await expect.poll(sent, { timeout: 20_000 }).toBeGreaterThan(20);
  await speed(SLOW, true);
  await expect(row, 'it is still here').toBeVisible();
  expect(await sent(), 'it was cut in the middle').toBeLessThan(100);
  await studio.picture('capture-cut');
  await speed(-1);

  await expect(page.getByTestId('on-their-way')).toHaveCount(0);
  expect(offsets.length, 'a second request sent the rest').toBeGreaterThan(1);
  expect(offsets[0]).toBe(0);
  expect(offsets.at(-1), 'it goes on where it stopped').toBeGreaterThan(0);
  expect(begun, 'it was announced once').toBe(1);

  const phrase = page.getByTestId('recent').getByTestId('phrase-row');
  await expect(phrase, 'it is one phrase').toHaveCount(1);
  await expect(phrase).toHaveAttribute('data-state', 'pending_review', { timeout: MADE_WITHIN });
  type Answer = { items: { source: string; text: { text: string }; picture: { href: string } }[] };
  const { items } = (await (await page.request.get(`${url}/api/v1/phrases?limit=10`)).json()) as Answer;
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ source: 'image', text: { text: expect.stringMatching(/casa es muy grande/i) } });
  const kept = await page.request.get(new URL(items[0]!.picture.href, url).href);
  expect((await kept.body()).equals(buffer), 'every byte of it arrived once').toBe(true);
});
