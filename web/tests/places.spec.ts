/** The library, the administration, tokens and usage: by the keyboard alone, and for axe, in both languages and both themes. */
import type { Locator, Page } from '@playwright/test';
import { AxeBuilder } from './axe';
import { begin, sendDocument, sendHalf, signIn } from './people';
import { Server } from './server';
import { expect, Studio, test } from './test';

test.use({ spec: 'places' });

const LOOKS = [
  { language: 'en', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'ar', theme: 'light' },
  { language: 'ar', theme: 'dark' },
] as const;

const PATHS = [
  '/library',
  '/library?show=documents',
  '/library?show=uploads',
  '/settings',
  '/admin?part=users',
  '/admin?part=invitations',
  '/admin?part=queues',
  '/admin?part=dead',
  '/admin?part=limits',
  '/admin?part=models',
  '/admin?part=storage',
  '/admin?part=events',
];

/** Where names of people and plans are not part of the page's own texts. */
const TRANSLATED = /library|limits|models|dead|events/;

const PLANS = {
  standard: {
    user: { jobs: { hard: 20, soft: 15, seconds: 3600 }, jobs_at_once: { hard: 2 }, bytes_kept: { hard: 1e10 } },
  },
  team: { user: { jobs_at_once: { hard: 6 }, micro_usd_per_day: { hard: 5_000_000 } } },
};

let server: Server;

test.beforeAll(async ({ playwright, browser }) => {
  server = await Server.create(['--plans', JSON.stringify(PLANS)]);
  const request = await playwright.request.newContext();
  await begin(server, request);
  await request.dispose();
  const page = await signIn(server, browser);
  await sendDocument(server, page, 'rivers-en.pdf', 'Rivers of the north.pdf');
  await sendDocument(server, page, 'rivers-ar.pdf', 'أنهار الشمال.pdf');
  await sendHalf(server, page, 'rivers-en.pdf', 'half of it.pdf');
  const data = { scope: 'provider', name: '*', rate: { unit: 'tokens', amount: 90_000, period_ms: 60_000 } };
  expect((await page.request.put(`${server.url}/api/v1/admin/limits`, { data })).status()).toBe(204);
  await page.context().close();
});

test.afterAll(() => server.end());

/** A dead letter, whose job is not on the server. */
async function withDeadLetters(page: Page) {
  const job = {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    kind: 'reel.scene',
    state: 'dead',
    stage: 'voice',
    error: { code: 'voice_refused', title: 'The voice cannot say this', detail: 'It has no letters.' },
    created_at: Date.now() - 100_000,
    finished_at: Date.now() - 50_000,
    subject: 'x',
  };
  const asked: URLSearchParams[] = [];
  await page.route(/\/api\/v1\/admin\/jobs\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    asked.push(query);
    const matches = !query.get('code') || query.get('code') === 'voice_refused';
    const items = matches ? [{ owner: 'local', owner_name: 'Ada', job }] : [];
    return route.fulfill({ json: { items, next_cursor: null } });
  });
  return asked;
}

for (const look of LOOKS) {
  test(`axe finds nothing: ${look.language}, ${look.theme}`, async ({ browser }) => {
    const page = await signIn(server, browser, look);
    const studio = new Studio(page, server);
    await withDeadLetters(page);
    for (const path of PATHS) {
      await page.goto(server.url + path);
      await expect(page.locator('h1')).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('lang', look.language);
      await expect(page.locator('html')).toHaveAttribute('data-theme', look.theme);
      await expect(page.locator('.skeleton')).toHaveCount(0);
      expect(await new AxeBuilder(page).analyse(), path).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(wide, `${path} scrolls sideways`).toBe(false);
      if (look.language === 'ar' && TRANSLATED.test(path)) expect(await studio.latinTexts(), path).toEqual([]);
      const name = path.replace(/\W+/g, '-').replace(/^-|-$/g, '');
      const picture = `test-results/pictures/place-${name}-${look.language}-${look.theme}.png`;
      await page.screenshot({ path: picture, fullPage: true });
    }
    await page.context().close();
  });
}

