/** What a browser that was never here before transfers to show the start to somebody who is signed in. */
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Server } from './server';
import { expect, test } from './test';

/** In bytes, with all headers: of the page, its workers, its fonts and the answers of the API. */
const MOST = 220_000;
const PASSWORD = 'a quiet lighthouse';

/** Passes everything on to a server, and counts what comes back. */
async function counter(server: Server) {
  const passed = { bytes: 0, url: '', end: () => {} };
  const before = createServer((client) => {
    const behind = connect(server.port, '127.0.0.1');
    behind.on('data', (part) => (passed.bytes += part.length));
    for (const socket of [client, behind]) socket.on('error', () => [client, behind].forEach((one) => one.destroy()));
    client.pipe(behind);
    behind.pipe(client);
  });
  before.listen(0, '127.0.0.1');
  await once(before, 'listening');
  passed.url = `http://127.0.0.1:${(before.address() as AddressInfo).port}`;
  passed.end = () => void before.close();
  return passed;
}

test('the first load of a signed-in page is small, in both languages', async ({ browser }) => {
  const server = await Server.create([]);
  const link = new URL(/http:\S+\/join\/\S+/.exec(server.said())![0]).pathname;
  const first = await browser.newContext();
  const person = await first.newPage();
  await person.goto(server.url + link);
  for (const [name, value] of Object.entries({ name: 'Ada', email: 'ada@example.org', password: PASSWORD }))
    await person.locator(`[name=${name}]`).fill(value);
  await person.getByRole('button').last().click();
  await expect(person.getByRole('heading', { level: 1 })).toContainText('Ada');
  const { cookies } = await first.storageState();
  await first.close();

  for (const language of ['en', 'ar']) {
    const passed = await counter(server);
    const context = await browser.newContext({ storageState: { cookies, origins: [] } });
    await context.addInitScript(
      (code) => localStorage.setItem('sluice.settings', JSON.stringify({ language: code })),
      language,
    );
    const page = await context.newPage();
    await page.goto(passed.url);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Ada');
    await expect(page.getByTestId('start-none')).toBeVisible();
    await page.evaluate(() => document.fonts.ready);
    let seen = -1;
    // The event stream stays open, so the network is never idle: it is quiet when nothing has come for a while.
    await expect
      .poll(
        () => {
          const quiet = seen === passed.bytes;
          seen = passed.bytes;
          return quiet;
        },
        { intervals: [1500] },
      )
      .toBe(true);
    console.log(`first load, ${language}: ${(passed.bytes / 1000).toFixed(1)} kB`);
    expect(passed.bytes).toBeGreaterThan(20_000);
    expect(passed.bytes, language).toBeLessThanOrEqual(MOST);
    await context.close();
    passed.end();
  }
  await server.end();
});
