/** Every way in: photos that fall, are pasted, shared or wait offline; several at once; phrases on a theme that a model drafts. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { give, MADE_WITHIN, phrases, settled, sign } from './captured';
import { Server } from './server';
import { expect, Studio, test } from './test';

test.use({ spec: 'capture-in' });

const rows = (page: Page) => page.getByTestId('recent').getByTestId('phrase-row');
const waiting = (page: Page) => page.getByTestId('way-row');

/** The picture of a row is there, and not a broken one. */
async function thumbnail(row: ReturnType<typeof waiting>) {
  const width = () =>
    row.locator('img').evaluate((image: HTMLImageElement) => (image.complete ? image.naturalWidth : 0));
  await expect.poll(width).toBeGreaterThan(0);
}

async function newestIs(page: Page, text: RegExp) {
  const newest = rows(page).filter({ hasText: text });
  await expect(newest).toHaveCount(1, { timeout: MADE_WITHIN });
  await expect(newest).toHaveAttribute('data-state', 'pending_review', { timeout: MADE_WITHIN });
  await thumbnail(newest);
}

test('a photo that falls on the page and one that is pasted become cards', async ({ studio, page }) => {
  await studio.open('/capture');
  await page.getByTestId('wish-language').selectOption('es');
  const casa = await sign(page, 'La casa es muy grande');
  await give(page, 'hold', [casa]);
  await expect(page.getByText('Drop photos and clips to make cards'), 'it says what becomes of it').toBeVisible();
  const over = (await page.locator('.over').boundingBox())!;
  expect([over.x, over.x + over.width], 'all over the window').toEqual([12, 1280 - 12]);
  await studio.picture('capture-drop');
  await give(page, 'drop', [casa]);
  await expect(page.getByText('Drop photos and clips to make cards')).toHaveCount(0);
  await newestIs(page, /casa es muy grande/i);
  await give(page, 'paste', [await sign(page, 'El tren llega tarde', 'image.png')]);
  await newestIs(page, /tren llega tarde/i);
  // From any page of Capture.
  await page.goto(`${studio.server.url}/capture/review`);
  await give(page, 'drop', [await sign(page, 'Quiero un vaso de agua', 'water.png')]);
  await expect.poll(async () => (await phrases(page, studio.server.url)).items.length).toBe(3);
  await settled(page, studio.server.url);
});

