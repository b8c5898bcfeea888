import { expect, it } from 'vitest';
import { isFiltered, queryOf } from './filters';

const of = (address: string) => queryOf((name) => new URLSearchParams(address).get(name));

it('reads the filters of an address, and leaves out what they cannot mean', () => {
  expect(of('q=+чай+&status=failed&language=ru&source=image&doubtful=true&excluded=false&sort=doubtful')).toEqual({
    q: 'чай',
    status: 'failed',
    language: 'ru',
    source: 'image',
    doubtful: true,
    excluded: false,
    sort: 'doubtful',
  });
  expect(of('status=lost&language=English&source=smell&doubtful=maybe&sort=size')).toEqual({ sort: 'newest' });
});

it('knows when something is left out: an order leaves out nothing', () => {
  expect([isFiltered(of('sort=oldest')), isFiltered(of('doubtful=false'))]).toEqual([false, true]);
});
