-- The whole engine: dependencies, fair shares, limits, pauses, schedules, provider health, spend, learned durations.
-- The same text runs on PostgreSQL, where `dialect.rs` puts its names of the types in. `jobs` is made again, because
-- SQLite cannot change a CHECK.

CREATE TABLE jobs_again (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    pool TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('scheduled', 'ready', 'running', 'waiting', 'blocked', 'succeeded', 'dead', 'cancelled', 'expired')
    ),
    stage TEXT NOT NULL,
    first_stage TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (octet_length(payload) <= 262144),
    owner TEXT NOT NULL,
    subject TEXT NOT NULL,
    parent TEXT REFERENCES jobs_again (id) ON DELETE CASCADE,
    priority INTEGER NOT NULL,
    -- Its place among the ready jobs of its owner: when it became ready, moved by its priority.
    place INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    -- Counted at claim, for the present stage.
    attempt INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
    lease_id TEXT,
    lease_until INTEGER,
    lease_worker TEXT,
    -- What a waiting job waits for. Kept while a poll runs, so that the deadline counts from the first wait.
    wait_signal TEXT,
    wait_deadline INTEGER,
    next_poll INTEGER,
    -- What ended the last wait, and the signal's payload: input of the present stage.
    wake TEXT CHECK (wake IN ('signal', 'poll', 'deadline', 'children')),
    wake_data TEXT,
    cancel_requested_at INTEGER,
    -- Time to live without work on it, and when that ends.
    idle_ttl_ms INTEGER CHECK (idle_ttl_ms > 0),
    expires_at INTEGER,
    idempotency_key TEXT,
    -- One at a time or so many at once, by any key.
    limit_key TEXT,
    -- What the present stage asks for: a provider, milliseconds of work, micro-dollars.
    provider TEXT,
    work_ms INTEGER NOT NULL DEFAULT 0 CHECK (work_ms >= 0),
    cost INTEGER NOT NULL DEFAULT 0 CHECK (cost >= 0),
    -- Some job depends on this one.
    needed INTEGER NOT NULL DEFAULT 0 CHECK (needed IN (0, 1)),
    result TEXT,
    error_code TEXT,
    error_message TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    CHECK (attempt BETWEEN 0 AND max_attempts),
    CHECK ((state = 'running') = (lease_id IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state = 'running') = (lease_worker IS NOT NULL)),
    CHECK (state <> 'running' OR attempt > 0),
    CHECK (state <> 'waiting' OR wait_signal IS NOT NULL),
    CHECK ((state = 'succeeded') = (result IS NOT NULL)),
    CHECK (state <> 'dead' OR error_code IS NOT NULL),
    CHECK ((state IN ('succeeded', 'dead', 'cancelled', 'expired')) = (finished_at IS NOT NULL)),
    CHECK ((idle_ttl_ms IS NULL) = (expires_at IS NULL)),
    CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT;
INSERT INTO jobs_again (id, kind, pool, state, stage, first_stage, payload, owner, subject, parent, priority, place, run_at,
    attempt, max_attempts, lease_id, lease_until, lease_worker, wait_signal, wait_deadline, next_poll, wake, wake_data,
    cancel_requested_at, idle_ttl_ms, expires_at, idempotency_key, result, error_code, error_message, created_at,
    updated_at, started_at, finished_at)
SELECT id, kind, pool, state, stage, stage, payload, owner, subject, parent, priority, run_at + priority * 60000, run_at,
    attempt, max_attempts, lease_id, lease_until, lease_worker, wait_signal, wait_deadline, next_poll, wake, wake_data,
    cancel_requested_at, idle_ttl_ms, expires_at, idempotency_key, result, error_code, error_message, created_at,
    updated_at, started_at, finished_at
FROM jobs ORDER BY created_at, id;

