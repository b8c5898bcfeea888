import { describe, expect, it } from 'vitest';
import { baseOf, headingFault, isConflict, textFault } from './scene-text';

const limits = { words: { least: 1, most: 4 }, headingCharacters: 5 };

describe('the text of a scene', () => {
  it('is refused when it is emptied, or has nothing that is spoken', () => {
    expect(textFault('  \n ', limits)).toBe('empty');
    expect(textFault('– …', limits)).toBe('empty');
  });

  it('is refused when it has too many or too few words, in any script', () => {
    expect(textFault('one two three four', limits)).toBeNull();
    expect(textFault('one – two three four', limits)).toBeNull();
    expect(textFault('one two three four five', limits)).toBe('long');
    expect(textFault('هذه جملة من خمس كلمات', limits)).toBe('long');
    expect(textFault('one', { ...limits, words: { least: 2, most: 4 } })).toBe('short');
  });

  it('is left to the server to judge while its limits are not known', () => {
    const unknown = { words: null, headingCharacters: null };
    expect(textFault('word '.repeat(500), unknown)).toBeNull();
    expect(headingFault('x'.repeat(500), unknown)).toBeNull();
  });
});

describe('the heading', () => {
  it('has some characters, counted as the server does', () => {
    expect(headingFault(' ', limits)).toBe('empty');
    expect(headingFault('  a   b  ', limits)).toBeNull();
    expect(headingFault('😀😀😀😀😀', limits)).toBeNull();
    expect(headingFault('abcdef', limits)).toBe('long');
  });
});

describe('two people at one scene', () => {
  const base = { heading: 'A', text: 'first', etag: '"1"' };
  const theirs = { heading: 'A', text: 'theirs', etag: '"2"' };
  const mine = { heading: 'A', text: 'mine' };

  it('are in conflict when both have changed it', () => {
    expect(isConflict(base, theirs, mine)).toBe(true);
  });

  it('are not while one of them has changed nothing, or both wrote the same', () => {
    expect(isConflict(base, base, mine)).toBe(false);
    expect(isConflict(base, theirs, base)).toBe(false);
    expect(isConflict(base, theirs, { ...theirs })).toBe(false);
  });

  it('are told apart after a reload, too: a draft keeps what it was begun with', () => {
    expect(baseOf({ ...mine, base }, theirs)).toBe(base);
    expect(baseOf(mine, theirs)).toEqual(theirs);
    expect(baseOf(undefined, theirs)).toEqual(theirs);
  });
});
