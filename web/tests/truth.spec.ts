import { Answers, documentOf, REEL, reelOf, sceneOf, why, working } from './answers';
import { expect, test } from './test';

test.use({ spec: 'truth' });

const LEFT_OUT = [
  { page: 2, reason: 'hidden', sample: '' },
  { page: 4, reason: 'unreadable', sample: 'The o ce o ers nancial aid' },
  { page: 7, reason: 'scanned', sample: '' },
  { page: 8, reason: 'scanned', sample: '' },
  { page: 9, reason: 'scanned', sample: '' },
  ...[1, 2, 3, 4, 5, 6].map((page) => ({ page, reason: 'running', sample: 'Survey of rivers' })),
  { page: 12, reason: 'references', sample: 'Adams, J. (1998) On the Nile' },
  { page: 5, reason: 'table', sample: 'Discharge (m³/s)' },
];

test('what was left out is told before the work, and why', async ({ studio, page }) => {
  const answers = new Answers();
  answers.document = documentOf({ left_out: LEFT_OUT });
  await answers.serve(page);
  await studio.open('/reel');
  await studio.choose('rivers-en.pdf');
  const left = page.getByTestId('left-out');
  await expect(left.locator('[data-reason=hidden]')).toContainText(/page .2/);
  await expect(left.locator('[data-reason=scanned]')).toContainText(/pages .7–9/);
  await expect(left.locator('[data-reason=unreadable]')).toContainText('nancial aid');
  const running = left.locator('[data-reason=running]');
  await expect(running, 'running heads are folded away').toBeHidden();
  await studio.accessible();
  await studio.picture('left-out');
  await left.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(running).toContainText(/pages .1–6/);
  await expect(left.locator('[data-reason=references]')).toContainText('Adams');
  await studio.accessible();
  await page.getByTestId('language').click();
  await expect(left).toContainText('نص لا يُرى');
  await studio.accessible();
  await studio.picture('left-out-ar');
});

test('a document without anything left out says nothing of it', async ({ studio, page }) => {
  const answers = new Answers();
  answers.document = documentOf();
  await answers.serve(page);
  await studio.open('/reel');
  await studio.choose('rivers-en.pdf');
  await expect(page.getByTestId('found')).toBeVisible();
  await expect(page.getByTestId('left-out')).toHaveCount(0);
});

test('Enter in the search for a presenter begins no video', async ({ studio, page }) => {
  const answers = new Answers();
  const { reel } = documentOf().apps as unknown as { reel: object };
  const filmed_presenters = Array.from({ length: 20 }, (_, n) => ({
    id: `d-id:clip:p${n}`,
    name: `Person ${n}`,
    provider: 'd-id',
    kind: 'clip',
    image_url: null,
    prices: [],
  }));
  answers.document = documentOf({ apps: { reel: { ...reel, filmed_presenters } } as never });
  await answers.serve(page);
  await studio.open('/reel');
  await studio.choose('rivers-en.pdf');
  let begun = false;
  page.on('request', (request) => (begun ||= request.method() === 'POST' && request.url().endsWith('/api/v1/reels')));
  const search = page.getByTestId('find-presenter');
  await search.fill('person 17');
  await search.press('Enter');
  await expect(page.getByTestId('filmed')).toHaveCount(1);
  await expect(page.getByTestId('make')).toBeEnabled();
  expect(begun, 'one that may cost money').toBe(false);
  await studio.accessible();
});