CREATE TABLE job_steps_again (
    job TEXT NOT NULL REFERENCES jobs_again (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    fraction REAL NOT NULL CHECK (fraction BETWEEN 0 AND 1),
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (job, name),
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
) STRICT;
INSERT INTO job_steps_again SELECT job, name, position, fraction, state, started_at, finished_at FROM job_steps;
CREATE TABLE job_log_again (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES jobs_again (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    line TEXT NOT NULL
) STRICT;
INSERT INTO job_log_again (job, at, line) SELECT job, at, line FROM job_log ORDER BY id;
CREATE TABLE signals_again (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES jobs_again (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    payload TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    consumed_at INTEGER
) STRICT;
INSERT INTO signals_again (job, name, payload, sent_at, consumed_at)
SELECT job, name, payload, sent_at, consumed_at FROM signals ORDER BY id;

DROP TABLE job_steps;
DROP TABLE job_log;
DROP TABLE signals;
DROP TABLE jobs;
ALTER TABLE jobs_again RENAME TO jobs;
ALTER TABLE job_steps_again RENAME TO job_steps;
ALTER TABLE job_log_again RENAME TO job_log;
ALTER TABLE signals_again RENAME TO signals;

CREATE UNIQUE INDEX jobs_key ON jobs (owner, kind, idempotency_key) WHERE idempotency_key IS NOT NULL;
-- Claims, and what falls due; finished jobs are in neither.
CREATE INDEX jobs_ready ON jobs (pool, owner, place, id) WHERE state = 'ready';
-- Whether any of them has to be looked at more closely.
CREATE INDEX jobs_choosy ON jobs (pool)
    WHERE state = 'ready' AND (limit_key IS NOT NULL OR provider IS NOT NULL OR cost > 0);
CREATE INDEX jobs_running ON jobs (owner, kind) WHERE state = 'running';
CREATE INDEX jobs_running_key ON jobs (limit_key) WHERE state = 'running' AND limit_key IS NOT NULL;
CREATE INDEX jobs_cancelling ON jobs (lease_worker) WHERE state = 'running' AND cancel_requested_at IS NOT NULL;
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled';
CREATE INDEX jobs_waiting ON jobs (wait_deadline, next_poll) WHERE state = 'waiting';
CREATE INDEX jobs_expiry ON jobs (expires_at) WHERE expires_at IS NOT NULL AND finished_at IS NULL;
CREATE INDEX jobs_parent ON jobs (parent) WHERE parent IS NOT NULL;
CREATE INDEX jobs_subject ON jobs (subject, created_at) WHERE subject <> '';
CREATE INDEX job_log_job ON job_log (job, id);
CREATE INDEX signals_unconsumed ON signals (job, name, id) WHERE consumed_at IS NULL;

-- `job` stays blocked until `needs` has succeeded.
CREATE TABLE dependencies (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    needs TEXT NOT NULL,
    PRIMARY KEY (job, needs)
) STRICT;
CREATE INDEX dependencies_needs ON dependencies (needs);

-- The event log: see events.rs. What was logged before is not kept.
DROP TABLE events;
CREATE TABLE streams (
    stream TEXT NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE event_log (
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    entries TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT;

-- What each owner has had of a pool, in milliseconds of work per weight. The row of owner '' is the pool's own clock.
CREATE TABLE shares (
    pool TEXT NOT NULL,
    owner TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (pool, owner)
) STRICT;

-- At most so many at once, and how much of a pool an owner gets beside others. The name '*' is for each one without
-- a row of its own.
CREATE TABLE limits (
    scope TEXT NOT NULL CHECK (scope IN ('owner', 'kind', 'key', 'provider')),
    name TEXT NOT NULL,
    concurrency INTEGER CHECK (concurrency >= 0),
    weight INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0),
    PRIMARY KEY (scope, name)
) STRICT;

-- Token buckets, in thousandths of a unit.
CREATE TABLE buckets (
    name TEXT NOT NULL PRIMARY KEY,
    capacity INTEGER NOT NULL CHECK (capacity > 0),
    per_second INTEGER NOT NULL CHECK (per_second > 0),
    level INTEGER NOT NULL CHECK (level <= capacity),
    filled_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pauses (
    scope TEXT NOT NULL CHECK (scope IN ('queue', 'kind', 'owner', 'provider')),
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT;

CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY,
    cron TEXT NOT NULL,
    job TEXT NOT NULL,
    catch_up TEXT NOT NULL CHECK (catch_up IN ('latest', 'all', 'none')),
    next_at INTEGER NOT NULL,
    last_at INTEGER
) STRICT;
CREATE INDEX schedules_due ON schedules (next_at);

-- What is known of a provider: its circuit, its cooldown, how many calls at once it bears.
CREATE TABLE providers (
    name TEXT NOT NULL PRIMARY KEY,
    circuit TEXT NOT NULL CHECK (circuit IN ('closed', 'open', 'half_open')),
    until INTEGER,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    -- Thousandths, so that it can grow by less than one.
    window_size INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL
) STRICT;

-- Caps of money in micro-dollars, and what is reserved and spent under each.
CREATE TABLE budgets (
    scope TEXT NOT NULL CHECK (scope IN ('owner', 'job', 'day', 'provider')),
    name TEXT NOT NULL,
    cap INTEGER NOT NULL CHECK (cap >= 0),
    reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    spent INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0),
    over TEXT NOT NULL CHECK (over IN ('wait', 'fail')),
    PRIMARY KEY (scope, name)
) STRICT;

-- One row per attempt that may cost: reserved with the claim, settled on its result, released when abandoned.
CREATE TABLE spend (
    job TEXT NOT NULL,
    lease TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    stage TEXT NOT NULL,
    owner TEXT NOT NULL,
    provider TEXT,
    day TEXT NOT NULL,
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    spent INTEGER CHECK (spent >= 0),
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'released')),
    at INTEGER NOT NULL,
    PRIMARY KEY (job, lease),
    CHECK ((state = 'settled') = (spent IS NOT NULL))
) STRICT;

ALTER TABLE calls ADD COLUMN provider_id TEXT;
ALTER TABLE calls ADD COLUMN cost INTEGER;

-- How long stages take, for estimates: the mean of the last ones.
CREATE TABLE durations (
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    count INTEGER NOT NULL,
    mean_ms INTEGER NOT NULL,
    spread_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, stage)
) STRICT;

-- Who works here: what each can run, and when it was last heard of.
CREATE TABLE workers (
    name TEXT NOT NULL PRIMARY KEY,
    -- JSON: kinds and slots by pool.
    pools TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;

CREATE INDEX jobs_dead ON jobs (kind, finished_at) WHERE state = 'dead';
CREATE INDEX calls_unknown ON calls (key) WHERE outcome = 'unknown';
