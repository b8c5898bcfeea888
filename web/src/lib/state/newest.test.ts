import { expect, test } from 'vitest';
import { Newest } from './newest';

test('an answer is old if something that was asked for later was answered', () => {
  const newest = new Newest();
  const [first, second] = [newest.ask(), newest.ask()];
  expect(newest.isOld('a', first)).toBe(false);
  newest.know('a', second);
  expect([newest.isOld('a', first), newest.isOld('a', second), newest.isOld('b', first)]).toEqual([true, false, false]);
  newest.know('a', first);
  expect(newest.isOld('a', first), 'what is known does not become older').toBe(true);
});

test('an answer is old if a change was answered after it was asked for', () => {
  const newest = new Newest();
  const before = newest.ask();
  newest.know('a');
  expect([newest.isOld('a', before), newest.isOld('a', newest.ask())]).toEqual([true, false]);
});
