import { expect, LONG, test } from './test';

test.use({ spec: 'shell' });

test('addresses lead to pages, on reload too, and unknown ones say so', async ({ studio, page }) => {
  await studio.open('/');
  await expect(page).toHaveTitle('Sluice');
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page).toHaveTitle('Settings · Sluice');
  await expect(page.locator('#content'), 'the focus goes with the page').toBeFocused();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'What do you want to make?' })).toBeVisible();

  for (const path of ['/jobs/nothing', '/reel/a/b', '/settings/nothing']) {
    await studio.open(path);
    await expect(page.getByTestId('missing'), path).toBeVisible();
    await expect(page).toHaveTitle(/Nothing is at this address/);
  }
  await studio.accessible();
  await page.getByRole('link', { name: 'To the start' }).click();
  await expect(page.getByRole('heading', { name: 'What do you want to make?' })).toBeVisible();
});

test('the palette reaches every action by keyboard', async ({ studio, page }) => {
  await studio.open('/reel');
  await expect(page.getByTestId('no-reels')).toBeVisible();
  await page.keyboard.press('Control+k');
  const palette = page.getByTestId('palette');
  await expect(palette).toBeVisible();
  await studio.accessible();
  await studio.picture('palette');
  await page.keyboard.type('settings');
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(page).toHaveURL(/\/settings$/);
  await studio.accessible();
  await studio.picture('settings');

  // A file can be chosen from any page.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('choose a pdf');
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Enter');
  await chooser;
  await expect(page).toHaveURL(/\/reel$/);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('zzzz');
  await expect(palette).toContainText('No command has these words');
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
});

test('the help lists what the keyboard does', async ({ studio, page }) => {
  await studio.open('/reel');
  await expect(page.getByTestId('no-reels')).toBeVisible();
  await page.keyboard.press('?');
  const help = page.getByTestId('help');
  for (const words of ['Choose a PDF', 'Play or pause the video', 'Show the jobs', 'Open the commands']) {
    await expect(help).toContainText(words);
  }
  await studio.accessible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await expect(page.getByTestId('no-jobs')).toBeVisible();
  await studio.accessible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('drawer')).toBeHidden();
});

test('the job drawer shows the work from anywhere, and what came of it', async ({ studio, page }) => {
  await studio.open('/reel');
  await studio.make(LONG.en);
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByTestId('jobs-active')).toHaveText('1');
  await page.keyboard.press('g');
  const job = page.getByTestId('drawer').getByTestId('job');
  await expect(job).toHaveAttribute('data-state', /working|waiting/);
  await job.getByTestId('job-more').click();
  await expect(job.getByTestId('job-details')).toContainText('Reading');
  await expect(job, 'nothing can cost').not.toContainText('$');
  await studio.accessible();
  await studio.picture('drawer-working');

  await job.getByTestId('job-cancel').click();
  await expect(job).toHaveAttribute('data-state', 'cancelled');
  await studio.accessible();
  await job.getByTestId('job-retry').click();
  await expect(job).toHaveAttribute('data-state', /working|waiting/);
  await expect(job).toHaveAttribute('data-state', 'done', { timeout: 240_000 });
  await expect(job.getByTestId('job-result')).toBeVisible();
  await expect(job.getByTestId('job-spent')).toHaveCount(0);
  await studio.accessible();
  await studio.picture('drawer-done');
  await job.getByTestId('job-result').click();
  await expect(page.getByTestId('drawer')).toBeHidden();
  await studio.done();

  await studio.open('/jobs');
  await expect(page.getByTestId('job')).toHaveAttribute('data-state', 'done');
  await studio.accessible();
});

test('a job that ends is said to those who look elsewhere', async ({ studio, page }) => {
  await studio.open('/reel');
  await studio.make('rivers-ar.pdf');
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByTestId('jobs-active')).toHaveText('1');
  await page.getByRole('button', { name: 'Open' }).click({ timeout: 240_000 });
  await studio.done();
});

test('on a phone the places are under the thumb', async ({ studio, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const language of ['en', 'ar'] as const) {
    await studio.open('/jobs', { language });
    await page.evaluate(
      (code) => localStorage.setItem('sluice.settings', JSON.stringify({ language: code })),
      language,
    );
    await page.reload();
    await expect(page.getByTestId('job').first()).toBeVisible();
    const bar = await page.getByRole('navigation').boundingBox();
    expect(bar!.y + bar!.height).toBeGreaterThan(735);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await studio.accessible();
    await studio.picture(`phone-jobs-${language}`);
    await page.getByTestId('jobs').click();
    await expect(page.getByTestId('drawer'), 'the page shows them already').toBeHidden();
    await page.getByRole('navigation').getByRole('link').last().click();
    await page.getByTestId('jobs').click();
    await expect(page.getByTestId('drawer').getByTestId('job').first()).toBeVisible();
    await studio.accessible();
    await studio.picture(`phone-drawer-${language}`);
    await page.keyboard.press('Escape');
  }
});
