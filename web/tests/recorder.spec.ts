/**
 * Whatever is cut, the server has every block of the sound exactly once. With SLUICE_LONG=1 the outages last 60 and 120 seconds as well,
 * and the page crashes.
 */
import type { Browser, BrowserContext, CDPSession, Page } from '@playwright/test';
import { block, read } from './counter';
import {
  ADDRESS,
  counts,
  elapsed,
  idOf,
  recorded,
  recordedMore,
  sent,
  sessionOf,
  withMicrophone,
  type Segment,
} from './microphone';
import { expect, test } from './test';

const LONG = process.env['SLUICE_LONG'] === '1';
/** Milliseconds of sound that a reload may cost, and a crash: about a slice, and its write. */
const COST_MS = { reload: 400, crash: 2500 };
/** A part that goes on with the sound of another one begins within so many blocks. */
const MOST_BLOCKS = 400;

test.use({ spec: 'recorder', ...withMicrophone(LONG ? 400 : 60) });

// Each would wait for the sound of the one before.
test.describe.configure({ mode: 'parallel' });

test('the ear hears what is missing or repeated', () => {
  const whole = Float32Array.from(Array.from({ length: 20 }, (_, n) => [...block(n, 8000)]).flat());
  expect(read(whole, 10)).toMatchObject({ first: 0, last: 19, broken: [] });
  const without = (from: number, to: number) => Float32Array.from([...whole.slice(0, from), ...whole.slice(to)]);
  expect(read(without(9600, 10_400), 10).broken, 'a block is missing').toMatchObject([{ block: 12, heard: 13 }]);
  expect(read(without(9600, 9680), 10).broken, '10 ms are missing').toHaveLength(1);
  const twice = Float32Array.from([...whole.slice(0, 9600), ...whole.slice(8000)]);
  expect(read(twice, 10).broken, 'two blocks are there twice').toMatchObject([{ block: 12, heard: 10 }]);
});

test('nothing is lost by an outage, a killed server, a 413, a reload and a second device', async ({
  studio,
  page,
  server,
  context,
  browser,
}) => {
  await studio.open('/scribe');
  await page.getByTestId('title').fill('A long meeting');
  await page.getByTestId('record').click();
  await expect(page.getByTestId('live')).toHaveAttribute('data-stage', 'recording');
  await expect(page, 'the server knows it').toHaveURL(ADDRESS);
  await inAnotherTab(context, page.url());

  for (const seconds of LONG ? [10, 60, 120] : [10]) {
    await context.setOffline(true);
    await recordedMore(page, seconds);
    await expect(page.getByTestId('outbox')).toBeVisible();
    await context.setOffline(false);
    await expect.poll(async () => Number(await page.getByTestId('outbox').getAttribute('data-left'))).toBeLessThan(6);
  }

  await server.kill();
  await recordedMore(page, 5);
  let refused = 0;
  await page.route('**/chunks/*', async (route) => {
    const bytes = route.request().postDataBuffer()?.length ?? 0;
    if (bytes <= 20_000) return route.continue();
    refused += 1;
    await route.fulfill({ status: 413, json: { code: 'chunk_too_large', most_bytes: 20_000 } });
  });
  await server.start();
  await expect.poll(() => refused, 'a chunk was too large').toBeGreaterThan(0);
  await expect.poll(async () => Number(await page.getByTestId('outbox').getAttribute('data-left'))).toBeLessThan(6);
  await page.unroute('**/chunks/*');

  const cuts: { at: number; cost: number }[] = [{ at: Date.now(), cost: COST_MS.reload }];
  await page.reload();
  await page.getByTestId('go-on').click();
  await recorded(page, 3);
  let last = page;
  if (LONG) {
    cuts.push({ at: Date.now(), cost: COST_MS.crash });
    last = await crashed(context, page);
    await last.getByTestId('go-on').click();
    await recorded(last, 3);
  }
  await last.getByTestId('stop').click();
  await sent(last);

  await onAnotherDevice(browser, server.url, last.url());

  // The sound that counts says nothing that could be written down.
  await page.request.patch(`${server.url}/api/v1/sessions/${idOf(last)}`, { data: { transcribe: false } });
  await last.getByTestId('finish').click();
  await expect(last.getByTestId('session')).toHaveAttribute('data-state', 'complete');
  const session = await sessionOf(last, server.url);
  expect(session).toMatchObject({ state: 'complete', title: 'A long meeting' });
  expect(session.consent).toContain('being recorded');
  expect(session.segments.every(({ chunks, stored }) => chunks === stored)).toBe(true);
  expect(session.segments).toHaveLength(LONG ? 4 : 3);
  let sound = 0;
  for (const { number, started_at } of session.segments) {
    const heard = await counts(last, server.url, number);
    expect(heard.first, 'the fake microphone begins anew for each recorder').toBeLessThan(10);
    sound += heard.seconds * 1000;
    const cut = cuts[number];
    if (cut) expect(cut.at - started_at - heard.seconds * 1000).toBeLessThan(cut.cost);
  }
  // The times of chunks are the recorder's clock, which on a busy machine starts before the microphone gives anything.
  expect(Math.abs(sound - session.length_ms)).toBeLessThan(1500 * session.segments.length);
});

