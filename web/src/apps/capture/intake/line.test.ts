import { expect, it } from 'vitest';
import { lineOf } from './line';

it('names the line that a list is refused for', () => {
  expect(lineOf({ members: { code: 'text_no_language', line: 4, beginning: 'zzzz' } })).toEqual({
    number: 4,
    beginning: 'zzzz',
  });
  expect(lineOf({ members: { code: 'text_no_language' } })).toBeNull();
});
