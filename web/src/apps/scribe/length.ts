/** Lengths of time as the pages and the exports say them: in whole seconds, the short ones in tenths, because a gap may be that short. */
import { settings } from '../../lib/state/settings.svelte';
import { span } from './text';

/** From here on it rounds to a second. */
const SECOND_MS = 950;

export function length(milliseconds: number): string {
  if (milliseconds <= 0 || milliseconds >= SECOND_MS) return span(milliseconds / 1000);
  const { language, digits } = settings.locale;
  const unitDisplay = language === 'ar' ? 'long' : 'short';
  const options = { style: 'unit', unit: 'second', unitDisplay, maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(`${language}-u-nu-${digits}`, options).format(
    Math.max(1, Math.round(milliseconds / 100)) / 10,
  );
}
