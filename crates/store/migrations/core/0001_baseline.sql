-- The core tables. One text for both databases: `{int}` is a 64-bit integer, `{float}` a double, `{serial}` an
-- auto-incremented key, `{strict}` makes SQLite enforce the types; see dialect.rs.
-- Times are milliseconds since 1970, money is micro-dollars, ids are UUIDv7 as text, JSON is text.

-- Added to the database's clock. Zero in production; tests and simulations move it.
CREATE TABLE clock (
    id {int} NOT NULL PRIMARY KEY CHECK (id = 1),
    offset_ms {int} NOT NULL
) {strict};
INSERT INTO clock (id, offset_ms) VALUES (1, 0);

-- Jobs. The CHECKs enforce the state machine of docs/engine.md.

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    pool TEXT NOT NULL,
    state TEXT NOT NULL,
    stage TEXT NOT NULL,
    first_stage TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (octet_length(payload) <= 262144),
    owner TEXT NOT NULL,
    subject TEXT NOT NULL,
    parent TEXT REFERENCES jobs (id) ON DELETE CASCADE,
    priority {int} NOT NULL,
    -- Orders the ready jobs of an owner: when it became ready, moved by its priority.
    sort_key {int} NOT NULL,
    run_at {int} NOT NULL,
    -- Attempts at the present stage, counted by the claim.
    attempt {int} NOT NULL DEFAULT 0,
    max_attempts {int} NOT NULL CHECK (max_attempts > 0),
    lease_id TEXT,
    lease_until {int},
    lease_worker TEXT,
    -- What a waiting job waits for. It stays set while a poll runs, so that the deadline counts from the first wait.
    wait_signal TEXT,
    wait_deadline {int},
    next_poll {int},
    -- What ended the last wait, and the signal's payload: the input of the present stage.
    wake TEXT CHECK (wake IN ('signal', 'poll', 'deadline', 'children')),
    wake_data TEXT,
    -- The open call that the next attempt handles first. It is claimed without the stage's need, which must be admitted
    -- again before it makes another call.
    call TEXT,
    cancel_requested_at {int},
    -- The time to live without work on it, and when that is over.
    idle_ttl_ms {int} CHECK (idle_ttl_ms > 0),
    expires_at {int},
    idempotency_key TEXT,
    -- The key of a concurrency limit.
    limit_key TEXT,
    -- What the present stage needs: a provider, milliseconds of work, micro-dollars.
    provider TEXT,
    work_ms {int} NOT NULL DEFAULT 0 CHECK (work_ms >= 0),
    cost {int} NOT NULL DEFAULT 0 CHECK (cost >= 0),
    -- What the present stage needs of what rates count, as JSON: {"tokens": 1200}.
    amounts TEXT,
    -- What the first stage needs, as JSON, for a job that is retried from its start.
    first_need TEXT,
    -- Another job depends on this one.
    has_dependents {int} NOT NULL DEFAULT 0 CHECK (has_dependents IN (0, 1)),
    result TEXT,
    error_code TEXT,
    error_message TEXT,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    started_at {int},
    finished_at {int},
    CHECK (owner <> ''),
    CHECK (attempt BETWEEN 0 AND max_attempts),
    CHECK ((idle_ttl_ms IS NULL) = (expires_at IS NULL)),
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    -- All states in one CHECK, the common ones first: SQLite evaluates every CHECK for each row that changes, and eighteen
    -- of them took as long as the rest of a claim.
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
) {strict};
CREATE UNIQUE INDEX jobs_key ON jobs (owner, kind, idempotency_key) WHERE idempotency_key IS NOT NULL;
-- Indexes for claims and maintenance; finished jobs are in none of them.
CREATE INDEX jobs_ready ON jobs (pool, owner, sort_key, id) WHERE state = 'ready';
-- Jobs that admission control has to check one by one.
CREATE INDEX jobs_needing_admission ON jobs (pool)
    WHERE state = 'ready' AND (limit_key IS NOT NULL OR provider IS NOT NULL OR cost > 0);
