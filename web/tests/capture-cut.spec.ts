/** A large photograph on a bad connection: it is cut in the middle, goes on where it stopped, and is one card. */
import { MADE_WITHIN, phrases, sign } from './captured';
import { expect, test } from './test';

test.use({ spec: 'capture-cut' });

/** As much as a photograph of a phone has. Readers pass over what follows the end of a picture. */
const BYTES = 8 * 1024 * 1024;
/** Bytes a second of the connection that is cut. */
const SLOW = 1_500_000;

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
  const photo = await sign(page, 'La casa es muy grande', 'sign.png', BYTES);
  await speed(SLOW);
  await page.getByTestId('capture-files').setInputFiles(photo);
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
  const { items } = await phrases(page, url);
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ source: 'image', text: { text: expect.stringMatching(/casa es muy grande/i) } });
  const kept = await page.request.get(new URL(items[0]!.picture!.href, url).href);
  expect((await kept.body()).equals(photo.buffer), 'every byte of it arrived once').toBe(true);
});
