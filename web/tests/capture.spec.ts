/** Phrases become cards, are reviewed by keys, and go out as a deck: with a real server and its engines. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { counts, made, MADE_WITHIN } from './captured';
import { expect, test } from './test';

test.use({ spec: 'capture' });
test.describe.configure({ mode: 'serial' });

const card = (page: Page) => page.getByTestId('card');

test('without any phrase every page says what it is for', async ({ studio, page }) => {
  await studio.open('/capture');
  await expect(page.getByTestId('no-phrases')).toBeVisible();
  await studio.accessible();
  await studio.picture('capture-empty');
  await page.getByRole('link', { name: 'Review' }).click();
  await expect(page.getByTestId('nothing-to-review')).toBeVisible();
  await studio.accessible();
  await page.getByRole('link', { name: 'Cards' }).click();
  await expect(page.getByTestId('no-cards')).toBeVisible();
  await page.getByRole('navigation', { name: 'Pages of Capture' }).getByRole('link', { name: 'Export' }).click();
  await expect(page.getByTestId('export')).toBeDisabled();
  await studio.accessible();
});

test('a line becomes a card, is edited and approved by keys, and goes out', async ({ studio, page }) => {
  await studio.open('/capture');
  await page.getByTestId('wish-language').selectOption('ru');
  await page.getByTestId('phrase-text').fill('Где мой чай?');
  await page.getByTestId('phrase-text').press('Enter');
  await expect(page.getByTestId('phrase-text')).toHaveValue('');
  const row = page.getByTestId('recent').getByTestId('phrase-row').first();
  await expect(row).toContainText('Где мой чай?');
  await expect(row).toHaveAttribute('data-state', 'pending_review', { timeout: MADE_WITHIN });
  await studio.picture('capture-home');

  await page.getByTestId('go-review').click();
  await expect(page.getByTestId('card-text')).toHaveText('Где мой чай?');
  await studio.accessible();
  await studio.picture('capture-review');
  await page.keyboard.press('e');
  const translation = page.locator('[data-edit="translation"]');
  await translation.fill('Where is my tea?');
  await expect(card(page)).toHaveAttribute('data-dirty', 'true');
  await studio.accessible();
  await studio.picture('capture-editor');

  // Approving is off while something is not saved, and what is typed survives a reload.
  await page.keyboard.press('Escape');
  await page.keyboard.press(' ');
  await expect(page.getByTestId('dirty')).toBeVisible();
  expect((await counts(page, studio.server.url))['approved'] ?? 0).toBe(0);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await expect(translation).toHaveValue('Where is my tea?');

  // A link asks first.
  await page.getByRole('link', { name: 'Cards' }).click();
  await expect(page.getByTestId('leave')).toBeVisible();
  await studio.accessible();
  await page.getByTestId('leave-stay').click();
  await expect(page.getByTestId('leave')).toHaveCount(0);
  await page.keyboard.press('Control+s');
  await expect(card(page)).toHaveAttribute('data-dirty', 'false');
  await expect(page.getByTestId('card-translation')).toHaveText('Where is my tea?');

  await page.keyboard.press(' ');
  await expect(page.getByTestId('nothing-to-review')).toBeVisible();
  await expect.poll(async () => (await counts(page, studio.server.url))['approved']).toBe(1);
  await page.keyboard.press('z');
  await expect(page.getByTestId('card-text')).toHaveText('Где мой чай?');
  await page.keyboard.press(' ');
  await expect.poll(async () => (await counts(page, studio.server.url))['approved']).toBe(1);

  await page.getByRole('navigation', { name: 'Pages of Capture' }).getByRole('link', { name: 'Export' }).click();
  await expect(page.getByTestId('ready')).toContainText('1 approved card');
  const front = page.frameLocator('[data-testid="side-front"]');
  await expect(front.locator('.source')).toHaveText('Где мой чай?');
  await expect(page.frameLocator('[data-testid="side-back"]').locator('.translation')).toHaveText('Where is my tea?');
  await studio.accessible();
  await studio.picture('capture-export');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()]);
  expect(download.suggestedFilename()).toMatch(/\.apkg$/);
  expect(
    readFileSync(await download.path())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
  await expect(page.getByTestId('export-state')).toHaveAttribute('data-state', 'done');
  await expect.poll(async () => (await counts(page, studio.server.url))['exported']).toBe(1);
});

test('twelve cards are reviewed by keys in a minute, and every one is saved', async ({ studio, page }) => {
  const numbers = [
    'один',
    'два',
    'три',
    'четыре',
    'пять',
    'шесть',
    'семь',
    'восемь',
    'девять',
    'десять',
    'сто',
    'ноль',
  ];
  await made(page, studio.server.url, numbers.map((word) => `Мне нужно ${word}`).join('\n'), 'ru', true);
  await studio.open('/capture/review');
  await expect(page.getByTestId('place')).toHaveText(/of \u2068?12/);
  const begun = Date.now();
  for (let n = 0; n < 12; n += 1) {
    const text = (await page.getByTestId('card-text').textContent()) ?? '';
    await page.keyboard.press('e');
    const translation = page.locator('[data-edit="translation"]');
    await translation.fill(`I need ${n}`);
    await page.keyboard.press('Control+s');
    await expect(card(page)).toHaveAttribute('data-dirty', 'false');
    await page.keyboard.press(' ');
    await expect(page.getByTestId('card-text').filter({ hasText: text })).toHaveCount(0);
  }
  expect(Date.now() - begun).toBeLessThan(60_000);
  await expect(page.getByTestId('nothing-to-review')).toBeVisible();
  const url = `${studio.server.url}/api/v1/phrases?status=approved&limit=100`;
  type Saved = { items: { translation: { text: string } }[] };
  const saved = async () => ((await (await page.request.get(url)).json()) as Saved).items;
  await expect.poll(async () => (await saved()).length).toBe(12);
  const texts = (await saved()).map(({ translation }) => translation.text);
  expect(texts.sort()).toEqual(Array.from({ length: 12 }, (_, n) => `I need ${n}`).sort());
});

test('the library finds, selects many, decides about them, and takes it back', async ({ studio, page }) => {
  await studio.open('/capture/cards');
  const rows = page.getByTestId('cards').getByTestId('phrase-row');
  await expect(rows).toHaveCount(13);
  await page.keyboard.press('/');
  await page.keyboard.type('чай');
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/q=/);
  await page.getByTestId('search-cards').fill('');
  await page.getByTestId('filter-status').selectOption('approved');
  await expect(rows).toHaveCount(12);
  await page.getByTestId('select-all').check();
  await studio.accessible();
  await studio.picture('capture-cards');
  await page.getByTestId('act-send_back').click();
  await expect(page.getByTestId('no-cards')).toBeVisible();
  await page.keyboard.press('z');
  await expect(rows).toHaveCount(12);
});

test('a picture without text fails, says why, and is tried again', async ({ studio, page }) => {
  await studio.open('/capture');
  const png = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(320, 160);
    const paint = canvas.getContext('2d')!;
    paint.fillStyle = '#fff';
    paint.fillRect(0, 0, 320, 160);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  });
  const white = { mimeType: 'image/png', buffer: Buffer.from(png, 'base64') };
  const text = { name: 'no-picture.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
  await page.getByTestId('capture-files').setInputFiles([{ name: 'white.png', ...white }, text]);
  // What the server refuses stays here with its reason.
  await expect(page.getByTestId('way-row').filter({ hasText: 'no-picture.png' })).toHaveAttribute(
    'data-state',
    'refused',
  );
  await studio.accessible();
  const row = page.getByTestId('recent').getByTestId('phrase-row').first();
  await expect(row).toHaveAttribute('data-state', 'failed', { timeout: MADE_WITHIN });
  await expect(row.getByTestId('why-failed')).toBeVisible();
  await studio.picture('capture-failed');
  await row.getByTestId('retry').click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByTestId('on-their-way')).toHaveCount(0);
});

test('offline captures wait in the browser, survive a reload, and are sent later', async ({
  studio,
  page,
  context,
}) => {
  await studio.open('/capture');
  await expect(page.getByTestId('recent')).toBeVisible();
  await context.setOffline(true);
  await page.getByTestId('phrase-text').fill('Спокойной ночи');
  await page.getByTestId('phrase-text').press('Enter');
  await expect(page.getByTestId('way-row')).toContainText('Спокойной ночи');
  await studio.accessible();
  await studio.picture('capture-offline');
  await context.setOffline(false);
  await expect(page.getByTestId('on-their-way')).toHaveCount(0);
  await expect(page.getByTestId('recent').getByTestId('phrase-row').first()).toContainText('Спокойной ночи');
});

test('Arabic is right to left, its marks are edited, and the page is Arabic', async ({ studio, page }) => {
  const [phrase] = await made(page, studio.server.url, 'أين المكتبة؟', 'ar');
  await studio.open(`/capture/${phrase!.id}`, { language: 'ar', theme: 'dark' });
  const arabic = page.getByTestId('card-text').filter({ hasText: 'المكتبة' });
  await expect(arabic).toHaveAttribute('dir', 'rtl');
  await page.keyboard.press('e');
  const field = page.locator('[data-edit="text"]');
  await field.click();
  await field.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(1, 1));
  await page.getByTestId('marks').getByRole('button').first().click();
  await expect(field).toHaveValue('أ\u064eين المكتبة؟');
  expect(await studio.latinTexts()).toEqual([]);
  await studio.accessible();
  await studio.picture('capture-arabic');
  await page.keyboard.press('Control+s');
  await expect(page.getByTestId('card-text')).toHaveText('أ\u064eين المكتبة؟');
});

test('on a phone all of it fits, and the camera is offered', async ({ studio, browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  for (const path of ['/capture', '/capture/review', '/capture/cards', '/capture/export']) {
    await page.goto(studio.server.url + path);
    await expect(page.getByRole('navigation', { name: 'Pages of Capture' })).toBeVisible();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    await page.screenshot({ path: `test-results/pictures/phone${path.replaceAll('/', '-')}.png` });
  }
  await page.goto(`${studio.server.url}/capture`);
  await expect(page.getByTestId('take-photo')).toBeVisible();
  await expect(page.getByTestId('capture-camera')).toHaveAttribute('capture', 'environment');
  await context.close();
});

test('the self-test of Anki says what is in the way', async ({ studio, page }) => {
  await studio.open('/capture/export');
  await page.route('http://127.0.0.1:8765/**', (route) => route.abort());
  await page.getByTestId('test-anki').click();
  await expect(page.getByTestId('anki-state')).toHaveAttribute('data-state', 'not_running');
  await page.unroute('http://127.0.0.1:8765/**');
  await page.route('http://127.0.0.1:8765/**', (route) =>
    route.fulfill({ json: { result: 6, error: null }, headers: { 'access-control-allow-origin': '*' } }),
  );
  await page.getByTestId('test-anki').click();
  await expect(page.getByTestId('anki-state')).toHaveAttribute('data-state', 'ready');
  await studio.accessible();
});
