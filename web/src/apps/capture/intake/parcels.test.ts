import { expect, it } from 'vitest';
import { beginning, linesOf, parcels, sorted } from './parcels';

it('finds the lines of a pasted list, whatever ends them', () => {
  expect(linesOf('Доброе утро\r\n\n  Пока \rДа')).toEqual(['Доброе утро', 'Пока', 'Да']);
});

it('cuts a list into as many parts as the server takes, and leaves a text whole', () => {
  expect(parcels('a\nb\nc\nd\ne', true, 2)).toEqual(['a\nb', 'c\nd', 'e']);
  expect(parcels(' a\nb ', false, 2)).toEqual(['a\nb']);
  expect([parcels(' \n ', false, 2), parcels(' \n ', true, 2)]).toEqual([[], []]);
});

it('says which lines of a list become no phrase, as they stand in the field', () => {
  const { phrases, leftOut } = sorted('\nДа\n\n  ---\n 42\nНет ');
  expect(phrases).toEqual([
    { number: 2, text: 'Да' },
    { number: 6, text: 'Нет' },
  ]);
  expect(leftOut).toEqual([
    { number: 4, text: '---' },
    { number: 5, text: '42' },
  ]);
  expect(sorted('42\n7').leftOut).toEqual([]);
  expect([beginning('ж'.repeat(41)), beginning('да')]).toEqual([`${'ж'.repeat(40)}…`, 'да']);
  expect(parcels('a\nb\n---\n42', true, 2), 'no part has nothing but those').toEqual(['a\nb']);
});
