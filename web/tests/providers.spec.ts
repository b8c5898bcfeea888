/** Remote providers in the page, with the twin in their place: keys, tests, routes, health and spending. */
import type { Locator, Page } from '@playwright/test';
import { begin, signIn } from './people';
import { Server } from './server';
import { expect, Studio, test as base } from './test';
import { Twin } from './twin';
import { wav } from './wav';

const PROVIDERS = `
[providers.voices]
kind = "elevenlabs"
url = "TWIN/elevenlabs"
[providers.voices.prices.scribe_v1]
minutes = "0.5"
[providers.faces]
kind = "d-id"
url = "TWIN/d-id"
[providers.here]
kind = "openai"
server = "llama-cpp"
url = "TWIN/openai/v1"
models = { complete = "gpt-4o-mini" }
`;
const ROUTES = `
[[route.transcribe]]
provider = "voices"
longest = 7200000
cost_cap = 50000
[[route.speak]]
provider = "voices"
model = "eleven_flash_v2_5"
languages = ["ar", "en"]
longest = 5000
[[route.speak]]
provider = "local"
[[route.complete]]
provider = "here"
local_only = true
`;
/** The other way round, and with other conditions. */
const OTHER_ROUTES = `
[[route.speak]]
provider = "local"
[[route.speak]]
provider = "voices"
shortest = 10
[[route.complete]]
provider = "here"
`;
const GOOD = 'sk-of-the-test-wxyz';

const test = base.extend<{ twin: Twin; own: Server; studio: Studio }>({
  twin: async ({}, use) => {
    const twin = await Twin.start();
    await use(twin);
    await twin.end();
  },
  own: async ({ twin }, use) => {
    const config = twin.config(PROVIDERS + ROUTES);
    const server = await Server.create(['--single-user', '--outbound-allow', '127.0.0.1', '--config', config]);
    await use(server);
    await server.end();
  },
  studio: async ({ page, own }, use) => {
    const studio = new Studio(page, own);
    await use(studio);
    expect(studio.violations, 'nothing breaks the content security policy').toEqual([]);
  },
});

const item = (page: Page, name: string) => page.locator(`[data-provider=${name}]`);
const keyField = (page: Page, name: string) => item(page, name).locator('input[type=password]');

/** A text says all of this, whatever is isolated in it for its direction. */
async function says(locator: Locator, ...parts: string[]): Promise<void> {
  const text = async () => ((await locator.textContent()) ?? '').replace(/[\u2066-\u2069]/g, '');
  for (const part of parts) await expect.poll(text).toContain(part);
}

/** Two seconds of a tone, which the twin hears as words. One that was heard before is not asked for again. */
function tone(pitch: number): Buffer {
  const samples = Buffer.alloc(64_000);
  for (let n = 0; n < 32_000; n += 1) samples.writeInt16LE(Math.round(8000 * Math.sin((n * pitch) / 100)), n * 2);
  return wav(16_000, samples);
}

/** Sends a sound, which is transcribed by the first route. */
async function transcribe(server: Server, page: Page, pitch: number): Promise<void> {
  const multipart = { file: { name: 'tone.wav', mimeType: 'audio/wav', buffer: tone(pitch) }, language: 'en' };
  const answer = await page.request.post(`${server.url}/api/v1/sessions/files`, { multipart });
  expect(answer.status(), await answer.text()).toBe(201);
}

