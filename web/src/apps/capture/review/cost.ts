/** What a card has cost, in words. */
import { money, t } from '../text';
import type { Cost } from '../types';

/** An amount, with what is not known of it. */
export function amount({
  spent_micro_usd: spent,
  unpriced_calls: unknown,
}: Pick<Cost, 'spent_micro_usd' | 'unpriced_calls'>): string {
  const known = money(spent);
  return unknown > 0 ? t('card.cost.unknown', { known, count: unknown }) : known;
}

/** The amount of a step, and that the person paid it themselves. */
export function paid(step: Cost['steps'][number]): string {
  return step.own_key ? t('card.cost.own', { cost: amount(step) }) : amount(step);
}

/** The whole amount; with the person's own keys if they paid all of it. */
export function total(cost: Cost): string {
  const own = cost.steps.length > 0 && cost.steps.every((step) => step.own_key);
  return own ? t('card.cost.own', { cost: amount(cost) }) : amount(cost);
}
