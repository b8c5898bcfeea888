/** What a reviewer sees, hears and does: the photo beside its field, two speeds, Arabic marks, many cards at once and the way back. */
import type { Page } from '@playwright/test';
import { counts, made, MADE_WITHIN, phrases, settled, sign, type Item } from './captured';
import { expect, test } from './test';

test.use({ spec: 'capture-review' });
test.describe.configure({ mode: 'serial' });

const card = (page: Page) => page.getByTestId('card');
const text = (page: Page) => page.getByTestId('card-text');

/** A photo of these words, as a card to review. */
async function photographed(page: Page, url: string, said: string): Promise<string> {
  const { name, mimeType, buffer } = await sign(page, said);
  const multipart = { language: 'es', file: { name, mimeType, buffer } };
  const answer = await page.request.post(`${url}/api/v1/phrases/files`, { multipart });
  expect(answer.status(), await answer.text()).toBe(201);
  await settled(page, url);
  return ((await answer.json()) as Item).id;
}

/** Plays by this, and says how fast it is heard. */
async function heard(page: Page, play: () => Promise<void>): Promise<number> {
  const audio = page.locator('[data-testid="sound"] audio');
  await expect.poll(() => audio.evaluate((one: HTMLAudioElement) => one.readyState)).toBeGreaterThan(2);
  // The one before may still sound, and ends by this. Each begins by going back to the start: what is heard after that is the new one.
  const listening = await audio.evaluateHandle((one: HTMLAudioElement) => {
    const rate = new Promise<number>((resolve) => {
      one.ontimeupdate = null;
      one.onseeking = () => {
        one.ontimeupdate = () => one.currentTime > 0 && !one.paused && resolve(one.playbackRate);
      };
    });
    return { rate };
  });
  await play();
  return listening.evaluate(({ rate }) => rate);
}

