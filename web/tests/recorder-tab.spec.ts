/** The sound of a tab, alone and together with the microphone: each is a segment of its own, at the same time. */
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { counterFile } from './counter';
import { ADDRESS, counts, hearSegment, recorded, sent, sessionOf, withMicrophone } from './microphone';
import { expect, test } from './test';

const SECONDS = 60;
const PLAYER = 'A tab that speaks';
const microphone = withMicrophone(SECONDS, [`--auto-select-tab-capture-source-by-title=${PLAYER}`]);

// Muted, a tab has no sound to share.
test.use({
  spec: 'recorder-tab',
  ...microphone,
  launchOptions: { ...microphone.launchOptions, ignoreDefaultArgs: ['--mute-audio'] },
});

test('the sound of a tab and the microphone are recorded at the same time', async ({
  studio,
  page,
  server,
  context,
}) => {
  const player = await speaking(context, server.url);
  await studio.open('/scribe');
  await page.getByLabel('Both').check();
  await page.getByTestId('transcribe').uncheck();
  await studio.accessible();
  await player.evaluate(fromTheBeginning);
  await page.getByTestId('record').click();
  await recorded(page, 3);
  await expect(page.getByRole('meter')).toHaveCount(2);
  await studio.accessible();
  await studio.picture('scribe-both');
  await page.getByTestId('stop-finish').click();
  await expect(page.getByTestId('session')).toHaveAttribute('data-state', 'complete');
  const session = await sessionOf(page, server.url);
  expect(session.segments.map(({ source }) => source).sort()).toEqual(['microphone', 'tab']);
  for (const { number, source } of session.segments) {
    if (source === 'microphone') await counts(page, server.url, number);
    else await speaks(page, server.url, number);
  }

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

function fromTheBeginning() {
  document.querySelector('audio')!.currentTime = 0;
}

/** What a tab said is there. On a busy machine the player of the tab stutters, which is no fault of the recorder. */
async function speaks(page: Page, url: string, segment: number) {
  const heard = await hearSegment(page, url, segment);
  expect(heard.broken.length).toBeLessThan(5);
  expect(heard.last - heard.first).toBeGreaterThan(15);
}

/** A tab that plays the sound that counts. */
async function speaking(context: BrowserContext, url: string) {
  await context.route('**/speaks/**', (route) =>
    route.request().url().endsWith('.wav')
      ? route.fulfill({ body: readFileSync(counterFile(SECONDS)), contentType: 'audio/wav' })
      : route.fulfill({
          body: `<title>${PLAYER}</title><audio src="/speaks/count.wav" autoplay loop></audio>`,
          contentType: 'text/html',
        }),
  );
  const page = await context.newPage();
  await page.goto(`${url}/speaks/`);
  await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.2);
  return page;
}