test('OCR goes on while somebody is elsewhere, and what comes of it is there', async ({ studio, page }) => {
  const answers = new Answers();
  const unread = { language: null, words: 0, apps: {}, title: null };
  answers.document = documentOf({ ...unread, reading: { job_id: 'job', percent: 20 } });
  await answers.serve(page);
  await studio.open('/reel');
  await studio.choose('rivers-en.pdf');
  const reading = page.getByTestId('reading');
  await expect(reading).toContainText('20%');
  await expect(reading).toContainText('You can leave this page');
  await studio.accessible();
  await studio.picture('reading');
  let busy = [{ reason: 'paused', scope: 'queue', name: 'x', why: 'a new disk' }];
  await page.route(/\/api\/v1\/jobs\/job\/why$/, (route) => route.fulfill({ json: why(busy) }));
  await expect(reading, 'that OCR waits is told').toContainText('OCR waits');
  await expect(page.getByTestId('reading-waits')).toContainText('a new disk');
  busy = [];
  await expect(reading).toContainText('those of the 12 pages that have no readable text');
  answers.document = documentOf({ ...unread, reading: { job_id: 'job', percent: 60 } });
  await expect(reading).toContainText('60%');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.reload();
  await page.goBack();
  await expect(reading).toContainText('60%');
  answers.document = documentOf({
    read_with: { text_layer: 'poppler 22.12.0', ocr: 'tesseract 5.3.0', ocr_pages: [3, 4] },
  });
  await expect(page.getByTestId('found')).toContainText(/its text layer; pages .3–4. by OCR/);
});

test('a document that OCR could not read is refused, with what to do', async ({ studio, page }) => {
  const answers = new Answers();
  const unread = { language: null, words: 0, apps: {}, title: null };
  answers.document = documentOf({ ...unread, reading: { job_id: 'job', percent: 95 } });
  await answers.serve(page);
  await studio.open('/reel');
  await studio.choose('rivers-en.pdf');
  await expect(page.getByTestId('reading')).toBeVisible();
  answers.document = documentOf({
    ...unread,
    refused: { code: 'document_too_short', title: 'Too short', detail: 'x' },
  });
  const refused = page.getByTestId('refused');
  await expect(refused).toHaveAttribute('data-code', 'document_too_short');
  await expect(refused).toContainText('Choose a PDF with more to tell');
  await studio.accessible();
  await page.reload();
  await expect(page.getByText('Drop a PDF here')).toBeVisible();
});

test('a refusal that the page does not know is told in its language', async ({ studio, page }) => {
  await page.route(/\/api\/v1\/uploads$/, (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      json: { code: 'document_of_tomorrow', title: 'Not today', detail: 'Come back tomorrow.' },
    }),
  );
  await studio.open('/reel', { language: 'ar' });
  await studio.choose('rivers-en.pdf');
  const refused = page.getByTestId('refused');
  await expect(refused, 'the words of the server are quoted').toContainText('Come back tomorrow.');
  expect(await studio.latinTexts()).toEqual([]);
});

for (const [name, reasons, position, words] of [
  [
    'paused',
    [{ reason: 'paused', scope: 'queue', name: 'x', why: 'a new disk' }],
    1,
    'paused by the operator: ⁨a new disk',
  ],
  ['busy', [{ reason: 'limit', scope: 'kind', name: 'x', most: 2, running: 2 }], 1, 'The machine is busy: 2 jobs'],
  ['turn', [{ reason: 'share', ahead: 2, others: 1, slots: 1 }], 3, 'Place 3 in the queue'],
] as const) {
  test(`a reel that waits says why: ${name}`, async ({ studio, page }) => {
    const answers = new Answers();
    const scenes = [1, 2, 3].map((n) => sceneOf(n, 'Rivers carry water.', { state: 'pending', image_url: null }));
    answers.reel = working(why([...reasons], position), { scenes });
    await answers.serve(page);
    await studio.open(`/reel/${REEL}`);
    await expect(page.getByTestId('waiting')).toContainText(words);
    await expect(page.getByTestId('progress')).not.toContainText('Making the video');
    await expect(page.getByTestId('time-left')).not.toContainText('About');
    await expect(studio.scenes.first()).toContainText('Not begun');
    await studio.accessible();
    if (name === 'paused') await studio.picture('waiting');
  });
}

