//! A long history, made in the database: rows of two owners in every table that grows with what was done.

use sluice_store::Store;

/// Jobs that one statement adds: with more of them, a busy server does not answer in time. With many fewer, a million take
/// more statements than are remembered, and those of the hot paths are not.
const AT_ONCE: u32 = 40_000;

/// Fills the tables as if `count` jobs had ended, with what each leaves behind.
pub(crate) async fn make(store: &Store, count: u32) {
    store
        .execute(&format!("INSERT INTO streams (owner, last) VALUES ('local', {count}), ('other', {count})"))
        .await
        .unwrap();
    for before in (0..count).step_by(AT_ONCE as usize) {
        let part = Part { before, last: count.min(before + AT_ONCE) };
        for statement in jobs(part).into_iter().chain(calls_and_results(part)).chain(apps(part)) {
            store.execute(&statement).await.unwrap();
        }
    }
}

/// The jobs after one number up to another.
#[derive(Clone, Copy)]
struct Part {
    before: u32,
    last: u32,
}

impl Part {
    fn numbers(self) -> String {
        let Self { before, last } = self;
        format!("WITH RECURSIVE n(n) AS (SELECT {before} + 1 UNION ALL SELECT n + 1 FROM n WHERE n < {last})")
    }

    /// A fraction of them.
    const fn one_in(self, many: u32) -> Self {
        Self { before: self.before / many, last: self.last / many }
    }
}

/// An id for the number that an expression gives.
fn id(number: &str) -> String {
    format!("'01900000-0000-7000-8000-' || CAST(100000000000 + {number} AS TEXT)")
}

/// The same for the hash of a blob.
fn hash(number: &str) -> String {
    format!("'{}' || CAST(100000000000 + {number} AS TEXT)", "0".repeat(52))
}

const OWNER: &str = "CASE n % 2 WHEN 0 THEN 'local' ELSE 'other' END";

/// Most succeeded, some stopped; one in ten is the child of the one before it.
fn jobs(part: Part) -> Vec<String> {
    let (numbers, id, before) = (part.numbers(), id("n"), id("(n - 1)"));
    vec![
        format!(
            "INSERT INTO jobs (id, kind, pool, state, stage, first_stage, payload, owner, subject, parent, priority,
                 sort_key, run_at, attempt, max_attempts, result, error_code, error_message, created_at, updated_at,
                 started_at, finished_at)
             {numbers} SELECT {id}, CASE n % 3 WHEN 0 THEN 'test.other' ELSE 'test.play' END, 'default',
                 CASE n % 50 WHEN 6 THEN 'dead' WHEN 7 THEN 'cancelled' ELSE 'succeeded' END, 'first', 'first',
                 '{{\"name\":\"old\"}}',
                 {OWNER}, CASE n % 4 WHEN 0 THEN '' ELSE 'subject ' || CAST(n % 1000 AS TEXT) END,
                 CASE n % 10 WHEN 0 THEN {before} END, 0, n, n, 1, 3,
                 CASE WHEN n % 50 NOT IN (6, 7) THEN 'null' END, CASE n % 50 WHEN 6 THEN 'broken' END,
                 CASE n % 50 WHEN 6 THEN 'it broke' END, n, n, n, n FROM n"
        ),
        format!(
            "INSERT INTO job_steps (job, owner, name, position, fraction, state, started_at, finished_at)
             {numbers} SELECT {id}, {OWNER}, 'half', 0, 1.0, 'done', n, n FROM n"
        ),
        format!("INSERT INTO job_log (job, owner, at, line) {numbers} SELECT {id}, {OWNER}, n, 'a line' FROM n"),
        format!(
            "INSERT INTO signals (job, owner, name, payload, sent_at, consumed_at)
             {numbers} SELECT {id}, {OWNER}, 'go', '1', n, n FROM n WHERE n % 10 = 3"
        ),
        format!(
            "INSERT INTO dependencies (job, owner, depends_on)
             {numbers} SELECT {id}, {OWNER}, {before} FROM n WHERE n % 10 = 5"
        ),
        format!(
            "INSERT INTO event_log (owner, seq, entries, at)
             {numbers} SELECT {OWNER}, n, '[{{\"kind\":\"k\",\"subject\":\"s\",\"data\":{{}}}}]', n FROM n"
        ),
    ]
}

