import { expect, it, vi } from 'vitest';
import { en } from '../words/review-en';
import type { Cost } from '../types';
import { paid, total } from './cost';

// The page's own texts need a browser.
vi.mock('../text', () => ({
  money: (microUsd: number) => `$${(microUsd / 1e6).toFixed(2)}`,
  t: (key: keyof typeof en, values: Record<string, string | number>) =>
    String(en[key]).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name])),
}));

const step = (own_key: boolean, spent_micro_usd: number, unpriced_calls = 0): Cost['steps'][number] => ({
  step: 'fields',
  own_key,
  spent_micro_usd,
  unpriced_calls,
});

const cost = (...steps: Cost['steps']): Cost => ({
  spent_micro_usd: steps.reduce((sum, one) => sum + one.spent_micro_usd, 0),
  unpriced_calls: steps.reduce((sum, one) => sum + one.unpriced_calls, 0),
  is_whole: true,
  steps,
});

it('says what was paid, by whom, and what is not known', () => {
  expect(total(cost(step(false, 1_500_000)))).toBe('$1.50');
  expect(total(cost(step(false, 1_500_000, 2)))).toBe('$1.50, and 2 × a price that is not known');
  expect(paid(step(true, 1_500_000))).toBe('$1.50, with your own key');
});

it('says that the person paid it only if they paid all of it', () => {
  expect(total(cost(step(true, 1_000_000), step(true, 500_000)))).toBe('$1.50, with your own key');
  expect(total(cost(step(true, 1_000_000), step(false, 500_000)))).toBe('$1.50');
});
