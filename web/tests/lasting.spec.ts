import { expect, LONG, test } from './test';

test.use({ spec: 'lasting' });

test('a reload in mid-job goes on', async ({ studio, page, server }) => {
  await studio.open();
  await studio.make('rivers-en.pdf');
  await expect(studio.scenes.first()).toBeVisible();
  const scenes = await studio.scenes.count();
  await page.reload();
  await expect(studio.reel).toHaveAttribute('data-state', /working|waiting|done/);
  await expect(studio.scenes, 'the scenes are there at once, not made again').toHaveCount(scenes);
  await studio.done();
  await studio.plays();
  await page.goto(`${server.url}/reel`);
  await expect(page.getByTestId('reel-card')).toHaveCount(1);
});

test('a server that dies in mid-job is waited for, and the work goes on', async ({ studio, page, server }) => {
  await studio.open();
  await studio.make(LONG.en);
  await expect(studio.scenes.first()).toBeVisible();
  await server.kill();
  const line = page.getByTestId('connection');
  await expect(line).toContainText('cannot be reached');
  await expect(studio.scenes.first()).toBeVisible();
  await expect(page.getByTestId('progress')).toContainText('No connection to the server');
  await expect(page.getByTestId('closeable')).not.toContainText('goes on');
  await studio.picture('reconnecting');
  await server.start();
  await expect(line).toBeHidden({ timeout: 30_000 });
  await studio.done();
  await studio.plays();
});

test('captions that the viewer switched on stay on when the reel is read again', async ({ studio, page, server }) => {
  await studio.open('/reel');
  await page.getByTestId('reel-card').first().click();
  const mode = () => page.getByTestId('video').evaluate((video: HTMLVideoElement) => video.textTracks[0]?.mode);
  expect(await mode(), 'burned-in captions are not shown twice').toBe('disabled');
  await page.getByTestId('video').evaluate((video: HTMLVideoElement) => (video.textTracks[0]!.mode = 'showing'));
  const reel = `${server.url}/api/v1/reels/${new URL(page.url()).pathname.split('/').pop()}`;
  const changed = await page.request.patch(`${reel}/scenes/2`, { data: { heading: 'Lights on their way' } });
  expect(changed.status()).toBe(200);
  await expect(studio.scenes.nth(1)).toContainText('Lights on their way');
  expect(await mode()).toBe('showing');
});

test('a cancelled reel can go on', async ({ studio, page }) => {
  await studio.open();
  await studio.make(LONG.ar);
  await page.getByTestId('cancel').click();
  await expect(studio.reel).toHaveAttribute('data-state', 'cancelled');
  await studio.accessible();
  await page.getByTestId('retry').click();
  await studio.done();
});

test('a page that is not there says so', async ({ studio, page }) => {
  await studio.open('/reel/01890000-0000-7000-8000-000000000000');
  await expect(page.getByRole('heading', { name: 'This reel is not here' })).toBeVisible();
  await page.getByRole('link', { name: 'To all reels' }).click();
  await expect(page.getByRole('heading', { name: 'Make a video' })).toBeVisible();
});
