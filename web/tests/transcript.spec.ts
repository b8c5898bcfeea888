/** What was said in a session: heard word by word, found, corrected, named and exported. The server's answers are made here. */
import type { Page } from '@playwright/test';
import { expect, test } from './test';
import { anHour, SESSION, TranscriptAnswers } from './transcript-answers';

test.use({ spec: 'transcript' });

const PATH = `/scribe/${SESSION}`;
const text = (page: Page, n: number) => page.locator(`[data-index="${n}"] .text`);
const marked = (page: Page, name: string) =>
  page.evaluate((one) => {
    const ranges = [...(CSS.highlights.get(one)?.keys() ?? [])];
    return ranges.map(({ startContainer, startOffset, endOffset }) =>
      startContainer.textContent!.slice(startOffset, endOffset),
    );
  }, name);
const seconds = async (page: Page) => Number(await page.getByTestId('position').inputValue());

test('the sound is one, its gaps are passed over, and the spoken word is marked', async ({ studio, page }) => {
  await new TranscriptAnswers().serve(page);
  await studio.open(PATH);
  await expect(page.getByTestId('passage')).toHaveCount(4);
  await expect(page.getByTestId('transcript-gap')).toContainText('6 sec');
  await expect(page.getByTestId('clock')).toHaveText('0:00 / 0:14');

  await page.keyboard.press('k');
  await expect.poll(() => marked(page, 'scribe-spoken')).toHaveLength(1);
  await expect.poll(() => seconds(page), 'the gap is passed over').toBeGreaterThanOrEqual(10);
  await expect(page.getByTestId('player')).toContainText(/Passed over a gap of \u20686/);
  await page.keyboard.press(' ');
  await expect(page.getByTestId('player')).toHaveAttribute('data-playing', 'false');
  await page.keyboard.press('j');
  // Five seconds back from there is in the gap, so it is where the sound goes on.
  await expect.poll(() => seconds(page)).toBe(10);

  await clickWord(page, 1, 'built');
  await expect.poll(() => marked(page, 'scribe-spoken')).toEqual(['built']);
  expect(await seconds(page)).toBeLessThan(4);
});

