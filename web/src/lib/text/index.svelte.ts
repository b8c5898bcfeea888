/** The words of the page in the language chosen in the settings; components use nothing else. */
import { settings } from '../state/settings.svelte';
import type { Key } from './en';
import * as format from './format';
import { message, type Values } from './message';

export type { Key } from './en';
export { isKey } from './message';

export function t(key: Key, values?: Values): string {
  return message(settings.locale, key, values);
}

export const count = (value: number) => format.formatCount(value, settings.locale);
export const percent = (value: number) => format.formatPercent(value, settings.locale);
export const bytes = (value: number) => format.formatBytes(value, settings.locale);
export const money = (microUsd: number) => format.formatMoney(microUsd, settings.locale);
export const clock = (seconds: number) => format.formatClock(seconds, settings.locale);
export const span = (seconds: number) => format.formatSpan(seconds, settings.locale);
export const timeLeft = (milliseconds: number) => format.formatTimeLeft(milliseconds, settings.locale);
export const relative = (at: number, now: number) => format.formatRelative(at, now, settings.locale);
export const moment = (at: number) => format.formatMoment(at, settings.locale);

/** The name of a language in the language of the page. */
export function languageName(code: string, fallback: string): string {
  try {
    return new Intl.DisplayNames([settings.locale.language], { type: 'language' }).of(code) ?? fallback;
  } catch {
    return fallback;
  }
}
