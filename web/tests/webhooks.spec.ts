/** Webhooks in the settings, with a receiver on this machine. */
import type { Locator, Page } from '@playwright/test';
import { Receiver } from './receiver';
import { Server } from './server';
import { expect, Studio, test as base } from './test';

const test = base.extend<{ receiver: Receiver; own: Server; studio: Studio }>({
  receiver: async ({}, use) => {
    const receiver = await Receiver.start();
    await use(receiver);
    receiver.end();
  },
  own: async ({}, use) => {
    const server = await Server.create(['--single-user', '--outbound-allow', '127.0.0.1']);
    await use(server);
    await server.end();
  },
  studio: async ({ page, own }, use) => {
    const studio = new Studio(page, own);
    await use(studio);
    expect(studio.violations, 'nothing breaks the content security policy').toEqual([]);
  },
});

/** An endpoint that is made through the API; its secret. */
async function endpoint(server: Server, url: string, events: string[] = []): Promise<string> {
  const answer = await fetch(`${server.url}/api/v1/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, description: 'our archive', events }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { secret: string }).secret;
}

const count = async (server: Server) =>
  ((await (await fetch(`${server.url}/api/v1/webhooks`)).json()) as unknown[]).length;

async function opened(page: Page): Promise<Locator> {
  const item = page.getByTestId('webhook');
  await item.getByTestId('webhook-open').click();
  await expect(item.getByTestId('webhook-inside')).toBeVisible();
  return item;
}

/** Presses Tab until what has the focus is this. */
async function tabTo(page: Page, target: Locator) {
  for (let n = 0; n < 80; n += 1) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${String(target)}`);
}

test('an address is added, tried and deleted by the keyboard alone', async ({
  studio,
  page,
  own,
  receiver,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: own.url });
  await studio.open('/settings');
  const section = page.getByTestId('webhooks');
  await expect(section.getByTestId('no-webhooks')).toBeVisible();
  await tabTo(page, section.getByTestId('webhook-add'));
  await page.keyboard.press('Enter');
  await expect(section.getByTestId('webhook-url'), 'the focus goes on').toBeFocused();

  // What may not be reached is refused, with what to do.
  await page.keyboard.type('http://192.168.7.7/hooks');
  await page.keyboard.press('Enter');
  await expect(section.getByRole('alert')).toContainText('This address cannot be used');
  await studio.accessible();

  await section.getByTestId('webhook-url').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(receiver.url);
  await page.keyboard.press('Tab');
  await page.keyboard.type('our archive');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect(section.getByTestId('webhook-save'), 'some of them have to be chosen').toBeDisabled();
  for (const name of ['A job is done', 'A job failed for good', 'A reel was deleted']) {
    await tabTo(page, section.getByRole('checkbox', { name }));
    await page.keyboard.press('Space');
  }
  await studio.accessible();
  await studio.picture('webhooks-form');
  await tabTo(page, section.getByTestId('webhook-save'));
  await page.keyboard.press('Enter');

  const secret = section.getByTestId('webhook-secret');
  await expect(secret).toBeFocused();
  const shown = (await secret.locator('code').textContent()) ?? '';
  expect(shown).toMatch(/^whsec_/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
  await expect(section.getByTestId('webhook')).toContainText('job.succeeded');
  await studio.accessible();
  await studio.picture('webhooks-secret');
  await page.reload();
  await expect(section.getByTestId('webhook')).toBeVisible();
  await expect(page.getByText(shown), 'it is shown once').toHaveCount(0);

  const item = section.getByTestId('webhook');
  await tabTo(page, item.getByTestId('webhook-open'));
  await page.keyboard.press('Enter');
  await tabTo(page, item.getByTestId('webhook-test'));
  await page.keyboard.press('Enter');
  const delivery = item.getByTestId('delivery');
  await expect(delivery).toHaveAttribute('data-state', 'delivered');
  await expect(delivery).toContainText('1 attempt');
  await expect(delivery).toContainText(/answered \u2068204/);
  expect(receiver.arrived.map(({ type }) => type)).toEqual(['webhook.ping']);
  expect(receiver.arrived[0]!.signedWith(shown)).toBe(true);
  await tabTo(page, delivery.getByTestId('delivery-open'));
  await page.keyboard.press('Enter');
  await expect(delivery.getByTestId('delivery-detail')).toContainText('"type": "webhook.ping"');

  // What is deleted can be taken back for a while.
  await tabTo(page, item.getByTestId('webhook-delete'));
  await page.keyboard.press('Enter');
  await expect(item).toHaveCount(0);
  await page.keyboard.press('Alt+t');
  await tabTo(page, page.getByRole('button', { name: 'Undo' }));
  await page.keyboard.press('Enter');
  await expect(item).toBeVisible();
  expect(await count(own)).toBe(1);
});

