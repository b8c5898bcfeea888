import { describe, expect, it } from 'vitest';
import { ar } from './ar';
import { en, type Key, type Message } from './en';
import type { Locale } from './format';
import { message } from './message';

const ENGLISH: Locale = { language: 'en', digits: 'latn' };
const ARABIC: Locale = { language: 'ar', digits: 'latn' };
const keys = Object.keys(en) as Key[];
const forms = (entry: Message) => (typeof entry === 'string' ? [entry] : Object.values(entry));
const names = (entry: Message) =>
  new Set(forms(entry).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1])));

describe('the catalogue', () => {
  it('has every key in both languages, and no other', () => {
    expect(Object.keys(ar).sort()).toEqual([...keys].sort());
  });

  it('has no empty text', () => {
    for (const key of keys)
      for (const text of [...forms(en[key]), ...forms(ar[key])]) expect(text.trim(), key).not.toBe('');
  });

  it('fills the same placeholders in both languages', () => {
    for (const key of keys) {
      const counted = typeof en[key] !== 'string';
      const english = names(en[key]);
      const arabic = names(ar[key]);
      // An Arabic plural may say "two pages" in a word, without the number.
      if (counted) [english, arabic].forEach((set) => set.delete('count'));
      expect([...arabic].sort(), key).toEqual([...english].sort());
    }
  });

  it('has all six plural forms in Arabic wherever English counts', () => {
    for (const key of keys) {
      if (typeof en[key] === 'string') continue;
      expect(Object.keys(ar[key]).sort(), key).toEqual(['few', 'many', 'one', 'other', 'two', 'zero']);
    }
  });

  it('is Arabic in Arabic: only names stay Latin', () => {
    const allowed = new Set<Key>(['app.name', 'app.language.switch', 'choose.mode.facts']);
    for (const key of keys.filter((one) => !allowed.has(one))) {
      for (const text of forms(ar[key])) expect(text, key).toMatch(/[\u0600-\u06ff]/);
    }
  });
});

describe('message', () => {
  it('picks the plural form of the language', () => {
    expect(message(ENGLISH, 'found.pages', { count: 1 })).toBe('1 page');
    expect(message(ENGLISH, 'found.pages', { count: 3 })).toBe('3 pages');
    expect(message(ARABIC, 'found.pages', { count: 2 })).toBe('صفحتان');
    expect(message(ARABIC, 'found.pages', { count: 5 })).toBe('5 صفحات');
    expect(message(ARABIC, 'found.pages', { count: 20 })).toBe('20 صفحة');
  });

  it('isolates text of unknown direction', () => {
    expect(message(ARABIC, 'upload.reading', { name: 'paper.pdf' })).toBe('يُقرأ \u2068paper.pdf\u2069');
  });

  it('writes numbers in the chosen digits', () => {
    expect(message({ language: 'ar', digits: 'arab' }, 'scene.name', { n: 12 })).toBe('المشهد ١٢');
  });
});