CREATE INDEX jobs_running ON jobs (owner, kind) WHERE state = 'running';
CREATE INDEX jobs_running_key ON jobs (limit_key) WHERE state = 'running' AND limit_key IS NOT NULL;
CREATE INDEX jobs_cancelling ON jobs (lease_worker) WHERE state = 'running' AND cancel_requested_at IS NOT NULL;
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled';
CREATE INDEX jobs_deadlines ON jobs (wait_deadline) WHERE state = 'waiting';
CREATE INDEX jobs_polls ON jobs (next_poll) WHERE state = 'waiting';
CREATE INDEX jobs_awaiting ON jobs (wait_signal) WHERE state = 'waiting';
CREATE INDEX jobs_expiry ON jobs (expires_at) WHERE expires_at IS NOT NULL AND finished_at IS NULL;
CREATE INDEX jobs_parent ON jobs (parent) WHERE parent IS NOT NULL;
-- An owner's lists, newest first: all jobs, by kind, by subject, open ones, stopped ones. Only jobs with a subject are in
-- these indexes. The condition is written in two ways: a list by kind asks for `<>`, which leaves PostgreSQL only the
-- index for kinds.
CREATE INDEX jobs_list ON jobs (owner, id) WHERE subject > '';
CREATE INDEX jobs_list_kind ON jobs (owner, kind, id) WHERE subject <> '';
CREATE INDEX jobs_list_subject ON jobs (owner, subject, id) WHERE subject > '';
CREATE INDEX jobs_list_open ON jobs (owner, id) WHERE subject > '' AND finished_at IS NULL;
CREATE INDEX jobs_list_stopped ON jobs (owner, state, id)
    WHERE subject > '' AND state IN ('dead', 'cancelled', 'expired');
CREATE INDEX jobs_dead ON jobs (finished_at, id) WHERE state = 'dead';

CREATE TABLE job_steps (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    position {int} NOT NULL,
    fraction {float} NOT NULL CHECK (fraction BETWEEN 0 AND 1),
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    started_at {int} NOT NULL,
    finished_at {int},
    PRIMARY KEY (job, name),
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
) {strict};

CREATE TABLE job_log (
    id {serial},
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    at {int} NOT NULL,
    line TEXT NOT NULL
) {strict};
CREATE INDEX job_log_job ON job_log (job, id);

-- Stored until a wait consumes them, so that a signal that is sent before its wait is not lost.
CREATE TABLE signals (
    id {serial},
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    payload TEXT NOT NULL,
    sent_at {int} NOT NULL,
    consumed_at {int}
) {strict};
-- Of all signals, for the cascade when a job is deleted.
CREATE INDEX signals_job ON signals (job, name, id);

-- `job` stays blocked until `depends_on` has succeeded.
CREATE TABLE dependencies (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    depends_on TEXT NOT NULL,
    PRIMARY KEY (job, depends_on)
) {strict};
CREATE INDEX dependencies_depends_on ON dependencies (depends_on);

CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY,
    cron TEXT NOT NULL,
    job TEXT NOT NULL,
    catch_up TEXT NOT NULL CHECK (catch_up IN ('latest', 'all', 'none')),
    next_at {int} NOT NULL,
    last_at {int}
) {strict};
CREATE INDEX schedules_due ON schedules (next_at);

-- The workers: what each can run, and its last heartbeat.
CREATE TABLE workers (
    name TEXT NOT NULL PRIMARY KEY,
    -- JSON: kinds and slots by pool.
    pools TEXT NOT NULL,
    started_at {int} NOT NULL,
    seen_at {int} NOT NULL
) {strict};

-- How long stages take, for estimates: a moving average.
CREATE TABLE durations (
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    count {int} NOT NULL,
    mean_ms {int} NOT NULL,
    spread_ms {int} NOT NULL,
    PRIMARY KEY (kind, stage)
) {strict};

-- The event log, one stream per owner: see events.rs.

CREATE TABLE streams (
    owner TEXT NOT NULL PRIMARY KEY CHECK (owner <> ''),
    last {int} NOT NULL
) {strict};
CREATE TABLE event_log (
    owner TEXT NOT NULL,
    seq {int} NOT NULL,
    entries TEXT NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (owner, seq)
) {strict};
CREATE INDEX event_log_age ON event_log (at);

-- Fairness, limits and rates.

-- The tag of each owner in a pool: its used work in milliseconds per weight. The row of owner '' is the pool's virtual time.
CREATE TABLE shares (
    pool TEXT NOT NULL,
    owner TEXT NOT NULL,
    used {int} NOT NULL,
    PRIMARY KEY (pool, owner)
) {strict};

