import { readdirSync, readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { field } from '../example';

const settings = vi.hoisted(() => ({ locale: { language: 'ar', digits: 'latn' } }));
vi.mock('../../../lib/state/settings.svelte', () => ({ settings }));
const { shown } = await import('./terms');
const { en } = await import('../words/terms-en');

const of = (language: string, name: string, text: string, change = {}, code?: string) => {
  settings.locale.language = language;
  return shown(name, field(text, change), code);
};

it('says what a form is in the language of the page', () => {
  expect(of('ar', 'gender', 'feminine')).toBe('مؤنث');
  expect(of('ar', 'declension', 'genitive, plural')).toBe('حالة الإضافة، جمع');
  expect(of('ar', 'notes', 'noun or adjective; with: and')).toBe('اسم أو صفة؛ معه: ⁨and⁩');
  expect(of('ar', 'notes', 'measure word 家 (jiā); traditional 銀行')).toContain('كلمة عدّ');
  expect(of('ar', 'declension', 'imperfect', {}, 'ar'), 'another tense than that of Spanish').toBe('مضارع');
  expect(of('ar', 'declension', 'imperfect', {}, 'es')).toBe('ماضٍ مستمر');
  for (const [name, text] of [
    ['notes', 'noun or adjective; with: and'],
    ['gender', 'feminine'],
    ['declension', 'past, singular, feminine, perfective'],
    ['notes', 'noun'],
  ] as const) {
    expect(of('en', name, text)).toBe(text);
  }
});

it('leaves what a person wrote, what is no term, and other fields', () => {
  expect(of('ar', 'gender', 'feminine', { source: { kind: 'person', name: '', version: null } })).toBe('feminine');
  expect(of('ar', 'notes', 'noun, a kind of tea')).toBe('noun, a kind of tea');
  expect(of('ar', 'meaning', 'past')).toBe('past');
});

it('knows every term of the dictionaries', () => {
  const folder = new URL('../../../../../crates/local/src/analyse/', import.meta.url);
  const terms = new Set<string>();
  for (const file of readdirSync(folder).filter((name) => /^(arabic|georgian|russian|spanish)\.rs$/.test(name))) {
    const source = readFileSync(new URL(file, folder), 'utf8').split('#[cfg(test)]')[0]!;
    // Pairs of the tables: a tag with its name.
    for (const [, , term] of source.matchAll(/^ +\("([^"]+)", "([a-z ]+)"(?:, (?:\d|"[^"]*"))?\)/gm)) terms.add(term!);
    for (const [, term] of source.matchAll(/"((?:first|second|third) person|[a-z]+ or [a-z]+)"/g)) terms.add(term!);
    for (const [, term] of source.matchAll(/(?:push|then_some|Some|=>)\(?\s*"([a-z ]+)"/g)) terms.add(term!);
  }
  expect(terms.size).toBeGreaterThan(50);
  const unknown = [...terms].filter((term) => !(`term.${term.replaceAll(' ', '_')}` in en));
  expect(unknown).toEqual([]);
});
