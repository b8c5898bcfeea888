import { expect, it } from 'vitest';
import { en } from './words/problems-en';

/** What the engines that read photos and look words up fail with: a card keeps it. */
const OF_ENGINES = [
  'picture_damaged',
  'not_a_picture',
  'photo_not_installed',
  'photo_not_loaded',
  'photo_failed',
  'photo_stopped',
  'photo_io',
  'analysis_stopped',
  'language_pack_broken',
];

it.each(OF_ENGINES)('has words of its own for a card that failed with %s', (code) => {
  const words: Record<string, unknown> = en;
  expect(words[`problem.${code}.title`]).toMatch(/^[A-Z].*[^.]$/);
  expect(words[`problem.${code}.action`]).toMatch(/^[A-Z].*\.$/);
});
