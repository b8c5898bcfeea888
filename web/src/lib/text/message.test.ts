import { describe, expect, it } from 'vitest';
import type { Locale } from './format';
import { message, type Catalogue } from './message';

const ENGLISH: Locale = { language: 'en', digits: 'latn' };
const ARABIC: Locale = { language: 'ar', digits: 'latn' };
const WORDS: Catalogue<'pages' | 'reading' | 'scene'> = {
  en: { pages: { one: '{count} page', other: '{count} pages' }, reading: 'Reading {name}', scene: 'Scene {n}' },
  ar: {
    pages: { zero: 'بلا صفحات', one: 'صفحة واحدة', two: 'صفحتان', few: '{count} صفحات', other: '{count} صفحة' },
    reading: 'يُقرأ {name}',
    scene: 'المشهد {n}',
  },
};

describe('message', () => {
  it('picks the plural form of the language', () => {
    expect(message(ENGLISH, WORDS, 'pages', { count: 1 })).toBe('1 page');
    expect(message(ENGLISH, WORDS, 'pages', { count: 3 })).toBe('3 pages');
    expect(message(ARABIC, WORDS, 'pages', { count: 2 })).toBe('صفحتان');
    expect(message(ARABIC, WORDS, 'pages', { count: 5 })).toBe('5 صفحات');
    expect(message(ARABIC, WORDS, 'pages', { count: 20 })).toBe('20 صفحة');
  });

  it('isolates text of unknown direction', () => {
    expect(message(ARABIC, WORDS, 'reading', { name: 'paper.pdf' })).toBe('يُقرأ \u2068paper.pdf\u2069');
  });

  it('writes numbers in the chosen digits', () => {
    expect(message({ language: 'ar', digits: 'arab' }, WORDS, 'scene', { n: 12 })).toBe('المشهد ١٢');
  });
});
