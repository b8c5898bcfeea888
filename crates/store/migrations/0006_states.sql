-- The states in one CHECK. SQLite evaluates each CHECK by itself for every row that changes, and eighteen of them took as
-- long as all the rest of a claim. `jobs` is made again, because SQLite cannot change a CHECK, and with it what refers
-- to it.

CREATE TABLE jobs_again (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    pool TEXT NOT NULL,
    state TEXT NOT NULL,
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
    -- What the present stage asks for of what rates count, as JSON: {"tokens": 1200}.
    amounts TEXT,
    CHECK (attempt BETWEEN 0 AND max_attempts),
    CHECK ((idle_ttl_ms IS NULL) = (expires_at IS NULL)),
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    -- The states, the usual ones first.
    CHECK (
        CASE state
            WHEN 'ready' THEN lease_id IS NULL AND finished_at IS NULL
            WHEN 'running' THEN lease_id IS NOT NULL AND attempt > 0 AND finished_at IS NULL
            WHEN 'succeeded' THEN lease_id IS NULL AND finished_at IS NOT NULL
            WHEN 'scheduled' THEN lease_id IS NULL AND finished_at IS NULL
            WHEN 'waiting' THEN lease_id IS NULL AND finished_at IS NULL AND wait_signal IS NOT NULL
            WHEN 'blocked' THEN lease_id IS NULL AND finished_at IS NULL
            WHEN 'dead' THEN lease_id IS NULL AND finished_at IS NOT NULL AND error_code IS NOT NULL
            WHEN 'cancelled' THEN lease_id IS NULL AND finished_at IS NOT NULL
            WHEN 'expired' THEN lease_id IS NULL AND finished_at IS NOT NULL
            ELSE FALSE
        END
    ),
    CHECK ((lease_id IS NULL) = (lease_until IS NULL) AND (lease_id IS NULL) = (lease_worker IS NULL)),
    CHECK ((result IS NULL) = (state <> 'succeeded'))
) STRICT;
INSERT INTO jobs_again (id, kind, pool, state, stage, first_stage, payload, owner, subject, parent, priority, place, run_at, attempt,
    max_attempts, lease_id, lease_until, lease_worker, wait_signal, wait_deadline, next_poll, wake, wake_data,
    cancel_requested_at, idle_ttl_ms, expires_at, idempotency_key, limit_key, provider, work_ms, cost, needed,
    result, error_code, error_message, created_at, updated_at, started_at, finished_at, amounts)
SELECT id, kind, pool, state, stage, first_stage, payload, owner, subject, parent, priority, place, run_at, attempt,
    max_attempts, lease_id, lease_until, lease_worker, wait_signal, wait_deadline, next_poll, wake, wake_data,
    cancel_requested_at, idle_ttl_ms, expires_at, idempotency_key, limit_key, provider, work_ms, cost, needed,
    result, error_code, error_message, created_at, updated_at, started_at, finished_at, amounts
FROM jobs ORDER BY id;

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

CREATE TABLE dependencies_again (
    job TEXT NOT NULL REFERENCES jobs_again (id) ON DELETE CASCADE,
    needs TEXT NOT NULL,
    PRIMARY KEY (job, needs)
) STRICT;
INSERT INTO dependencies_again SELECT job, needs FROM dependencies;

DROP TABLE job_steps;
DROP TABLE job_log;
DROP TABLE signals;
DROP TABLE dependencies;
DROP TABLE jobs;
ALTER TABLE jobs_again RENAME TO jobs;
ALTER TABLE job_steps_again RENAME TO job_steps;
ALTER TABLE job_log_again RENAME TO job_log;
ALTER TABLE signals_again RENAME TO signals;
ALTER TABLE dependencies_again RENAME TO dependencies;

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
CREATE INDEX jobs_deadlines ON jobs (wait_deadline) WHERE state = 'waiting';
CREATE INDEX jobs_polls ON jobs (next_poll) WHERE state = 'waiting';
CREATE INDEX jobs_expiry ON jobs (expires_at) WHERE expires_at IS NOT NULL AND finished_at IS NULL;
CREATE INDEX jobs_parent ON jobs (parent) WHERE parent IS NOT NULL;
CREATE INDEX jobs_subject ON jobs (subject, created_at) WHERE subject <> '';
CREATE INDEX job_log_job ON job_log (job, id);
CREATE INDEX signals_unconsumed ON signals (job, name, id) WHERE consumed_at IS NULL;
CREATE INDEX dependencies_needs ON dependencies (needs);
CREATE INDEX jobs_dead ON jobs (kind, finished_at) WHERE state = 'dead';