-- Concurrency limits, and the weights of owners. The name '*' applies to each one without a row of its own.
CREATE TABLE limits (
    scope TEXT NOT NULL CHECK (scope IN ('owner', 'kind', 'key', 'provider')),
    name TEXT NOT NULL,
    concurrency {int} CHECK (concurrency >= 0),
    weight {int} NOT NULL DEFAULT 1 CHECK (weight > 0),
    PRIMARY KEY (scope, name)
) {strict};

-- Rate limits: an amount per period, and a burst. The name '*' applies to each one without a row of its own.
CREATE TABLE rates (
    scope TEXT NOT NULL CHECK (scope IN ('owner', 'kind', 'key', 'provider')),
    name TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('requests', 'tokens', 'seconds', 'characters')),
    amount {int} NOT NULL CHECK (amount > 0),
    period_ms {int} NOT NULL CHECK (period_ms > 0),
    burst {int} NOT NULL CHECK (burst > 0),
    PRIMARY KEY (scope, name, unit)
) {strict};

-- The token buckets: the level at `filled_at`, in units times the period's milliseconds, so that nothing is rounded. A
-- negative level is a debt. A missing row is a full bucket.
CREATE TABLE buckets (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    level {int} NOT NULL,
    filled_at {int} NOT NULL,
    full_at {int} NOT NULL,
    PRIMARY KEY (scope, name, unit)
) {strict};

CREATE TABLE pauses (
    scope TEXT NOT NULL CHECK (scope IN ('queue', 'kind', 'owner', 'provider')),
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    since {int} NOT NULL,
    PRIMARY KEY (scope, name)
) {strict};

-- Providers, calls and money.

-- The health of a provider: its circuit breaker and cooldown, its window of concurrent calls, and the quota that it reported.
CREATE TABLE providers (
    name TEXT NOT NULL PRIMARY KEY,
    circuit TEXT NOT NULL CHECK (circuit IN ('closed', 'open', 'half_open')),
    until {int},
    failures {int} NOT NULL DEFAULT 0 CHECK (failures >= 0),
    -- Thousandths, so that it can grow by less than one.
    window_size {int} NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    changed_at {int} NOT NULL,
    quota_left {int} CHECK (quota_left >= 0),
    quota_until {int}
) {strict};

-- Results of stages, by the hash of their whole input. Shared by all owners, so they contain no file names.
CREATE TABLE stage_results (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at {int} NOT NULL,
    last_used_at {int} NOT NULL
) {strict};
CREATE INDEX stage_results_age ON stage_results (last_used_at);

-- One row per call of an engine or a provider: written before the call, and ended together with its result. A call is open
-- until `finished_at`, and at most one per key is.
CREATE TABLE calls (
    id TEXT NOT NULL PRIMARY KEY,
    -- The hash of the whole input.
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    provider TEXT,
    job TEXT NOT NULL,
    attempt {int} NOT NULL,
    lease TEXT NOT NULL,
    -- The provider can be asked for the outcome: after a crash the call stays open until that was done.
    askable {int} NOT NULL CHECK (askable IN (0, 1)),
    started_at {int} NOT NULL,
    -- When the provider's id was stored.
    submitted_at {int},
    -- After this the call is given up.
    deadline_at {int} NOT NULL,
    finished_at {int},
    outcome TEXT NOT NULL CHECK (outcome IN (
        'started', 'submitted', 'unknown', 'succeeded', 'failed', 'rejected', 'expired', 'lost')),
    -- The provider's id of the call, written as soon as it is known.
    provider_id TEXT,
    -- The provider has notified us of a change, and was not asked since.
    notified {int} NOT NULL DEFAULT 0 CHECK (notified IN (0, 1)),
    cost {int},
    CHECK ((outcome IN ('started', 'submitted', 'unknown')) = (finished_at IS NULL)),
    CHECK (outcome <> 'submitted' OR provider_id IS NOT NULL),
    CHECK (outcome <> 'unknown' OR askable = 1)
) {strict};
-- Single flight, across all processes.
CREATE UNIQUE INDEX calls_open ON calls (key) WHERE finished_at IS NULL;
CREATE INDEX calls_provider ON calls (provider, provider_id) WHERE finished_at IS NULL;
-- For the sum of the costs of an attempt's calls when it ends.
CREATE INDEX calls_job ON calls (job, lease);
CREATE INDEX calls_age ON calls (finished_at) WHERE finished_at IS NOT NULL;
-- Calls whose outcome nobody has asked for, by when they are given up.
CREATE INDEX calls_unknown ON calls (deadline_at, id) WHERE outcome = 'unknown';

