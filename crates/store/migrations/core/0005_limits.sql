-- Limits of addresses, people, tokens and plans; see limits.rs. A holder is written as `user ada`, `token 0190…`,
-- `address 192.0.2.1` or `plan standard`.

-- When something was admitted that is counted in a sliding window: uploads, jobs.
CREATE TABLE limit_uses (
    id {serial},
    holder TEXT NOT NULL,
    limited TEXT NOT NULL,
    at {int} NOT NULL
) {strict};
CREATE INDEX limit_uses_of ON limit_uses (holder, limited, at);
CREATE INDEX limit_uses_age ON limit_uses (at);

-- Requests, which processes count in batches: each window begins with its first request.
CREATE TABLE limit_windows (
    holder TEXT NOT NULL,
    limited TEXT NOT NULL,
    began_at {int} NOT NULL,
    ends_at {int} NOT NULL,
    -- With what processes hold and have not used yet.
    used {int} NOT NULL CHECK (used >= 0),
    PRIMARY KEY (holder, limited)
) {strict};
CREATE INDEX limit_windows_age ON limit_windows (ends_at);

-- Until when the owner is not told again that a soft limit is reached.
CREATE TABLE limit_warnings (
    owner TEXT NOT NULL CHECK (owner <> ''),
    holder TEXT NOT NULL,
    limited TEXT NOT NULL,
    until {int} NOT NULL,
    PRIMARY KEY (owner, holder, limited)
) {strict};
CREATE INDEX limit_warnings_age ON limit_warnings (until);

-- The plans' caps on money, which workers look up when they claim a job: written by the servers at their start.
CREATE TABLE plan_money (
    plan TEXT NOT NULL PRIMARY KEY,
    per_day {int} CHECK (per_day >= 0),
    per_day_soft {int} CHECK (per_day_soft >= 0),
    per_month {int} CHECK (per_month >= 0),
    per_month_soft {int} CHECK (per_month_soft >= 0)
) {strict};

-- Jobs that were put off because their cost did not fit into what their owner may spend, and until when: a job that was
-- put off or started again since has another time.
CREATE TABLE over_budget (
    job TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    until {int} NOT NULL
) {strict};
CREATE INDEX over_budget_of ON over_budget (owner, job);
CREATE INDEX over_budget_age ON over_budget (until);

-- What an owner spends on a day and in a month. Such a row is there whether there is a cap or not: that comes from the
-- owner's plan. SQLite cannot change a CHECK.
CREATE TABLE budgets_of_owners (
    scope TEXT NOT NULL CHECK (scope IN ('owner', 'owner_day', 'owner_month', 'job', 'day', 'provider')),
    name TEXT NOT NULL,
    -- A budget that is derived from the budget '*' has no cap of its own: there may be as many as jobs, and a change of '*' is
    -- one row.
    cap {int} CHECK (cap >= 0),
    reserved {int} NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    spent {int} NOT NULL DEFAULT 0 CHECK (spent >= 0),
    over TEXT CHECK (CASE WHEN cap IS NULL THEN over IS NULL AND name <> '*'
                          ELSE over IS NOT NULL AND over IN ('wait', 'fail') END),
    -- The part of `spent` whose rows in the ledger were deleted.
    forgotten {int} NOT NULL DEFAULT 0 CHECK (forgotten >= 0),
    PRIMARY KEY (scope, name)
) {strict};
INSERT INTO budgets_of_owners (scope, name, cap, reserved, spent, over, forgotten)
    SELECT scope, name, cap, reserved, spent, over, forgotten FROM budgets;
DROP TABLE budgets;
ALTER TABLE budgets_of_owners RENAME TO budgets;
-- For the sums of a day and of a month, and as before for those of an owner.
CREATE INDEX spend_owner_day ON spend (owner, day);
