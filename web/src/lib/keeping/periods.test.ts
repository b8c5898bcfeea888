import { describe, expect, it } from 'vitest';
import { problemFrom } from '../api/problem';
import { daysIn, daysOf, daysWithout, fieldText, ownDays, refusedTier, type Periods } from './periods';

type SetBy = Periods['hot']['set_by'];
const tier = (days: number | null, set_by: SetBy) => ({ days, set_by, shortest: 1, longest: 365 });

function periods(hot: [number | null, SetBy], warm: [number | null, SetBy], subject: string | null = null): Periods {
  return { app: 'diary', subject, hot: tier(...hot), warm: tier(...warm), exceptions: 0 };
}

describe('own days', () => {
  it('are those that were set for exactly this', () => {
    expect(ownDays(periods([3, 'owner'], [30, 'installation']))).toEqual({ hot: 3, warm: null });
    expect(ownDays(periods([3, 'owner'], [90, 'subject'], 'a')), 'of one thing').toEqual({ hot: null, warm: 90 });
    expect(ownDays(periods([null, 'installation'], [null, 'installation']))).toEqual({ hot: null, warm: null });
    // The API leaves out what it does not have.
    const { days: _, ...forever } = tier(null, 'installation');
    expect(ownDays({ ...periods([1, 'owner'], [2, 'owner']), warm: forever })).toEqual({ hot: 1, warm: null });
  });

  it('stand in front of what holds without them, if that is known', () => {
    const all = periods([3, 'owner'], [null, 'installation']);
    expect(daysWithout('hot', all, null), 'the server does not say').toBeUndefined();
    expect(daysWithout('warm', all, null), 'for ever').toBeNull();
    const one = periods([5, 'subject'], [9, 'subject'], 'a');
    expect([daysWithout('hot', one, all), daysWithout('warm', one, all)]).toEqual([3, null]);
  });
});

describe('days in a field', () => {
  const bounds = { shortest: 1, longest: 36_500 };

  it('are read in any digits, and are none if nothing is there', () => {
    expect(['30', ' 30 ', '٣٠', '۳۰', '007', '', '  '].map((text) => daysIn(text, bounds))).toEqual([
      30,
      30,
      30,
      30,
      7,
      null,
      null,
    ]);
  });

  it('are refused if they are no whole number, or out of bounds', () => {
    for (const text of ['0', '-3', '1.5', '1,5', '1e3', '∞', 'many', '36501', '9999999999'])
      expect(daysIn(text, bounds), text).toBeUndefined();
    expect(daysIn('0', { shortest: 0, longest: 9 }), 'no tier is passed over').toBeUndefined();
    expect([6, 7, 14, 15].map((days) => daysIn(String(days), { shortest: 7, longest: 14 }))).toEqual([
      undefined,
      7,
      14,
      undefined,
    ]);
  });

  it('can be read again as they are shown', () => {
    for (const digits of ['latn', 'arab'] as const)
      for (const days of [1, 30, 36_500]) expect(daysIn(fieldText(days, digits), bounds)).toBe(days);
    expect(fieldText(36_500, 'arab')).toBe('٣٦٥٠٠');
    expect(fieldText(null, 'latn')).toBe('');
  });
});

describe('what is sent', () => {
  const present = periods([3, 'owner'], [30, 'installation']);

  it('has what was typed, and what was set before', () => {
    expect(daysOf({ hot: null, warm: '90' }, present)).toEqual({ days: { hot: 3, warm: 90 } });
    expect(daysOf({ hot: '', warm: null }, present), 'an empty field gives them up').toEqual({
      days: { hot: null, warm: null },
    });
  });

  it('is nothing while a field cannot be meant', () => {
    expect(daysOf({ hot: '4', warm: '0' }, present)).toEqual({ refused: 'warm' });
    expect(daysOf({ hot: 'x', warm: '0' }, present)).toEqual({ refused: 'hot' });
  });
});

it('a refusal names the tier', () => {
  const refusal = (code: string, pointer?: string) => refusedTier(problemFrom(422, { code, pointer }, null, 0));
  expect(refusal('period_out_of_bounds', '/warm')).toBe('warm');
  expect(refusal('period_out_of_bounds')).toBeNull();
  expect(refusal('period_out_of_bounds', '/cold')).toBeNull();
  expect(refusal('reason_too_long', '/hot')).toBeNull();
});
