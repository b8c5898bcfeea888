import { expect, it } from 'vitest';
import { groupsOf } from './types';

it('has the types of the server by whom they are of, and what was chosen otherwise', () => {
  expect(groupsOf(['job.succeeded', 'reel.changed', 'job.dead'], ['reel.*', 'job.dead', 'old.kind'])).toEqual([
    { name: 'job', types: ['job.succeeded', 'job.dead'] },
    { name: 'reel', types: ['reel.changed', 'reel.*'] },
    { name: 'old', types: ['old.kind'] },
  ]);
});