test('of several photos three are sent at a time, each with its picture and its progress', async ({
  studio,
  page,
  context,
}) => {
  const { url } = studio.server;
  const [underWay, seen, parts] = [new Set<unknown>(), { most: 0, all: 0 }, new Set<string>()];
  const isFile = (address: string) => new URL(address).pathname === '/api/v1/phrases/files';
  page.on('request', (request) => {
    if (!isFile(request.url())) return;
    underWay.add(request);
    seen.all += 1;
    seen.most = Math.max(seen.most, underWay.size);
  });
  page.on('requestfinished', (request) => underWay.delete(request));
  await studio.open('/capture');
  await page.getByTestId('wish-language').selectOption('es');
  const before = (await phrases(page, url)).items.length;
  const words = ['El perro duerme', 'La luna es blanca', 'Mi hermano canta', 'Hoy hace calor', 'El agua es clara'];
  const files = await Promise.all(words.map((text, n) => sign(page, text, `photo-${n + 1}.png`, 400_000)));
  const slow = await context.newCDPSession(page);
  const speed = (uploadThroughput: number) =>
    slow.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await slow.send('Network.enable');
  await speed(150_000);
  await page.getByTestId('capture-files').setInputFiles(files);
  await expect(waiting(page)).toHaveCount(5);
  for (const row of await waiting(page).all()) await thumbnail(row);
  await expect(waiting(page).and(page.locator('[data-state=sending]'))).toHaveCount(3);
  await expect(waiting(page).and(page.locator('[data-state=waiting]'))).toHaveCount(2);
  await studio.accessible();
  await studio.picture('capture-several');
  const shown = async () => {
    for (const bar of await page.getByTestId('on-their-way').getByRole('progressbar').all()) {
      const value = Number(await bar.getAttribute('aria-valuenow', { timeout: 1000 }).catch(() => 0));
      if (value > 0 && value < 100) parts.add((await bar.getAttribute('aria-label').catch(() => '')) ?? '');
    }
    return parts.size;
  };
  await expect.poll(shown, { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
  await speed(-1);
  await expect(page.getByTestId('on-their-way')).toHaveCount(0);
  expect(seen, 'three at a time, and each once').toEqual({ most: 3, all: 5 });
  expect((await phrases(page, url)).items).toHaveLength(before + 5);
  await settled(page, url);
  for (const text of words) await expect(rows(page).filter({ hasText: new RegExp(text, 'i') })).toHaveCount(1);
});

test('a picture that the browser cannot show has a sign in its place, and says why it is refused', async ({
  studio,
  page,
}) => {
  await studio.open('/capture');
  const buffer = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
  await give(page, 'drop', [{ name: 'photo.heic', mimeType: 'image/heic', buffer }]);
  const row = waiting(page);
  await expect(row).toHaveAttribute('data-state', 'refused');
  await expect(row).toContainText('This picture is HEIC');
  await expect(row.locator('img')).toHaveCount(0);
  await expect(row.locator('.picture svg')).toHaveCount(1);
  await row.getByRole('button', { name: /^Remove .*photo\.heic/ }).click();
  await expect(row).toHaveCount(0);
});

test.describe('installed', () => {
  test.use({ serviceWorkers: 'allow' });

  async function installed(page: Page) {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  }

  test('photos that are shared with the installed page become cards', async ({ studio, page }) => {
    await studio.open('/capture');
    await page.getByTestId('wish-language').selectOption('es');
    await installed(page);
    const shared = [await sign(page, 'Nos vemos mañana', 'a.png'), await sign(page, 'El pan está caliente', 'b.png')];
    await give(page, 'share', shared);
    await page.waitForURL('**/capture');
    await newestIs(page, /vemos ma[nñ]ana/i);
    await newestIs(page, /pan est[aá] caliente/i);
  });

  test('photos and lines that wait offline are still there after reloads, and are sent once', async ({
    studio,
    page,
    context,
  }) => {
    await studio.open('/capture');
    await page.getByTestId('wish-language').selectOption('es');
    await installed(page);
    const before = (await phrases(page, studio.server.url)).items.length;
    const photo = await sign(page, 'La puerta está cerrada', 'door.png');
    await context.setOffline(true);
    await page.getByTestId('capture-files').setInputFiles(photo);
    await expect(waiting(page)).toHaveCount(1);
    await page.getByTestId('phrase-text').fill('Buenas noches');
    await page.getByTestId('phrase-text').press('Enter');
    for (let reload = 0; reload < 2; reload += 1) {
      await expect(waiting(page)).toHaveCount(2);
      await expect(waiting(page).nth(0)).toContainText('door.png');
      await thumbnail(waiting(page).nth(0));
      await expect(waiting(page).nth(1)).toContainText('Buenas noches');
      await expect(page.getByTestId('way-waits')).toContainText('Kept on this device');
      await page.reload();
    }
    await studio.picture('capture-offline-reloaded');
    await context.setOffline(false);
    await expect(page.getByTestId('on-their-way')).toHaveCount(0, { timeout: 60_000 });
    await newestIs(page, /puerta est[aá] cerrada/i);
    const { items } = await phrases(page, studio.server.url);
    expect(items, 'each once').toHaveLength(before + 2);
    await expect(rows(page).filter({ hasText: 'Buenas noches' })).toHaveCount(1);
  });
});

/** A configuration with that model. */
function configOf(url: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-model-')), 'sluice.toml');
  const provider = `[providers.own]\nkind = "openai"\nserver = "vllm"\nurl = "${url}"\nmodels = { complete = "small" }\n`;
  writeFileSync(path, `${provider}[[route.complete]]\nprovider = "own"\n`);
  return path;
}

/** A server of one's own with a language model that always says this, as the servers of people's own do it. */
async function model(says: object) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
      const message = { role: 'assistant', content: JSON.stringify(says) };
      const answer = { id: 'one', object: 'chat.completion', created: 1, model: 'small', usage };
      const choices = [{ index: 0, finish_reason: 'stop', message }];
      response.end(JSON.stringify(request.method === 'GET' ? { data: [{ id: 'small' }] } : { ...answer, choices }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, end: () => server.close() };
}

test('drafts on a theme are in no queue until they are kept, and only those that are', async ({ page }) => {
  const texts = ['Quiero un café con leche', 'La cuenta, por favor', '¿Tienen mesa para dos?'];
  const said = await model({ phrases: texts });
  const configured = [
    ...['--single-user', '--outbound-allow', '127.0.0.1'],
    ...['--config', configOf(`http://127.0.0.1:${said.port}/v1`)],
  ];
  const server = await Server.create(configured);
  const studio = new Studio(page, server);
  try {
    await studio.open('/capture');
    const theme = page.getByTestId('theme');
    await theme.locator('summary').click();
    await page.getByTestId('theme-about').fill('In a café');
    await theme.getByRole('combobox').selectOption('es');
    await page.getByTestId('ask-theme').click();
    const drafts = page.getByTestId('drafts').getByRole('listitem');
    await expect(drafts).toHaveText(texts);
    await studio.accessible();
    await studio.picture('capture-drafts');
    expect((await phrases(page, server.url)).items, 'nothing is there to be reviewed').toEqual([]);
    // They are still there after a reload, and still drafts.
    await page.reload();
    await theme.locator('summary').click();
    await expect(drafts).toHaveText(texts);
    await page.goto(`${server.url}/capture/review`);
    await expect(page.getByTestId('nothing-to-review')).toBeVisible();
    await page.goto(`${server.url}/capture`);
    await theme.locator('summary').click();
    await drafts.nth(1).getByRole('checkbox').uncheck();
    await page.getByTestId('keep-drafts').click();
    await expect(drafts).toHaveCount(0);
    await settled(page, server.url);
    const kept = (await phrases(page, server.url)).items;
    expect(kept.map(({ text }) => text.text).sort()).toEqual([texts[0], texts[2]].sort());
    await page.goto(`${server.url}/capture/review`);
    await expect(page.getByTestId('place')).toHaveText(/of \u2068?2/);
    expect(studio.violations).toEqual([]);
  } finally {
    await server.end();
    said.end();
  }
});

test('without a model the page says what a theme needs', async ({ studio, page }) => {
  await studio.open('/capture');
  await page.getByTestId('theme').locator('summary').click();
  await expect(page.getByTestId('theme-needs-provider')).toBeVisible();
  await studio.accessible();
});