/** Presses Tab until something has the focus, and shows it. */
async function tabTo(page: Page, wanted: Locator, most = 90) {
  await expect(wanted).toBeVisible();
  for (let pressed = 0; pressed < most; pressed += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      const outline = await wanted.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline, 'the focus is visible').not.toBe('none');
      return;
    }
    await page.keyboard.press('Tab');
  }
  await expect(wanted, `not reached by ${most} presses of Tab`).toBeFocused();
}

for (const look of [LOOKS[0], LOOKS[3]]) {
  test(`everything is reached by the keyboard alone: ${look.language}, ${look.theme}`, async ({ browser }) => {
    const page = await signIn(server, browser, look);
    const asked = await withDeadLetters(page);
    const press = async (wanted: Locator, key = 'Enter') => {
      await tabTo(page, wanted);
      await page.keyboard.press(key);
    };
    const undo = async () => {
      await page.keyboard.press('Alt+t');
      await press(page.locator('[data-sonner-toast] [data-button]').first());
    };

    await page.goto(server.url);
    await expect(page.locator('h1')).toBeVisible();
    await page.keyboard.press('b');
    await page.waitForURL('**/library');
    await press(page.getByTestId('library-documents'));
    const documents = page.getByTestId('document-row');
    await expect(documents).toHaveCount(2);
    await tabTo(page, page.getByTestId('library-search'));
    await page.keyboard.type('rivers');
    await expect(documents).toHaveCount(1);
    await press(documents.getByRole('checkbox'), 'Space');
    await page.keyboard.press('Shift+Tab');
    await expect(page.getByTestId('library-delete')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(documents).toHaveCount(0);
    await undo();
    await expect(documents).toHaveCount(1);

    await page.goto(`${server.url}/library?show=uploads`);
    const uploads = page.getByTestId('upload-row');
    const chooser = page.waitForEvent('filechooser');
    await press(uploads.getByTestId('upload-continue'));
    await chooser;
    await press(uploads.getByTestId('upload-discard'));
    await expect(uploads).toHaveCount(0);
    await undo();
    await expect(uploads).toHaveCount(1);

    await page.goto(`${server.url}/admin?part=limits`);
    const form = page.getByTestId('new-limit');
    await tabTo(page, form.locator('select').first());
    await page.keyboard.press('ArrowDown');
    await tabTo(page, form.locator('input').first());
    await page.keyboard.type('reel.scene');
    await tabTo(page, form.locator('input').nth(1));
    await page.keyboard.type('4');
    await page.keyboard.press('Enter');
    const limits = page.getByTestId('engine-limits').getByRole('listitem');
    await expect(limits).toHaveCount(2);
    await page.goto(`${server.url}/admin?part=limits`);
    await press(limits.filter({ hasText: 'reel.scene' }).getByTestId('lift'));
    await expect(limits).toHaveCount(1);

    await page.goto(`${server.url}/admin?part=dead`);
    const filter = page.locator('form.filter input');
    await tabTo(page, filter.nth(1));
    await page.keyboard.type('voice_refused');
    await page.keyboard.press('Enter');
    await expect.poll(() => asked.at(-1)?.get('code')).toBe('voice_refused');
    const redriven = page.waitForRequest(/\/admin\/jobs\/redrive$/);
    await press(page.getByTestId('redrive'));
    expect((await redriven).postDataJSON()).toEqual({ code: 'voice_refused' });

    await page.goto(`${server.url}/admin?part=events`);
    await tabTo(page, filter.first());
    await page.keyboard.type('no.such');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('events')).toHaveCount(0);
    await expect(page).toHaveURL(/kind=no\.such/);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Enter');
    await expect(page).not.toHaveURL(/kind=/);

    await page.goto(`${server.url}/settings`);
    await expect(page.getByTestId('usage')).toBeVisible();
    await tabTo(page, page.getByTestId('token-name'));
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('token-secret')).toBeVisible();
    const token = page.getByTestId('tokens').getByRole('listitem').filter({ hasText: 'By keyboard' });
    await press(token.getByRole('button'));
    await expect(token).toHaveCount(0);
    await page.context().close();
  });
}