test('a key is checked before it is saved, and then shown masked', async ({ studio, page, own }) => {
  await studio.open('/admin?part=providers');
  const voices = item(page, 'voices');
  await expect(voices).toContainText('A key is missing');
  await expect(item(page, 'here')).toContainText('It needs no key');
  await studio.accessible();
  await studio.picture('providers-without-keys');

  // By the keyboard alone, a wrong key first.
  await voices.getByRole('button', { name: /key… for/ }).focus();
  await page.keyboard.press('Enter');
  await expect(keyField(page, 'voices'), 'the focus goes on').toBeFocused();
  await page.keyboard.type('bad-key');
  await page.keyboard.press('Enter');
  await expect(voices.getByRole('alert')).toContainText('The provider does not accept the key');
  await expect(voices.getByRole('alert')).toContainText('Nothing was saved');
  await expect(keyField(page, 'voices')).toHaveAttribute('aria-invalid', 'true');
  await expect(keyField(page, 'voices'), 'it can be corrected at once').toBeFocused();
  const described = await keyField(page, 'voices').getAttribute('aria-describedby');
  await expect(voices.locator(`[id="${described}"]`), 'beside its field').toContainText('does not accept');
  await expect(page.getByRole('alert'), 'and nowhere else').toHaveCount(1);
  await studio.accessible();
  await studio.picture('providers-key-refused');

  await page.keyboard.press('Control+a');
  await page.keyboard.type('two words');
  await expect(voices.getByRole('alert'), 'another key is not refused yet').toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(voices.getByRole('alert')).toContainText('This is no key');

  await page.keyboard.press('Control+a');
  await page.keyboard.type(GOOD);
  await page.keyboard.press('Enter');
  await expect(voices.getByTestId('masked')).toHaveText('••••wxyz');
  await expect(voices.getByRole('button', { name: /key… for/ }), 'back to where it was opened').toBeFocused();
  await studio.accessible();
  await studio.picture('providers-key-saved');
  await page.reload();
  await expect(voices.getByTestId('masked')).toHaveText('••••wxyz');
  expect(await page.content(), 'the key itself is never sent back').not.toContain('sk-of-the-test');
  const listed = await page.request.get(`${own.url}/api/v1/admin/providers`);
  expect(await listed.text()).not.toContain('sk-of-the-test');

  await voices.getByRole('button', { name: /^Remove the key/ }).click();
  await expect(voices).toContainText('A key is missing');
});

test('a test says what the provider says, and what to do if it refuses', async ({ studio, page, twin }) => {
  await studio.open('/admin?part=providers');
  const voices = item(page, 'voices');
  await expect(voices.getByRole('button', { name: /^Test/ }), 'there is nothing to test').toBeDisabled();
  await voices.getByRole('button', { name: /key… for/ }).click();
  await keyField(page, 'voices').fill(GOOD);
  await voices.getByRole('button', { name: 'Check and save' }).click();
  await expect(voices.getByTestId('masked')).toBeVisible();

  await voices.getByRole('button', { name: /^Test/ }).click();
  await expect(voices.getByRole('status')).toContainText(/It accepts the key\. .*characters used/);
  await expect(voices.getByRole('alert')).toHaveCount(0);
  await studio.picture('providers-tested');

  await twin.fails('elevenlabs', 'unauthorized');
  await voices.getByRole('button', { name: /^Test/ }).click();
  const alert = voices.getByRole('alert');
  await expect(alert).toContainText('The provider does not accept the key');
  await expect(alert).toContainText('Make a new key there, and save it here.');
  await expect(alert, 'nothing was to be saved').not.toContainText('saved.');
  await expect(voices.getByRole('status')).toHaveCount(0);
  await expect(item(page, 'faces').getByRole('alert'), 'of this one alone').toHaveCount(0);
  await studio.accessible();
  await studio.picture('providers-test-refused');

  await twin.fails('elevenlabs', { kind: 'status', status: 503 });
  await voices.getByRole('button', { name: /^Test/ }).click();
  await expect(alert).toContainText('could not be asked');
  await expect(alert).toContainText('Try again later.');
  await twin.fails('elevenlabs', null);
  await voices.getByRole('button', { name: /^Test/ }).click();
  await expect(voices.getByRole('status')).toContainText('It accepts the key.');
});

test('routes are shown in their order with their conditions, and anew after they were changed', async ({
  studio,
  page,
  twin,
  own,
}) => {
  await studio.open('/admin?part=providers');
  const routes = (name: string) => item(page, name).getByTestId('routes').getByRole('listitem');
  await expect(routes('voices')).toHaveCount(2);
  await says(
    routes('voices').nth(0),
    'Speech, choice 1 · with eleven_flash_v2_5 · only Arabic, English · up to 5,000 char',
  );
  await says(routes('voices').nth(1), 'Transcription, choice 1 · up to 2 hr · at most $0.05 a call');
  await says(routes('here'), 'Texts by a language model, choice 1');
  await expect(item(page, 'here')).toContainText('on this machine');
  await expect(item(page, 'faces')).toContainText('No route leads to it');

  twin.config(PROVIDERS + OTHER_ROUTES);
  await own.kill();
  await own.start();
  await page.reload();
  await expect(routes('voices')).toHaveCount(1);
  await says(routes('voices'), 'Speech, choice 2 · from 10 characters');
  await expect(routes('voices').first()).not.toContainText('Arabic');
  await studio.accessible();
});