test('a sound that the server cannot give is not blamed on the browser', async ({ studio, page }) => {
  await new TranscriptAnswers().serve(page);
  await page.route('**/segments/*/audio', (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', json: { code: 'bad_archive' } }),
  );
  await studio.open(PATH);
  const note = page.getByTestId('player-note');
  await expect(note).toContainText('The archive with the sound is missing or damaged.');
  const again = page.waitForRequest('**/segments/*/audio');
  await page.keyboard.press('k');
  await again;
  await expect(note, 'it is asked for again, and says it again').toContainText('The archive with the sound is missing');
});

test('only the time and the words of a passage are heard by a click', async ({ studio, page }) => {
  await new TranscriptAnswers().serve(page);
  await studio.open(PATH);
  const player = page.getByTestId('player');
  await page.locator('[data-index="0"] .who').click();
  await expect(player).toHaveAttribute('data-playing', 'false');
  await page.locator('[data-index="0"]').getByTestId('edit').click();
  await expect(player).toHaveAttribute('data-playing', 'false');
  expect(await seconds(page)).toBe(0);
});

/** Clicks in the middle of a word, as a person does. */
async function clickWord(page: Page, passage: number, word: string) {
  await page.keyboard.press('k');
  const place = await text(page, passage).evaluate((element, wanted) => {
    const node = element.firstChild as Text;
    const range = document.createRange();
    range.setStart(node, node.data.indexOf(wanted));
    range.setEnd(node, node.data.indexOf(wanted) + wanted.length);
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  }, word);
  await page.mouse.click(place.x, place.y);
}

test('the find field is whole on a phone', async ({ studio, page }) => {
  await new TranscriptAnswers().serve(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await studio.open(PATH);
  const field = page.getByTestId('find');
  await expect(field).toBeVisible();
  const room = await field.evaluate((element: HTMLInputElement) => {
    const { font, paddingInlineStart, paddingInlineEnd } = getComputedStyle(element);
    const brush = new OffscreenCanvas(1, 1).getContext('2d')!;
    brush.font = font;
    const text = brush.measureText(element.placeholder).width;
    return element.clientWidth - parseFloat(paddingInlineStart) - parseFloat(paddingInlineEnd) - text;
  });
  expect(room, 'what it is for can be read').toBeGreaterThan(0);
  await field.fill('lighthouse');
  await expect(page.getByTestId('found')).toBeInViewport({ ratio: 1 });
});

test('words are found, counted and marked', async ({ studio, page }) => {
  await new TranscriptAnswers().serve(page);
  await studio.open(PATH);
  await expect(page.getByTestId('passage')).toHaveCount(4);
  await page.keyboard.press('/');
  await page.keyboard.type('LIGHTHOUSE');
  await expect(page.getByTestId('found')).toHaveText('1 of 3');
  expect(await marked(page, 'scribe-found')).toHaveLength(3);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('found'), 'after the last one comes the first').toHaveText('1 of 3');
  await page.keyboard.press('Shift+Enter');
  await expect(page.getByTestId('found')).toHaveText('3 of 3');
  await page.getByTestId('find').fill('submarine');
  await expect(page.getByTestId('found')).toHaveText('Not found');
  await page.keyboard.press('Escape');
  expect(await marked(page, 'scribe-found')).toHaveLength(0);
});

test('a passage is corrected in place, and the correction is undone', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  await answers.serve(page);
  await studio.open(PATH);
  await text(page, 1).hover();
  await page.keyboard.press('e');
  const field = page.getByTestId('editor').locator('textarea');
  await field.fill('The oldest lighthouse was built of stone.');
  await field.press('Control+Enter');
  await expect(text(page, 1)).toHaveText('The oldest lighthouse was built of stone.');
  await expect(page.locator('[data-index="1"]')).toContainText('Corrected');
  expect(answers.sent).toMatchObject([
    { what: 'PUT /transcript/passages/1', body: { text: 'The oldest lighthouse was built of stone.' }, ifMatch: '"0"' },
  ]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(text(page, 1)).toHaveText('The oldest lighthouse was built of wood.');
  expect(answers.sent.at(-1)?.what).toBe('DELETE /transcript/passages/1');
});

test('what somebody else changed is not overwritten', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  await answers.serve(page);
  await studio.open(PATH);
  await text(page, 1).hover();
  await page.getByTestId('edit').click();
  const field = page.getByTestId('editor').locator('textarea');
  await field.fill('Mine.');
  answers.change(1, { text: 'Theirs.', edited: true });
  await page.getByTestId('save-passage').click();
  await expect(page.getByTestId('conflict')).toContainText('Theirs.');
  await expect(field).toHaveValue('Mine.');
  await studio.accessible();
  await page.getByTestId('save-passage').click();
  await expect(text(page, 1)).toHaveText('Mine.');
  expect(answers.sent.at(-1)).toMatchObject({ body: { text: 'Mine.' }, ifMatch: null });
});

test('a change of another passage is no conflict', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  await answers.serve(page);
  await studio.open(PATH);
  await text(page, 1).hover();
  await page.getByTestId('edit').click();
  answers.change(3, { text: 'Theirs.', edited: true });
  const field = page.getByTestId('editor').locator('textarea');
  await field.fill('Mine.');
  await field.press('Control+Enter');
  await expect(text(page, 1)).toHaveText('Mine.');
  await expect(text(page, 3)).toHaveText('Theirs.');
  await expect(page.getByTestId('conflict')).toBeHidden();
});

test('a refused correction is taken back, and what was typed stays', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  await answers.serve(page);
  await studio.open(PATH);
  await text(page, 1).hover();
  await page.getByTestId('edit').click();
  await page.route('**/transcript/passages/1', (route) =>
    route.fulfill({ status: 503, json: { code: 'unavailable' } }),
  );
  const field = page.getByTestId('editor').locator('textarea');
  await field.fill('Mine.');
  await field.press('Control+Enter');
  await expect(page.getByTestId('editor').getByRole('alert')).toBeVisible();
  await expect(field).toHaveValue('Mine.');
  await field.press('Escape');
  await expect(text(page, 1)).toHaveText('The oldest lighthouse was built of wood.');
});

