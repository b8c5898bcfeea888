import { expect, it } from 'vitest';
import { countWords, spokenSeconds } from './spoken';

it('counts what a narrator says: not the dashes between the words', () => {
  expect(countWords('')).toBe(0);
  expect(countWords('A river – slow, and wide.')).toBe(5);
  expect(countWords('نهر بطيء وعريض .')).toBe(3);
  expect(countWords('H₂O 24/7')).toBe(2);
});

it('speaks each language at its pace', () => {
  expect(spokenSeconds(150, 'en')).toBe(60);
  expect(spokenSeconds(120, 'ar')).toBe(60);
});
