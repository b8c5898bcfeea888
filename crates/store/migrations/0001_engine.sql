-- The engine's tables. Times are milliseconds since 1970, passed in; ids are UUIDv7 as text; JSON is text.
-- The CHECKs of `jobs` hold the state machine that docs/engine.md draws.

-- Added to the database's clock. Zero in production; tests and simulations move it.
CREATE TABLE clock (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    offset_ms INTEGER NOT NULL
) STRICT;
INSERT INTO clock (id, offset_ms) VALUES (1, 0);

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    pool TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('scheduled', 'ready', 'running', 'waiting', 'succeeded', 'dead', 'cancelled', 'expired')
    ),
    stage TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (octet_length(payload) <= 262144),
    owner TEXT NOT NULL,
    subject TEXT NOT NULL,
    parent TEXT REFERENCES jobs (id) ON DELETE CASCADE,
    priority INTEGER NOT NULL,
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
    result TEXT,
    error_code TEXT,
    error_message TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    UNIQUE (owner, kind, idempotency_key),
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
-- Claims, and what falls due; finished jobs are in neither.
CREATE INDEX jobs_claim ON jobs (pool, priority, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled';
CREATE INDEX jobs_leases ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_waiting ON jobs (wait_deadline, next_poll) WHERE state = 'waiting';
CREATE INDEX jobs_expiry ON jobs (expires_at) WHERE expires_at IS NOT NULL AND finished_at IS NULL;
CREATE INDEX jobs_parent ON jobs (parent) WHERE parent IS NOT NULL;
CREATE INDEX jobs_subject ON jobs (subject, created_at);

CREATE TABLE job_steps (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    fraction REAL NOT NULL CHECK (fraction BETWEEN 0 AND 1),
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (job, name),
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
) STRICT;

CREATE TABLE job_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    line TEXT NOT NULL
) STRICT;
CREATE INDEX job_log_job ON job_log (job, id);

-- Kept until a wait consumes them: a signal that is sent before its wait is not lost.
CREATE TABLE signals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    payload TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    consumed_at INTEGER
) STRICT;
CREATE INDEX signals_unconsumed ON signals (job, name, id) WHERE consumed_at IS NULL;

-- What a stage made, by the hash of everything that went in.
CREATE TABLE stage_results (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL
) STRICT;

-- One row per call of an engine: written before it is asked, settled together with its result.
CREATE TABLE calls (
    id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    job TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    lease TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    outcome TEXT NOT NULL CHECK (outcome IN ('started', 'succeeded', 'failed', 'unknown')),
    CHECK ((outcome = 'started') = (finished_at IS NULL))
) STRICT;
CREATE INDEX calls_key ON calls (key);
CREATE INDEX calls_open ON calls (lease) WHERE outcome = 'started';

-- One ordered log per stream, written with the change that it tells of.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_stream ON events (stream, seq);