-- Caps of money in micro-dollars, and what is reserved and spent under each.
CREATE TABLE budgets (
    scope TEXT NOT NULL CHECK (scope IN ('owner', 'job', 'day', 'provider')),
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

-- The ledger: one row per attempt that may cost money. Reserved by the claim, settled with the result, released if no call
-- was made.
CREATE TABLE spend (
    job TEXT NOT NULL,
    lease TEXT NOT NULL,
    attempt {int} NOT NULL,
    stage TEXT NOT NULL,
    owner TEXT NOT NULL,
    provider TEXT,
    day TEXT NOT NULL,
    reserved {int} NOT NULL CHECK (reserved >= 0),
    spent {int} CHECK (spent >= 0),
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'released')),
    at {int} NOT NULL,
    PRIMARY KEY (job, lease),
    CHECK ((state = 'settled') = (spent IS NOT NULL))
) {strict};
CREATE INDEX spend_age ON spend (at);
-- For the initial sums of a budget that is set while something is reserved or spent under its name.
CREATE INDEX spend_owner ON spend (owner);
CREATE INDEX spend_day ON spend (day);
CREATE INDEX spend_provider ON spend (provider) WHERE provider IS NOT NULL;
CREATE INDEX spend_reserved ON spend (job) WHERE state = 'reserved';

-- Content-addressed bytes: which exist, and what references them.

CREATE TABLE blobs (
    hash TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
    bytes {int} NOT NULL CHECK (bytes >= 0),
    -- When it was registered, or registered again after its bytes may have been deleted.
    created_at {int} NOT NULL,
    -- Its bytes were published: only then can it be referenced.
    present {int} NOT NULL DEFAULT 0 CHECK (present IN (0, 1)),
    -- Since when nothing references it; NULL while something does.
    unreferenced_since {int},
    -- Its bytes are being collected: a writer of the same bytes waits until the row is deleted.
    collecting_since {int},
    CHECK (collecting_since IS NULL OR unreferenced_since IS NOT NULL),
    CHECK (present = 1 OR unreferenced_since IS NOT NULL)
) {strict};
CREATE INDEX blobs_garbage ON blobs (unreferenced_since) WHERE unreferenced_since IS NOT NULL;
CREATE INDEX blobs_collecting ON blobs (collecting_since) WHERE collecting_since IS NOT NULL;

CREATE TABLE blob_refs (
    owner TEXT NOT NULL CHECK (owner <> ''),
    app TEXT NOT NULL,
    -- The id of what references it, such as a reel.
    subject TEXT NOT NULL,
    blob TEXT NOT NULL REFERENCES blobs (hash),
    bytes {int} NOT NULL CHECK (bytes >= 0),
    created_at {int} NOT NULL,
    PRIMARY KEY (owner, app, subject, blob)
) {strict};
CREATE INDEX blob_refs_blob ON blob_refs (blob);

-- Uploaded files. The same bytes from two owners, or under two names, are one blob and two documents, each with its
-- own name.
CREATE TABLE documents (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    -- Hash of the file.
    blob TEXT NOT NULL CHECK (length(blob) = 64),
    -- The hash of the extracted text, as JSON.
    text_blob TEXT NOT NULL CHECK (length(text_blob) = 64),
    ocr {int} NOT NULL CHECK (ocr IN (0, 1)),
    name TEXT NOT NULL,
    bytes {int} NOT NULL,
    -- Properties that were found in it, as JSON.
    found TEXT NOT NULL,
    created_at {int} NOT NULL,
    UNIQUE (owner, blob, ocr, name)
) {strict};
CREATE INDEX documents_age ON documents (created_at);

-- Cursors of maintenance scans, at which the next run continues.
CREATE TABLE maintenance_cursors (
    walk TEXT NOT NULL PRIMARY KEY,
    position TEXT NOT NULL,
    updated_at {int} NOT NULL
) {strict};

-- Failed attempts of whom there is no account to ask: by address, by the address that was tried. They slow the next one.
CREATE TABLE throttles (
    key TEXT NOT NULL PRIMARY KEY,
    failures {int} NOT NULL CHECK (failures > 0),
    failed_at {int} NOT NULL,
    -- The next attempt is not looked at before.
    until {int} NOT NULL
) {strict};
CREATE INDEX throttles_by_age ON throttles (failed_at);
