import { describe, expect, it } from 'vitest';
import { ar } from '../words/problems-ar';
import { en } from '../words/problems-en';
import { deckReason } from './deck-problem';

describe('a deck that is refused', () => {
  const reasons = ['empty', 'not_a_deck', 'newer_form', 'damaged', 'too_large', 'too_slow'] as const;

  it.each(reasons)('is %s as the server names it, and has words of its own for that', (reason) => {
    expect(deckReason({ code: 'deck_unreadable', members: { reason } })).toBe(reason);
    for (const words of [en, ar])
      for (const part of ['title', 'action'] as const) {
        const text = words[`deck_refused.${reason}.${part}`];
        expect(text).not.toBe('');
        const others = reasons.filter((other) => other !== reason);
        expect(others.map((other) => words[`deck_refused.${other}.${part}`])).not.toContain(text);
      }
  });

  it('names the choice of Anki that makes a package of the older form', () => {
    for (const words of [en, ar])
      expect(words['deck_refused.newer_form.action']).toContain('Support older Anki versions');
  });

  it('is too large before it is read, which is not said in words of pictures', () => {
    expect(deckReason({ code: 'document_too_large', members: {} })).toBe('too_large');
  });

  it('has no reason that is not known', () => {
    expect(deckReason({ code: 'deck_unreadable', members: { reason: 'another one' } })).toBeNull();
    expect(deckReason({ code: 'deck_unreadable', members: { detail: 'the file is empty' } })).toBeNull();
    expect(deckReason({ code: 'needs_provider', members: { reason: 'empty' } })).toBeNull();
  });
});
