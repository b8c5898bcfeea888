/** Numbers, times, sizes and money in the language of the page. Pure. */

export type PageLanguage = 'en' | 'ar';
/** `latn` 0–9, `arab` ٠–٩. */
export type Digits = 'latn' | 'arab';

export interface Locale {
  language: PageLanguage;
  digits: Digits;
}

function tag(locale: Locale): string {
  return `${locale.language === 'ar' ? 'ar' : 'en'}-u-nu-${locale.digits}`;
}

const formatters = new Map<string, Intl.NumberFormat>();

function number(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = tag(locale) + JSON.stringify(options);
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(tag(locale), options);
    formatters.set(key, formatter);
  }
  return formatter;
}

export function formatCount(value: number, locale: Locale): string {
  return number(locale, { maximumFractionDigits: 0 }).format(value);
}

/** 0–100 to "42%". */
export function formatPercent(percent: number, locale: Locale): string {
  return number(locale, { style: 'percent', maximumFractionDigits: 0 }).format(Math.floor(percent) / 100);
}

const BINARY_UNITS = ['kib', 'mib', 'gib'] as const;

/** Bytes in binary units with one decimal, as the server's messages and its upload limit have them; null below 1 KiB. */
export function formatSize(
  bytes: number,
  locale: Locale,
): { unit: (typeof BINARY_UNITS)[number]; amount: string } | null {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), BINARY_UNITS.length);
  const unit = BINARY_UNITS[power - 1];
  return unit ? { unit, amount: number(locale, { maximumFractionDigits: 1 }).format(bytes / 1024 ** power) } : null;
}

/** Pages in order, neighbours as ranges: "3, 5–7"; from right to left in Arabic. */
export function formatPages(pages: number[], locale: Locale): string {
  const ranges: [number, number][] = [];
  for (const page of [...new Set(pages)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && page === last[1] + 1) last[1] = page;
    else ranges.push([page, page]);
  }
  const plain = (value: number) => number(locale, { useGrouping: false }).format(value);
  const texts = ranges.map(([from, to]) => (from === to ? plain(from) : `${plain(from)}–${plain(to)}`));
  // The mark gives a list of bare numbers the direction of the text around it.
  return locale.language === 'ar' ? `\u200f${texts.join('، ')}` : texts.join(', ');
}

function unit(value: number, name: string, locale: Locale): string {
  const unitDisplay = locale.language === 'ar' ? 'long' : 'short';
  return number(locale, { style: 'unit', unit: name, unitDisplay, maximumFractionDigits: 0 }).format(value);
}

/**
 * Micro-dollars to "$0.00"; what is less than a cent by its first two digits, so that it does not look like nothing. Isolated
 * left-to-right in Arabic text.
 */
export function formatMoney(microUsd: number, locale: Locale): string {
  const dollars = microUsd / 1e6;
  const cents = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  // At least a cent by rounding is a cent.
  const options = microUsd > 0 && microUsd < 9_950 ? { maximumSignificantDigits: 2 } : cents;
  const money = `$${number(locale, options).format(dollars)}`;
  return locale.language === 'ar' ? `\u2066${money}\u2069` : money;
}

/** What something costs at most, before it is made: as other money, but never less than it is. */
export function formatOffer(microUsd: number, locale: Locale): string {
  const whole = Math.ceil(Math.max(0, microUsd));
  const unit = whole < 10_000 ? 10 ** Math.max(0, String(whole).length - 2) : 10_000;
  return formatMoney(Math.ceil(whole / unit) * unit, locale);
}

/** A clock reading, "1:05" or "1:02:05", for positions in a video. */
export function formatClock(seconds: number, locale: Locale): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => number(locale, { minimumIntegerDigits: 2, useGrouping: false }).format(value);
  const plain = (value: number) => number(locale, { useGrouping: false }).format(value);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${plain(hours)}:${two(minutes)}:${two(whole % 60)}` : `${plain(minutes)}:${two(whole % 60)}`;
}

/** A length of time in words: "45 sec", "1 min 15 sec", "2 hr 5 min". */
export function formatSpan(seconds: number, locale: Locale): string {
  const whole = Math.max(0, Math.round(seconds));
  const part = (value: number, name: string) => unit(value, name, locale);
  if (whole < 60) return part(whole, 'second');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return joined([part(minutes, 'minute'), whole % 60 ? part(whole % 60, 'second') : ''], locale);
  return joined([part(Math.floor(minutes / 60), 'hour'), minutes % 60 ? part(minutes % 60, 'minute') : ''], locale);
}

function joined(parts: string[], locale: Locale): string {
  return parts.filter(Boolean).join(locale.language === 'ar' ? ' و' : ' ');
}

/** Remaining time, rounded to 5 seconds below a minute, and to half minutes above. */
export function formatTimeLeft(milliseconds: number, locale: Locale): string {
  const seconds = milliseconds / 1000;
  const step = seconds < 60 ? 5 : 30;
  return formatSpan(Math.max(step, Math.ceil(seconds / step) * step), locale);
}

/** "2 minutes ago", "in 5 minutes". */
export function formatRelative(at: number, now: number, locale: Locale): string {
  const seconds = Math.round((at - now) / 1000);
  const format = new Intl.RelativeTimeFormat(tag(locale), { numeric: 'auto' });
  const size = Math.abs(seconds);
  if (size < 60) return format.format(seconds, 'second');
  if (size < 3600) return format.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return format.format(Math.round(seconds / 3600), 'hour');
  return format.format(Math.round(seconds / 86_400), 'day');
}

/** The time of a day, to the second. */
export function formatTime(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(locale.language === 'en' ? 'en-GB' : tag(locale), { timeStyle: 'medium' }).format(at);
}

/** Date and time, short. */
export function formatMoment(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(locale.language === 'en' ? 'en-GB' : tag(locale), {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(at);
}
