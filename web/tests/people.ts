/** People with accounts at a server, and what they have. */
import type { APIRequestContext, Browser, BrowserContextOptions, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import type { Server } from './server';
import { documentPath, expect } from './test';

export const PASSWORD = 'a quiet lighthouse';

/** The first administrator, by the link of the first run. */
export async function begin(server: Server, request: APIRequestContext): Promise<void> {
  const invitation = /\/join\/(\S+)/.exec(server.said())![1];
  const data = { name: 'Ada', email: 'ada@example.org', password: PASSWORD, invitation };
  expect((await request.post(`${server.url}/api/v1/accounts`, { data })).status()).toBe(201);
}

export interface Settings {
  language?: 'en' | 'ar';
  theme?: 'light' | 'dark';
}

/** A page of hers. */
export async function signIn(
  server: Server,
  browser: Browser,
  settings: Settings = {},
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
  const data = { email: 'ada@example.org', password: PASSWORD };
  expect((await context.request.post(`${server.url}/api/v1/session`, { data })).status()).toBe(200);
  const page = await context.newPage();
  await page.addInitScript((kept) => localStorage.setItem('sluice.settings', JSON.stringify(kept)), settings);
  return page;
}

/** Sends a document of the tests under a name of its own. */
export async function sendDocument(server: Server, page: Page, file: string, name: string): Promise<string> {
  const buffer = readFileSync(documentPath(file));
  const multipart = { file: { name, mimeType: 'application/pdf', buffer } };
  const answer = await page.request.post(`${server.url}/api/v1/documents`, { multipart });
  expect(answer.status(), await answer.text()).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

/** Sends the first half of a file, as one whose connection ends there. */
export async function sendHalf(server: Server, page: Page, file: string, name: string): Promise<void> {
  const bytes = readFileSync(documentPath(file));
  const tus = { 'Tus-Resumable': '1.0.0' };
  const metadata = `filename ${Buffer.from(name).toString('base64')}`;
  const headers = { ...tus, 'Upload-Length': String(bytes.length), 'Upload-Metadata': metadata };
  const begun = await page.request.post(`${server.url}/api/v1/uploads`, { headers });
  expect(begun.status(), await begun.text()).toBe(201);
  const address = new URL(begun.headers()['location']!, server.url).href;
  const part = await page.request.patch(address, {
    headers: { ...tus, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
    data: bytes.subarray(0, bytes.length >> 1),
  });
  expect(part.status(), await part.text()).toBe(204);
}
