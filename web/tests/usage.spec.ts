/** What is used of limits: in one's settings, and for administrators of everybody. */
import type { Page } from '@playwright/test';
import { AxeBuilder } from './axe';
import { Server } from './server';
import { expect, test } from './test';

test.use({ spec: 'usage' });

const PASSWORD = 'a quiet lighthouse';
const PLANS = {
  standard: {
    user: {
      requests: { hard: 5000, seconds: 3600 },
      jobs: { hard: 20, soft: 15, seconds: 3600 },
      jobs_at_once: { hard: 2 },
      bytes_kept: { hard: 10 * 1024 ** 3 },
      micro_usd_per_day: { hard: 5_000_000 },
    },
  },
  team: { user: { jobs_at_once: { hard: 6 } } },
};

async function accessible(page: Page) {
  expect(await new AxeBuilder(page).analyse()).toEqual([]);
}

/** Makes the administrator's account by the link of the first run. */
async function begin(server: Server, page: Page) {
  const link = /http:\S+\/join\/\S+/.exec(server.said());
  expect(link, server.said()).not.toBeNull();
  await page.goto(new URL(new URL(link![0]).pathname, server.url).href);
  for (const [name, value] of [
    ['name', 'Ada'],
    ['email', 'ada@example.org'],
    ['password', PASSWORD],
  ])
    await page.locator(`[name=${name}]`).fill(value!);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(server.url + '/');
}

/** What the page puts into its texts is isolated from their direction. */
const isolated = (texts: TemplateStringsArray, ...values: string[]) =>
  texts.reduce((all, text, at) => `${all}\u2068${values[at - 1]}\u2069${text}`);

async function speak(page: Page, language: 'en' | 'ar') {
  await page.evaluate((code) => localStorage.setItem('sluice.settings', JSON.stringify({ language: code })), language);
}

test('a person sees what is used, and an administrator changes what may be', async ({ browser }) => {
  const server = await Server.create(['--plans', JSON.stringify(PLANS)]);
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1100, height: 900 } });
  const page = await context.newPage();
  await begin(server, page);

  await page.goto(server.url + '/settings');
  const usage = page.getByTestId('usage');
  await expect(usage.getByRole('heading', { name: 'Usage' })).toBeVisible();
  await expect(usage).toContainText(isolated`Your plan: ${'standard'}.`);
  const limit = (name: string) => usage.locator(`[data-limit=${name}]`);
  await expect(limit('jobs_at_once')).toContainText(isolated`${'0'} of ${'2'}`);
  await expect(limit('bytes_kept')).toContainText('\u206810\u2069 GiB');
  await expect(limit('money_per_day')).toContainText('jobs that cost wait until midnight');
  // With what this server has leased of it.
  await expect(limit('requests').getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^[1-4]$/);
  await accessible(page);
  await page.screenshot({ path: 'test-results/pictures/usage-en.png', fullPage: true });

  await page.goto(server.url + '/admin?part=users');
  const users = page.getByTestId('users');
  await users.getByRole('button', { name: isolated`Limits of ${'Ada'}` }).click();
  const limits = page.getByTestId('user-limits');
  await limits.getByRole('combobox', { name: 'Jobs at once' }).selectOption('own');
  await limits.getByLabel('At most').fill('5');
  await limits.getByRole('combobox', { name: 'Money per day (US dollars)' }).selectOption('none');
  await accessible(page);
  await page.screenshot({ path: 'test-results/pictures/user-limits-en.png', fullPage: true });
  await limits.getByRole('button', { name: 'Save the limits' }).click();
  await expect(limits.locator('[data-limit=jobs_at_once]')).toContainText(isolated`${'0'} of ${'5'}`);
  await expect(limits.locator('[data-limit=money_per_day]')).toHaveCount(0);
  await users.getByRole('combobox', { name: isolated`Plan of ${'Ada'}` }).selectOption('team');
  await expect(limits.locator('[data-limit=requests]')).toHaveCount(0);
  await expect(limits.locator('[data-limit=jobs_at_once]'), 'an own limit stays').toContainText(
    isolated`${'0'} of ${'5'}`,
  );

  await page.goto(server.url + '/settings');
  await expect(limit('jobs_at_once')).toContainText(isolated`${'0'} of ${'5'}`);

  await speak(page, 'ar');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
  await expect(usage.getByRole('heading', { name: 'الاستخدام' })).toBeVisible();
  await expect(limit('jobs_at_once')).toContainText('المهام في آن واحد');
  await accessible(page);
  await page.screenshot({ path: 'test-results/pictures/usage-ar.png', fullPage: true });
  await page.goto(server.url + '/admin?part=users');
  await users.getByRole('button', { name: isolated`الحدود لـ ${'Ada'}` }).click();
  await expect(page.getByTestId('user-limits').locator('[data-limit=jobs_at_once]')).toBeVisible();
  await accessible(page);
  await page.setViewportSize({ width: 360, height: 720 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(wide, 'nothing is wider than a small phone').toBe(false);
  await context.close();
  await server.end();
});
