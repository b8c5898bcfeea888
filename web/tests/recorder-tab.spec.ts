/** The sound of a tab, alone and mixed with the microphone's into one segment. */
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { counterFile, decoded, RATE } from './counter';
import {
  ADDRESS,
  counts,
  hearSegment,
  idOf,
  recorded,
  recordedMore,
  sent,
  sessionOf,
  withMicrophone,
} from './microphone';
import { expect, test } from './test';
import { wav } from './wav';

const SECONDS = 60;
const PLAYER = 'A tab that speaks';
/** Above all that counts, in Hz: it is heard beside it. */
const TONE = 3500;
const microphone = withMicrophone(SECONDS, [`--auto-select-tab-capture-source-by-title=${PLAYER}`]);

// Muted, a tab has no sound to share.
test.use({
  spec: 'recorder-tab',
  ...microphone,
  launchOptions: { ...microphone.launchOptions, ignoreDefaultArgs: ['--mute-audio'] },
});

test('the sound of a tab and the microphone are mixed into one recording', async ({
  studio,
  page,
  server,
  context,
}) => {
  const whistle = await speaking(context, server.url, 'tone');
  await studio.open('/scribe');
  await page.getByLabel('Both').check();
  await page.getByTestId('transcribe').uncheck();
  await studio.accessible();
  await page.getByTestId('record').click();
  await recorded(page, 4);
  await expect(page.getByRole('meter'), 'one of each').toHaveCount(2);
  await studio.accessible();
  await studio.picture('scribe-both');
  // While the page stands still, as before the dialog for printing, both sounds wait for it.
  await page.evaluate(standStill, 3000);
  await recordedMore(page, 1);
  // The tab is closed: the microphone goes on.
  await whistle.close();
  await expect(page.getByTestId('warning')).toHaveAttribute('data-code', 'source_ended');
  await recordedMore(page, 4);
  await page.getByTestId('stop-finish').click();
  await expect(page.getByTestId('session')).toHaveAttribute('data-state', 'complete');
  const session = await sessionOf(page, server.url);
  expect(session.segments.map(({ source }) => source)).toEqual(['mixed']);
  const heard = await counts(page, server.url, 0);
  expect(heard.last - heard.first, 'the microphone, from the beginning to the end').toBeGreaterThan(60);
  const audio = await page.request.get(`${server.url}/api/v1/sessions/${idOf(page)}/segments/0/audio`);
  const sound = decoded(await audio.body());
  const [during, after] = [toneIn(sound, 1, 3), toneIn(sound, heard.seconds - 1.5, heard.seconds - 0.5)];
  expect(during, 'the tab is in it').toBeGreaterThan(20 * after);

  const player = await speaking(context, server.url);
  // The tab alone, until it is closed.
  await studio.open('/scribe');
  await page.getByLabel('The sound of a tab').check();
  await player.evaluate(fromTheBeginning);
  await page.getByTestId('record').click();
  await recorded(page, 2);
  await expect(page).toHaveURL(ADDRESS);
  await player.close();
  await expect(page.getByTestId('warning')).toHaveAttribute('data-code', 'source_ended');
  await expect(page.getByTestId('live')).toBeHidden();
  await sent(page);
  await speaks(page, server.url, 0);
});

/** How much of the tone there is between two seconds of a sound. */
function toneIn(sound: Float32Array, from: number, to: number): number {
  const part = sound.subarray(Math.round(from * RATE), Math.round(to * RATE));
  let [real, imaginary] = [0, 0];
  part.forEach((sample, at) => {
    real += sample * Math.cos((2 * Math.PI * TONE * at) / RATE);
    imaginary += sample * Math.sin((2 * Math.PI * TONE * at) / RATE);
  });
  return Math.hypot(real, imaginary) / part.length;
}

function toneFile(): Buffer {
  const rate = 48_000;
  const samples = Buffer.alloc(SECONDS * rate * 2);
  for (let at = 0; at < SECONDS * rate; at += 1)
    samples.writeInt16LE(Math.round(3000 * Math.sin((2 * Math.PI * TONE * at) / rate)), at * 2);
  return wav(rate, samples);
}

function standStill(milliseconds: number) {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

function fromTheBeginning() {
  document.querySelector('audio')!.currentTime = 0;
}

/** What a tab said is there. On a busy machine the player of the tab stutters, which is no fault of the recorder. */
async function speaks(page: Page, url: string, segment: number) {
  const heard = await hearSegment(page, url, segment);
  expect(heard.broken.length).toBeLessThan(5);
  expect(heard.last - heard.first).toBeGreaterThan(15);
}

/** A tab that plays the sound that counts, or a tone. */
async function speaking(context: BrowserContext, url: string, what: 'count' | 'tone' = 'count') {
  await context.unroute('**/speaks/**');
  await context.route('**/speaks/**', (route) =>
    route.request().url().endsWith('.wav')
      ? route.fulfill({
          body: what === 'tone' ? toneFile() : readFileSync(counterFile(SECONDS)),
          contentType: 'audio/wav',
        })
      : route.fulfill({
          body: `<title>${PLAYER}</title><audio src="/speaks/${what}.wav" autoplay loop></audio>`,
          contentType: 'text/html',
        }),
  );
  const page = await context.newPage();
  await page.goto(`${url}/speaks/`);
  await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.2);
  return page;
}
