import { documentPath, expect, test } from './test';

test.use({ spec: 'reach' });
// Later tests look at the reel that the first one makes.
test.describe.configure({ mode: 'serial' });

test('an Arabic document on an Arabic page', async ({ studio, page }) => {
  await studio.open('/reel', { language: 'ar' });
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
  await studio.make('rivers-ar.pdf');
  await studio.done();
  await expect(page.getByTestId('transcript').locator('[dir=rtl][lang=ar]').first()).toBeVisible();
  await studio.plays();
  const cues = await page
    .getByTestId('video')
    .evaluate((video: HTMLVideoElement) => (video.textTracks[0]!.cues![0] as VTTCue).text);
  expect(cues).toMatch(/[\u0600-\u06ff]/);
  await page.getByTestId('video').evaluate((video: HTMLVideoElement) => video.pause());
  await studio.accessible();
  await studio.picture('arabic');
  // The list begins where the language begins: the picture of a scene is at the right of its words.
  const scene = studio.scenes.first();
  const image = await scene.locator('img').boundingBox();
  const edit = await scene.locator('[data-action=edit]').boundingBox();
  expect(image!.x).toBeGreaterThan(edit!.x);
});

test('the whole flow by keyboard', async ({ studio, page }) => {
  await studio.open();
  const tabTo = async (name: RegExp | string) => {
    const wanted = page.getByRole('button', { name }).first();
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await tabTo('Choose a PDF');
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(documentPath('rivers-en.pdf'));
  await expect(page.getByTestId('found')).toBeVisible();

  const mode = page.locator('input[name=mode]').first();
  await mode.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('input[name=mode]').nth(1)).toBeChecked();
  await page.keyboard.press('ArrowLeft');
  await tabTo('Make the video');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/reel/*');
  await studio.done();

  await page.keyboard.press('k');
  const paused = () => page.getByTestId('video').evaluate((video: HTMLVideoElement) => video.paused);
  await expect.poll(paused).toBe(false);
  await page.keyboard.press('k');
  await expect.poll(paused).toBe(true);

  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await page.keyboard.press('e');
  await expect(page.getByTestId('editor').locator('textarea')).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.type(' Added by keyboard.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('editor')).toBeHidden();
  await expect(studio.reel).toHaveAttribute('data-state', 'working');
  await studio.done();
  await expect(studio.scenes.nth(1)).toContainText('Added by keyboard.');

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await studio.accessible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('a phone shows everything without scrolling sideways', async ({ studio, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const fits = async () => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
  };
  await studio.open('/reel', { theme: 'dark' });
  await fits();
  await studio.choose('rivers-en.pdf');
  // Pressed without scrolling: nothing lies over it. (A click would scroll to it first.)
  const make = page.getByTestId('make');
  await expect(make).toBeInViewport();
  expect(
    await make.evaluate((button) => {
      const { left, top, width, height } = button.getBoundingClientRect();
      return button.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    }),
  ).toBe(true);
  await fits();
  await studio.accessible();
  await studio.picture('phone-found');
  await page.getByRole('link', { name: 'Reel', exact: true }).click();
  await page.getByTestId('reel-card').first().click();
  await studio.done();
  await fits();
  await studio.accessible();
  await studio.picture('phone-done');
  await studio.scenes.nth(0).locator('[data-action=edit]').click();
  await fits();
});

test('both themes in both languages are accessible', async ({ studio, page }) => {
  await studio.open();
  await page.getByTestId('reel-card').first().click();
  await expect(page.getByTestId('video')).toBeVisible();
  for (const theme of ['light', 'dark']) {
    await page.getByTestId('theme').click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await studio.accessible();
    await page.getByTestId('language').click();
    await studio.accessible();
    await page.getByTestId('language').click();
  }
});

test('motion stops for those who ask for none', async ({ studio, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await studio.open();
  await studio.make('rivers-ar.pdf');
  await expect(studio.scenes.first()).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