test('lists say why a reel waits, and when it does no more', async ({ studio, page }) => {
  const answers = new Answers();
  const paused = why([{ reason: 'paused', scope: 'queue', name: 'x', why: 'a new disk' }], 1);
  answers.listed = true;
  answers.reel = working(paused);
  await answers.serve(page);
  await page.route(/\/api\/v1\/jobs\/[^/]+\/why$/, (route) =>
    // The job that makes it waits for its scenes, which are what is paused.
    route.fulfill({ json: { ...why([{ reason: 'children', unfinished: 3 }]), state: 'waiting' } }),
  );
  await studio.open('/reel');
  const card = page.getByTestId('reel-card');
  await expect(card).toContainText('Waiting');
  await expect(card).not.toContainText('Working');
  await expect(card.getByTestId('card-waiting')).toContainText('paused by the operator: ⁨a new disk');
  await studio.accessible();
  await studio.picture('list-waiting');
  await page.keyboard.press('g');
  const job = page.getByTestId('job');
  await expect(job).toHaveAttribute('data-state', 'waiting');
  await expect(job.getByTestId('job-reason')).toContainText('a new disk');
  await studio.accessible();
  await studio.picture('jobs-waiting');

  // Nothing of the reel itself changes when the pause ends, so that no event comes.
  answers.reel = working(null);
  await expect(job).toHaveAttribute('data-state', 'working');
  await expect(card).toContainText('Working');
  await expect(card.getByTestId('card-waiting')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await card.click();
  await expect(page.getByTestId('progress')).toContainText('Making the video');
  answers.reel = working(paused);
  await expect(page.getByTestId('waiting'), 'a pause is told while the page is open').toContainText('a new disk');
});

test('nothing says that work goes on over a server that is gone', async ({ studio, page, context }) => {
  const answers = new Answers();
  const next = why([{ reason: 'share', ahead: 0, others: 0, slots: 1 }], 1);
  answers.reel = working(null, {
    scenes: [
      sceneOf(1, 'Rivers.', { state: 'working', percent: 50, step: 'voice' }),
      sceneOf(2, 'They meet.', { state: 'pending', image_url: null, waiting: next }),
    ],
  });
  await answers.serve(page);
  await studio.open(`/reel/${REEL}`);
  const progress = page.getByTestId('progress');
  await expect(progress).toContainText('About');
  await expect(progress).toContainText('The work goes on');
  await expect(page.getByTestId('scene-waiting')).toContainText('Next in the queue');
  await context.setOffline(true);
  await expect(progress).toContainText('No connection to the server');
  for (const words of ['About', 'The work goes on', 'Making the video'])
    await expect(progress).not.toContainText(words);
  await expect(studio.reel.locator('.badge').first()).toContainText('Last known');
  await expect(studio.scenes.first()).toContainText('Last known');
  await expect(progress.locator('[aria-current=step]')).toContainText('Last known');
  await expect(page.getByTestId('scene-waiting'), 'a place in the queue is not known').toHaveCount(0);
  const endless = () =>
    page.evaluate(
      () => document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations === Infinity).length,
    );
  expect(await endless(), 'nothing turns').toBe(0);
  await expect(page.getByTestId('cancel')).toBeDisabled();
  await studio.accessible();
  await studio.picture('gone');
  await context.setOffline(false);
  await expect(progress).toContainText('The work goes on');
});

test('the page of the document stands in for a scene until it is made', async ({ studio, page }) => {
  const answers = new Answers();
  const pending = { state: 'pending', image_url: null, page_image_url: '/sheet.svg' } as const;
  answers.reel = working(null, { scenes: [sceneOf(1, 'Rivers.', pending), sceneOf(2, 'They meet.')] });
  await answers.serve(page);
  await studio.open(`/reel/${REEL}`);
  await expect(studio.scenes.first().getByTestId('stands-in')).toBeVisible();
  await expect(studio.scenes.nth(1).getByTestId('stands-in')).toHaveCount(0);
  await studio.accessible();
  await studio.picture('stands-in');
});