test('what does not arrive is said, tried again and sent again', async ({ studio, page, own, receiver }) => {
  await endpoint(own, receiver.url, ['reel.*']);
  receiver.status = 500;
  await studio.open('/settings');
  const item = await opened(page);
  await item.getByTestId('webhook-test').click();
  const delivery = item.getByTestId('delivery');
  await expect(delivery).toContainText(/answered \u2068500/);
  await expect(delivery).toHaveAttribute('data-state', 'pending');
  await expect(item).toContainText('Failing');
  await expect(item.getByTestId('webhook-why')).toContainText(/attempts? (has|have) failed/);
  await delivery.getByTestId('delivery-open').click();
  await expect(delivery.getByTestId('delivery-detail')).toContainText('out of order');
  await studio.accessible();
  await studio.picture('webhooks-failing');

  receiver.status = 200;
  await delivery.getByTestId('delivery-again').click();
  await expect(delivery).toHaveAttribute('data-state', 'delivered');
  await expect(delivery).toContainText(/answered \u2068200/);
  await expect(item.getByTestId('webhook-why')).toHaveCount(0);
  expect(new Set(receiver.arrived.map(({ id }) => id)).size, 'it has the same id each time').toBe(1);

  // What the receiver has lost is sent again, by when it happened.
  await item.getByTestId('webhook-test').click();
  await expect(delivery).toHaveCount(2);
  await expect(delivery.first()).toHaveAttribute('data-state', 'delivered');
  const before = receiver.arrived.length;
  await item.getByTestId('range-open').click();
  await item.getByTestId('range').getByRole('combobox').selectOption('delivered');
  await studio.accessible();
  await studio.picture('webhooks-range');
  await item.getByTestId('range-do').click();
  await expect(page.getByText('2 deliveries are sent again.')).toBeVisible();
  await expect.poll(() => receiver.arrived.length - before).toBe(2);
  await expect(item.getByTestId('range-open')).toBeFocused();
  await item.getByTestId('range-open').click();
  await item.getByTestId('range-until').fill('2020-01-01T00:00');
  await item.getByTestId('range-do').click();
  await expect(item.getByTestId('range').getByRole('alert')).toContainText('ends before it begins');

  await item.getByRole('combobox', { name: 'State of the deliveries' }).selectOption('failed');
  await expect(item).toContainText('No delivery is in this state.');
});

test('a secret is replaced, and both sign for a while', async ({ studio, page, own, receiver }) => {
  const old = await endpoint(own, receiver.url);
  await studio.open('/settings');
  const item = await opened(page);
  await item.getByRole('button', { name: 'New secret' }).click();
  await studio.accessible();
  await item.getByTestId('webhook-rotate-do').click();
  const secret = page.getByTestId('webhook-secret');
  await expect(secret).toBeFocused();
  const fresh = (await secret.locator('code').textContent()) ?? '';
  expect(fresh).not.toBe(old);
  await secret.getByRole('button', { name: 'I have it' }).click();
  await expect(secret).toHaveCount(0);
  await expect(item).toContainText('signed with the old secret, too');
  await item.getByTestId('webhook-test').click();
  await expect.poll(() => receiver.arrived.length).toBe(1);
  expect([old, fresh].map((one) => receiver.arrived[0]!.signedWith(one))).toEqual([true, true]);

  // Known to others: the old one is of no use at once.
  await item.getByRole('button', { name: 'New secret' }).click();
  await item.getByTestId('webhook-rotate').getByRole('combobox').selectOption('0');
  await item.getByTestId('webhook-rotate-do').click();
  await expect(secret.locator('code')).not.toHaveText(fresh);
  const last = (await secret.locator('code').textContent()) ?? '';
  await item.getByTestId('webhook-test').click();
  await expect.poll(() => receiver.arrived.length).toBe(2);
  expect([fresh, last].map((one) => receiver.arrived[1]!.signedWith(one))).toEqual([false, true]);
});

