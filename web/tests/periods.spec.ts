/** For how many days recordings are kept: of everything in the settings, of one on its page. */
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import type { Server } from './server';
import { expect, test } from './test';

test.use({ spec: 'periods' });

const PERIODS = '/api/v1/storage/periods/scribe';

/** A recording of nothing, which has ended. */
async function recording(server: Server, request: APIRequestContext): Promise<string> {
  const begun = await request.post(`${server.url}/api/v1/sessions`, { data: { title: 'Tides', transcribe: false } });
  expect(begun.status(), await begun.text()).toBe(201);
  const { id } = (await begun.json()) as { id: string };
  const ended = await request.post(`${server.url}/api/v1/sessions/${id}/finish`, { data: {} });
  expect(ended.ok(), await ended.text()).toBe(true);
  return id;
}

/** The days that hold, and who set them. */
async function holding({ page, server, id }: { page: Page; server: Server; id?: string }) {
  const answer = await page.request.get(server.url + PERIODS + (id ? `/${id}` : ''));
  const { hot, warm } = (await answer.json()) as Record<'hot' | 'warm', { days?: number; set_by: string }>;
  return [hot.days, hot.set_by, warm.days, warm.set_by];
}

const hot = (form: Locator) => form.locator('input[name=hot]');
const warm = (form: Locator) => form.locator('input[name=warm]');
const said = (form: Locator, tier: 'hot' | 'warm') => form.locator(`[data-tier=${tier}] p`);
const save = (form: Locator) => form.getByTestId('periods-save').click();

/** What the page puts into its texts is isolated from their direction. */
const plain = async (words: Locator) => ((await words.textContent()) ?? '').replace(/[\u2066-\u2069]/g, '').trim();

test.afterEach(async ({ page, server }) => {
  await page.request.delete(server.url + PERIODS);
});

test('days are set for everything, stay, and are given up', async ({ studio, page, server }) => {
  await studio.open('/settings');
  const section = page.getByTestId('how-long');
  const form = section.getByTestId('periods');
  await expect(section.getByRole('heading', { name: 'Scribe' })).toBeVisible();
  await expect(hot(form)).toHaveValue('');
  await expect(hot(form)).toHaveAttribute('placeholder', '7');
  expect(await plain(said(form, 'warm'))).toBe('30 days, as the server has it You may set 1 to 365.');
  await expect(form.getByTestId('periods-save')).toHaveAttribute('aria-disabled', 'true');
  await expect(form.getByTestId('periods-unset')).toHaveCount(0);

  await hot(form).fill('3');
  await warm(form).fill('٩٠');
  await warm(form).press('Enter');
  await expect(said(form, 'hot')).toContainText('as you set it');
  expect(await holding({ page, server })).toEqual([3, 'owner', 90, 'owner']);
  await page.reload();
  await expect(hot(form)).toHaveValue('3');
  await expect(warm(form)).toHaveValue('90');
  await studio.accessible();

  // One tier alone.
  await hot(form).fill('');
  await save(form);
  await expect(hot(form)).toHaveAttribute('placeholder', '7');
  expect(await holding({ page, server })).toEqual([7, 'installation', 90, 'owner']);

  await form.getByTestId('periods-unset').click();
  await expect(form.getByTestId('periods-unset')).toHaveCount(0);
  await expect(hot(form), 'the focus is not lost with the button').toBeFocused();
  await page.reload();
  await expect(warm(form)).toHaveAttribute('placeholder', '30');
  await expect(warm(form)).toHaveValue('');
  expect(await holding({ page, server })).toEqual([7, 'installation', 30, 'installation']);
});

test('days that are not allowed are refused at their field', async ({ studio, page, server }) => {
  // As the page knew them before they were narrowed.
  await page.route('**/api/v1/storage', async (route) => {
    const answer = await route.fetch();
    const report = (await answer.json()) as { periods: { warm: { longest: number } }[] };
    for (const one of report.periods) one.warm.longest = 9999;
    await route.fulfill({ response: answer, json: report });
  });
  await studio.open('/settings');
  const form = page.getByTestId('how-long').getByTestId('periods');
  await hot(form).fill('5');
  await warm(form).fill('400');
  const put = page.waitForResponse((one) => one.url().endsWith(PERIODS) && one.request().method() === 'PUT');
  const [answer] = await Promise.all([put, save(form)]);
  expect(answer.status(), 'by the server').toBe(422);
  const alert = form.getByRole('alert');
  expect(await plain(alert)).toMatch(/^This server allows 1 to 365 days\./);
  await expect(warm(form)).toBeFocused();
  await expect(warm(form)).toHaveAttribute('aria-invalid', 'true');
  await expect(hot(form), 'what was typed stays').toHaveValue('5');
  expect(await holding({ page, server })).toEqual([7, 'installation', 30, 'installation']);
  await studio.accessible();
  await studio.picture('periods-refused');

  await warm(form).fill('365');
  await expect(alert).toHaveCount(0);
  // Not one of these is sent.
  for (const text of ['0', '-1', '2.5', 'many', '366']) {
    await warm(form).fill(text);
    await save(form);
    await expect(alert, text).toBeVisible();
  }
  await warm(form).fill('365');
  await save(form);
  await expect(said(form, 'warm')).toContainText('as you set it');
  expect(await holding({ page, server })).toEqual([5, 'owner', 365, 'owner']);
});

