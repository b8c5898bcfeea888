import { readFileSync } from 'node:fs';
import type { APIRequestContext, BrowserContext, Page } from '@playwright/test';
import { Proxy } from './proxy';
import { documentPath, expect, test } from './test';

test.use({ spec: 'stream' });
test.describe.configure({ mode: 'serial' });

interface Started {
  id: string;
  job_id: string;
}

/** One reel for all tests: the number of videos per address is limited. */
let only: Started | null = null;

/** Work that goes on for long enough to be stopped: the reel is started, or goes on after it was stopped. */
async function start(request: APIRequestContext, url: string): Promise<Started> {
  if (only) {
    const again = await request.post(`${url}/api/v1/jobs/${only.job_id}/retry`);
    expect(again.status()).toBe(202);
    return only;
  }
  const file = {
    name: 'rivers-en.pdf',
    mimeType: 'application/pdf',
    buffer: readFileSync(documentPath('rivers-en.pdf')),
  };
  const answer = await request.post(`${url}/api/v1/reels`, { multipart: { file } });
  expect(answer.status()).toBe(202);
  only = (await answer.json()) as Started;
  return only;
}

const cancel = (request: APIRequestContext, url: string, reel: Started) =>
  request.post(`${url}/api/v1/jobs/${reel.job_id}/cancel`);
const card = (page: Page, reel: Started) => page.locator(`[data-testid=reel-card][href="/reel/${reel.id}"]`);

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}/reel`);
  await expect(page.getByRole('heading', { name: 'Make a video' })).toBeVisible();
  return page;
}

const WAYS = [
  { way: 'a shared worker', without: '' },
  { way: 'an elected leader', without: 'SharedWorker' },
];

for (const { way, without } of WAYS) {
  test.describe(`the stream shared by ${way}`, () => {
    let proxy: Proxy;

    test.beforeEach(async ({ context, server }) => {
      proxy = await Proxy.before(server.url);
      if (without) await context.addInitScript((name) => Reflect.deleteProperty(globalThis, name), without);
    });

    test.afterEach(() => proxy.end());

    test('is one for two pages, and both change', async ({ context, request, server }) => {
      const first = await openPage(context, proxy.url);
      const second = await openPage(context, proxy.url);
      await expect.poll(() => proxy.openStreams).toBe(1);
      const reel = await start(request, server.url);
      for (const page of [first, second]) await expect(card(page, reel)).toContainText('Working');
      await cancel(request, server.url, reel);
      for (const page of [first, second]) await expect(card(page, reel)).toContainText('Cancelled');
      expect(proxy.streams).toBe(1);
    });

    test('replays what a cut connection missed', async ({ context, request, server }) => {
      const reel = await start(request, server.url);
      const page = await openPage(context, proxy.url);
      await expect(card(page, reel)).toContainText('Working');
      await expect.poll(() => proxy.openStreams).toBe(1);
      proxy.cut();
      await expect(page.getByTestId('connection')).toContainText('cannot be reached');
      await cancel(request, server.url, reel);
      proxy.mend();
      await expect(card(page, reel)).toContainText('Cancelled');
      await expect(page.getByTestId('connection')).toBeHidden();
      expect(proxy.resumed.at(-1), 'the stream goes on where it was').not.toBeNull();
    });

    test('outlives the page that opened it', async ({ context, request, server }) => {
      const reel = await start(request, server.url);
      const first = await openPage(context, proxy.url);
      const second = await openPage(context, proxy.url);
      await expect(card(second, reel)).toContainText('Working');
      await expect.poll(() => proxy.openStreams).toBe(1);
      // Nothing comes through while the leaders change.
      proxy.cut();
      await first.close();
      await cancel(request, server.url, reel);
      proxy.mend();
      await expect(card(second, reel)).toContainText('Cancelled');
      await expect.poll(() => proxy.openStreams).toBe(1);
      expect(proxy.resumed.at(-1)).not.toBeNull();
    });
  });
}

test('a page without both has a stream of its own', async ({ context, request, server }) => {
  const proxy = await Proxy.before(server.url);
  await context.addInitScript(() => {
    for (const name of ['SharedWorker', 'BroadcastChannel']) Reflect.deleteProperty(globalThis, name);
  });
  const page = await openPage(context, proxy.url);
  const reel = await start(request, server.url);
  await expect(card(page, reel)).toContainText('Working');
  await cancel(request, server.url, reel);
  await expect(card(page, reel)).toContainText('Cancelled');
  expect(proxy.streams).toBe(1);
  await proxy.end();
});

test('what is no longer kept is asked for again', async ({ context, request, server }) => {
  const proxy = await Proxy.before(server.url);
  const reel = await start(request, server.url);
  const page = await openPage(context, proxy.url);
  await expect(card(page, reel)).toContainText('Working');
  await expect.poll(() => proxy.openStreams).toBe(1);
  proxy.cut();
  await cancel(request, server.url, reel);
  // A place that the server cannot resume from, as after its events have expired.
  proxy.resumeFrom('999999999');
  proxy.mend();
  await expect(card(page, reel)).toContainText('Cancelled');
  await proxy.end();
});

test('the present state that comes with a reset is shown, without asking for it', async ({
  context,
  request,
  server,
}) => {
  const proxy = await Proxy.before(server.url);
  const reel = await start(request, server.url);
  const page = await context.newPage();
  await page.goto(proxy.url);
  const work = page.getByTestId('work-card');
  await expect(work).toHaveAttribute('data-state', /working|waiting/);
  await expect.poll(() => proxy.openStreams).toBe(1);
  proxy.cut();
  await expect(page.getByTestId('connection')).toContainText('cannot be reached');
  await cancel(request, server.url, reel);
  // Lists are not answered any more: what the page shows came by the stream.
  await page.route('**/api/v1/reels?**', (route) => route.abort());
  proxy.resumeFrom('999999999');
  proxy.mend();
  await expect(work).toHaveAttribute('data-state', 'cancelled');
  await proxy.end();
});
