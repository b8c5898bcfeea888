/** How fast a practised person gets through the queue by keys alone, and that nothing of it is lost. */
import type { Page } from '@playwright/test';
import { made, phrases } from './captured';
import { expect, test } from './test';

test.use({ spec: 'capture-speed' });

const CARDS = 24;
/** Twelve cards a minute, of whose five seconds each a person reads for two: the page and the hands have the rest. */
const WITHIN = CARDS * (5_000 - 2_000);
/** Between two keys of somebody who types well, in milliseconds. */
const TYPING = 40;
const text = (page: Page) => page.getByTestId('card-text');
const said = (n: number) => `Meaning of card ${n}`;

/** What a person does with a card before approving it: nothing, a look at the next one, an edit, or a field made again. */
const DEEDS: ((page: Page, n: number) => Promise<void>)[] = [
  async () => undefined,
  async (page) => {
    const before = (await text(page).textContent()) ?? '';
    await page.keyboard.press('j');
    await expect(text(page)).not.toHaveText(before);
    await page.keyboard.press('k');
    await expect(text(page)).toHaveText(before);
  },
  async (page, n) => {
    await page.keyboard.press('e');
    const field = page.locator('[data-edit="translation"]');
    await field.focus();
    await field.pressSequentially(said(n), { delay: TYPING });
    await page.keyboard.press('Control+s');
    await expect(page.getByTestId('card')).toHaveAttribute('data-dirty', 'false');
  },
  async (page) => {
    const told = page.getByText(/^Being made again/);
    await expect(told).toHaveCount(0);
    await page.keyboard.press('r');
    // The page says so once the server has taken it; from then on the field is busy until it is made.
    await expect(told).toBeVisible();
    await expect(page.locator('[data-testid="card"] [aria-busy="true"]')).toHaveCount(0);
  },
];

test('at least twelve cards a minute go through by keys, and every card is saved', async ({ studio, page }) => {
  const { url } = studio.server;
  const texts = Array.from({ length: CARDS }, (_, n) => `Мне нужно ${n + 2} яблок`);
  await made(page, url, texts.join('\n'), 'ru', true);

  await studio.open('/capture/review');
  await expect(page.getByTestId('place')).toHaveText(new RegExp(`of \\u2068?${CARDS}`));
  const edited = new Map<string, string>();
  const begun = Date.now();
  for (let n = 0; n < CARDS; n += 1) {
    const front = (await text(page).textContent()) ?? '';
    await DEEDS[n % DEEDS.length]!(page, n);
    if (n % DEEDS.length === 2) edited.set(front, said(n));
    await page.keyboard.press(' ');
    await expect(text(page).filter({ hasText: front })).toHaveCount(0);
  }
  const took = Date.now() - begun;
  const aMinute = Math.floor((CARDS * 60_000) / (took + CARDS * 2_000));
  console.log(`${CARDS} cards in ${took} ms: with two seconds to read each, ${aMinute} a minute`);
  expect(took, `${CARDS} cards in ${took} ms`).toBeLessThan(WITHIN);

  // All of them on the server: approved, each with what was typed for it, and nothing typed for another.
  await expect(page.getByTestId('nothing-to-review')).toBeVisible();
  const approved = async () => (await phrases(page, url, 'status=approved&limit=100')).items;
  await expect.poll(async () => (await approved()).length).toBe(CARDS);
  const items = await approved();
  expect(items.map((item) => item.text.text).sort()).toEqual([...texts].sort());
  for (const { text: front, translation } of items) {
    const typed = translation?.source?.kind === 'person' ? translation.text : undefined;
    expect(typed, front.text).toBe(edited.get(front.text));
  }
  expect(edited.size).toBe(CARDS / DEEDS.length);
});
