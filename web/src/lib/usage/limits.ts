/** Limits as the page shows and edits them. Pure, but for the calls at the end. */
import { call, client } from '../api/client';
import type { Outcome } from '../api/problem';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Usage = Schemas['UsageView'];
export type Limit = Schemas['LimitView'];
export type Overrides = Schemas['OverridesView'];
export type AccountLimits = Schemas['AccountLimits'];
export type LimitsRequest = Schemas['LimitsRequest'];
export type Plan = Schemas['PlanView'];

/** The limits that an administrator sets of a person, in the order in which they are shown. */
export const EDITABLE = [
  'requests',
  'uploads',
  'jobs',
  'jobs_at_once',
  'bytes_kept',
  'micro_usd_per_day',
  'micro_usd_per_month',
  'unpriced_calls_per_day',
] as const;
export type Editable = (typeof EDITABLE)[number];

/** What is counted in a window, and not just capped. */
export function isWindow(limit: Editable): limit is 'requests' | 'uploads' | 'jobs' {
  return limit === 'requests' || limit === 'uploads' || limit === 'jobs';
}

/** In which unit an amount is typed: bytes in MiB, money in dollars. */
export function unitOf(limit: Editable): number {
  if (limit === 'bytes_kept') return 1024 * 1024;
  return limit === 'micro_usd_per_day' || limit === 'micro_usd_per_month' ? 1_000_000 : 1;
}

/** A limit in a form: as the plan has it, none, or an own one, in the units that people type. */
export interface Row {
  limit: Editable;
  choice: 'plan' | 'none' | 'own';
  hard: number | null;
  soft: number | null;
  minutes: number | null;
}

export function rowsOf(overrides: Overrides): Row[] {
  return EDITABLE.map((limit) => {
    const given = overrides[limit];
    if (given === undefined) return { limit, choice: 'plan', hard: null, soft: null, minutes: null };
    if (given === null) return { limit, choice: 'none', hard: null, soft: null, minutes: null };
    const unit = unitOf(limit);
    const minutes = 'seconds' in given ? given.seconds / 60 : null;
    return {
      limit,
      choice: 'own',
      hard: given.hard / unit,
      soft: given.soft == null ? null : given.soft / unit,
      minutes,
    };
  });
}

/** What the rows say; null if one of them is not complete. */
export function overridesOf(rows: Row[]): Overrides | null {
  const overrides: Record<string, unknown> = {};
  for (const row of rows) {
    if (row.choice === 'none') overrides[row.limit] = null;
    if (row.choice !== 'own') continue;
    const whole = (amount: number | null) => (amount === null ? null : Math.round(amount * unitOf(row.limit)));
    const [hard, soft] = [whole(row.hard), whole(row.soft)];
    if (hard === null || hard < 0 || (soft !== null && (soft < 0 || soft > hard))) return null;
    const seconds = isWindow(row.limit) ? Math.round((row.minutes ?? 0) * 60) : null;
    if (seconds !== null && (seconds < 1 || seconds > 2_678_400)) return null;
    overrides[row.limit] = {
      hard,
      ...(soft === null ? {} : { soft }),
      ...(seconds === null ? {} : { seconds }),
    };
  }
  return overrides as Overrides;
}

/** How much of a limit is used, from 0 to 100. Where nothing is allowed all of it is. */
export function percentOf({ used, hard }: Pick<Limit, 'used' | 'hard'>): number {
  return hard === 0 ? 100 : Math.min(100, (used / hard) * 100);
}

const of = (owner: string) => ({ params: { path: { owner } } });

export const limitsApi = {
  usage: (): Promise<Outcome<Usage>> => call(client.GET('/api/v1/usage')),
  plans: (): Promise<Outcome<Plan[]>> => call(client.GET('/api/v1/admin/plans')),
  of: (owner: string): Promise<Outcome<AccountLimits>> =>
    call(client.GET('/api/v1/admin/users/{owner}/limits', of(owner))),
  set: (owner: string, body: LimitsRequest): Promise<Outcome<AccountLimits>> =>
    call(client.PUT('/api/v1/admin/users/{owner}/limits', { ...of(owner), body })),
};
