import type { Reel } from '../src/apps/reel/types';
import { expect, test } from './test';

test.use({ spec: 'flow' });
// One story: each test goes on with the reel of the first.
test.describe.configure({ mode: 'serial' });

test('a PDF becomes a video that plays with captions', async ({ studio, page }) => {
  await studio.open();
  await expect(page.getByTestId('no-reels')).toBeVisible();
  await studio.accessible();
  await studio.picture('home');

  await studio.drop('rivers-en.pdf');
  const found = page.getByTestId('found');
  await expect(found).toContainText('English');
  await expect(found).toContainText('rivers-en.pdf');
  await expect(found, 'nothing is said of money where nothing can cost').not.toContainText('$');
  await studio.accessible();
  await studio.picture('found');

  await page.getByTestId('make').click();
  await page.waitForURL('**/reel/*');
  await expect(studio.scenes.first()).toBeVisible();
  await studio.accessible();
  await expect(page.locator('[data-scene][data-state=done]').first()).toBeVisible();
  await studio.picture('working');

  await studio.done();
  await studio.plays();
  await page.getByTestId('video').evaluate((video: HTMLVideoElement) => video.pause());
  await expect(page.getByTestId('cost')).toHaveCount(0);
  await expect(page.getByText('The script is an extract')).toBeVisible();
  await studio.accessible();
  await studio.picture('done');
});

test('the transcript follows the video and seeks, and so do the chapters', async ({ studio, page }) => {
  await studio.open();
  await page.getByTestId('reel-card').first().click();
  const video = page.getByTestId('video');
  const time = () => video.evaluate((element: HTMLVideoElement) => element.currentTime);
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.readyState)).toBeGreaterThan(0);
  const lines = page.getByTestId('transcript').getByRole('button');
  await lines.last().click();
  await expect(lines.last()).toHaveAttribute('aria-current', 'true');
  const late = await time();
  expect(late).toBeGreaterThan(2);
  await page.getByRole('tab').last().click();
  const chapters = page.getByTestId('chapters').getByRole('button');
  await chapters.first().click();
  await expect.poll(time).toBeLessThan(late);
  await chapters.last().click();
  await expect.poll(time).toBeGreaterThan(await chapters.count());
});

test('the outline of the sound leads anywhere in the video, and lists have its picture in small', async ({
  studio,
  page,
}) => {
  await studio.open();
  const picture = page.getByTestId('reel-card').first().locator('img');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(480);
  await page.getByTestId('reel-card').first().click();
  const video = page.getByTestId('video');
  const time = () => video.evaluate((element: HTMLVideoElement) => element.currentTime);
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.readyState)).toBeGreaterThan(0);
  const place = page.getByTestId('waveform').getByRole('slider', { name: 'Position in the video' });
  await place.focus();
  for (let n = 0; n < 5; n += 1) await page.keyboard.press('ArrowRight');
  await expect.poll(time).toBeGreaterThan(3);
  const box = (await place.boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const middle = await video.evaluate((element: HTMLVideoElement) => element.duration / 2);
  await expect.poll(async () => Math.abs((await time()) - middle)).toBeLessThan(2);
  await expect(place).toHaveAttribute('aria-valuetext', /of/);
  await studio.accessible();
  await studio.picture('waveform');
});

test('each file can be downloaded', async ({ studio, page, request, server }) => {
  await studio.open();
  await page.getByTestId('reel-card').first().click();
  await expect(page.getByTestId('download')).toBeVisible();
  const links = await page
    .getByTestId('result')
    .locator('a[download]')
    .evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
  expect(links).toHaveLength(5);
  for (const link of links) {
    const answer = await request.get(new URL(link, server.url).href);
    expect(answer.status(), link).toBe(200);
    expect((await answer.body()).length, link).toBeGreaterThan(20);
  }
  const part = await request.get(new URL(links[0]!, server.url).href, { headers: { range: 'bytes=0-99' } });
  expect(part.status()).toBe(206);
  expect((await part.body()).length).toBe(100);
});

