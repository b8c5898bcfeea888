import { describe, expect, it } from 'vitest';
import type { JobWhy } from '../api/types';
import { whyWords } from './why';

const why = (reasons: object[], position: number | null = null) =>
  whyWords({ state: 'ready', reasons, position, eta: null, done_by: null } as unknown as JobWhy);

describe('whyWords', () => {
  it('says nothing of a job that runs or has ended', () => {
    expect(why([{ reason: 'running', worker: 'a' }])).toBeNull();
    expect(why([{ reason: 'ended', state: 'succeeded' }])).toBeNull();
    expect(why([])).toBeNull();
  });

  it('names the time of what ends by itself', () => {
    expect(why([{ reason: 'time', until: 5 }])).toEqual({ key: 'why.time', at: 5 });
    expect(why([{ reason: 'signal', name: 'x', deadline: 7 }])).toEqual({ key: 'why.signal.until', at: 7 });
    expect(why([{ reason: 'signal', name: 'x', deadline: null }])).toEqual({ key: 'why.signal' });
  });

  it('counts parts and places', () => {
    expect(why([{ reason: 'children', unfinished: 3 }])).toEqual({ key: 'why.parts', values: { count: 3 } });
    expect(why([{ reason: 'share' }], 4)).toEqual({ key: 'why.position', values: { count: 4 } });
  });

  it('has words for reasons of a newer server', () => {
    expect(why([{ reason: 'moon' }])).toEqual({ key: 'why.turn' });
  });
});
