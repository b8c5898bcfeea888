/** A person with an account: signing in and out, settings, the library, the start, and what administrators do. */
import type { Browser, Page } from '@playwright/test';
import { AxeBuilder } from './axe';
import { Server } from './server';
import { documentPath, expect, test } from './test';

test.use({ spec: 'person' });
// One story: the account of the first test is that of the others.
test.describe.configure({ mode: 'serial' });

const PASSWORD = 'a quiet lighthouse';
let server: Server;

test.beforeAll(async () => {
  server = await Server.create(['--sign-up', 'open']);
});

test.afterAll(() => server.end());

async function signUp(browser: Browser, name: string, invitation?: string): Promise<Page> {
  const context = await browser.newContext();
  const data = { name, email: `${name.toLowerCase()}@example.org`, password: PASSWORD, invitation };
  expect((await context.request.post(`${server.url}/api/v1/accounts`, { data })).status()).toBe(201);
  return context.newPage();
}

async function signIn(browser: Browser, settings: object = {}, options: object = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const data = { email: 'ada@example.org', password: PASSWORD };
  expect((await context.request.post(`${server.url}/api/v1/session`, { data })).status()).toBe(200);
  const page = await context.newPage();
  await page.addInitScript((kept) => localStorage.setItem('sluice.settings', JSON.stringify(kept)), settings);
  return page;
}

async function accessible(page: Page) {
  expect(await new AxeBuilder(page).analyse()).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
}

test('who is signed in has a menu, tokens and sessions', async ({ browser }) => {
  const page = await signUp(browser, 'Ada', /\/join\/(\S+)/.exec(server.said())![1]);
  await page.goto(`${server.url}/settings`);
  await page.getByTestId('token-name').fill('Backup');
  await page.getByTestId('token-make').click();
  const secret = (await page.getByTestId('token-secret').locator('code').textContent())!.trim();
  const ask = async () =>
    (await fetch(`${server.url}/api/v1/account`, { headers: { authorization: `Bearer ${secret}` } })).status;
  expect(await ask()).toBe(200);
  await accessible(page);
  await page.reload();
  await expect(page.getByTestId('tokens')).toContainText('Backup');
  await expect(page.getByTestId('token-secret'), 'it is shown once').toHaveCount(0);
  await page.getByRole('button', { name: 'Revoke the token' }).click();
  await expect(page.getByTestId('tokens')).toContainText('There is no token yet');
  expect(await ask()).toBe(401);

  const other = await signIn(browser);
  await other.goto(`${server.url}/library`);
  await page.reload();
  await page.getByTestId('sign-out-others').click();
  await expect(page.getByTestId('sessions').getByRole('listitem')).toHaveCount(1);
  // The other browser learns of it with its next question, and comes back to where it was.
  // It may have asked already, for its list or its events.
  const search = other.getByTestId('library-search').fill('river', { timeout: 3000 });
  await search.catch(() => undefined);
  await other.waitForURL(/\/sign-in\?next=%2Flibrary/);
  await other.locator('[name=email]').fill('ada@example.org');
  await other.locator('[name=password]').fill(PASSWORD);
  await other.keyboard.press('Enter');
  await other.waitForURL(/\/library/);
  await other.getByTestId('me').click();
  await expect(other.getByTestId('me-menu')).toContainText('ada@example.org');
  await accessible(other);
  await other.getByTestId('sign-out').click();
  await other.waitForURL(/\/sign-in/);
});

