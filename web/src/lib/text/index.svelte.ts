/** Texts in the language chosen in the settings: the shell's by `t`, an app's by the `t` that `translator` makes of its catalogue. */
import { settings } from '../state/settings.svelte';
import { ar } from './ar';
import { en, type Key } from './en';
import * as format from './format';
import { message, type Catalogue, type Values } from './message';

export type { Key } from './en';
export type { Catalogue, Message, Values } from './message';

export type Translate<AnyKey extends string> = (key: AnyKey, values?: Values) => string;

/** The texts of a catalogue; they react to the language of the page wherever they are read. */
export function translator<AnyKey extends string>(catalogue: Catalogue<AnyKey>): Translate<AnyKey> {
  return (key, values) => message(settings.locale, catalogue, key, values);
}

export const t: Translate<Key> = translator({ en, ar });

/** True if the shell's catalogue has the key: for codes that the server may add later. */
export function isKey(key: string): key is Key {
  return key in en;
}

export const count = (value: number) => format.formatCount(value, settings.locale);
export const percent = (value: number) => format.formatPercent(value, settings.locale);
export const money = (microUsd: number) => format.formatMoney(microUsd, settings.locale);
/** Money that is offered: rounded up. */
export const atMost = (microUsd: number) => format.formatOffer(microUsd, settings.locale);
export const pageList = (pages: number[]) => format.formatPages(pages, settings.locale);
export const clock = (seconds: number) => format.formatClock(seconds, settings.locale);
export const span = (seconds: number) => format.formatSpan(seconds, settings.locale);
export const timeLeft = (milliseconds: number) => format.formatTimeLeft(milliseconds, settings.locale);
export const relative = (at: number, now: number) => format.formatRelative(at, now, settings.locale);
export const time = (at: number) => format.formatTime(at, settings.locale);
export const moment = (at: number) => format.formatMoment(at, settings.locale);

/** A size, such as "20 MiB". */
export function bytes(value: number): string {
  const size = format.formatSize(value, settings.locale);
  return size ? t(`size.${size.unit}`, { amount: size.amount }) : t('size.bytes', { count: value });
}

/** The name of a language in the language of the page; browsers do not know all of them. */
export function languageName(code: string, fallback: string): string {
  try {
    const options = { type: 'language', fallback: 'none' } as const;
    return new Intl.DisplayNames([settings.locale.language], options).of(code) ?? fallback;
  } catch {
    return fallback;
  }
}
