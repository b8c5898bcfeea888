//! Jobs: their rows, and every change of them. A change reads the row under its fence, moves it by one of the
//! transitions in `machine.rs`, and writes the row and its event in the same unit of work.

mod claim;
mod machine;
mod row;
mod settle;
mod signals;
mod steps;
mod upkeep;

use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_domain::time::{Timestamp, millis};

use crate::{PAYLOAD_LIMIT, StoreError, Tx, events};

pub use claim::{Claim, Claimed, Held, claim, held_by, hold, renew};
pub use row::{JobError, JobRow, Lease, Wake};
pub use settle::{Ended, Settlement, settle};
pub use signals::{CHILDREN, Signalled, send as send_signal};
pub use steps::{LogLine, Step, StepChange, log_of, save_progress, steps_of};
pub use upkeep::{Upkeep, forget_finished, keep_up, next_due};

/// A job that is to be made.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its id, made by the caller.
    pub id: JobId,
    /// What runs it.
    pub kind: String,
    /// Which workers may run it.
    pub pool: String,
    /// Its first stage.
    pub stage: String,
    /// Its data as JSON, at most [`PAYLOAD_LIMIT`] bytes.
    pub payload: String,
    /// Whose it is: the stream of its events.
    pub owner: String,
    /// The id of what it works on; may be empty.
    pub subject: String,
    /// The job that it is a part of: cancelled with it, waited for by it.
    pub parent: Option<JobId>,
    /// Lower is sooner.
    pub priority: i32,
    /// Not before this long from now.
    pub delay: Duration,
    /// Attempts for each stage, the first included.
    pub max_attempts: u32,
    /// Expires after this long without work on it.
    pub idle_ttl: Option<Duration>,
    /// At most one job of this owner and kind has it.
    pub idempotency_key: Option<String>,
}

/// Makes a job, or finds the one that its idempotency key made before.
pub async fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<JobId, StoreError> {
    if job.payload.len() > PAYLOAD_LIMIT {
        return Err(StoreError::PayloadTooLarge { bytes: job.payload.len() });
    }
    if let Some(key) = &job.idempotency_key
        && let Some(found) = find_by_key(tx, &job.owner, &job.kind, key).await?
    {
        let conflict = || StoreError::IdempotencyConflict { key: key.clone() };
        return if found.payload == job.payload { Ok(found.id) } else { Err(conflict()) };
    }
    insert(tx, job).await?;
    tx.tell_workers();
    let row = get(tx, &job.id).await?;
    changed(tx, &row).await?;
    Ok(job.id.clone())
}

async fn insert(tx: &mut Tx, job: &NewJob) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let state = if job.delay.is_zero() { JobState::Ready } else { JobState::Scheduled };
    sqlx::query(
        "INSERT INTO jobs (id, kind, pool, state, stage, payload, owner, subject, parent, priority, run_at,
             max_attempts, idle_ttl_ms, expires_at, idempotency_key, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)",
    )
    .bind(job.id.as_str())
    .bind(&job.kind)
    .bind(&job.pool)
    .bind(state.as_str())
    .bind(&job.stage)
    .bind(&job.payload)
    .bind(&job.owner)
    .bind(&job.subject)
    .bind(job.parent.as_ref().map(JobId::as_str))
    .bind(job.priority)
    .bind((now + job.delay).as_millis())
    .bind(job.max_attempts.max(1))
    .bind(job.idle_ttl.map(millis))
    .bind(job.idle_ttl.map(|ttl| (now + job.delay + ttl).as_millis()))
    .bind(job.idempotency_key.as_deref())
    .bind(now.as_millis())
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// One job.
pub async fn get(tx: &mut Tx, job: &JobId) -> Result<JobRow, StoreError> {
    find(tx, job).await?.ok_or_else(|| StoreError::NoSuchJob { job: job.clone() })
}

/// One job, if there is such a job.
pub async fn find(tx: &mut Tx, job: &JobId) -> Result<Option<JobRow>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM jobs WHERE id = $1").bind(job.as_str()).fetch_optional(tx.connection()).await?;
    row.as_ref().map(JobRow::read).transpose()
}

async fn find_by_key(tx: &mut Tx, owner: &str, kind: &str, key: &str) -> Result<Option<JobRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM jobs WHERE owner = $1 AND kind = $2 AND idempotency_key = $3")
        .bind(owner)
        .bind(kind)
        .bind(key)
        .fetch_optional(tx.connection())
        .await?;
    row.as_ref().map(JobRow::read).transpose()
}

