import { expect, it } from 'vitest';
import { linesOf, parcels } from './parcels';

it('finds the lines of a pasted list, whatever ends them', () => {
  expect(linesOf('Доброе утро\r\n\n  Пока \rДа')).toEqual(['Доброе утро', 'Пока', 'Да']);
});

it('cuts a list into as many parts as the server takes, and leaves a text whole', () => {
  expect(parcels('a\nb\nc\nd\ne', true, 2)).toEqual(['a\nb', 'c\nd', 'e']);
  expect(parcels(' a\nb ', false, 2)).toEqual(['a\nb']);
  expect([parcels(' \n ', false, 2), parcels(' \n ', true, 2)]).toEqual([[], []]);
});