test('an emptied or too long text is refused beside the field', async ({ studio, page }) => {
  const answers = new Answers();
  answers.config = { scene_words: { en: { least: 1, most: 12 } }, heading_characters: 20 };
  await answers.serve(page);
  await studio.open(`/reel/${REEL}`);
  await studio.scenes.nth(1).locator('[data-action=edit]').click();
  const editor = page.getByTestId('editor');
  await expect(editor.getByTestId('word-count')).toContainText('4 of 12 words');
  await editor.locator('textarea').fill('');
  await expect(editor.getByTestId('text-fault')).toContainText('Scene 2 has no text');
  await editor.locator('[data-action=save]').click();
  await expect(editor.locator('textarea')).toBeFocused();
  await studio.accessible();
  await editor.locator('textarea').fill('word '.repeat(13));
  await expect(editor.getByTestId('text-fault')).toContainText('Scene 2 is too long: at most 12 words');
  await editor.locator('input[type=text]').fill('A heading that goes on for too long');
  await expect(editor.getByTestId('heading-fault')).toContainText('at most 20 characters');
  await page.keyboard.press('Control+Enter');
  expect(answers.sent, 'nothing is sent').toEqual([]);
  await studio.accessible();
  await studio.picture('refused-text');
  await editor.locator('input[type=text]').fill('Sea');
  await editor.locator('textarea').fill('They meet the sea at last.');
  await editor.locator('[data-action=save]').click();
  await expect(editor).toBeHidden();
  expect(answers.sent).toEqual([
    { what: 'PATCH /scenes/2', body: { heading: 'Sea', text: 'They meet the sea at last.' }, ifMatch: '"scene-2.0"' },
  ]);
  const scene = studio.scenes.nth(1);
  await expect(scene.getByTestId('edited')).toBeVisible();
  await expect(scene, 'their own words cite no page').not.toContainText('p. ');
  await expect(studio.scenes.first()).toContainText(/p\. .1/);
  await expect(page.getByTestId('extract')).toContainText('Extract, edited');
});

test('the second of two people is told, and both texts stay', async ({ studio, page }) => {
  const answers = new Answers();
  await answers.serve(page);
  await studio.open(`/reel/${REEL}`);
  await studio.scenes.nth(1).locator('[data-action=edit]').click();
  const editor = page.getByTestId('editor');
  await editor.locator('textarea').fill('My words about the sea.');
  answers.change(2, 'Their words about the sea.');
  await editor.locator('[data-action=save]').click();
  await expect(page.getByTestId('conflict')).toContainText('Somebody else has changed scene 2');
  await expect(page.getByTestId('theirs')).toContainText('Their words about the sea.');
  await expect(editor.locator('textarea')).toHaveValue('My words about the sea.');
  await studio.accessible();
  await studio.picture('conflict');

  // A reload in the middle of it loses nothing, and still tells.
  await page.reload();
  await studio.scenes.nth(1).locator('[data-action=edit]').click();
  await expect(page.getByTestId('theirs')).toContainText('Their words');
  await expect(editor.locator('textarea')).toHaveValue('My words about the sea.');

  await editor.locator('[data-action=take-theirs]').click();
  await expect(editor.locator('textarea')).toHaveValue('Their words about the sea.');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(editor.locator('textarea')).toHaveValue('My words about the sea.');
  await editor.locator('[data-action=save]').click();
  await expect(studio.scenes.nth(1)).toContainText('My words about the sea.');
});

test('the second may overwrite, and is told again of a third', async ({ studio, page }) => {
  const answers = new Answers();
  await answers.serve(page);
  await studio.open(`/reel/${REEL}`);
  await studio.scenes.nth(1).locator('[data-action=edit]').click();
  const editor = page.getByTestId('editor');
  await editor.locator('textarea').fill('Mine.');
  answers.change(2, 'Theirs.');
  await editor.locator('[data-action=save]').click();
  await expect(page.getByTestId('theirs')).toContainText('Theirs.');
  answers.change(2, 'A third version.');
  await editor.locator('[data-action=overwrite]').click();
  await expect(page.getByTestId('theirs')).toContainText('A third version.');
  await editor.locator('[data-action=overwrite]').click();
  await expect(editor).toBeHidden();
  await expect(studio.scenes.nth(1)).toContainText('Mine.');
});