/// The jobs that are part of `parent`, in the order in which they were made.
pub async fn children(tx: &mut Tx, parent: &JobId) -> Result<Vec<JobRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM jobs WHERE parent = $1 ORDER BY created_at, id")
        .bind(parent.as_str())
        .fetch_all(tx.connection())
        .await?;
    rows.iter().map(JobRow::read).collect()
}

/// The jobs that work or worked on `subject`, newest first.
pub async fn by_subject(tx: &mut Tx, subject: &str) -> Result<Vec<JobRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM jobs WHERE subject = $1 ORDER BY created_at DESC, id DESC")
        .bind(subject)
        .fetch_all(tx.connection())
        .await?;
    rows.iter().map(JobRow::read).collect()
}

/// Which jobs a list has.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// The latest jobs that pass a filter, newest first.
pub async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM jobs WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR kind = $2)
         ORDER BY created_at DESC, id DESC LIMIT $3",
    )
    .bind(filter.state.map(JobState::as_str))
    .bind(filter.kind.as_deref())
    .bind(filter.limit)
    .fetch_all(tx.connection())
    .await?;
    rows.iter().map(JobRow::read).collect()
}

/// The jobs that are not finished, oldest first.
pub async fn unfinished(tx: &mut Tx) -> Result<Vec<JobRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM jobs WHERE finished_at IS NULL ORDER BY created_at, id")
        .fetch_all(tx.connection())
        .await?;
    rows.iter().map(JobRow::read).collect()
}

/// Stops a job and all that is part of it. What is running is asked to stop, and is cancelled when it lets go; all
/// else is cancelled now. Says how many jobs this concerned; a finished job stays as it is.
pub async fn cancel(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
    let mut concerned = 0;
    let mut open = vec![get(tx, job).await?];
    while let Some(mut row) = open.pop() {
        open.extend(children(tx, &row.id).await?);
        if row.state.is_final() || row.cancel_requested_at.is_some() {
            continue;
        }
        concerned += 1;
        row.request_cancel(tx.now().await?);
        row.save(tx).await?;
        changed(tx, &row).await?;
        if row.state.is_final() {
            settle::tell_parent(tx, &row).await?;
        }
    }
    tx.tell_workers();
    Ok(concerned)
}

/// Runs a job again that gave up, was cancelled or expired: from the stage where it stopped, with all its attempts,
/// and after the parts of it that had stopped in the same way, which run again too. A part that was asked to stop and
/// has not yet is asked no more. Says how many jobs these are.
pub async fn retry(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
    let row = get(tx, job).await?;
    if !row.has_stopped() {
        return Err(StoreError::NotRetryable { job: job.clone(), state: row.state.as_str() });
    }
    let now = tx.now().await?;
    let mut again = 0;
    let mut open = vec![row];
    while let Some(mut row) = open.pop() {
        let unfinished = |part: &JobRow| part.has_stopped() || !part.state.is_final();
        let parts: Vec<_> = children(tx, &row.id).await?.into_iter().filter(unfinished).collect();
        match (row.has_stopped(), parts.is_empty()) {
            (true, true) => row.start_again(now),
            (true, false) => row.start_again_after(CHILDREN, now),
            (false, _) => row.cancel_requested_at = None,
        }
        row.save(tx).await?;
        changed(tx, &row).await?;
        open.extend(parts);
        again += 1;
    }
    tx.tell_workers();
    Ok(again)
}

/// Tells the job's stream that it changed.
pub(crate) async fn changed(tx: &mut Tx, row: &JobRow) -> Result<(), StoreError> {
    changed_with(tx, row, None).await
}

pub(crate) async fn changed_with(tx: &mut Tx, row: &JobRow, steps: Option<Value>) -> Result<(), StoreError> {
    let mut data = json!({
        "kind": row.kind,
        "state": row.state.as_str(),
        "stage": row.stage,
        "attempt": row.attempt,
        "subject": row.subject,
        "parent": row.parent.as_ref().map(JobId::as_str),
        "error": row.error.as_ref().map(|error| error.code.as_str()),
    });
    if let Some(steps) = steps {
        data["steps"] = steps;
    }
    events::emit(tx, &row.owner, "job.changed", row.id.as_str(), &data).await?;
    Ok(())
}

/// A point in time that may be missing, as it is stored.
fn stored(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millis)
}