test('a photo is shown beside the field that was read from it, and only the part that was', async ({
  studio,
  page,
}) => {
  await studio.open('/capture');
  const id = await photographed(page, studio.server.url, 'La casa es muy grande');
  await studio.open('/capture/review');
  await expect(text(page)).toHaveText(/casa es muy grande/i);
  const field = page.locator('[data-field="text"]');
  const crop = field.getByTestId('crop');
  await expect(crop, 'in the field itself, and in no other').toBeVisible();
  await expect(page.getByTestId('crop')).toHaveCount(1);
  // What is in the window of the crop, in parts of the whole picture, has the line and not much more.
  await expect.poll(() => crop.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
  const seen = await crop.evaluate((window) => {
    const [part, whole] = [window.getBoundingClientRect(), window.querySelector('img')!.getBoundingClientRect()];
    const [x, y] = [(at: number) => (at - whole.left) / whole.width, (at: number) => (at - whole.top) / whole.height];
    return { left: x(part.left), right: x(part.right), top: y(part.top), bottom: y(part.bottom) };
  });
  const { picture } = (await (await page.request.get(`${studio.server.url}/api/v1/phrases/${id}`)).json()) as {
    picture: { lines: { left: number; right: number; top: number; bottom: number }[] };
  };
  const [line] = picture.lines;
  expect(picture.lines).toHaveLength(1);
  expect(seen.left, JSON.stringify({ seen, line })).toBeLessThanOrEqual(line!.left);
  expect(seen.right).toBeGreaterThanOrEqual(line!.right);
  expect(seen.top).toBeLessThanOrEqual(line!.top);
  expect(seen.bottom).toBeGreaterThanOrEqual(line!.bottom);
  expect(seen.bottom - seen.top, 'not the whole of it').toBeLessThan(0.6);
  await page.getByText('The whole picture').click();
  await studio.accessible();
  await studio.picture('capture-crop');
});

test('a card is heard at two speeds, by buttons and by keys', async ({ studio, page }) => {
  const [phrase] = await made(page, studio.server.url, 'Где мой чай?', 'ru');
  await studio.open(`/capture/${phrase!.id}`);
  expect(await heard(page, () => page.getByTestId('play').click())).toBe(1);
  expect(await heard(page, () => page.getByTestId('play-slow').click())).toBe(0.7);
  await card(page).focus();
  expect(await heard(page, () => page.keyboard.press('p'))).toBe(1);
  expect(await heard(page, () => page.keyboard.press('l'))).toBe(0.7);
});

test('approving is off while something is not saved, and Space, the button and the list all say so', async ({
  studio,
  page,
}) => {
  // A long one, which the pages below have to hold.
  const long = 'Горячий чай стоит на большом столе у окна, и его никто не пьёт уже целый час';
  const [phrase] = await made(page, studio.server.url, long, 'ru');
  const status = async () =>
    ((await (await page.request.get(`${studio.server.url}/api/v1/phrases/${phrase!.id}`)).json()) as Item).status;
  await studio.open(`/capture/${phrase!.id}`);
  await expect(page.getByTestId('approve')).toHaveAttribute('aria-disabled', 'false');
  await page.keyboard.press('e');
  await page.locator('[data-edit="translation"]').fill('The tea is on the table');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dirty')).toBeVisible();
  await expect(page.getByTestId('approve')).toHaveAttribute('aria-disabled', 'true');
  await page.getByTestId('approve').click({ force: true });
  await card(page).focus();
  await page.keyboard.press(' ');
  expect(await status()).toBe('pending_review');
  await page.keyboard.press('Control+s');
  await expect(card(page)).toHaveAttribute('data-dirty', 'false');
  await expect(page.getByTestId('approve')).toHaveAttribute('aria-disabled', 'false');
  await page.keyboard.press(' ');
  await expect(card(page)).toHaveAttribute('data-state', 'approved');
  expect(await status()).toBe('approved');
});

test('marks of Arabic are put in, saved and heard', async ({ studio, page }) => {
  const { url } = studio.server;
  const [phrase] = await made(page, url, 'كتب الولد', 'ar');
  const now = async () => (await (await page.request.get(`${url}/api/v1/phrases/${phrase!.id}`)).json()) as Item;
  /** Its bytes; none while it is being made. */
  const sound = async () => {
    const { audio } = await now();
    return audio ? (await page.request.get(new URL(audio.href, url).href)).body() : null;
  };
  const before = await sound();
  await studio.open(`/capture/${phrase!.id}`);
  await expect(text(page)).toHaveText('كتب الولد');
  await page.keyboard.press('e');
  const field = page.locator('[data-edit="text"]');
  // Kutiba, "it was written": marks say another word than the voice took it for.
  const typed = ['damma', 'kasra', 'fatha'];
  for (const [n, mark] of typed.entries()) {
    const caret = 2 * n + 1;
    await field.evaluate((element: HTMLTextAreaElement, at) => element.setSelectionRange(at, at), caret);
    await page.getByTestId('marks').getByRole('button').nth(['fatha', 'damma', 'kasra'].indexOf(mark)).click();
  }
  await expect(field).toHaveValue('كُتِبَ الولد');
  await studio.picture('capture-marks');
  await page.keyboard.press('Control+s');
  await expect(card(page)).toHaveAttribute('data-dirty', 'false');
  await expect(text(page)).toHaveText('كُتِبَ الولد');
  const isAnother = async () => (await sound())?.equals(before!) === false;
  await expect.poll(isAnother, { timeout: MADE_WITHIN }).toBe(true);
  // What the page plays is the new one.
  const { pathname } = new URL((await now()).audio!.href, url);
  await expect(page.locator(`[data-testid="sound"] audio[src^="${pathname}"]`)).toHaveCount(1);
  expect(await heard(page, () => page.getByTestId('play').click())).toBe(1);
});

/** What a person does with many, and what of them is then different. */
const ACTIONS: { act: string; did: (item: Item | undefined) => boolean }[] = [
  { act: 'approve', did: (item) => item?.status === 'approved' },
  { act: 'exclude', did: (item) => item?.excluded === true },
  { act: 'delete', did: (item) => item === undefined },
];

test('many are approved, left out, sent back or deleted at once, and each of it is taken back', async ({
  studio,
  page,
}) => {
  const { url } = studio.server;
  const added = await made(page, url, ['Один дом', 'Два дома', 'Три дома'].join('\n'), 'ru', true);
  const ids = new Set(added.map(({ id }) => id));
  const items = async () => {
    const all = new Map((await phrases(page, url)).items.map((item) => [item.id, item]));
    return [...ids].map((id) => all.get(id));
  };
  await studio.open('/capture/cards?q=дом');
  const rows = page.getByTestId('cards').getByTestId('phrase-row');
  await expect(rows).toHaveCount(3);
  for (const { act, did } of ACTIONS) {
    await page.getByTestId('select-all').check();
    await page.getByTestId(`act-${act}`).click();
    const undo = page.getByRole('button', { name: 'Undo', exact: true });
    await expect(undo).toBeVisible();
    expect((await items()).map(did), act).toEqual([true, true, true]);
    await undo.click();
    await expect
      .poll(async () => (await items()).map(did), { message: `${act} is undone` })
      .toEqual([false, false, false]);
    await expect(rows).toHaveCount(3);
    await expect(undo).toHaveCount(0);
  }
  // A range, by Shift.
  await rows.nth(0).getByRole('checkbox').click();
  await rows
    .nth(2)
    .getByRole('checkbox')
    .click({ modifiers: ['Shift'] });
  await expect(page.getByTestId('batch')).toContainText('3');
});

test('a photo that could not be read says why, is tried again, and can be read once it is the right one', async ({
  studio,
  page,
}) => {
  const { url } = studio.server;
  await studio.open('/capture/cards');
  const { name, mimeType, buffer } = await sign(page, '', 'white.png');
  const answer = await page.request.post(`${url}/api/v1/phrases/files`, {
    multipart: { file: { name, mimeType, buffer } },
  });
  const { id } = (await answer.json()) as Item;
  await settled(page, url);
  const attempts = async () =>
    ((await (await page.request.get(`${url}/api/v1/phrases/${id}`)).json()) as Item).attempts;
  const row = page.locator(`[data-testid="phrase-row"][data-id="${id}"]`);
  await expect(row).toHaveAttribute('data-state', 'failed');
  await expect(row.getByTestId('why-failed')).toHaveText(/\S+.*\. \S+/);
  const before = await attempts();
  await row.getByTestId('retry').click();
  await expect.poll(attempts, 'it is really tried again').toBe(before + 1);
  await settled(page, url);
  await expect(row).toHaveAttribute('data-state', 'failed');
  // By its own page too, where the reason stands at the top.
  await row.getByRole('link').click();
  await expect(card(page).getByRole('alert')).toHaveText(/\S+.*\. \S+/);
  await studio.accessible();
  const parts = card(page).locator('[data-testid^="redo-"]:not([data-testid="redo-language"])');
  await expect(parts, 'no field is made of no phrase').toHaveCount(0);
  await studio.picture('capture-failed-card');
  await page.getByTestId('retry').click();
  await expect.poll(attempts).toBe(before + 2);
  await settled(page, url);
  expect((await counts(page, url))['failed']).toBe(1);
});

const LOOKS = [
  { language: 'en', theme: 'light', width: 1280 },
  { language: 'en', theme: 'dark', width: 390 },
  { language: 'ar', theme: 'light', width: 390 },
  { language: 'ar', theme: 'dark', width: 1280 },
] as const;

for (const { language, theme, width } of LOOKS) {
  test(`every page of Capture, ${language}, ${theme}, ${width} wide: it fits, axe finds nothing, nothing is untranslated`, async ({
    studio,
    page,
  }) => {
    await page.setViewportSize({ width, height: 844 });
    const { items } = await phrases(page, studio.server.url);
    const photo = items.find(({ source, status }) => source === 'image' && status !== 'failed')!;
    const failed = items.find(({ status }) => status === 'failed')!;
    const arabic = items.find(({ text: front }) => /[ء-ي]/.test(front.text))!;
    const paths = {
      home: '',
      review: '/review',
      cards: '/cards',
      export: '/export',
      photo: `/${photo.id}`,
      failed: `/${failed.id}`,
      arabic: `/${arabic.id}`,
    };
    for (const [name, path] of Object.entries(paths)) {
      await studio.open(`/capture${path}`, { language, theme });
      await expect(page.locator('h1')).toBeAttached();
      await expect(page.locator('main nav').first()).toBeVisible();
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      for (const side of await page.locator('iframe').all())
        await expect(side.contentFrame().locator('.source').first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0);
      await studio.accessible();
      if (language === 'ar') expect(await studio.latinTexts(), name).toEqual([]);
      await page.evaluate(() => document.fonts.ready);
      const picture = `test-results/pictures/capture-${language}-${theme}-${width}-${name}.png`;
      await page.screenshot({ path: picture, animations: 'disabled', fullPage: true });
    }
  });
}
