import { expect, it } from 'vitest';
import { field, phrase } from '../example';
import { formOf } from '../review/edit';
import { editOf, isDirty, keepEdit, savedEdit } from './edits.svelte';

it('keeps what is typed while an edit is saved, as an edit of the card as it is then', () => {
  const before = phrase('a');
  const sent = { ...formOf(before), translation: 'Where is my' };
  keepEdit(before, sent);
  keepEdit(before, { ...sent, translation: 'Where is my cup?' });
  const now = phrase('a', { etag: '"2"', translation: field('Where is my'), transliteration: field('by another') });
  expect(savedEdit(now, sent)).toBe(false);
  expect(editOf(now)).toEqual({ form: { ...formOf(now), translation: 'Where is my cup?' }, conflicts: [] });
});

it('drops an edit that is saved as it is', () => {
  const before = phrase('b');
  const sent = { ...formOf(before), translation: 'Where is it?' };
  keepEdit(before, sent);
  const now = phrase('b', { etag: '"2"', translation: field('Where is it?') });
  expect(savedEdit(now, sent)).toBe(true);
  expect([editOf(now), isDirty(now)]).toEqual([null, false]);
});
