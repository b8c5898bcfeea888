/** Lengths of time as the pages show them: short ones to the hundredth of a second, because a gap may be that short. */
import { settings } from '../../lib/state/settings.svelte';
import { span } from './text';

const SHORT_MS = 10_000;

export function length(milliseconds: number): string {
  if (milliseconds >= SHORT_MS) return span(milliseconds / 1000);
  const { language, digits } = settings.locale;
  const unitDisplay = language === 'ar' ? 'long' : 'short';
  const options = { style: 'unit', unit: 'second', unitDisplay, maximumFractionDigits: 2 } as const;
  return new Intl.NumberFormat(`${language}-u-nu-${digits}`, options).format(milliseconds / 1000);
}