test('spending is shown, and so is a provider that is not asked for now', async ({ studio, page, twin, own }) => {
  await studio.open('/admin?part=providers');
  const voices = item(page, 'voices');
  await says(voices, '$0.00 today');
  await voices.getByRole('button', { name: /key… for/ }).click();
  await keyField(page, 'voices').fill(GOOD);
  await voices.getByRole('button', { name: 'Check and save' }).click();
  await expect(voices.getByTestId('masked')).toBeVisible();
  await expect(voices).toContainText('works');

  await transcribe(own, page, 7);
  await expect.poll(async () => (await twin.bill()).map(({ operation }) => operation)).toEqual(['transcribe']);
  await expect
    .poll(async () => {
      await page.reload();
      return ((await voices.textContent()) ?? '').replace(/[\u2066-\u2069]/g, '');
    })
    .toMatch(/\$0\.0[1-9]\d* today/);
  await studio.picture('providers-spent');

  await twin.fails('elevenlabs', { kind: 'status', status: 503 });
  // It is left alone after the fifth failure.
  for (let pitch = 8; pitch < 14; pitch += 1) await transcribe(own, page, pitch);
  await expect
    .poll(
      async () => {
        await page.reload();
        return (await voices.textContent()) ?? '';
      },
      { timeout: 120_000 },
    )
    .toContain('not asked for now');
  await expect(voices).toContainText('It is tried again');
  await expect(voices, 'an administrator is told why').toContainText('the provider is in trouble');
  await studio.accessible();
  await studio.picture('providers-open-circuit');
});

test("a person's own key comes before that of the installation", async ({ browser, request, twin }) => {
  const config = twin.config(PROVIDERS + ROUTES);
  const server = await Server.create(['--outbound-allow', '127.0.0.1', '--config', config]);
  await begin(server, request);
  const page = await signIn(server, browser, { language: 'en' });
  const admin = { data: { key: 'sk-of-all-here-abcd' } };
  const saved = await page.request.put(`${server.url}/api/v1/admin/providers/voices/key`, admin);
  expect(saved.status(), await saved.text()).toBe(200);
  await page.goto(`${server.url}/settings`);
  const voices = item(page, 'voices');
  await expect(voices).toContainText('With the key of the installation');
  await expect(voices, "another's key is not shown, not even masked").not.toContainText('abcd');
  await expect(voices.getByRole('button', { name: /^Remove/ }), 'nor can it be removed here').toHaveCount(0);

  await voices.getByRole('button', { name: /key… for/ }).click();
  await keyField(page, 'voices').fill('bad-key');
  await page.keyboard.press('Enter');
  await expect(voices.getByRole('alert')).toContainText('does not accept the key');
  await keyField(page, 'voices').fill(GOOD);
  await page.keyboard.press('Enter');
  await expect(voices.getByTestId('masked')).toHaveText('••••wxyz');
  await new Studio(page, server).accessible();
  await new Studio(page, server).picture('providers-own-key');

  // What the installation has stays as it was.
  await page.goto(`${server.url}/admin?part=providers`);
  await expect(voices.getByTestId('masked')).toHaveText('••••abcd');
  await page.goto(`${server.url}/settings`);
  await voices.getByRole('button', { name: /^Remove the key/ }).click();
  await expect(voices).toContainText('With the key of the installation');
  await page.context().close();
  await server.end();
});

test('it reads well on a phone, in both languages and themes', async ({ studio, page, twin }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await studio.open('/admin?part=providers');
  await twin.fails('elevenlabs', 'unauthorized');
  for (const language of ['en', 'ar'] as const)
    for (const theme of ['light', 'dark'] as const) {
      await page.evaluate((wanted) => localStorage.setItem('sluice.settings', JSON.stringify(wanted)), {
        language,
        theme,
      });
      await page.reload();
      const voices = item(page, 'voices');
      await voices.locator('button').nth(1).click();
      await keyField(page, 'voices').fill(GOOD);
      await page.keyboard.press('Enter');
      await expect(voices.getByRole('alert')).toBeVisible();
      await voices.getByRole('alert').scrollIntoViewIfNeeded();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await studio.accessible();
      if (language === 'ar') expect(await studio.latinTexts()).toEqual([]);
      await studio.picture(`providers-phone-${language}-${theme}`);
    }
});
