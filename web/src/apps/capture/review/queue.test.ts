import { describe, expect, it } from 'vitest';
import { phrase } from '../example';
import type { Phrase } from '../types';
import { after, approvable, merged, placed, sameCard } from './queue';

const card = (id: string, doubts: number, change: Partial<Phrase> = {}) =>
  phrase(id, { doubts: Array.from({ length: doubts }, (_, n) => `vocabulary.${n}.meaning`), ...change });
const ids = (phrases: Phrase[]) => phrases.map(({ id }) => id).join(' ');

describe('the review queue', () => {
  const queue = [card('a', 5), card('b', 3), card('c', 1)];

  it('puts a new card where its doubts belong, but never before the one that is looked at', () => {
    expect(ids(placed(queue, card('n', 4), 'a'))).toBe('a n b c');
    expect(ids(placed(queue, card('n', 9), 'b'))).toBe('a b n c');
    expect(ids(placed(queue, card('n', 0), 'a'))).toBe('a b c n');
    expect(ids(placed(queue, card('n', 9), null))).toBe('n a b c');
    expect(ids(placed(queue, card('n', 3), 'a')), 'the older one stays before').toBe('a b n c');
  });

  it('does not shuffle what a person looks at when it is fetched again', () => {
    const fresh = [card('n', 9), card('c', 4), card('a', 2)];
    const complete = merged(queue, fresh, true, 'a');
    expect(ids(complete), 'b was approved elsewhere').toBe('a n c');
    expect(complete[2]?.doubts.length, 'what is known is the newest').toBe(4);
    expect(ids(merged(queue, fresh, false, 'a')), 'a page says nothing of the rest').toBe('a n b c');
    expect(ids(merged([], fresh, true, null)), 'first in the order of the server').toBe('n c a');
  });

  it('goes on with the next card, and at the end with the one before', () => {
    expect(after(queue, 'a')).toBe('b');
    expect(after(queue, 'c')).toBe('b');
    expect(after([card('a', 0)], 'a')).toBeNull();
  });

  it('lets nobody approve what is being made', () => {
    const work = (what: 'field' | 'voice') => ({ job_id: 'j', what, step: null });
    expect(approvable(card('a', 0))).toBe(true);
    expect(approvable(card('a', 0, { work: work('voice') }))).toBe(true);
    expect(approvable(card('a', 0, { work: work('field') }))).toBe(false);
    expect(approvable(card('a', 0, { status: 'approved' }))).toBe(false);
  });

  it('tells another sound from another card', () => {
    const audio = { href: '/media/x', name: 'x.mp3', own: false, made_by: 'voice' };
    expect(sameCard(phrase('a'), phrase('a', { etag: '"2"', audio }))).toBe(true);
    expect(sameCard(phrase('a'), phrase('a', { vocabulary: [], translation: null }))).toBe(false);
  });
});