test('a recording has days of its own, which win', async ({ studio, page, server }) => {
  const id = await recording(server, page.request);
  await page.request.put(server.url + PERIODS, { data: { hot: 3 } });
  const asked: string[] = [];
  page.on('request', (request) => void (request.url().includes('/periods/') && asked.push(request.url())));
  await studio.open(`/scribe/${id}`);
  const keep = page.getByTestId('keep');
  await expect(keep).toBeVisible();
  expect(asked, 'nothing is asked for before it is opened').toEqual([]);
  await keep.locator('summary').click();
  const form = keep.getByTestId('periods');
  await expect(hot(form)).toHaveAttribute('placeholder', '3');
  await expect(said(form, 'hot')).toContainText('as you set it for all');
  await expect(warm(form)).toHaveAttribute('placeholder', '30');

  await hot(form).fill('20');
  await save(form);
  await expect(said(form, 'hot')).toContainText('as you set it for this one');
  expect(await holding({ page, server, id })).toEqual([20, 'subject', 30, 'installation']);
  expect((await holding({ page, server })).slice(0, 2), 'all others stay as they were').toEqual([3, 'owner']);
  await page.reload();
  await keep.locator('summary').click();
  await expect(hot(form)).toHaveValue('20');
  await expect(hot(form), 'what holds without them').toHaveAttribute('placeholder', '3');
  await warm(form).fill('0');
  await save(form);
  expect(await plain(form.getByRole('alert'))).toMatch(/^This server allows 1 to 365 days\./);
  await warm(form).fill('');
  await studio.accessible();

  await page.goto(`${server.url}/settings`);
  await expect(page.getByTestId('periods-exceptions')).toContainText('of them has days of its own');
  await page.goBack();
  await keep.locator('summary').click();
  await form.getByRole('button', { name: 'As for all my recordings' }).click();
  await expect(said(form, 'hot')).toContainText('as you set it for all');
  await expect(hot(form)).toHaveValue('');
  expect(await holding({ page, server, id })).toEqual([3, 'owner', 30, 'installation']);
});

test('where nothing can be set, that is said, or nothing is offered', async ({ studio, page, server }) => {
  const id = await recording(server, page.request);
  await page.route(`**/api/v1/sessions/${id}`, async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as { kept: object };
    await route.fulfill({
      response: answer,
      json: { ...session, kept: { ...session.kept, tier: 'cold', held: true } },
    });
  });
  await studio.open(`/scribe/${id}`);
  const keep = page.getByTestId('keep');
  await keep.locator('summary').click();
  await expect(keep).toContainText('Its sound is no longer kept.');
  await expect(keep.getByTestId('keep-held')).toBeVisible();
  await expect(keep.getByTestId('periods')).toHaveCount(0);
  await studio.accessible();

  // Who may only read.
  await page.route('**/api/v1/account', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), scopes: ['read'] } });
  });
  await page.reload();
  await expect(page.getByTestId('parts')).toBeVisible();
  await expect(keep).toHaveCount(0);
  await page.goto(`${server.url}/settings`);
  await expect(page.getByTestId('usage')).toBeVisible();
  await expect(page.getByTestId('how-long')).toHaveCount(0);
});

test('what is typed stays while the server cannot be reached', async ({ studio, page, context, server }) => {
  await studio.open('/settings');
  const form = page.getByTestId('how-long').getByTestId('periods');
  await hot(form).fill('9');
  await context.setOffline(true);
  await save(form);
  await expect(form.getByRole('alert')).toContainText('network');
  await expect(hot(form)).toHaveValue('9');
  await context.setOffline(false);
  await save(form);
  await expect(said(form, 'hot')).toContainText('as you set it');
  await expect(form.getByRole('alert')).toHaveCount(0);
  expect(await holding({ page, server })).toEqual([9, 'owner', 30, 'installation']);
});

test('it reads well on a phone, in both languages and themes', async ({ studio, page, server }) => {
  const id = await recording(server, page.request);
  await page.request.put(server.url + PERIODS, { data: { warm: 90 } });
  await page.request.put(`${server.url}${PERIODS}/${id}`, { data: { hot: 20 } });
  await studio.open('/settings');
  for (const width of [1280, 390])
    for (const language of ['en', 'ar'] as const)
      for (const theme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 844 });
        const settings = { language, theme, digits: language === 'ar' ? 'arab' : 'latn' };
        await page.evaluate((wanted) => localStorage.setItem('sluice.settings', JSON.stringify(wanted)), settings);
        for (const [path, place] of [
          ['/settings', 'how-long'],
          [`/scribe/${id}`, 'keep'],
        ] as const) {
          await page.goto(server.url + path);
          const part = page.getByTestId(place);
          if (place === 'keep') await part.locator('summary').click();
          await expect(warm(part)).toBeVisible();
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          await studio.accessible();
          if (language === 'ar') {
            expect(await studio.latinTexts()).toEqual([]);
            await expect(hot(part)).toHaveAttribute('placeholder', '٧');
            await expect(place === 'keep' ? hot(part) : warm(part)).toHaveValue(place === 'keep' ? '٢٠' : '٩٠');
            await warm(part).fill('0');
            await save(part);
            await expect(part.getByRole('alert')).toContainText('يسمح هذا الخادم');
          }
          await part.scrollIntoViewIfNeeded();
          await studio.picture(`periods-${place}-${width}-${language}-${theme}`);
        }
      }
});