/** A second tab of the browser leaves a segment alone whose recorder lives. */
async function inAnotherTab(context: BrowserContext, address: string) {
  const page = await context.newPage();
  await page.goto(address);
  await expect(page.getByTestId('elsewhere')).toBeVisible();
  await expect(page.getByTestId('go-on')).toBeHidden();
  await page.close();
}

/** A browser of its own, without what the first one keeps, goes on with the same session. */
async function onAnotherDevice(browser: Browser, url: string, address: string) {
  const context = await browser.newContext({ permissions: ['microphone'], serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByTestId('go-on').click();
  await recorded(page, 3);
  await page.getByTestId('stop').click();
  await sent(page);
  await expect.poll(async () => (await sessionOf(page, url)).segments.at(-1)!.chunks).not.toBeNull();
  await context.close();
}

/** The process of the page dies; another tab finds what it has left. */
async function crashed(context: BrowserContext, page: Page): Promise<Page> {
  const address = page.url();
  const devtools = await context.newCDPSession(page);
  const gone = page.waitForEvent('crash');
  void devtools.send('Page.crash').catch(() => undefined);
  await gone;
  const next = await context.newPage();
  await next.goto(address);
  return next;
}

test('a full storage is relieved, warns, and stops cleanly', async ({ studio, page, server, context }) => {
  await studio.open('/scribe');
  const devtools = await context.newCDPSession(page);
  const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  await quota(page, devtools, server.url, used + 20_000_000);
  await page.getByTestId('record').click();
  await recorded(page, 1);
  await context.setOffline(true);
  await quota(page, devtools, server.url, used + 2_000_000);
  await expect(page.getByTestId('warning'), 'the reserve is used').toHaveAttribute('data-code', 'full');
  await recordedMore(page, 2);
  await expect(page.getByTestId('live'), 'it goes on').toHaveAttribute('data-stage', 'recording');
  await quota(page, devtools, server.url, 1000);
  await expect(page.getByTestId('warning')).toHaveAttribute('data-code', 'full_stopped');
  const stoppedAt = await elapsed(page);
  await studio.accessible();
  await studio.picture('scribe-full');
  await quota(page, devtools, server.url, null);
  await expect(page.getByTestId('live'), 'what was in memory is kept').toBeHidden();
  await context.setOffline(false);
  await sent(page);
  const heard = await counts(page, server.url, 0);
  expect(heard.seconds, 'up to the end').toBeGreaterThan(stoppedAt - 1.5);
});

/** Sets the room that the browser gives, and has it notice: it counts anew when something does not fit in what it knew. */
async function quota(page: Page, devtools: CDPSession, origin: string, bytes: number | null) {
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, ...(bytes === null ? {} : { quotaSize: bytes }) });
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open('filler', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('filler');
        request.onerror = () => resolve();
        request.onsuccess = () => {
          const tx = request.result.transaction('filler', 'readwrite');
          tx.objectStore('filler').put(new Blob([new Uint8Array(24_000_000)]), 1);
          const end = () => {
            request.result.close();
            indexedDB.deleteDatabase('filler');
            resolve();
          };
          tx.oncomplete = tx.onabort = end;
        };
      }),
  );
}

