/** What is said into the microphone becomes a card whose sound is the speaker's own, by the real engine. */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { hearing } from './microphone';
import { expect, test } from './test';

/** A short sentence, as a microphone gives it. */
function speech(): string {
  const path = join(tmpdir(), 'sluice-sentence.wav');
  if (existsSync(path)) return path;
  const corpus = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice/corpus');
  const made = join(tmpdir(), `sluice-sentence-${process.pid}.wav`);
  const options = ['-ar', '48000', '-ac', '1', '-bitexact', made];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', join(corpus, 'raposa.wav'), ...options]);
  renameSync(made, path);
  return path;
}

test.use({ spec: 'capture-sound', ...hearing(speech()) });
test.describe.configure({ mode: 'serial' });

/** The sound is heard, and nothing of it is said by a voice. */
const MADE_WITHIN = 120_000;

type Item = { source: string; status: string; text: { text: string }; audio: { own: boolean } | null };
const phrases = async (page: Page, url: string) =>
  ((await (await page.request.get(`${url}/api/v1/phrases?limit=10`)).json()) as { items: Item[] }).items;

test('a recording becomes a card to review, with the own voice as its sound', async ({ studio, page }) => {
  const { url } = studio.server;
  await studio.open('/capture');
  // Spanish is the nearest of the languages of cards to what is said.
  await page.getByTestId('wish-language').selectOption('es');
  const record = page.getByTestId('record-clip');
  await expect(record, 'it says how long it may be').toContainText('30');
  await record.click();
  const recording = page.getByTestId('recording');
  await expect(recording).toContainText(/0:0[5-9] \/ 0:30/);
  await studio.accessible();
  await studio.picture('capture-recording');
  await page.getByTestId('end-recording').click();
  await expect(recording).toHaveCount(0);

  const row = page.getByTestId('recent').getByTestId('phrase-row').first();
  await expect(row).toHaveAttribute('data-state', 'pending_review', { timeout: MADE_WITHIN });
  await expect(page.getByTestId('on-their-way'), 'nothing of it waits here').toHaveCount(0);
  const [card] = await phrases(page, url);
  expect(card).toMatchObject({ source: 'audio', status: 'pending_review', audio: { own: true } });
  expect(card!.text.text).toMatch(/\p{L}{3}/u);
  await page.getByTestId('go-review').click();
  await expect(page.getByTestId('card-text')).toHaveText(card!.text.text);
  await expect(page.getByTestId('sound')).toBeVisible();
});

test('a recording that is thrown away is sent to nobody', async ({ studio, page }) => {
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(new URL(request.url()).pathname));
  await studio.open('/capture');
  const before = (await phrases(page, studio.server.url)).length;
  await page.getByTestId('record-clip').click();
  const recording = page.getByTestId('recording');
  await expect(recording).toContainText(/0:0[1-9] \//);
  await page.getByRole('button', { name: 'Throw the recording away' }).click();
  await expect(page.getByTestId('record-clip'), 'another one can be begun').toBeVisible();
  await expect(page.getByTestId('on-their-way')).toHaveCount(0);
  expect(sent.filter((path) => /phrases|uploads/.test(path))).toEqual([]);
  expect(await phrases(page, studio.server.url)).toHaveLength(before);
});

test('a recording ends by itself when it is as long as a clip may be', async ({ studio, page }) => {
  // As a server that takes clips of three seconds says it.
  await page.route('**/api/v1/config', async (route) => {
    const answer = await route.fetch();
    const config = (await answer.json()) as { apps: { capture: { sound_ms: number } } };
    config.apps.capture.sound_ms = 3000;
    await route.fulfill({ response: answer, json: config });
  });
  const { url } = studio.server;
  await studio.open('/capture');
  await page.getByTestId('wish-language').selectOption('es');
  const before = (await phrases(page, url)).length;
  await page.getByTestId('record-clip').click();
  await expect(page.getByTestId('recording')).toContainText('/ 0:03');
  await expect(page.getByTestId('recording'), 'nobody ends it').toHaveCount(0);
  // It was kept and sent; what is heard in a part of a sentence is not what this is about.
  await expect.poll(async () => (await phrases(page, url)).length).toBe(before + 1);
  const processing = async () => (await phrases(page, url)).filter(({ status }) => status === 'processing').length;
  await expect.poll(processing, { timeout: MADE_WITHIN }).toBe(0);
});
