/** Who did not read or hear a phrase, though it was their turn, in words. */
import { t } from '../text';
import type { Phrase } from '../types';

/** What this machine is called among the providers. */
const LOCAL = 'local';

/** A line for each of them, and one for who did it in their place; none if nobody was passed over. */
export function passedOver({ passed_over: passed, source: kind, text }: Phrase): string[] {
  if (kind === 'text' || passed.length === 0) return [];
  const nameOf = (provider: string) => (provider === LOCAL ? t('card.passed.local') : provider);
  const lines = passed.map(({ provider, why }) => t(`card.passed.${kind}`, { name: nameOf(provider), why }));
  return text.source ? [...lines, t(`card.passed.instead.${kind}`, { name: text.source.name })] : lines;
}