test('a machine that slept and a pause leave their times between two parts', async ({ studio, page, server }) => {
  await studio.open('/scribe');
  await page.getByTestId('record').click();
  await expect(page, 'the server knows it').toHaveURL(ADDRESS);
  await recorded(page, 3);
  // As on a system whose clock for pages stands still while the machine sleeps: the other one is a minute ahead.
  await page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 60_000;
  });
  await recordedMore(page, 3);
  await page.getByTestId('pause').click();
  await expect(page.getByTestId('live')).toHaveAttribute('data-stage', 'paused');
  const paused = Date.now();
  await expect.poll(() => Date.now() - paused, { timeout: 10_000 }).toBeGreaterThan(2500);
  await page.getByTestId('pause').click();
  await recordedMore(page, 2);
  await page.getByTestId('stop').click();
  await sent(page);
  const { segments } = await sessionOf(page, server.url);
  expect(segments.map(({ chunks, stored }) => chunks === stored)).toEqual([true, true, true]);
  const [first, second, third] = segments as [Segment, Segment, Segment];
  const between = (one: Segment, next: Segment) => next.started_at - one.started_at - one.length_ms;
  expect(Math.abs(between(first, second) - 60_000), 'the sleep').toBeLessThan(1500);
  expect(Math.abs(between(second, third) - 3000), 'the pause').toBeLessThan(2000);
  await expect(page.getByTestId('gap')).toHaveCount(2);
  const [one, two, three] = [
    await counts(page, server.url, 0),
    await counts(page, server.url, 1, MOST_BLOCKS),
    await counts(page, server.url, 2, MOST_BLOCKS),
  ];
  expect(Math.abs(two.first - one.last), 'hardly anything is lost or doubled by going on').toBeLessThanOrEqual(4);
  expect(three.first).toBeGreaterThan(two.last + 15);
});

