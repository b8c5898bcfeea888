/** A page that is slow, as on an old phone: what the worker has sent and forgotten before the page could ask is finished all the same. */
import type { Page } from '@playwright/test';
import { ADDRESS, counts, recorded, sent, sessionOf, withMicrophone } from './microphone';
import { expect, test } from './test';

/** So many times slower than this machine. */
const SLOWER = 12;

test.use({ spec: 'slow', ...withMicrophone(60) });
test.describe.configure({ timeout: 180_000 });

async function slowed(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
}

async function complete(page: Page, url: string) {
  await expect(page.getByTestId('session')).toHaveAttribute('data-state', 'complete', { timeout: 60_000 });
  const session = await sessionOf(page, url);
  expect(session.state).toBe('complete');
  expect(session.segments.map(({ chunks, stored }) => stored === chunks && stored > 0)).toEqual([true]);
  await counts(page, url, 0);
}

test('a recording is stopped and finished in one, whoever is faster', async ({ studio, page, server }) => {
  for (const seconds of [3, 6]) {
    await studio.open('/scribe');
    await page.getByTestId('transcribe').uncheck();
    await slowed(page);
    await page.getByTestId('record').click();
    await expect(page).toHaveURL(ADDRESS, { timeout: 60_000 });
    await recorded(page, seconds);
    await page.getByTestId('stop-finish').click();
    await complete(page, server.url);
  }
});

test('a recording that was stopped is finished after the outbox has sent all of it', async ({
  studio,
  page,
  server,
}) => {
  await studio.open('/scribe');
  await page.getByTestId('transcribe').uncheck();
  await slowed(page);
  await page.getByTestId('record').click();
  await expect(page).toHaveURL(ADDRESS, { timeout: 60_000 });
  await recorded(page, 4);
  await page.getByTestId('stop').click();
  await expect(page.getByTestId('live')).toBeHidden({ timeout: 60_000 });
  await sent(page);
  await page.getByTestId('finish').click();
  await complete(page, server.url);
});
