import { List, MANY } from './long-list';
import { expect, test } from './test';

// Without a trace: it takes a picture of all that is on the page at each step, which is most of the time with a thousand reels.
test.use({ spec: 'many', trace: 'off' });

test('a thousand reels come page by page, quickly', async ({ studio, page }) => {
  const list = new List();
  await list.serve(page);
  await studio.open();
  const cards = page.getByTestId('reel-card');
  await expect(cards).toHaveCount(24);
  await studio.accessible();
  await studio.picture('list-many');
  await page.getByTestId('more').focus();
  await page.keyboard.press('Enter');
  await expect(cards).toHaveCount(48);
  await expect(page.getByTestId('more'), 'the focus stays for the next one').toBeFocused();
  // In the page: asking from outside would be a part of what is measured.
  const times = await page.evaluate(async () => {
    const more = () => document.querySelector<HTMLElement>('[data-testid=more]');
    const count = () => document.querySelectorAll('[data-testid=reel-card]').length;
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const took: number[] = [];
    while (more()) {
      const [before, start] = [count(), performance.now()];
      more()!.click();
      while (count() === before) await frame();
      took.push(performance.now() - start);
    }
    return took;
  });
  const middle = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
  console.log(`24 more of ${MANY} reels are on the page after ${middle.toFixed(0)} ms, at the middle`);
  // Counted, because `toBeHidden` takes many seconds with so much on the page.
  await expect(page.getByTestId('more')).toHaveCount(0);
  await expect(cards.last()).toContainText('999');
  const took = await page.evaluate(async () => {
    const start = performance.now();
    document.querySelector<HTMLElement>('[data-testid=theme]')!.click();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - start;
  });
  console.log(`a click with ${MANY} reels on the page is answered in ${took.toFixed(0)} ms`);
  expect(took, 'an interaction with all of them on the page').toBeLessThan(1000);
});
