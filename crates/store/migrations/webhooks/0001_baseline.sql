-- Endpoints of others that are told of their owner's events, and what is sent to each; see docs/webhooks.md.

CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    -- A JSON array of the kinds of events that it is told of, `reel.*` among them; empty: all.
    kinds TEXT NOT NULL,
    -- Every delivery is signed with it, so that it is not stored as a hash. Empty once the endpoint is deleted.
    secret TEXT NOT NULL,
    -- The secret before the last rotation, and until when deliveries are signed with it, too.
    previous_secret TEXT,
    previous_until {int},
    state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled', 'deleted')),
    -- Why it is disabled, as a code, and since when.
    reason TEXT,
    disabled_at {int},
    -- The number of the last event of the owner's log for which there is a delivery, if it wants one.
    place {int} NOT NULL,
    -- Events that were removed from the log before there was a delivery.
    missed {int} NOT NULL DEFAULT 0,
    -- The job that sends what is pending, which may have ended, and until when it sleeps.
    job TEXT,
    parked_until {int},
    -- Attempts that failed since the last one that did not, since when, and when the next may be made.
    failures {int} NOT NULL DEFAULT 0,
    failing_since {int},
    resume_at {int},
    succeeded_at {int},
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
    CHECK ((state = 'disabled') = (reason IS NOT NULL)),
    CHECK ((reason IS NULL) = (disabled_at IS NULL)),
    CHECK ((failures = 0) = (failing_since IS NULL))
) {strict};
CREATE INDEX webhooks_by_owner ON webhooks (owner, id);
CREATE INDEX webhooks_enabled ON webhooks (owner, place) WHERE state = 'enabled';
CREATE INDEX webhooks_deleted ON webhooks (id) WHERE state = 'deleted';

-- The outbox: one row for each event that an endpoint is told of, written with the endpoint's place in the log.
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner <> ''),
    webhook TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    -- The number of the event in its owner's log; none for a test.
    seq {int},
    kind TEXT NOT NULL,
    -- What is sent, byte by byte: it is signed anew at each attempt.
    body TEXT NOT NULL,
    event_at {int} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    -- Attempts since it was created or sent again, which its schedule counts; and all of them.
    round {int} NOT NULL DEFAULT 0,
    attempts {int} NOT NULL DEFAULT 0,
    -- When it was created or sent again, and when the next attempt is due.
    queued_at {int} NOT NULL,
    due_at {int} NOT NULL,
    ended_at {int},
    CHECK ((state = 'pending') = (ended_at IS NULL)),
    UNIQUE (webhook, seq)
) {strict};
CREATE INDEX deliveries_due ON deliveries (webhook, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_webhook ON deliveries (webhook, id);
CREATE INDEX deliveries_by_owner ON deliveries (owner, id);

-- What came of each attempt.
CREATE TABLE delivery_attempts (
    delivery TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    n {int} NOT NULL,
    at {int} NOT NULL,
    took_ms {int} NOT NULL,
    -- The status of the answer, and the beginning of its body; or why there was none.
    status {int},
    answer TEXT,
    error TEXT,
    message TEXT,
    PRIMARY KEY (delivery, n)
) {strict};