test('what is made is found in the library, and deleted with undo', async ({ browser }) => {
  const page = await signIn(browser);
  await page.goto(server.url);
  await page.getByTestId('begin-reel').click();
  await page.getByTestId('file').setInputFiles(documentPath('rivers-en.pdf'));
  await page.getByTestId('make').click();
  await page.waitForURL('**/reel/*');
  await page.goto(server.url);
  await expect(page.getByTestId('work-card')).toHaveCount(1);
  await accessible(page);
  await page.screenshot({ path: 'test-results/pictures/start.png' });
  await page.keyboard.press('b');
  await page.waitForURL('**/library');
  const rows = page.getByTestId('library-row');
  await expect(rows).toHaveCount(1);
  await page.getByTestId('library-search').fill('nothing of the kind');
  await expect(page.getByTestId('library-none')).toBeVisible();
  await page.getByTestId('library-search').fill('RIVERS');
  await expect(rows).toHaveCount(1);
  await page.getByTestId('select-all').check();
  await accessible(page);
  await page.screenshot({ path: 'test-results/pictures/library.png' });
  await page.getByTestId('library-delete').click();
  await expect(rows).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows).toHaveCount(1);
  await rows.getByRole('checkbox').check();
  await page.getByTestId('library-delete').click();
  // Leaving does not undo it.
  await page.goto(`${server.url}/settings`);
  await expect
    .poll(async () => ((await (await page.request.get(`${server.url}/api/v1/reels`)).json()) as { items: [] }).items)
    .toEqual([]);
});

test('an administrator invites, suspends, and pauses a queue; a member does not', async ({ browser }) => {
  const omar = await signUp(browser, 'Omar');
  await omar.goto(`${server.url}/admin`);
  await expect(omar.getByText('This is for administrators')).toBeVisible();
  const page = await signIn(browser);
  await page.goto(`${server.url}/admin`);
  const row = page.getByTestId('users').getByRole('listitem').filter({ hasText: 'omar@example.org' });
  await row.getByRole('button', { name: 'Suspend' }).click();
  await expect(row).toContainText('Suspended');
  await omar.goto(`${server.url}/library`);
  await omar.waitForURL(/\/sign-in/);
  await page.getByRole('link', { name: 'Invitations' }).click();
  await page.getByTestId('invite').click();
  const link = (await page.getByTestId('invitation-link').locator('code').textContent())!;
  expect((await fetch(link)).status).toBe(200);
  await page.getByRole('link', { name: 'Queues' }).click();
  await page.getByRole('button', { name: /Pause .*video/ }).click();
  await expect(page.getByTestId('queues').locator('[data-paused=true]')).toContainText('video');
  await page.getByRole('button', { name: /Resume .*video/ }).click();
  await expect(page.getByTestId('queues').locator('[data-paused=true]')).toHaveCount(0);
  for (const part of ['Dead letters', 'Storage', 'Events']) {
    await page.getByRole('link', { name: part }).click();
    await accessible(page);
  }
});

for (const [language, theme] of [
  ['en', 'dark'],
  ['ar', 'light'],
] as const) {
  test(`its pages on a phone: ${language}, ${theme}`, async ({ browser }) => {
    const page = await signIn(browser, { language, theme }, { viewport: { width: 360, height: 740 } });
    for (const path of ['/', '/library', '/settings', '/admin', '/admin?part=queues', '/admin?part=events']) {
      await page.goto(server.url + path);
      await expect(page.locator('h1')).toBeVisible();
      await expect(page.locator('.skeleton')).toHaveCount(0);
      await accessible(page);
      const name = path.replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'start';
      await page.screenshot({ path: `test-results/pictures/phone-${name}-${language}-${theme}.png` });
    }
  });
}

test('a person deletes the account', async ({ browser }) => {
  const page = await signUp(browser, 'Layla');
  await page.goto(`${server.url}/settings`);
  await page.getByTestId('leave-begin').click();
  await page.keyboard.type('not the password');
  await page.getByTestId('leave').click();
  await expect(page.getByRole('alert')).toContainText('wrong');
  await page.locator('[autocomplete=current-password]').last().fill(PASSWORD);
  await page.getByTestId('leave').click();
  await page.waitForURL(/\/sign-in/);
  const data = { email: 'layla@example.org', password: PASSWORD };
  expect((await page.request.post(`${server.url}/api/v1/session`, { data })).status()).toBe(401);
});