test('the captions are the words of the script', async ({ studio, page, request, server }) => {
  await studio.open();
  await page.getByTestId('reel-card').first().click();
  await studio.done();
  const id = page.url().split('/').at(-1)!;
  const reel = (await (await request.get(`${server.url}/api/v1/reels/${id}`)).json()) as Reel;
  const vtt = await (await request.get(new URL(reel.result!.vtt_url, server.url).href)).text();
  const shown = vtt.split('\n').filter((line) => line !== '' && !/^WEBVTT|^\d+$|-->/.test(line));
  const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean);
  expect(wordsOf(shown.join(' '))).toEqual(reel.scenes.flatMap((scene) => wordsOf(scene.text)));
});

test('editing one scene renders that scene alone', async ({ studio, page }) => {
  await studio.open();
  await page.getByTestId('reel-card').first().click();
  await studio.done();
  const pictures = () =>
    studio.scenes
      .locator('img')
      .evaluateAll((all) => all.map((image) => new URL((image as HTMLImageElement).src).pathname));
  const before = await pictures();
  const wasVideo = await page.getByTestId('video').getAttribute('src');

  await studio.scenes.nth(1).locator('[data-action=edit]').click();
  const editor = page.getByTestId('editor');
  await editor
    .locator('textarea')
    .fill('These words were written by hand, and only this scene is spoken and drawn again.');
  await expect(editor).toContainText('Not saved yet');
  await studio.accessible();

  // A walk through the page and a reload keep what was not saved.
  await page.getByRole('link', { name: 'All reels' }).click();
  await page.getByTestId('reel-card').first().click();
  await page.reload();
  await studio.scenes.nth(1).locator('[data-action=edit]').click();
  await expect(editor.locator('textarea')).toHaveValue(/written by hand/);

  await editor.locator('[data-action=save]').click();
  await expect(studio.scenes.nth(1)).toHaveAttribute('data-state', 'edited');
  await expect(page.getByTestId('changed')).toBeVisible();
  await studio.accessible();
  await page.getByTestId('update').click();
  await expect(studio.reel).not.toHaveAttribute('data-state', 'done');
  await studio.done();
  await expect.poll(() => page.getByTestId('video').getAttribute('src')).not.toBe(wasVideo);

  await expect(studio.scenes.nth(1)).toContainText('written by hand');
  await expect(studio.scenes.nth(1).getByTestId('edited')).toBeVisible();
  await expect(studio.scenes.nth(1), 'what somebody wrote cites no page').not.toContainText('p. ');
  await expect(page.getByTestId('extract')).toContainText('Extract, edited');
  const after = await pictures();
  expect(after).toHaveLength(before.length);
  const same = after.filter((picture, index) => picture === before[index]).length;
  expect(same, 'the other scenes are the same files').toBeGreaterThanOrEqual(before.length - 1);
  await studio.plays();
});

test('scenes change places by keyboard, and a reel is deleted with a way back', async ({ studio, page }) => {
  await studio.open();
  await page.getByTestId('reel-card').first().click();
  await studio.done();
  const ids = () => studio.scenes.evaluateAll((all) => all.map((scene) => scene.getAttribute('data-scene')));
  const before = await ids();
  await studio.scenes.nth(1).locator('[data-action=edit]').focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(ids).toEqual([before[0], before[2], before[1], ...before.slice(3)]);

  await page.getByTestId('delete').click();
  await expect(page.getByTestId('no-reels')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.reel).toBeVisible();

  await page.getByTestId('delete').click();
  await expect(page.getByTestId('no-reels')).toBeVisible();
  // Leaving does not wait for the undo to run out: the reel is gone for good.
  await page.reload();
  await expect(page.getByTestId('no-reels')).toBeVisible();
});
