import { describe, expect, it } from 'vitest';
import { matchPath, prefixOf } from './match';

describe('matchPath', () => {
  it('gives the parameters of a path that fits', () => {
    expect(matchPath('/reel/:id', '/reel/abc')).toEqual({ id: 'abc' });
    expect(matchPath('/reel/:id', '/reel/a%20b/')).toEqual({ id: 'a b' });
    expect(matchPath('/', '/')).toEqual({});
  });

  it('refuses what is longer, shorter or other', () => {
    expect(matchPath('/reel/:id', '/reel')).toBeNull();
    expect(matchPath('/reel/:id', '/reel/a/b')).toBeNull();
    expect(matchPath('/reel', '/reels')).toBeNull();
  });

  it('refuses what cannot be decoded', () => {
    expect(matchPath('/reel/:id', '/reel/%E0%A4%A')).toBeNull();
  });
});

describe('prefixOf', () => {
  it('is the first segment', () => {
    expect(prefixOf('/reel/abc')).toBe('reel');
    expect(prefixOf('/')).toBe('');
  });
});
