import { describe, expect, it } from 'vitest';
import type { JobWhy } from '../api/types';
import { waits, whyWords } from './why';

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

  it('names who comes first', () => {
    expect(why([{ reason: 'share', ahead: 0, others: 2, slots: 1 }], 1)).toEqual({
      key: 'why.others',
      values: { count: 2 },
    });
    expect(why([{ reason: 'share', ahead: 0, others: 0, slots: 1 }], 1)).toEqual({
      key: 'why.position',
      values: { count: 1 },
    });
  });

  it('says that it is paused in the words of the operator, and how busy the machine is', () => {
    const pause = { reason: 'paused', scope: 'queue', name: 'render', why: 'a new disk' };
    expect(why([pause, { reason: 'share', ahead: 0, others: 0 }], 1)).toEqual({
      key: 'why.paused.because',
      values: { why: 'a new disk' },
    });
    expect(why([{ ...pause, why: '' }])).toEqual({ key: 'why.paused' });
    expect(why([{ ...pause, why: 'paused by hand' }]), 'the default of the command').toEqual({ key: 'why.paused' });
    const limit = { reason: 'limit', scope: 'kind', name: 'reel.make', most: 2, running: 2 };
    expect(why([limit])).toEqual({ key: 'why.limit', values: { count: 2 } });
    expect(why([{ ...limit, scope: 'owner' }])).toEqual({ key: 'why.limit.owner', values: { count: 2 } });
  });

  it('does not take the work of an engine for waiting', () => {
    expect(why([{ reason: 'call', provider: null, kind: 'voice', deadline: 5 }])).toBeNull();
    expect(why([{ reason: 'call', provider: 'd-id', kind: 'clip', deadline: null }])).toEqual({ key: 'why.signal' });
  });

  it('says that an answer was lost, and until when nobody is asked again', () => {
    const lost = { reason: 'call', provider: 'letters', kind: 'complete', unknown: true };
    expect(why([{ ...lost, deadline: 9 }])).toEqual({ key: 'why.unknown.until', at: 9 });
    expect(why([{ ...lost, deadline: null }])).toEqual({ key: 'why.unknown' });
    expect(why([{ ...lost, unknown: false, deadline: 9 }])).toEqual({ key: 'why.signal.until', at: 9 });
  });

  it('has words for reasons of a newer server', () => {
    expect(why([{ reason: 'moon' }])).toEqual({ key: 'why.turn' });
  });
});

describe('waits', () => {
  const of = (reasons: object[]) =>
    waits({ state: 'waiting', reasons, position: null, eta: null, done_by: null } as unknown as JobWhy);

  it('is true for what holds a job up, and false for its own parts at work', () => {
    expect(of([{ reason: 'paused', scope: 'kind', name: 'x', why: '' }])).toBe(true);
    expect(of([{ reason: 'children', unfinished: 2 }])).toBe(false);
    expect(of([{ reason: 'running', worker: 'a' }])).toBe(false);
    expect(waits(null)).toBe(false);
  });
});