test('what was recorded offline is sent later, or saved where the server takes no more', async ({
  studio,
  page,
  server,
  context,
}) => {
  await studio.open('/scribe');
  await expect(page.getByTestId('sessions').or(page.getByTestId('no-sessions'))).toBeVisible();
  await context.setOffline(true);
  await page.keyboard.press('r');
  await page.getByTestId('title').fill('On the train');
  await page.getByTestId('title').press('Enter');
  await recorded(page, 1);
  await expect(page.getByTestId('session'), 'the server does not know it').toHaveAttribute('data-state', 'local');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('o');
  await expect(page.getByTestId('live')).toHaveAttribute('data-stage', 'paused');
  await studio.accessible();
  await studio.picture('scribe-paused');
  await page.keyboard.press('o');
  await recordedMore(page, 1);
  await page.getByRole('link', { name: 'Library' }).click();
  await expect(page.getByText('The recording goes on.')).toBeVisible();
  await page.getByRole('button', { name: 'Show it' }).click();
  await page.keyboard.press('x');
  await expect(page.getByTestId('live')).toBeHidden();
  await context.setOffline(false);
  await expect(page).toHaveURL(ADDRESS);
  await sent(page);
  const before = await counts(page, server.url, 0);
  const after = await counts(page, server.url, 1, MOST_BLOCKS);
  expect(after.first, 'but for the pause every block is there once').toBeGreaterThan(before.last + 1);

  // It is finished elsewhere while this browser has more of it.
  const session = await sessionOf(page, server.url);
  await page.getByTestId('go-on').click();
  await recorded(page, 1);
  await context.setOffline(true);
  await recordedMore(page, 1);
  await page.getByTestId('stop').click();
  const ask = (method: string, path: string, body: object) =>
    fetch(`${server.url}/api/v1/sessions/${session.id}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  await ask('PATCH', '', { transcribe: false });
  await ask('POST', '/finish', { accept_gaps: true });
  await context.setOffline(false);
  await expect(page.getByTestId('stuck')).toHaveAttribute('data-code', 'session_ended');
  await studio.accessible();
  await studio.picture('scribe-stuck');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save it as a file' }).click();
  expect((await download).suggestedFilename()).toMatch(/^On the train 1\.webm$/);
  await page.getByRole('button', { name: 'Discard it' }).click();
  await expect(page.getByTestId('stuck')).toBeHidden();
});

test('the pages of the recordings', async ({ studio, page, server }) => {
  const made = await madeByApi(server.url);
  await studio.open('/scribe');
  const row = page.getByTestId('session-row').filter({ hasText: 'Board meeting' });
  await expect(row).toBeVisible();
  await studio.accessible();
  await studio.picture('scribe-home');
  await row.getByRole('link').click();

  const title = page.getByTestId('session-title');
  await title.fill('Board meeting, June');
  await title.press('Enter');
  await expect(page.getByTestId('save-title')).toBeHidden();
  expect(await sessionOf(page, server.url, made)).toMatchObject({ title: 'Board meeting, June' });

  await page.getByTestId('finish').click();
  await expect(page.getByTestId('gaps')).toContainText('Part 1: 1 piece is missing');
  await studio.accessible();
  await studio.picture('scribe-gaps');
  await page.getByTestId('accept-gaps').click();
  await expect(page.getByTestId('session')).toHaveAttribute('data-state', 'complete');
  await expect(page.getByTestId('segment')).toHaveAttribute('data-missing', '1');

  await page.getByTestId('delete').click();
  await expect(page).toHaveURL(/\/scribe$/);
  const renamed = page.getByTestId('session-row').filter({ hasText: 'Board meeting, June' });
  await expect(renamed).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page).toHaveURL(ADDRESS);
  await expect(page.getByTestId('session')).toHaveAttribute('data-state', 'complete');
});

for (const [name, language, theme, width] of [
  ['arabic-dark', 'ar', 'dark', 1280],
  ['arabic-phone', 'ar', 'light', 360],
  ['phone-dark', 'en', 'dark', 360],
] as const) {
  test(`recording in ${name}`, async ({ studio, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await studio.open('/scribe', { language, theme });
    await expect(page.getByTestId('sessions').or(page.getByTestId('no-sessions'))).toBeVisible();
    await studio.accessible();
    await studio.picture(`scribe-home-${name}`);
    await page.getByTestId('transcribe').uncheck();
    await page.getByTestId('record').click();
    await recorded(page, 1);
    await studio.accessible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    if (language === 'ar') expect(await studio.latinTexts()).toEqual([]);
    await studio.picture(`scribe-live-${name}`);
    await page.getByTestId('stop-finish').click();
    await expect(page.getByTestId('session')).toHaveAttribute('data-state', 'complete');
    await studio.accessible();
    await studio.picture(`scribe-done-${name}`);
  });
}

/** A session of which a chunk is missing. */
async function madeByApi(url: string): Promise<string> {
  const ask = async (path: string, request: RequestInit) => {
    const answer = await fetch(`${url}/api/v1/sessions${path}`, request);
    expect(answer.ok, await answer.clone().text()).toBe(true);
    return (await answer.json()) as { id: string };
  };
  const post = (path: string, body: object) =>
    ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const { id } = await post('', { title: 'Board meeting', transcribe: false });
  await post(`/${id}/segments`, { key: 'a', source: 'microphone', media_type: 'audio/webm', started_at: Date.now() });
  for (const chunk of [0, 2]) {
    const body = Uint8Array.from([0x1a, 0x45, 0xdf, 0xa3, chunk]);
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', body)).toString('base64');
    await ask(`/${id}/segments/0/chunks/${chunk}?start_ms=${chunk * 1000}&length_ms=1000`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Digest': `sha-256=:${digest}:` },
      body,
    });
  }
  await post(`/${id}/segments/0/close`, { chunks: 3 });
  return id;
}