test('a speaker is named once for all passages', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  await answers.serve(page);
  await studio.open(PATH);
  await expect(page.getByTestId('transcript')).toContainText('Speaker 2');
  await page.getByTestId('rename-speaker').nth(1).click();
  await page.getByTestId('speaker-name').fill('Grace');
  await page.getByTestId('speaker-name').press('Enter');
  await expect(page.getByTestId('transcript').getByText('Grace')).toHaveCount(2);
  expect(answers.sent).toMatchObject([{ what: 'PUT /speakers/1', body: { name: 'Grace' } }]);
});

test('what the server does not have is not shown', async ({ studio, page }) => {
  const answers = new TranscriptAnswers().withTextOnly();
  await answers.serve(page);
  await studio.open(PATH);
  await expect(page.getByTestId('passage')).toHaveCount(4);
  await text(page, 0).hover();
  for (const part of ['summary', 'speakers', 'live-text']) await expect(page.getByTestId(part)).toHaveCount(0);
  await expect(page.getByTestId('wave')).toHaveAttribute('data-drawn', 'false');
  await page.getByTestId('exports').click();
  await expect(page.getByTestId('export-docx')).toHaveAttribute('href', `/api/v1/sessions/${SESSION}/transcript/docx`);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('export-docx')).toBeHidden();
});

test('an extract is called one, and what was left out can be seen', async ({ studio, page }) => {
  await new TranscriptAnswers().serve(page);
  await studio.open(PATH);
  await expect(page.getByTestId('summary')).toContainText('Extract');
  await expect(page.getByTestId('summary')).not.toContainText('Summary');
  await page.getByTestId('show-left-out').check();
  await expect(page.getByTestId('left-out')).toContainText('probably made up');
});

test('after a correction the summary is old, and is made again', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  await answers.serve(page);
  await studio.open(PATH);
  const button = page.getByTestId('summarise');
  await expect(button).toHaveText('Make the summary again');
  await expect(page.getByTestId('summary-old')).toBeHidden();
  await text(page, 1).hover();
  await page.keyboard.press('e');
  const field = page.getByTestId('editor').locator('textarea');
  await field.fill('The oldest lighthouse was built of stone.');
  await field.press('Control+Enter');
  await expect(page.getByTestId('summary-old')).toBeVisible();

  await button.click();
  await expect(page.getByTestId('summary-again')).toHaveAttribute('data-working', 'true');
  await expect(page.getByTestId('summary-again').getByRole('status')).toContainText('A new summary is being made.');
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button, 'it keeps the focus').toBeFocused();
  await expect(page.getByTestId('summary'), 'the old one stays meanwhile').toBeVisible();
  await studio.accessible();
  await button.press('Enter');
  const asked = () => answers.sent.filter(({ what }) => what === 'POST /summary').length;
  expect(asked(), 'once while it runs').toBe(1);

  answers.summarised('It was built of stone.');
  await changed(page);
  await expect(page.getByTestId('summary')).toContainText('It was built of stone.');
  await expect(page.getByTestId('summary-old')).toBeHidden();
  await expect(button).toHaveAttribute('aria-disabled', 'false');
  await button.blur();
  await page.keyboard.press('m');
  await expect.poll(asked, 'by its key, too').toBe(2);
});

/** As the server says that something of the session has changed. */
async function changed(page: Page) {
  await page.evaluate((session) => {
    const channel = new BroadcastChannel('sluice.scribe');
    channel.postMessage({ type: 'changed', session, id: session });
    channel.close();
  }, SESSION);
}

test('a summary that is refused is said to be, and nothing changes', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  await answers.serve(page);
  await studio.open(PATH);
  await page.route('**/summary', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 429, contentType: 'application/problem+json', json: { code: 'limit_jobs_at_once' } })
      : route.fallback(),
  );
  await page.getByTestId('summarise').click();
  await expect(page.getByText('It could not be begun.')).toBeVisible();
  await expect(page.getByTestId('summarise')).toHaveAttribute('aria-disabled', 'false');
  await expect(page.getByTestId('summary')).toBeVisible();
});

test('words that may change look different, and only certain ones are read out', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  const passages = answers.transcript.passages.map((passage, n) => ({ ...passage, speaker: null, certain: n < 2 }));
  answers.live = { passages: passages.slice(0, 3), heard_until_ms: 9000, behind_ms: 2000, language: 'en' };
  answers.session = { ...answers.session, state: 'recording', ended_at: null, has_transcript: false };
  await answers.serve(page);
  await studio.open(PATH);
  await expect(page.getByTestId('certain')).toHaveCount(2);
  await expect(page.getByTestId('provisional')).toContainText('may change');
  await expect(page.locator('[aria-live=polite]').getByTestId('provisional')).toHaveCount(0);
  await studio.accessible();
  await studio.picture('transcript-live');
});