test('an address that is turned off says why, and is turned on, changed and deleted', async ({
  studio,
  page,
  own,
  receiver,
}) => {
  await endpoint(own, receiver.url);
  receiver.status = 410;
  await studio.open('/settings');
  const item = await opened(page);
  await item.getByTestId('webhook-test').click();
  await expect(item).toHaveAttribute('data-enabled', 'false');
  await expect(item.getByTestId('webhook-why')).toContainText('answered 410');
  await expect(item.getByTestId('webhook-test')).toBeDisabled();
  await studio.accessible();
  await studio.picture('webhooks-gone');

  receiver.status = 204;
  await item.getByTestId('webhook-turn').click();
  await expect(item).toHaveAttribute('data-enabled', 'true');
  await item.getByTestId('webhook-test').click();
  await expect(item.getByTestId('delivery').first()).toHaveAttribute('data-state', 'delivered');

  await item.getByTestId('webhook-turn').click();
  await expect(item.getByTestId('webhook-why')).toContainText('You turned it off');

  await item.getByRole('button', { name: 'Change', exact: true }).click();
  await item.getByTestId('webhook-description').fill('another archive');
  await item.getByRole('radio', { name: 'Only some events' }).check();
  await item.getByRole('checkbox', { name: 'A job is done' }).check();
  await item.getByTestId('webhook-save').click();
  await expect(item.getByRole('button', { name: 'Change', exact: true }), 'back to where it was opened').toBeFocused();
  await expect(item).toContainText('another archive');
  await expect(item).toContainText('job.succeeded');

  await item.getByTestId('webhook-delete').click();
  await expect(page.getByTestId('no-webhooks')).toBeVisible();
  expect(await count(own), 'it can still be taken back').toBe(1);
  await expect.poll(() => count(own), { timeout: 15_000 }).toBe(0);
});

test('it reads well on a phone, in both languages and themes', async ({ studio, page, own, receiver }) => {
  await endpoint(own, receiver.url, ['job.succeeded', 'job.dead', 'reel.*']);
  receiver.status = 503;
  await page.setViewportSize({ width: 360, height: 740 });
  await studio.open('/settings');
  for (const language of ['en', 'ar'] as const)
    for (const theme of ['light', 'dark'] as const) {
      await page.evaluate((wanted) => localStorage.setItem('sluice.settings', JSON.stringify(wanted)), {
        language,
        theme,
      });
      await page.reload();
      const item = await opened(page);
      if (receiver.arrived.length === 0) await item.getByTestId('webhook-test').click();
      await expect(item.getByTestId('delivery').first()).toBeVisible();
      await expect.poll(() => receiver.arrived.length).toBeGreaterThan(0);
      await item.getByTestId('delivery-open').first().click();
      await expect(item.getByTestId('delivery-detail').locator('pre').last()).toBeVisible();
      await item.getByTestId('range-open').click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await studio.accessible();
      if (language === 'ar') expect(await studio.latinTexts()).toEqual([]);
      await page.getByTestId('webhooks').scrollIntoViewIfNeeded();
      await page.evaluate(() => document.fonts.ready);
      await page.getByTestId('webhooks').screenshot({
        path: `test-results/pictures/phone-webhooks-${language}-${theme}.png`,
        animations: 'disabled',
      });
    }
});
