/** Lines and lists: what is refused is named and mended, and what is there already says how it is. */
import { made, phrases, settled } from './captured';
import { expect, test } from './test';

test.use({ spec: 'capture-lines' });

for (const language of ['en', 'ar'] as const) {
  test(`a list that is refused names the line and goes back into the field (${language})`, async ({ studio, page }) => {
    const lines = language === 'en' ? ['Да', 'zzzz 1234', 'Нет'] : ['Чай', 'xxxx 5678', 'Дом'];
    await studio.open('/capture', { language });
    const [field, row] = [page.getByTestId('phrase-text'), page.getByTestId('way-row')];
    await field.fill(lines.join('\n'));
    await page.getByTestId('add-text').click();
    await expect(row).toHaveAttribute('data-state', 'refused');
    await expect(page.getByTestId('way-line')).toContainText(lines[1]!);
    if (language === 'en') await expect(page.getByTestId('way-line')).toContainText('Line 2 (');
    await studio.accessible();
    await studio.picture(`capture-refused-line-${language}`);
    await page.getByTestId('way-edit').click();
    await expect(field).toHaveValue(lines.join('\n'));
    await expect(field).toBeFocused();
    await expect(row).toHaveCount(0);
    const chosen = () =>
      field.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd));
    await expect.poll(chosen).toBe(lines[1]);
    const mended = language === 'en' ? 'Пока' : 'Кофе';
    await page.keyboard.insertText(mended);
    await page.getByTestId('add-text').click();
    await expect(field).toHaveValue('');
    await expect
      .poll(async () => (await phrases(page, studio.server.url)).items.map(({ text }) => text.text))
      .toEqual(expect.arrayContaining([lines[0], mended, lines[2]]));
    await settled(page, studio.server.url);
  });
}

test('a refused list survives a reload while it is mended', async ({ studio, page }) => {
  await studio.open('/capture');
  const [field, row] = [page.getByTestId('phrase-text'), page.getByTestId('way-row')];
  await field.fill('Мост\nqqqq 12\nРека');
  await page.getByTestId('add-text').click();
  await page.getByTestId('way-edit').click();
  await expect(row).toHaveCount(0);
  await field.fill('Мост\nВода\nРека');
  const kept = () =>
    page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const asked = indexedDB.open('sluice.capture');
          asked.onsuccess = () => {
            const all = asked.result.transaction('captures').objectStore('captures').getAll();
            all.onsuccess = () => resolve(all.result.map(({ text }: { text: string }) => text));
          };
        }),
    );
  await expect.poll(kept).toEqual(['Мост\nВода\nРека']);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await page.getByTestId('way-edit').click();
  await expect(field).toHaveValue('Мост\nВода\nРека');
  // Emptied, it waits again; sent, it is gone.
  await field.fill('');
  await page.getByTestId('way-edit').click();
  await page.getByTestId('add-text').click();
  await expect.poll(kept).toEqual([]);
  const { url } = studio.server;
  await expect
    .poll(async () => (await phrases(page, url)).items.map(({ text }) => text.text))
    .toEqual(expect.arrayContaining(['Мост', 'Вода', 'Река']));
  await settled(page, url);
});

for (const language of ['en', 'ar'] as const) {
  test(`lines that become no card, and one that is too long, are named (${language})`, async ({ studio, page }) => {
    await studio.open('/capture', { language });
    const field = page.getByTestId('phrase-text');
    await field.fill(`Да\n---\n${'я'.repeat(501)}`);
    const [leftOut, tooLong] = [page.getByTestId('left-out'), page.locator('#text-too-long')];
    await expect(leftOut).toContainText('---');
    await expect(tooLong).toContainText('яяяяя');
    if (language === 'en') {
      await expect(leftOut).toContainText('One line has no letter, and becomes no card:');
      await expect(leftOut).toContainText('line 2 (');
      await expect(tooLong).toContainText('Line 3 (');
    }
    await studio.accessible();
    await studio.picture(`capture-left-out-lines-${language}`);
    await field.fill('Зима\n---\nЛето');
    await page.getByTestId('add-text').click();
    if (language === 'en') await expect(page.getByText('One line had no letter, and was left out')).toBeVisible();
    await settled(page, studio.server.url);
  });
}

test('a card that would be the phrase of another one leads to that', async ({ studio, page }) => {
  const { url } = studio.server;
  const [first] = await made(page, url, 'Новый мост', 'ru');
  const [second] = await made(page, url, 'Новый дом', 'ru');
  await studio.open(`/capture/${second!.id}`);
  await page.getByTestId('edit').click();
  await page.locator('[data-edit="text"]').fill('Новый мост');
  await page.getByTestId('save').click();
  await expect(page.getByText('There is another card of this phrase')).toBeVisible();
  await studio.accessible();
  await studio.picture('capture-same-phrase');
  await page.getByTestId('open-other').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByTestId('card')).toHaveAttribute('data-id', first!.id);
});

test('a line whose card is left out of decks says so, and is taken in again', async ({ studio, page }) => {
  const { url } = studio.server;
  const [card] = await made(page, url, 'Доброе утро', 'ru');
  const exclude = { action: 'exclude', ids: [card!.id] };
  await page.request.post(`${url}/api/v1/phrases/batch`, { data: exclude });
  await studio.open('/capture');
  await page.getByTestId('phrase-text').fill('Доброе утро');
  await page.getByTestId('phrase-text').press('Enter');
  const told = page.getByText('There is a card of it already, which is left out of decks.');
  await expect(told).toBeVisible();
  await studio.picture('capture-left-out');
  await page.getByRole('button', { name: 'Take into decks' }).click();
  const isExcluded = async () => (await phrases(page, url)).items.find(({ id }) => id === card!.id)?.excluded;
  await expect.poll(isExcluded).toBe(false);
});
