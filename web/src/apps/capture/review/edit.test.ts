import { describe, expect, it } from 'vitest';
import { field, phrase, word } from '../example';
import { changeOf, emptyWord, fieldOf, formOf, isMadeInPart, rebased, withoutMarks } from './edit';

const card = phrase('a', {
  vocabulary: [
    word('мой', {
      meaning: field('my'),
      gender: field('masculine', { state: 'doubtful', reason: 'several_analyses' }),
    }),
    word('чай', { meaning: field('tea') }),
  ],
  grammar: [{ about: 'мой', text: field('мой agrees with чай') }],
});

describe('what was changed of a card', () => {
  it('is nothing as long as nobody changed anything', () => {
    expect(changeOf(card, formOf(card))).toBeNull();
    expect(changeOf(card, { ...formOf(card), translation: ' Where is my tea? ' }), 'blanks are no change').toBeNull();
    expect(changeOf(card, { ...formOf(card), text: '  ' }), 'a card cannot be without its phrase').toBeNull();
  });

  it('is only what the person wrote: the rest keeps its doubt', () => {
    const form = formOf(card);
    expect(changeOf(card, { ...form, translation: 'Where’s my tea?' })).toEqual({ translation: 'Where’s my tea?' });
    const words = form.vocabulary.with(1, { ...form.vocabulary[1]!, meaning: 'tea (drink)' });
    expect(changeOf(card, { ...form, vocabulary: words })).toEqual({
      vocabulary: [{ word: 'мой' }, { word: 'чай', meaning: 'tea (drink)' }],
    });
    expect(changeOf(card, { ...form, transliteration: '' }), 'empty goes').toEqual({ transliteration: '' });
    expect(changeOf(card, { ...form, grammar: [...form.grammar, ' '] }), 'an empty remark is none').toBeNull();
  });

  it('leaves a remark that nothing here could make as it is, with its doubt', () => {
    const unmade = phrase('c', {
      grammar: [{ about: '', text: field('', { source: null, state: 'needs_provider' }) }],
    });
    const form = formOf(unmade);
    expect(changeOf(unmade, form)).toBeNull();
    expect(changeOf(unmade, { ...form, translation: 'mine' })).toEqual({ translation: 'mine' });
    expect(changeOf(unmade, { ...form, grammar: ['mine'] })).toEqual({ grammar: ['mine'] });
  });

  it('keeps words apart that stand there twice', () => {
    const twice = phrase('b', {
      vocabulary: [word('и', { meaning: field('and') }), word('и', { meaning: field('also') })],
    });
    const form = formOf(twice);
    const change = changeOf(twice, {
      ...form,
      vocabulary: [...form.vocabulary, { ...emptyWord('да'), meaning: 'yes' }],
    });
    expect(change?.vocabulary?.[0]).toEqual({ word: 'и' });
    expect(change?.vocabulary?.[1]).toMatchObject({ word: 'и', meaning: 'also' });
    expect(change?.vocabulary?.[2]).toEqual({ word: 'да', meaning: 'yes' });
  });
});

describe('an edit of a card that was changed meanwhile', () => {
  const base = formOf(card);

  it('takes over what the person did not touch', () => {
    const mine = { ...base, translation: 'mine' };
    const now = { ...base, transliteration: 'theirs' };
    expect(rebased(mine, base, now)).toEqual({ form: { ...now, translation: 'mine' }, conflicts: [] });
  });

  it('names what both have changed, and keeps the words of the person', () => {
    const mine = { ...base, translation: 'mine' };
    expect(rebased(mine, base, { ...base, translation: 'theirs' })).toEqual({ form: mine, conflicts: ['translation'] });
    expect(rebased(mine, base, { ...base, translation: 'mine' }).conflicts, 'both wrote the same').toEqual([]);
  });
});

it('is made again in part only where there is a phrase', () => {
  expect(isMadeInPart(phrase('a', { status: 'failed' }))).toBe(true);
  expect(isMadeInPart(phrase('b', { status: 'failed', source: 'image', text: field('') }))).toBe(false);
});

it('knows the field of a doubt', () => {
  expect(['text', 'vocabulary.2.meaning'].map(fieldOf)).toEqual(['text', 'vocabulary']);
});

it('takes marks away and leaves the letters', () => {
  expect(withoutMarks('كِتَابٌ')).toBe('كتاب');
});