test('what begins at one moment, and terms that are there twice, are shown', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  const [first, second] = answers.transcript.passages;
  const { start_ms, segment } = first!;
  const passages = [first!, { ...second!, segment, start_ms }].map((passage) => ({ ...passage, certain: true }));
  const { session } = answers;
  answers.live = { passages, heard_until_ms: 9000, behind_ms: 0, language: 'en' };
  answers.session = { ...session, state: 'recording', ended_at: null, has_transcript: false };
  await answers.serve(page);
  await studio.open(PATH);
  await expect(page.getByTestId('certain')).toHaveCount(2);

  answers.session = session;
  const { summary } = answers;
  const moments = ['The coast', 'The harbour'].map((title) => ({ passages: [0], start_ms, title }));
  answers.summary = { ...summary!, moments, key_terms: ['coast', 'coast'] };
  await studio.open(PATH);
  await expect(page.getByTestId('summary').getByText('coast', { exact: true })).toHaveCount(2);
});

for (const language of ['en', 'ar'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`everybody can use it: ${language}, ${theme}`, async ({ studio, page }) => {
      const answers = new TranscriptAnswers(language);
      await answers.serve(page);
      await studio.open(PATH, { language, theme });
      await expect(page.getByTestId('summary')).toBeVisible();
      await page.getByTestId('show-left-out').check();
      await page.getByTestId('find').fill(language === 'ar' ? 'مناره' : 'lighthouse');
      await studio.accessible();
      if (language === 'ar') {
        await expect(page.getByTestId('transcript')).toHaveCSS('direction', 'rtl');
        expect(await studio.latinTexts()).toEqual([]);
      }
      await studio.picture(`transcript-${language}-${theme}`);
      await page.setViewportSize({ width: 390, height: 844 });
      await studio.accessible();
      const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(scrollWidth, 'nothing is wider than the phone').toBeLessThanOrEqual(390);
      await expect(page.getByTestId('summary'), 'closed until it is wanted').toBeHidden();
      await studio.picture(`transcript-${language}-${theme}-phone`);
      await text(page, 1).click();
      await page.getByTestId('edit').click();
      await studio.accessible();
      await studio.picture(`transcript-${language}-${theme}-editing`);
    });
  }
}

test('an hour of speech is there at once and scrolls smoothly', async ({ studio, page }) => {
  const answers = new TranscriptAnswers();
  answers.transcript = anHour();
  await answers.serve(page);
  await studio.open('/scribe');
  await expect(page.getByTestId('record')).toBeVisible();
  const painted = await page.evaluate(async (path) => {
    const begun = performance.now();
    const link = document.createElement('a');
    link.href = path;
    document.body.append(link);
    link.click();
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    while (document.querySelectorAll('[data-testid=passage]').length < 750) await frame();
    await frame();
    return performance.now() - begun;
  }, PATH);
  const text = await framesOf(page);
  await page.evaluate(() => {
    document.querySelector('main')!.style.display = 'none';
    document.body.style.height = '60000px';
  });
  const blank = await framesOf(page);
  const figures = (at: (share: number) => number) => `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
  console.log(`painted after ${Math.round(painted)} ms; a frame: ${figures(text)}; of a blank page: ${figures(blank)}`);
  // Bounds that hold on a busy machine too.
  expect(painted).toBeLessThan(5000);
  expect(text(0.5), 'scrolling costs little more than that of a blank page').toBeLessThan(blank(0.5) * 2 + 20);
});

/** Milliseconds from frame to frame while the page scrolls, by their share. */
async function framesOf(page: Page): Promise<(share: number) => number> {
  const frames = await page.evaluate(async () => {
    const times: number[] = [];
    scrollTo(0, 0);
    let before = performance.now();
    for (let n = 0; n < 120; n += 1) {
      scrollBy(0, 160);
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      times.push(now - before);
      before = now;
    }
    return times.slice(1).sort((a, b) => a - b);
  });
  return (share) => Math.round(frames[Math.floor(frames.length * share)]!);
}
