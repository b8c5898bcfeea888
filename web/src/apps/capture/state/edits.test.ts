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
  expect(savedEdit(now, sent, before)).toBe(false);
  expect(editOf(now)).toEqual({ form: { ...formOf(now), translation: 'Where is my cup?' }, conflicts: [] });
});

it('drops an edit that is saved as it is', () => {
  const before = phrase('b');
  const sent = { ...formOf(before), translation: 'Where is it?' };
  keepEdit(before, sent);
  const now = phrase('b', { etag: '"2"', translation: field('Where is it?') });
  expect(savedEdit(now, sent, before)).toBe(true);
  expect([editOf(now), isDirty(now)]).toEqual([null, false]);
});

it('takes nothing for typed that another has changed before it was saved', () => {
  const begun = phrase('c', { transliteration: field('as it was') });
  keepEdit(begun, { ...formOf(begun), translation: 'Where is it?' });
  const theirs = { transliteration: field('by another'), grammar: [{ about: '', text: field('their remark') }] };
  const before = phrase('c', { etag: '"2"', ...theirs });
  const sent = editOf(before)!.form;
  const now = phrase('c', { etag: '"3"', ...theirs, translation: field('Where is it?') });
  expect(savedEdit(now, sent, before)).toBe(true);
  expect([editOf(now), isDirty(now)]).toEqual([null, false]);
});

it('keeps what is typed while an edit of a card that another has changed is saved', () => {
  const begun = phrase('d', { transliteration: field('as it was') });
  keepEdit(begun, { ...formOf(begun), translation: 'Where is my' });
  const before = phrase('d', { etag: '"2"', transliteration: field('by another') });
  const sent = editOf(before)!.form;
  keepEdit(before, { ...sent, translation: 'Where is my cup?' });
  const now = phrase('d', { etag: '"3"', transliteration: field('by another'), translation: field('Where is my') });
  expect(savedEdit(now, sent, before)).toBe(false);
  expect(editOf(now)).toEqual({ form: { ...formOf(now), translation: 'Where is my cup?' }, conflicts: [] });
});
