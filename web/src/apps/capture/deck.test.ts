import { describe, expect, it } from 'vitest';
import { deckOf } from './deck';
import { phrase } from './example';

const words = {
  ready: (count: number) => `${count} ready`,
  waiting: (count: number) => `${count} waiting`,
  app: () => 'app',
};
const picture = { href: '/media/a', name: 'a.jpg', width: 4, height: 3, quarter_turns: 0, lines: [] };

describe('the deck on the start page', () => {
  it('leads to the review while a card waits, and has the newest photo', () => {
    const cards = [
      phrase('new', { status: 'processing', updated_at: 9 }),
      phrase('a', { status: 'exported', updated_at: 5, created_at: 2 }),
      phrase('b', { picture, updated_at: 3, created_at: 1 }),
    ];
    const [deck, ...more] = deckOf(cards, { processing: 1, exported: 4, approved: 1, pending_review: 1 }, words);
    expect(more).toEqual([]);
    expect(deck).toMatchObject({ href: '/capture/review', picture: '/media/a', collection: true });
    expect(deck).toMatchObject({ createdAt: 1, updatedAt: 5, state: 'done' });
    expect(deck?.title).toBe('5 ready · 1 waiting');
  });

  it('leads to all cards once each is decided about', () => {
    const [deck] = deckOf([phrase('a', { status: 'approved' })], { approved: 1 }, words);
    expect(deck).toMatchObject({ href: '/capture/cards', title: '1 ready', picture: null });
  });

  it('is not there before a card is', () => {
    expect(deckOf([], {}, words)).toEqual([]);
    expect(deckOf([phrase('a', { status: 'failed' })], { failed: 1 }, words)).toEqual([]);
  });
});
