/** A browser whose microphone plays a file, such as a sound that counts, and what a test asks of a recorder. */
import type { Page } from '@playwright/test';
import { counterFile, hear } from './counter';
import { expect } from './test';

/** Options of a test whose microphone counts; `more` are further arguments of the browser. */
export function withMicrophone(seconds: number, more: string[] = []) {
  return hearing(counterFile(seconds), more);
}

/** Options of a test whose microphone plays a file once. */
export function hearing(file: string, more: string[] = []) {
  return {
    permissions: ['microphone'],
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--autoplay-policy=no-user-gesture-required',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${file}%noloop`,
        ...more,
      ],
    },
  };
}

export interface Segment {
  number: number;
  source: string;
  started_at: number;
  length_ms: number;
  chunks: number | null;
  stored: number;
}

export interface Session {
  id: string;
  state: string;
  title: string;
  consent: string;
  length_ms: number;
  segments: Segment[];
}

/** Seconds that the page says are recorded. */
export function elapsed(page: Page): Promise<number> {
  return page.getByTestId('elapsed').evaluate((element) => {
    const parts = element.textContent!.split(':').map(Number);
    return parts.reduce((sum, part) => sum * 60 + part, 0);
  });
}

export async function recorded(page: Page, seconds: number) {
  await expect.poll(() => elapsed(page), { timeout: (seconds + 20) * 1000 }).toBeGreaterThanOrEqual(seconds);
}

export async function recordedMore(page: Page, seconds: number) {
  await recorded(page, (await elapsed(page)) + seconds);
}

/** Everything that was kept is on the server. */
export async function sent(page: Page) {
  await expect(page.getByTestId('outbox')).toBeHidden();
}

/** The address of a session that the server knows. */
export const ADDRESS = /\/scribe\/[0-9a-f]{8}-[0-9a-f]{4}-7/;

export const idOf = (page: Page) => new URL(page.url()).pathname.split('/')[2]!;

export async function sessionOf(page: Page, url: string, id = idOf(page)): Promise<Session> {
  return (await (await page.request.get(`${url}/api/v1/sessions/${id}`)).json()) as Session;
}

/** What is heard of a segment on the server. A segment that goes on with the source of another one begins later: within `most` blocks. */
export async function hearSegment(page: Page, url: string, segment: number, most?: number) {
  const answer = await page.request.get(`${url}/api/v1/sessions/${idOf(page)}/segments/${segment}/audio`);
  expect(answer.status()).toBe(200);
  return hear(await answer.body(), most);
}

/** Every block of a segment is there once. */
export async function counts(page: Page, url: string, segment: number, most?: number) {
  const heard = await hearSegment(page, url, segment, most);
  expect(heard.broken, `segment ${segment}: every block once`).toEqual([]);
  return heard;
}