test('what was written for a scene that somebody deleted becomes a new one', async ({ studio, page }) => {
  const answers = new Answers();
  await answers.serve(page);
  await studio.open(`/reel/${REEL}`);
  await studio.scenes.nth(1).locator('[data-action=edit]').click();
  await page.getByTestId('editor').locator('textarea').fill('Written for nothing?');
  answers.reel = reelOf({ scenes: [sceneOf(1, 'Rivers carry water.'), { ...sceneOf(3, 'Why?'), n: 2 }] });
  await page.getByTestId('editor').locator('[data-action=save]').click();
  const orphan = page.getByTestId('orphan');
  await expect(orphan).toContainText('Written for nothing?');
  await studio.accessible();
  await orphan.locator('[data-action=adopt]').click();
  await page.getByTestId('new-scene').locator('[data-action=add-save]').click();
  await expect(studio.scenes.nth(2)).toContainText('Written for nothing?');
  await expect(orphan).toHaveCount(0);
});

test('a scene is added after any other, by keyboard, and deleted with a way back', async ({ studio, page }) => {
  const answers = new Answers();
  await answers.serve(page);
  await studio.open(`/reel/${REEL}`);
  await studio.scenes.first().locator('[data-action=add]').focus();
  await page.keyboard.press('Enter');
  const form = page.getByTestId('new-scene');
  await expect(form.locator('textarea')).toBeFocused();
  await page.keyboard.press('Control+Enter');
  await expect(form.getByTestId('text-fault')).toContainText('Scene 2 has no text');
  await studio.accessible();
  await page.keyboard.type('These are my own words.');
  await studio.picture('new-scene');

  // Not lost by a reload.
  await page.reload();
  await studio.scenes.first().locator('[data-action=add]').click();
  await expect(form.locator('textarea')).toHaveValue('These are my own words.');
  await page.keyboard.press('Control+Enter');
  await expect(form).toBeHidden();
  expect(answers.sent.at(-1)).toMatchObject({
    what: 'POST /scenes',
    body: { after: 1, text: 'These are my own words.' },
  });
  await expect(studio.scenes).toHaveCount(4);
  await expect(studio.scenes.nth(1)).toContainText('These are my own words.');
  await expect(studio.scenes.nth(1)).not.toContainText('p. ');

  await studio.scenes.nth(2).locator('[data-action=remove]').click();
  await expect(studio.scenes).toHaveCount(3);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.scenes).toHaveCount(4);
  expect(answers.sent.some(({ what }) => what.startsWith('DELETE'))).toBe(false);

  await studio.scenes.nth(2).locator('[data-action=remove]').click();
  await expect(studio.scenes).toHaveCount(3);
  await expect.poll(() => answers.sent.at(-1)?.what, { timeout: 15_000 }).toBe('DELETE /scenes/3');
  expect(answers.sent.at(-1)?.ifMatch).toBe('"scene-2.0"');
  await expect(studio.scenes).toHaveCount(3);
});

