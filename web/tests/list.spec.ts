import { List } from './long-list';
import { expect, test } from './test';

test.use({ spec: 'list' });

test('searching and filtering stand in the address', async ({ studio, page }) => {
  const list = new List();
  await list.serve(page);
  await studio.open('/reel');
  const cards = page.getByTestId('reel-card');
  await expect(cards).toHaveCount(24);
  await page.keyboard.press('/');
  await expect(page.getByTestId('search')).toBeFocused();
  await page.keyboard.type('report 99');
  await expect(cards).toHaveCount(6);
  await expect(page).toHaveURL(/q=report\+99/);
  await page.getByTestId('filter').selectOption('working');
  await expect(cards).toHaveCount(1);
  await expect(page).toHaveURL(/state=working/);
  await studio.accessible();

  await page.reload();
  await expect(cards).toHaveCount(1);
  await expect(page.getByTestId('search')).toHaveValue('report 99');

  await page.getByTestId('search').fill('nothing has this name');
  await expect(page.getByTestId('no-match')).toBeVisible();
  await studio.accessible();
  await studio.picture('list-no-match');
  await page.getByRole('button', { name: 'Show all reels' }).click();
  await expect(cards).toHaveCount(24);
  await expect(page).toHaveURL(/\/reel$/);
});

test('the way back finds the place in the list', async ({ studio, page }) => {
  const list = new List();
  await list.serve(page);
  await studio.open('/reel');
  const cards = page.getByTestId('reel-card');
  await expect(cards).toHaveCount(24);
  await cards.nth(20).scrollIntoViewIfNeeded();
  const place = await page.evaluate(() => scrollY);
  expect(place).toBeGreaterThan(300);
  await cards.nth(20).click();
  await expect(page.getByRole('heading', { name: 'This reel is not here' })).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect(cards).toHaveCount(24);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(place - 40);
});

test('trouble with the list says so and is mended by trying again', async ({ studio, page }) => {
  const list = new List();
  list.broken = true;
  await list.serve(page);
  await studio.open('/reel');
  await expect(page.getByText('The list of reels could not be loaded.')).toBeVisible();
  await studio.accessible();
  await studio.picture('list-trouble');
  list.broken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('reel-card')).toHaveCount(24);

  list.broken = true;
  // By key: cards that come into sight take their own height, and a mouse may be let go beside the button that it was pressed on.
  await page.getByTestId('more').press('Enter');
  await expect(page.getByText('The next reels could not be loaded.')).toBeVisible();
  await studio.accessible();
  await expect(page.getByTestId('reel-card'), 'what was there stays').toHaveCount(24);
  list.broken = false;
  await page.getByTestId('more').click();
  await expect(page.getByTestId('reel-card')).toHaveCount(48);
});

for (const [name, language, theme, width] of [
  ['arabic-dark', 'ar', 'dark', 1280],
  ['arabic-phone', 'ar', 'light', 360],
  ['phone-dark', 'en', 'dark', 360],
] as const) {
  test(`a long list in ${name}`, async ({ studio, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await new List().serve(page);
    await studio.open('/reel', { language, theme });
    await expect(page.getByTestId('reel-card')).toHaveCount(24);
    await page.getByTestId('reel-card').nth(2).scrollIntoViewIfNeeded();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await studio.accessible();
    await studio.picture(`list-${name}`);
  });
}
