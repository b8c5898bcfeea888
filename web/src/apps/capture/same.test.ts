import { expect, it } from 'vitest';
import { otherCard } from './same';

it('leads to the other card, and from no other problem', () => {
  expect(otherCard({ code: 'same_phrase', members: { phrase: 'p/1' } })).toBe('/capture/p%2F1');
  expect(otherCard({ code: 'same_phrase', members: {} })).toBeNull();
  expect(otherCard({ code: 'phrase_changed', members: { phrase: 'p1' } })).toBeNull();
});
