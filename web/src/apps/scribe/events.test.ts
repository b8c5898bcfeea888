import { describe, expect, it } from 'vitest';
import { endedIn, idIn } from './events';

describe('events', () => {
  it('name the session that they are about', () => {
    expect(idIn({ session_id: 'a' })).toBe('a');
    expect([{}, null, 'a', { session_id: 1 }].map(idIn)).toEqual([null, null, null, null]);
  });

  it('of jobs name what a job worked on once it has ended', () => {
    expect(endedIn({ subject: 'a', state: 'running' })).toBeNull();
    for (const state of ['succeeded', 'dead', 'cancelled', 'expired'])
      expect(endedIn({ subject: 'a', state })).toBe('a');
    expect(endedIn({ state: 'succeeded' })).toBeNull();
  });
});
