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
