/** Whose voice was lost, who speaks in its place, and what to do, in words. */
import { t } from '../text';
import type { Phrase } from '../types';

/** Empty if no voice was lost. */
export function voiceLost({ voice_lost: lost, audio, error }: Phrase): string {
  if (!lost) return '';
  const what = lost.is_charged ? 'charged' : 'unknown';
  const parts = [t(`card.voiceLost.${what}`, { name: lost.provider })];
  // A sound beside an error is one from before.
  if (audio && !error) parts.push(t('card.voiceLost.here'));
  return [...parts, t(`card.voiceLost.${what}.again`, { action: t('sound.new') })].join(' ');
}