test('voices are heard before one is chosen, one at a time', async ({ studio, page }) => {
  const answers = new Answers();
  answers.document = documentOf();
  answers.config = {
    presenters: [
      { id: 'ada', name: 'Ada', image_url: '/presenters/ada.png', register: 'female' },
      { id: 'omar', name: 'Omar', image_url: '/presenters/omar.png', register: 'male' },
    ],
    defaults: { mode: 'explanation', shape: '1:1', captions: 'burned' },
  };
  await answers.serve(page);
  await studio.open('/reel');
  await studio.choose('rivers-en.pdf');
  await expect(page.getByTestId('found')).not.toContainText('$');
  for (const value of ['explanation', '1:1', 'burned', 'omar', 'piper:en_US-joe-medium']) {
    await expect(page.locator(`input[value="${value}"]`), value).toBeChecked();
  }
  await expect(page.getByTestId('found')).toContainText('Subtitle track');
  await expect(page.getByTestId('found')).toContainText('Burned in');

  const [joe, amy] = [page.getByTestId('listen').first(), page.getByTestId('listen').nth(1)];
  await joe.click();
  await expect(joe).toHaveAttribute('data-state', 'playing');
  await studio.accessible();
  await studio.picture('voices');
  await amy.click();
  await expect(amy).toHaveAttribute('data-state', 'playing');
  await expect(joe, 'one at a time').toHaveAttribute('data-state', 'silent');
  await amy.click();
  await expect(amy).toHaveAttribute('data-state', 'silent');
  await expect(page.locator('input[value="piper:en_US-joe-medium"]'), 'to hear is not to choose').toBeChecked();

  // The voice follows the presenter, until somebody chooses one.
  await page.locator('input[value=ada]').check();
  await expect(page.locator('input[value="piper:en_US-amy-medium"]')).toBeChecked();
  await page.locator('input[value="piper:en_US-joe-medium"]').check();
  await expect(page.locator('input[value=ada]')).toBeChecked();
  await expect(page.getByTestId('mismatch')).toContainText('Ada');
  await studio.accessible();
  await page.getByTestId('mismatch').getByRole('button').click();
  await expect(page.locator('input[value="piper:en_US-amy-medium"]')).toBeChecked();
  await expect(page.getByTestId('mismatch')).toHaveCount(0);
});

for (const [language, theme, width] of [
  ['ar', 'light', 1280],
  ['ar', 'dark', 390],
  ['en', 'dark', 1280],
  ['en', 'light', 390],
] as const) {
  test(`what is told in ${language}, ${theme}, ${width} wide`, async ({ studio, page }) => {
    const looks = async (name: string) => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      if (language === 'ar') expect(await studio.latinTexts(), 'the page speaks Arabic').toEqual([]);
      await studio.accessible();
      await page.screenshot({
        path: `test-results/pictures/${name}-${language}-${theme}-${width}.png`,
        animations: 'disabled',
        fullPage: true,
      });
    };
    await page.setViewportSize({ width, height: 844 });
    const answers = new Answers();
    answers.document = documentOf({ left_out: LEFT_OUT });
    answers.config = { scene_words: { en: { least: 1, most: 5 } } };
    await answers.serve(page);
    await studio.open('/reel', { language, theme });
    await studio.choose('rivers-en.pdf');
    await page.getByTestId('left-out').locator('summary').click();
    await looks('found');

    answers.listed = true;
    answers.reel = working(why([{ reason: 'paused', scope: 'queue', name: 'x', why: 'a new disk' }], 1), {
      scenes: [sceneOf(1, 'Rivers.', { state: 'pending', image_url: null, page_image_url: '/sheet.svg' })],
    });
    await studio.open(`/reel/${REEL}`);
    await expect(page.getByTestId('waiting')).toBeVisible();
    await looks('waiting');
    await page.keyboard.press('g');
    await expect(page.getByTestId('job')).toBeVisible();
    await page.getByTestId('job-more').click();
    await looks('jobs');
    await studio.open('/settings');
    await looks('settings');
    await studio.open(`/reel/${REEL}`);

    answers.reel = reelOf();
    await page.reload();
    await studio.scenes.nth(1).locator('[data-action=edit]').click();
    await page.getByTestId('editor').locator('textarea').fill('My words about the sea.');
    answers.change(2, 'Their words about the sea.');
    await page.getByTestId('editor').locator('[data-action=save]').click();
    await expect(page.getByTestId('theirs')).toBeVisible();
    await page.getByTestId('editor').locator('textarea').fill('My words about the sea are too many words.');
    await studio.scenes.nth(2).locator('[data-action=add]').click();
    await looks('editing');
  });
}
