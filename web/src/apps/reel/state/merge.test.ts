import { describe, expect, it } from 'vitest';
import { sampleSummary } from '../samples';
import { mergeHead, patch } from './merge';

const at = (created_at: number, changes = {}) => sampleSummary({ id: `reel-${created_at}`, created_at, ...changes });
const ids = (items: { id: string }[]) => items.map((item) => item.id);

describe('patch', () => {
  const items = [at(3), at(2), at(1)];

  it('replaces a reel in its place', () => {
    const after = patch(items, at(2, { percent: 77 }), { q: '', state: null });
    expect(ids(after)).toEqual(ids(items));
    expect(after[1]?.percent).toBe(77);
  });

  it('removes a reel that no longer has the state of the filter', () => {
    expect(ids(patch(items, at(2, { state: 'done' }), { q: '', state: 'working' }))).toEqual(['reel-3', 'reel-1']);
  });
});

describe('mergeHead', () => {
  const items = [at(3), at(2), at(1)];

  it('puts new reels at the top and keeps the pages below', () => {
    expect(ids(mergeHead(items, [at(4), at(3)], false))).toEqual(['reel-4', 'reel-3', 'reel-2', 'reel-1']);
  });

  it('drops what the new first page should have and has not', () => {
    expect(ids(mergeHead(items, [at(4), at(2)], false))).toEqual(['reel-4', 'reel-2', 'reel-1']);
  });

  it('is the page itself when that is all there is', () => {
    expect(ids(mergeHead(items, [at(2)], true))).toEqual(['reel-2']);
  });
});
