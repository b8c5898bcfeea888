/** Signing in: the first run, passwords, invitations, an issuer. */
import type { Page } from '@playwright/test';
import { AxeBuilder } from './axe';
import { AUDIENCE, Issuer } from './issuer';
import { expect, test } from './test';
import { Server } from './server';

test.use({ spec: 'accounts' });

const PASSWORD = 'a quiet lighthouse';

/** The link that the first run prints. */
function firstLink(server: Server): string {
  const link = /http:\S+\/join\/\S+/.exec(server.said());
  expect(link, server.said()).not.toBeNull();
  return new URL(new URL(link![0]).pathname, server.url).href;
}

async function accessible(page: Page) {
  expect(await new AxeBuilder(page).analyse()).toEqual([]);
}

async function fill(page: Page, fields: Record<string, string>) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
}

test('the first run, by the keyboard alone, and back again', async ({ browser }) => {
  const server = await Server.create([]);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(server.url + '/settings');
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fsettings$/);
  await page.goto(firstLink(server));
  await page.keyboard.type('Ada');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ada@example.org');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(server.url + '/');
  // The link worked once.
  await page.goto(firstLink(server));
  await expect(page.getByRole('alert')).toContainText('was used');
  await context.close();

  const scripted = await browser.newContext();
  const home = await scripted.newPage();
  await home.goto(server.url + '/sign-in?next=%2Fsettings');
  await fill(home, { email: 'Ada@Example.org', password: 'not the password' });
  await home.getByRole('button').click();
  await expect(home.getByRole('alert')).toContainText('wrong');
  await expect(home.locator('[name=email]')).toHaveValue('Ada@Example.org');
  await fill(home, { password: PASSWORD });
  await home.keyboard.press('Enter');
  await expect(home).toHaveURL(server.url + '/settings');
  await expect(home.getByRole('heading').first()).toBeVisible();
  await scripted.close();
  await server.end();
});

for (const [language, locale] of [
  ['en', 'en-GB'],
  ['ar', 'ar-EG'],
]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the sign-in pages look as they should: ${language}, ${colorScheme}`, async ({ browser }) => {
      const server = await Server.create(['--sign-up', 'open']);
      const context = await browser.newContext({ locale, colorScheme, viewport: { width: 1100, height: 800 } });
      const page = await context.newPage();
      for (const [name, path] of [
        ['first-run', new URL(firstLink(server)).pathname],
        ['sign-in', '/sign-in?problem=wrong_password'],
        ['sign-up', '/sign-up'],
      ]) {
        await page.goto(server.url + path);
        await expect(page.locator('html')).toHaveAttribute('lang', language!);
        await accessible(page);
        await page.screenshot({ path: `test-results/pictures/${name}-${language}-${colorScheme}.png` });
      }
      await page.setViewportSize({ width: 320, height: 640 });
      await accessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(wide, 'nothing is wider than a small phone').toBe(false);
      await context.close();
      await server.end();
    });
  }
}

test('an issuer signs people in, and a bad bearer nobody', async ({ browser, request }) => {
  let issuer!: Issuer;
  // The issuer has to know the server's address, and the server the issuer's.
  const server = await Server.create((url) => ['--public-url', url]);
  await server.kill();
  const url = `http://localhost:${server.port}`;
  issuer = await Issuer.create(`${url}/auth/callback`);
  server.options.push('--oidc-issuer', issuer.url, '--oidc-client-id', 'sluice', '--oidc-name', 'The Test Issuer');
  server.options.push('--sign-up', 'open', '--oidc-client-secret-file', server.secret('secret-of-sluice'));
  server.options.push('--oidc-audiences', AUDIENCE);
  await server.start();

  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${url}/sign-in?next=%2Fsettings`);
  await accessible(page);
  await page.getByRole('link', { name: 'The Test Issuer' }).click();
  await page.locator('[name=login]').fill('omar');
  await page.locator('[name=password]').fill('any');
  await page.getByRole('button', { name: /sign-in/i }).click();
  await page.getByRole('button', { name: /continue/i }).click();
  await expect(page).toHaveURL(`${url}/settings`);
  const me = (await (await page.request.get(`${url}/api/v1/account`)).json()) as Record<string, never>;
  expect(me).toMatchObject({
    proof: 'session',
    account: { email: 'omar@example.org', name: 'omar of the issuer', role: 'member' },
  });
  // Its answer is of use once, and to the browser that asked.
  const stolen = await request.get(`${url}/auth/callback?code=x&state=y`, { maxRedirects: 0 });
  expect(stolen.headers()['location']).toBe('/sign-in?problem=sign_in_failed');

  const ask = async (token: string) => {
    const answer = await request.get(`${url}/api/v1/account`, { headers: { authorization: `Bearer ${token}` } });
    return [answer.status(), ((await answer.json()) as { detail?: string }).detail?.split(':')[0]];
  };
  const good = await issuer.token();
  expect(await ask(good)).toEqual([200, undefined]);
  expect(await ask(await issuer.token('https://another.test'))).toEqual([401, 'token-invalid-audience']);
  const [head, body, signature] = good.split('.');
  const forged = Buffer.from(body!, 'base64url').toString().replace('"program"', '"omar"');
  const cases = {
    [`${head}.${Buffer.from(forged).toString('base64url')}.${signature}`]: 'token-invalid-signature',
    [`${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`]: 'token-invalid-algorithm',
    [`${Buffer.from('{"alg":"HS256","kid":"one"}').toString('base64url')}.${body}.${signature}`]:
      'token-invalid-algorithm',
    [`${Buffer.from('{"alg":"RS256","kid":"nobody"}').toString('base64url')}.${body}.${signature}`]: 'jwk-kid-mismatch',
    [`${head}.${body}`]: 'token-invalid',
    [`${head}.${'a'.repeat(9000)}.${signature}`]: 'token-invalid',
  };
  for (const [token, reason] of Object.entries(cases)) expect(await ask(token)).toEqual([401, reason]);

  // While the issuer is down, the keys that are known are used; a flood of unknown keys does not become one of questions.
  issuer.broken = true;
  expect(await ask(good)).toEqual([200, undefined]);
  issuer.broken = false;
  const asked = issuer.keysAsked;
  for (let i = 0; i < 20; i++) await ask(Object.keys(cases)[3]!);
  expect(issuer.keysAsked - asked).toBeLessThanOrEqual(1);

  issuer.rotate();
  await server.kill();
  await server.start();
  expect(await ask(await issuer.token())).toEqual([200, undefined]);
  expect(await ask(good)).toEqual([401, 'jwk-kid-mismatch']);
  issuer.broken = true;
  await server.kill();
  await server.start();
  expect((await ask(await Promise.resolve(good)))[0]).toBe(503);
  issuer.end();
  await context.close();
  await server.end();
});
