/** A sound that a person has becomes a transcript: by the real engine, from the file to a correction in an exported file. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './test';

test.use({ spec: 'sounds' });

const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
const sound = (name: string) => join(cache, 'sluice/corpus', name);

test('a sound is sent, written down, corrected and exported', async ({ studio, page, request, server }) => {
  await studio.open('/scribe');
  await page.getByTestId('sound-file').setInputFiles(sound('austen-0870.wav'));
  await expect(page, 'the recording is opened when it has arrived').toHaveURL(/\/scribe\/[0-9a-f-]{36}$/);
  const id = page.url().split('/').at(-1);
  await expect(page.getByTestId('passage').first(), 'it is heard').toBeVisible({ timeout: 120_000 });
  const text = page.locator('[data-index="0"] .text');
  await expect(text).toContainText(/[a-z]{3}/i);
  await expect(page.getByTestId('wave'), 'it is drawn').toHaveAttribute('data-drawn', 'true', { timeout: 60_000 });
  await studio.picture('sound-transcript');

  await text.hover();
  await page.getByTestId('edit').click();
  const field = page.getByTestId('editor').locator('textarea');
  await field.fill(`${await field.inputValue()} So it was said.`);
  await field.press('Control+Enter');
  await expect(page.getByTestId('passage').first()).toContainText('Corrected');
  await page.reload();
  await expect(text, 'the server has it').toContainText('So it was said.');
  const exported = await request.get(`${server.url}/api/v1/sessions/${id}/transcript/srt`);
  expect(await exported.text()).toContain('So it was said.');
});

test('what is no sound is refused by its name, and the next file goes on', async ({ studio, page }) => {
  await studio.open('/scribe');
  const notes = { name: 'notes.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('these are notes') };
  await page.getByTestId('sound-file').setInputFiles([notes]);
  const row = page.getByTestId('sound-on-its-way');
  await expect(row).toContainText('notes.mp3');
  await expect(row.getByRole('alert')).toContainText('This is no sound and no video');
  await studio.accessible();
  await studio.picture('sound-refused');
  await page.getByTestId('sound-file').setInputFiles(sound('fox.wav'));
  await expect(page).toHaveURL(/\/scribe\/[0-9a-f-]{36}$/);
  await page.goBack();
  await row.getByRole('button', { name: /^Take/ }).click();
  await expect(row).toHaveCount(0);
});
