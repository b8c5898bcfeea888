import { describe, expect, it } from 'vitest';
import { EDITABLE, overridesOf, percentOf, rowsOf, type Overrides } from './limits';

describe('the limits of a person in a form', () => {
  it('come back as they were', () => {
    const overrides: Overrides = {
      requests: { hard: 600, soft: 500, seconds: 60 },
      jobs: null,
      bytes_kept: { hard: 10 * 1024 * 1024 },
      micro_usd_per_month: { hard: 2_500_000, soft: 2_000_000 },
    };
    const rows = rowsOf(overrides);
    expect(rows.map((row) => row.limit)).toEqual([...EDITABLE]);
    expect(rows.find((row) => row.limit === 'bytes_kept')).toMatchObject({ choice: 'own', hard: 10, minutes: null });
    expect(rows.find((row) => row.limit === 'micro_usd_per_month')).toMatchObject({ hard: 2.5, soft: 2 });
    expect(rows.find((row) => row.limit === 'jobs')?.choice).toBe('none');
    expect(rows.find((row) => row.limit === 'uploads')?.choice).toBe('plan');
    expect(overridesOf(rows)).toEqual(overrides);
    expect(overridesOf(rowsOf({}))).toEqual({});
  });

  it('are not sent before they mean something', () => {
    const with_ = (change: object) =>
      overridesOf([{ limit: 'jobs', choice: 'own', hard: 5, soft: null, minutes: 10, ...change }]);
    expect(with_({})).toEqual({ jobs: { hard: 5, seconds: 600 } });
    for (const bad of [{ hard: null }, { hard: -1 }, { soft: 6 }, { minutes: null }, { minutes: 50_000 }])
      expect(with_(bad), JSON.stringify(bad)).toBeNull();
  });
});

it('a limit of nothing is used up', () => {
  expect([percentOf({ used: 0, hard: 0 }), percentOf({ used: 1, hard: 4 }), percentOf({ used: 9, hard: 4 })]).toEqual([
    100, 25, 100,
  ]);
});
