import { describe, expect, it } from 'vitest';
import { ar } from '../words/problems-ar';
import { en } from '../words/problems-en';
import { deckReason } from './deck-problem';

describe('a deck that is refused', () => {
  const reasons = [
    ['empty', 'the file is empty: choose another one, or export the deck again'],
    ['not_a_deck', 'the file is no deck (a PDF): export the deck from Anki as .apkg, .txt or .csv, or use a list'],
    ['newer_form', 'the package has a newer form (version 9) than is known here: in Anki, export it again with …'],
    ['damaged', 'the deck is damaged (unexpected end of file): download it or export it again'],
    ['too_large', 'the deck is too large (100000 notes at most): export a part of it'],
  ] as const;

  it.each(reasons)('is %s by what the server says, and has words of its own for that', (reason, detail) => {
    expect(deckReason({ code: 'deck_unreadable', detail })).toBe(reason);
    for (const words of [en, ar])
      for (const part of ['title', 'action'] as const) {
        const text = words[`deck_refused.${reason}.${part}`];
        expect(text).not.toBe('');
        const others = reasons.filter(([other]) => other !== reason).map(([other]) => other);
        expect(others.map((other) => words[`deck_refused.${other}.${part}`])).not.toContain(text);
      }
  });

  it('names the choice of Anki that makes a package of the older form', () => {
    for (const words of [en, ar])
      expect(words['deck_refused.newer_form.action']).toContain('Support older Anki versions');
  });

  it('is too large before it is read, which is not said in words of pictures', () => {
    expect(deckReason({ code: 'document_too_large', detail: 'Such a file may have 100 MiB.' })).toBe('too_large');
  });

  it('has no reason that is not known', () => {
    expect(deckReason({ code: 'deck_unreadable', detail: 'another one' })).toBeNull();
    expect(deckReason({ code: 'deck_unreadable', detail: null })).toBeNull();
    expect(deckReason({ code: 'needs_provider', detail: 'the file is empty' })).toBeNull();
  });
});