fn calls_and_results(part: Part) -> Vec<String> {
    let (numbers, id) = (part.numbers(), id("n"));
    vec![
        format!(
            "INSERT INTO calls (id, key, kind, owner, provider, job, attempt, lease, askable, started_at, deadline_at,
                 finished_at, outcome, provider_id)
             {numbers} SELECT {id}, 'key ' || CAST(n AS TEXT), 'k', {OWNER}, 'loud', {id}, 1, 'a lease', 1, n, n,
                 CASE WHEN n % 50 <> 9 THEN n END, CASE n % 50 WHEN 9 THEN 'unknown' ELSE 'succeeded' END,
                 'theirs ' || CAST(n AS TEXT) FROM n"
        ),
        format!(
            "INSERT INTO spend (job, lease, attempt, stage, owner, provider, day, reserved, spent, state, at)
             {numbers} SELECT {id}, 'a lease', 1, 'first', {OWNER}, 'of ' || CAST(n % 100 AS TEXT),
                 '2026-01-' || CAST(10 + n % 20 AS TEXT), 1, 1, 'settled', n FROM n"
        ),
        format!(
            "INSERT INTO limit_uses (holder, limited, at)
             {numbers} SELECT 'user ' || CAST(n % 1000 AS TEXT), 'jobs', n FROM n"
        ),
        format!(
            "INSERT INTO limit_windows (holder, limited, began_at, ends_at, used)
             {numbers} SELECT 'address ' || CAST(n AS TEXT), 'requests', n, n + 1, 1 FROM n"
        ),
        format!(
            "INSERT INTO over_budget (job, owner, until) {numbers} SELECT {id}, 'user ' || CAST(n % 1000 AS TEXT), n FROM n"
        ),
        format!(
            "INSERT INTO budgets (scope, name, spent)
             {numbers} SELECT 'job', {id}, 1 FROM n"
        ),
        format!(
            "INSERT INTO stage_results (key, kind, value, created_at, last_used_at)
             {numbers} SELECT 'key ' || CAST(n AS TEXT), 'k', '1', n, n FROM n"
        ),
    ]
}

/// A fourth as many blobs and things of Capture, and a fifth as many documents and reels: with few of them, what is looked up
/// for fifty of them is cheaper by a walk.
fn apps(part: Part) -> Vec<String> {
    let (blobs, reels) = (part.one_in(4).numbers(), part.one_in(5).numbers());
    let (id, hash, scene) = (id("n"), hash("n"), id("1000000 * part + n"));
    vec![
        format!(
            "INSERT INTO blobs (hash, bytes, created_at, present, unreferenced_since)
             {blobs} SELECT {hash}, 1, n, 1, CASE n % 10 WHEN 0 THEN n END FROM n"
        ),
        format!(
            "INSERT INTO blob_refs (owner, app, subject, blob, bytes, created_at)
             {blobs} SELECT {OWNER}, 'reel', {id}, {hash}, 1, n FROM n WHERE n % 10 > 0"
        ),
        format!(
            "INSERT INTO documents (id, owner, blob, text_blob, ocr, name, bytes, found, created_at)
             {reels} SELECT {id}, {OWNER}, {hash}, {hash}, 0, 'paper.pdf', 1, '{{}}', n FROM n"
        ),
        format!(
            "INSERT INTO reels (id, owner, document_id, job_id, title, search, language, choices, result, address,
                 created_at, updated_at, deleted_at)
             {reels} SELECT {id}, {OWNER}, CASE WHEN n % 10 > 0 THEN {id} END, {id}, 'Tides', 'tides', 'en', '{{}}',
                 CASE WHEN n % 10 > 0 THEN '{{}}' END, '10.0.0.' || CAST(n % 250 AS TEXT), n, n, CASE n % 10 WHEN 0 THEN n END FROM n"
        ),
        format!(
            "INSERT INTO scenes (id, owner, reel_id, position, script, job_id, made)
             {reels} SELECT {scene}, {OWNER}, {id}, part, '{{}}', {id}, '{{}}'
             FROM n CROSS JOIN (SELECT 1 AS part UNION ALL SELECT 2 UNION ALL SELECT 3) AS parts WHERE n % 10 > 0"
        ),
        format!(
            "INSERT INTO reel_results (reel_id, key)
             {reels} SELECT {id}, 'key ' || CAST(n AS TEXT) FROM n WHERE n % 10 > 0"
        ),
        format!(
            "INSERT INTO capture_drafts (id, owner, request, job_id, texts, created_at)
             {blobs} SELECT {id}, {OWNER}, '{{}}', {id}, '[\"' || {hash} || '\"]', n FROM n"
        ),
        format!(
            "INSERT INTO capture_actions (id, owner, action, before, created_at)
             {blobs} SELECT {id}, {OWNER}, 'approved', '[\"' || {hash} || '\"]', n FROM n"
        ),
        format!(
            "INSERT INTO capture_exports (id, owner, form, deck, everything, created_at)
             {blobs} SELECT {id}, {OWNER}, 'package', {hash}, 0, n FROM n"
        ),
    ]
}
