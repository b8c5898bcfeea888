-- Rates: so many units per period, and at most a burst at once. The name '*' is for each one without a row of its own.

DROP TABLE buckets;
CREATE TABLE rates (
    scope TEXT NOT NULL CHECK (scope IN ('owner', 'kind', 'key', 'provider')),
    name TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('requests', 'tokens', 'seconds', 'characters')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    period_ms INTEGER NOT NULL CHECK (period_ms > 0),
    burst INTEGER NOT NULL CHECK (burst > 0),
    PRIMARY KEY (scope, name, unit)
) STRICT;

-- What is left of each at `filled_at`, in units times the period's milliseconds, so that nothing is ever rounded; less
-- than nothing is a debt. One that is full need not be there.
CREATE TABLE buckets (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    level INTEGER NOT NULL,
    filled_at INTEGER NOT NULL,
    full_at INTEGER NOT NULL,
    PRIMARY KEY (scope, name, unit)
) STRICT;

-- What the present stage asks for of what rates count, as JSON: {"tokens": 1200}.
ALTER TABLE jobs ADD COLUMN amounts TEXT;
