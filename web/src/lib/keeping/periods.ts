/** For how many days things stay in each tier, as the page shows and edits it. Pure, but for the calls at the end. */
import { call, client } from '../api/client';
import type { Outcome, Problem } from '../api/problem';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Periods = Schemas['StoragePeriods'];

export const TIERS = ['hot', 'warm'] as const;
export type Tier = (typeof TIERS)[number];
export type Days = Record<Tier, number | null>;

/** The days that were set for exactly this: for one thing if it is of one, else for all of the app. */
export function ownDays(periods: Periods): Days {
  const setHere = periods.subject == null ? 'owner' : 'subject';
  const of = (tier: Tier) => (periods[tier].set_by === setHere ? (periods[tier].days ?? null) : null);
  return { hot: of('hot'), warm: of('warm') };
}

/** The days that hold where it has none of its own: null for ever, undefined if that is not known. */
export function daysWithout(tier: Tier, periods: Periods, above: Periods | null): number | null | undefined {
  if (above) return above[tier].days ?? null;
  return ownDays(periods)[tier] === null ? (periods[tier].days ?? null) : undefined;
}

/** Days as they are shown in a field: without marks between their digits, so that they can be read again. */
export function fieldText(days: number | null, digits: 'latn' | 'arab'): string {
  return days === null ? '' : new Intl.NumberFormat(`en-u-nu-${digits}`, { useGrouping: false }).format(days);
}

/** The days that a person typed, in any digits of the page; null if there are none, undefined if it is no number of days that is allowed. */
export function daysIn(text: string, { shortest, longest }: Pick<Periods[Tier], 'shortest' | 'longest'>) {
  const latin = text
    .trim()
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));
  if (latin === '') return null;
  const days = /^\d{1,9}$/.test(latin) ? Number(latin) : NaN;
  return days >= Math.max(1, shortest) && days <= longest ? days : undefined;
}

/** What is to be set, or the first tier whose field cannot be. A tier that was not typed in keeps what it has. */
export function daysOf(typed: Record<Tier, string | null>, periods: Periods): { days: Days } | { refused: Tier } {
  const days = ownDays(periods);
  for (const tier of TIERS) {
    const text = typed[tier];
    if (text === null) continue;
    const read = daysIn(text, periods[tier]);
    if (read === undefined) return { refused: tier };
    days[tier] = read;
  }
  return { days };
}

/** The tier whose days the server does not allow; null for any other problem. */
export function refusedTier({ code, members }: Problem): Tier | null {
  if (code !== 'period_out_of_bounds') return null;
  return TIERS.find((tier) => members['pointer'] === `/${tier}`) ?? null;
}

const ofApp = (app: string) => ({ params: { path: { app } } });
const ofOne = (app: string, subject: string) => ({ params: { path: { app, subject } } });

export const periodsApi = {
  /** Of each app that keeps things in tiers. */
  all: async (): Promise<Outcome<Periods[]>> => {
    const outcome = await call(client.GET('/api/v1/storage'));
    return outcome.ok ? { ok: true, value: outcome.value.periods } : outcome;
  },
  show: (app: string, subject: string | null): Promise<Outcome<Periods>> =>
    call(
      subject === null
        ? client.GET('/api/v1/storage/periods/{app}', ofApp(app))
        : client.GET('/api/v1/storage/periods/{app}/{subject}', ofOne(app, subject)),
    ),
  /** A tier without days is left to what holds above; both without are as if nothing was ever set. */
  set: (app: string, subject: string | null, body: Days): Promise<Outcome<Periods>> =>
    call(
      subject === null
        ? client.PUT('/api/v1/storage/periods/{app}', { ...ofApp(app), body })
        : client.PUT('/api/v1/storage/periods/{app}/{subject}', { ...ofOne(app, subject), body }),
    ),
};
