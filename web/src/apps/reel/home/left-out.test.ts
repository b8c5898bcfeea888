import { describe, expect, it } from 'vitest';
import { ar } from '../words/ar';
import { en } from '../words/en';
import { groupLeftOut, REASONS } from './left-out';

const left = (page: number, reason: string, sample = '') => ({ page, reason, sample });

describe('groupLeftOut', () => {
  it('groups by reason, with each page and each beginning once', () => {
    const { first, folded } = groupLeftOut([
      left(7, 'running', 'Annual report'),
      left(3, 'running', 'Annual report'),
      left(3, 'running', '3'),
      left(2, 'hidden'),
    ]);
    expect(first).toEqual([{ reason: 'hidden', pages: [2], count: 1, samples: [] }]);
    expect(folded).toEqual([{ reason: 'running', pages: [3, 7], count: 3, samples: ['Annual report', '3'] }]);
  });

  it('tells first what a reader would miss, and furniture last', () => {
    const { first, folded } = groupLeftOut([...REASONS].reverse().map((reason) => left(1, reason)));
    expect(first.map(({ reason }) => reason)).toEqual(['hidden', 'unreadable', 'unexamined', 'scanned']);
    expect(folded[0]?.reason).toBe('references');
    expect(folded.at(-1)?.reason).toBe('running');
  });

  it('shows a few beginnings, not a page of them', () => {
    const cells = ['a', 'b', 'c', 'd', 'e'].map((sample) => left(1, 'table', sample));
    expect(groupLeftOut(cells).folded[0]).toMatchObject({ count: 5, samples: ['a', 'b', 'c'] });
  });

  it('keeps what a newer server names otherwise', () => {
    expect(groupLeftOut([left(4, 'moonlight', 'x')]).folded).toEqual([
      { reason: 'other', pages: [4], count: 1, samples: ['x'] },
    ]);
  });

  it('is empty for a document without anything left out', () => {
    expect(groupLeftOut([])).toEqual({ first: [], folded: [] });
  });
});

describe('the words for reasons', () => {
  it.each([...REASONS, 'other'] as const)('name and explain %s in both languages', (reason) => {
    for (const key of [`left.${reason}`, `left.${reason}.text`] as const) {
      expect(en[key]).toBeTruthy();
      expect(ar[key]).toBeTruthy();
    }
  });
});
