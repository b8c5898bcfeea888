import { beforeEach, expect, it } from 'vitest';
import { placeOf, typed } from './typed.svelte';

beforeEach(() => typed.clear());

it('has a refused list again, with the line at fault', () => {
  typed.edit({ key: 'k1', text: 'Да\nzzzz 1234\nНет', eachLine: true }, 2);
  expect([typed.text, typed.eachLine]).toEqual(['Да\nzzzz 1234\nНет', null]);
  expect(typed.text.slice(...typed.look!)).toBe('zzzz 1234');
});

it('keeps what is being typed, below it', () => {
  typed.text = 'Пока';
  typed.edit({ key: 'k1', text: 'Да', eachLine: false }, null);
  expect([typed.text, typed.eachLine, typed.look]).toEqual(['Да\nПока', false, [2, 2]]);
});

it('knows what it has from the storage, until it is sent', () => {
  typed.edit({ key: 'k1', text: 'Да', eachLine: false }, null);
  typed.edit({ key: 'k2', text: 'Нет', eachLine: false }, null);
  expect([typed.text, typed.from]).toEqual(['Нет\nДа', ['k2', 'k1']]);
  typed.clear();
  expect(typed.from).toEqual([]);
});

it('shows the end where there is no such line', () => {
  expect([placeOf('a\nb', 9), placeOf('a\nb', null), placeOf('a\nb', 1)]).toEqual([
    [3, 3],
    [3, 3],
    [0, 1],
  ]);
});
