import { describe, expect, it } from 'vitest';
import * as format from './format';

const english: format.Locale = { language: 'en', digits: 'latn' };
const arabic: format.Locale = { language: 'ar', digits: 'latn' };
const arabicDigits: format.Locale = { language: 'ar', digits: 'arab' };

describe('numbers', () => {
  it('never rounds a percent up: 100% is only for what is done', () => {
    expect(format.formatPercent(99.9, english)).toBe('99%');
    expect(format.formatPercent(100, english)).toBe('100%');
  });

  it('counts bytes as the upload limit and the messages of the server do', () => {
    expect(format.formatSize(20 * 1024 * 1024, english)).toEqual({ unit: 'mib', amount: '20' });
    expect(format.formatSize(2_340_000, english)).toEqual({ unit: 'mib', amount: '2.2' });
    expect(format.formatSize(1536, arabicDigits)).toEqual({ unit: 'kib', amount: '١٫٥' });
    expect(format.formatSize(5 * 1024 ** 4, english)).toEqual({ unit: 'gib', amount: '5,120' });
    expect(format.formatSize(1023, english)).toBeNull();
    expect(format.formatSize(0, english)).toBeNull();
  });

  it('joins neighbouring pages, in the direction of the text', () => {
    expect(format.formatPages([7, 3, 5, 6, 5], english)).toBe('3, 5–7');
    expect(format.formatPages([1200], english)).toBe('1200');
    expect(format.formatPages([1, 2], arabicDigits)).toBe('\u200f١–٢');
    expect(format.formatPages([1, 3], arabic)).toBe('\u200f1، 3');
  });

  it('shows money with as many decimals as it needs', () => {
    expect(format.formatMoney(0, english)).toBe('$0.00');
    expect(format.formatMoney(1_234_567, english)).toBe('$1.23');
    expect(format.formatMoney(1_500, english)).toBe('$0.0015');
    expect(format.formatMoney(150, english)).toBe('$0.00015');
    expect(format.formatMoney(1, english)).toBe('$0.000001');
    expect(format.formatMoney(1_549, english)).toBe('$0.0015');
    expect(format.formatMoney(9_999, english)).toBe('$0.01');
    expect(format.formatMoney(30, arabicDigits)).toBe('\u2066$٠٫٠٠٠٠٣\u2069');
    expect(format.formatMoney(0, arabic)).toBe('\u2066$0.00\u2069');
  });
});

describe('offers', () => {
  it('are never less than what they offer', () => {
    const shown = (microUsd: number) => format.formatOffer(microUsd, english);
    expect([0, 1, 99, 101, 1_500, 1_501, 1_549].map(shown)).toEqual([
      '$0.00',
      '$0.000001',
      '$0.000099',
      '$0.00011',
      '$0.0015',
      '$0.0016',
      '$0.0016',
    ]);
    expect([9_901, 10_000, 10_001, 1_230_000, 1_230_001].map(shown)).toEqual([
      '$0.01',
      '$0.01',
      '$0.02',
      '$1.23',
      '$1.24',
    ]);
    expect(format.formatOffer(31, arabicDigits)).toBe('\u2066$٠٫٠٠٠٠٣١\u2069');
  });
});

describe('times', () => {
  it('reads clocks', () => {
    expect(format.formatClock(0, english)).toBe('0:00');
    expect(format.formatClock(65.9, english)).toBe('1:05');
    expect(format.formatClock(3725, english)).toBe('1:02:05');
    expect(format.formatClock(65, arabicDigits)).toBe('١:٠٥');
  });

  it('says spans', () => {
    expect(format.formatSpan(45, english)).toBe('45 sec');
    expect(format.formatSpan(74, english)).toBe('1 min 14 sec');
    expect(format.formatSpan(120, english)).toBe('2 min');
    expect(format.formatSpan(74, arabic)).toMatch(/دقيقة و14 ثانية$/);
  });

  it('rounds the time left as a person would', () => {
    expect(format.formatTimeLeft(21_300, english)).toBe('25 sec');
    expect(format.formatTimeLeft(400, english)).toBe('5 sec');
    expect(format.formatTimeLeft(100_000, english)).toBe('2 min');
  });

  it('says when', () => {
    expect(format.formatRelative(0, 120_000, english)).toBe('2 minutes ago');
    expect(format.formatRelative(240_000, 0, english)).toBe('in 4 minutes');
  });
});
