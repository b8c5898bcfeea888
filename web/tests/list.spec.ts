import type { Page, Route } from '@playwright/test';
import { expect, test } from './test';

test.use({ spec: 'list' });

const MANY = 1000;
const STATES = ['done', 'done', 'done', 'working', 'failed', 'cancelled', 'expired'];

/** A long list without a thousand videos: the server's answers, with cursors, search and filter, made in the test. */
class List {
  all = Array.from({ length: MANY }, (_, n) => summary(n));
  asked: URLSearchParams[] = [];
  broken = false;

  async serve(page: Page) {
    await page.route(/\/api\/v1\/reels(\?.*)?$/, (route) => this.#answer(route));
  }

  async #answer(route: Route) {
    const query = new URL(route.request().url()).searchParams;
    this.asked.push(query);
    if (this.broken) {
      return route.fulfill({ status: 503, contentType: 'application/problem+json', json: { code: 'storage' } });
    }
    const q = query.get('q')?.toLowerCase() ?? '';
    const state = query.get('state');
    const found = this.all.filter((item) => item.title.toLowerCase().includes(q) && (!state || item.state === state));
    const from = Number(query.get('cursor') ?? 0);
    const to = from + Number(query.get('limit') ?? 20);
    await route.fulfill({
      json: { items: found.slice(from, to), next_cursor: to < found.length ? String(to) : null },
    });
  }
}

function summary(n: number) {
  const state = STATES[n % STATES.length]!;
  const long = 'A title that goes on and on, as those of reports by committees of several ministries do, ';
  return {
    id: `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    title: n % 50 === 7 ? `${long.repeat(3)}number ${n}` : n % 3 === 0 ? `تقرير الأنهار ${n}` : `Report ${n}`,
    document_name: `report-${n}.pdf`,
    state,
    percent: state === 'done' ? 100 : 40,
    job_id: `01890000-0000-7000-9000-${String(n).padStart(12, '0')}`,
    poster_url: null,
    seconds: state === 'done' ? 75 : null,
    created_at: Date.now() - n * 60_000,
    updated_at: Date.now() - n * 60_000,
  };
}

test('a thousand reels come page by page, quickly', async ({ studio, page }) => {
  const list = new List();
  await list.serve(page);
  await studio.open();
  const cards = page.getByTestId('reel-card');
  await expect(cards).toHaveCount(24);
  await studio.accessible();
  await studio.picture('list-many');
  await page.getByTestId('more').focus();
  await page.keyboard.press('Enter');
  await expect(cards).toHaveCount(48);
  await expect(page.getByTestId('more'), 'the focus stays for the next one').toBeFocused();
  // In the page, because each step of a test takes a picture of all that is there.
  const times = await page.evaluate(async () => {
    const more = () => document.querySelector<HTMLElement>('[data-testid=more]');
    const count = () => document.querySelectorAll('[data-testid=reel-card]').length;
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const took: number[] = [];
    while (more()) {
      const [before, start] = [count(), performance.now()];
      more()!.click();
      while (count() === before) await frame();
      took.push(performance.now() - start);
    }
    return took;
  });
  const middle = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
  console.log(`24 more of ${MANY} reels are on the page after ${middle.toFixed(0)} ms, at the middle`);
  await expect(page.getByTestId('more')).toBeHidden();
  await expect(cards.last()).toContainText('999');
  const took = await page.evaluate(async () => {
    const start = performance.now();
    document.querySelector<HTMLElement>('[data-testid=theme]')!.click();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - start;
  });
  console.log(`a click with ${MANY} reels on the page is answered in ${took.toFixed(0)} ms`);
  expect(took, 'an interaction with all of them on the page').toBeLessThan(1000);
});

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
  await page.getByTestId('more').click();
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
