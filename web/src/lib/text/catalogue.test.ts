import { describe, expect, it } from 'vitest';
import { ar } from './ar';
import { en } from './en';
import type { Message } from './message';

type Words = Record<string, Message>;

/** The shell's catalogue, and both parts of each app's: the one loaded with its pages, and the names loaded before. */
const parts = import.meta.glob<{ en?: Words; ar?: Words }>(
  ['../../apps/*/words/*.ts', '../{words,manage/words}/{en,ar}.ts'],
  {
    eager: true,
  },
);
const catalogues: [string, Words, Words][] = [['the shell', en, ar]];
for (const [path, part] of Object.entries(parts)) {
  const arabic = part.ar ?? parts[path.replace(/en\.ts$/, 'ar.ts')]?.ar;
  if (part.en && arabic) catalogues.push([path.replace('../../apps/', ''), part.en, arabic]);
}

const forms = (entry: Message) => (typeof entry === 'string' ? [entry] : Object.values(entry));
const names = (entry: Message) =>
  new Set(forms(entry).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1])));
/** Names and bare numbers: the same in both languages. */
const LATIN = new Set([
  'app.name',
  'app.language.switch',
  'app.language.short',
  'choose.mode.facts',
  'choose.mode.facts.cost',
]);

it('finds the catalogues of the apps', () => {
  expect(catalogues.map(([name]) => name)).toEqual(
    expect.arrayContaining(['the shell', 'reel/words/en.ts', 'reel/words/names.ts']),
  );
});

describe.each(catalogues)('the catalogue of %s', (_, english, arabic) => {
  const keys = Object.keys(english);

  it('has every key in both languages, and no other', () => {
    expect(Object.keys(arabic).sort()).toEqual([...keys].sort());
  });

  it('has no empty text', () => {
    for (const key of keys)
      for (const text of [...forms(english[key]!), ...forms(arabic[key]!)]) expect(text.trim(), key).not.toBe('');
  });

  it('fills the same placeholders in both languages', () => {
    for (const key of keys) {
      const sets = [names(english[key]!), names(arabic[key]!)];
      // A plural may say "two pages" or "next" in words, without the number.
      if (typeof english[key] !== 'string') sets.forEach((set) => set.delete('count'));
      expect([...sets[1]!].sort(), key).toEqual([...sets[0]!].sort());
    }
  });

  it('has all six plural forms in Arabic wherever English counts', () => {
    for (const key of keys) {
      if (typeof english[key] === 'string') continue;
      expect(Object.keys(arabic[key]!).sort(), key).toEqual(['few', 'many', 'one', 'other', 'two', 'zero']);
    }
  });

  it('is Arabic in Arabic: only names stay Latin', () => {
    for (const key of keys.filter((one) => !LATIN.has(one) && !one.startsWith('app.language'))) {
      for (const text of forms(arabic[key]!)) expect(text, key).toMatch(/[\u0600-\u06ff]/);
    }
  });
});
