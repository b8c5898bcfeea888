/** The models of the built-in engines, as an administrator manages them; files come from a small mirror of the test's own. */
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { AxeBuilder } from './axe';
import { begin, signIn } from './people';
import { Server } from './server';
import { expect, Studio, test } from './test';

test.use({ spec: 'models' });

/** The models of this machine, from which the mirror takes its files: the tests download nothing. */
const INSTALLED =
  process.env['SLUICE_MODELS'] ??
  join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'sluice/models');
/** All that the set `voice-ar` has. */
const RUNTIME = 'libonnxruntime.so.1.31.1';

/** Serves files by their names; `halted` sends the first half of each and then waits, `wrong` other bytes. */
class ModelsMirror {
  state: 'whole' | 'halted' | 'wrong' | 'gone' = 'whole';
  /** Where each request began. */
  readonly begun: number[] = [];
  #waiting: ServerResponse[] = [];
  #server: HttpServer;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = join(INSTALLED, decodeURIComponent(request.url!.slice(1)));
      if (this.state === 'gone' || !existsSync(path)) return void response.writeHead(404).end();
      const size = statSync(path).size;
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      this.begun.push(from);
      response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': size - from });
      if (this.state === 'wrong') return void response.end(Buffer.alloc(size - from));
      if (this.state === 'whole') return void createReadStream(path, { start: from }).pipe(response);
      createReadStream(path, { start: from, end: size >> 1 }).pipe(response, { end: false });
      this.#waiting.push(response);
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  end() {
    this.#waiting.forEach((response) => response.destroy());
    this.#server.close();
  }
}

const mirror = new ModelsMirror();
const folder = mkdtempSync(join(tmpdir(), 'sluice-models-'));
let server: Server;

test.beforeAll(async ({ playwright }) => {
  test.skip(!existsSync(join(INSTALLED, RUNTIME)), 'the models of this machine are not installed');
  const address = await mirror.listen();
  server = await Server.create(['--models', folder, '--models-mirror', address]);
  const request = await playwright.request.newContext();
  await begin(server, request);
  await request.dispose();
});

test.afterAll(async () => {
  await server?.end();
  mirror.end();
  rmSync(folder, { recursive: true, force: true });
});

const row = (page: Page, name: string) => page.locator(`[data-set="${name}"]`);
/** The name of a button; what a text is about is isolated in it, whatever its direction. */
const named = (verb: string, what: string) => ({ name: `${verb}: \u2068${what}\u2069` });
const files = () => readdirSync(folder).filter((name) => name !== '.lock');

test('a set is downloaded, stopped, continued, verified and removed', async ({ browser }) => {
  const page = await signIn(server, browser);
  await page.goto(`${server.url}/admin?part=models`);
  const set = row(page, 'voice-ar');
  await expect(set).toHaveAttribute('data-state', 'missing');
  await expect(set).toContainText('nothing is spoken in Arabic');

  mirror.state = 'halted';
  await set.getByRole('button', named('Download', 'Arabic vowel marks')).click();
  const bar = set.getByRole('progressbar');
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(40);
  await expect(set).toContainText('Downloading · ');
  await page.screenshot({ path: 'test-results/pictures/models-downloading.png', fullPage: true });
  expect(await new AxeBuilder(page).analyse(), 'while it is downloaded').toEqual([]);
  await set.getByRole('button', named('Cancel', 'Arabic vowel marks')).click();
  await expect(page.getByText('What was received is kept.')).toBeVisible();
  await expect(bar).toHaveCount(0);
  expect(files()).toEqual([`${RUNTIME}.part`]);

  // By the keyboard alone.
  mirror.state = 'whole';
  await set.getByRole('button', named('Download', 'Arabic vowel marks')).focus();
  await page.keyboard.press('Enter');
  await expect(set).toHaveAttribute('data-state', 'installed');
  expect(files()).toEqual([RUNTIME]);
  expect(mirror.begun.at(-1), 'from where it had stopped').toBeGreaterThan(1_000_000);
  await set.getByRole('button', named('Verify', 'Arabic vowel marks')).press('Enter');
  await expect(set.getByRole('button', named('Verify', 'Arabic vowel marks'))).toBeVisible();
  await expect(set).toHaveAttribute('data-state', 'installed');
  await expect(set.getByRole('button', { name: /^Remove/ }), 'other sets have its file, too').toHaveCount(0);
  await page.context().close();
});

test('a damaged file is found, and fetched again', async ({ browser }) => {
  const page = await signIn(server, browser);
  await page.goto(`${server.url}/admin?part=models`);
  const set = row(page, 'voice-ar');
  writeFileSync(join(folder, RUNTIME), Buffer.alloc(statSync(join(INSTALLED, RUNTIME)).size));
  await set.getByRole('button', named('Verify', 'Arabic vowel marks')).click();
  await expect(set).toHaveAttribute('data-state', 'damaged');
  mirror.state = 'whole';
  await set.getByRole('button', named('Download', 'Arabic vowel marks')).click();
  await expect(set).toHaveAttribute('data-state', 'installed');
  await page.context().close();
});

test('what goes wrong is explained, and what is removed is asked', async ({ browser }) => {
  const page = await signIn(server, browser);
  await page.goto(`${server.url}/admin?part=models`);
  const set = row(page, 'voice-en');
  mirror.state = 'wrong';
  await set.getByRole('button', named('Download', 'The English voice')).click();
  await expect(set.getByRole('alert')).toContainText('What was downloaded is not the expected file');
  await expect(set.getByRole('alert')).toContainText('models_damaged');
  expect(files(), 'nothing of it is kept').toEqual([RUNTIME]);
  expect(await new AxeBuilder(page).analyse(), 'in trouble').toEqual([]);
  await page.screenshot({ path: 'test-results/pictures/models-trouble.png', fullPage: true });
  mirror.state = 'gone';
  await set.getByRole('button', named('Download', 'The English voice')).click();
  await expect(set.getByRole('alert')).toContainText('models_unreachable');

  writeFileSync(join(folder, 'en_US-joe-medium.onnx.json'), '{}');
  await page.reload();
  await expect(set).toHaveAttribute('data-state', 'damaged');
  await set.getByRole('button', named('Remove', 'The English voice')).press('Enter');
  await expect(set.getByRole('button', { name: 'Remove', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(set).toHaveAttribute('data-state', 'missing');
  expect(files(), 'what other sets have stays').toEqual([RUNTIME]);
  await page.context().close();
});

for (const look of [
  { language: 'en', theme: 'dark' },
  { language: 'ar', theme: 'light' },
] as const) {
  test(`axe finds nothing: ${look.language}, ${look.theme}`, async ({ browser }) => {
    const page = await signIn(server, browser, look);
    await page.goto(`${server.url}/admin?part=models`);
    await expect(page.getByTestId('models').locator('[data-set]')).toHaveCount(16);
    await row(page, 'voice-en').locator('summary').press('Enter');
    expect(await new AxeBuilder(page).analyse()).toEqual([]);
    if (look.language === 'ar') expect(await new Studio(page, server).latinTexts()).toEqual([]);
    const picture = `test-results/pictures/models-${look.language}-${look.theme}.png`;
    await page.screenshot({ path: picture, fullPage: true });
    await page.setViewportSize({ width: 360, height: 780 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide, 'scrolls sideways').toBe(false);
    await page.screenshot({ path: picture.replace('.png', '-small.png'), fullPage: true });
    await page.context().close();
  });
}
