//! Jobs: their rows, and every change of them. A change reads the row under its fence, moves it by one of the
//! transitions in `machine.rs`, and writes the row and its event in the same unit of work.

mod bucket;
mod claim;
pub mod dependencies;
mod gate;
mod lease;
mod lines;
mod machine;
pub(crate) mod rates;
pub(crate) mod row;
mod settle;
mod signals;
pub mod spend;
mod steps;
mod upkeep;
mod why;

use std::time::Duration;

use serde::Serialize;
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_domain::time::{Timestamp, millis};

use crate::sql::{chunk, placeholders, sql};
use crate::{PAYLOAD_LIMIT, StoreError, Tx, events};

pub use claim::{Charge, Claim, Claimed, Claims, charge, claim};
pub use lease::{cancelling, hold, renew};
pub use lines::Floors;
pub(crate) use lines::LATE;
pub use machine::Then;
pub use rates::{Amounts, correct_amounts};
pub use row::{JobError, JobRow, Lease, Need, Wake};
pub use settle::{Ended, Finish, Settlement, settle, settle_many};
pub use signals::{CHILDREN, Signalled, send as send_signal};
pub use steps::{LogLine, Step, StepChange, log_of, save_progress, steps_of};
pub use upkeep::{Upkeep, forget_finished, keep_up, next_due};
pub use why::{Reason, Why, why};

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
    /// Blocked until these have succeeded.
    pub after: Vec<JobId>,
    /// At most so many at once have this key; see [`crate::controls::set_limit`].
    pub limit_key: Option<String>,
    /// What its first stage asks for.
    pub need: Need,
}

/// Makes a job, or finds the one that its idempotency key made before.
pub async fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<JobId, StoreError> {
    check(job)?;
    if let Some(key) = &job.idempotency_key
        && let Some(found) = find_by_key(tx, &job.owner, &job.kind, key).await?
    {
        return same_job(job, key, found);
    }
    // Before anything is written: one that is refused may share its unit of work with others that are not.
    dependencies::exist(tx, &job.after).await?;
    let now = tx.now().await?;
    // Another process may have used the key in this moment: then it is found when that has committed.
    if insert(tx, std::slice::from_ref(job), now).await? == 0 {
        let key = job.idempotency_key.clone().unwrap_or_default();
        let found = find_by_key(tx, &job.owner, &job.kind, &key).await?;
        let found = found.ok_or(StoreError::IdempotencyConflict { key: key.clone() })?;
        return same_job(job, &key, found);
    }
    if dependencies::depend(tx, &job.id, &job.after).await? {
        sql("UPDATE jobs SET state = 'blocked' WHERE id = $1").bind(job.id.as_str()).execute(tx).await?;
        let row = get(tx, &job.id).await?;
        changed(tx, &row)?;
        // One that failed before is as one that fails later.
        for needed in &job.after {
            let needed = get(tx, needed).await?;
            if needed.has_stopped() {
                dependencies::ended(tx, &needed).await?;
            }
        }
        return Ok(job.id.clone());
    }
    made(tx, job)?;
    Ok(job.id.clone())
}

/// Makes many jobs at once: those without a key and without dependencies are few statements. Each that cannot be made
/// is refused by itself; any other error undoes all.
pub async fn enqueue_many(tx: &mut Tx, jobs: &[NewJob]) -> Result<Vec<Result<JobId, StoreError>>, StoreError> {
    let now = tx.now().await?;
    let plain: Vec<NewJob> = jobs.iter().filter(|job| job.is_plain()).cloned().collect();
    insert(tx, &plain, now).await?;
    let mut made_ids = Vec::with_capacity(jobs.len());
    for job in jobs {
        made_ids.push(if job.is_plain() {
            made(tx, job)?;
            Ok(job.id.clone())
        } else {
            match enqueue(tx, job).await {
                Err(
                    error @ (StoreError::PayloadTooLarge { .. }
                    | StoreError::IdempotencyConflict { .. }
                    | StoreError::NoSuchDependency { .. }
                    | StoreError::NoSuchJob { .. }),
                ) => Err(error),
                result => Ok(result?),
            }
        });
    }
    Ok(made_ids)
}

impl NewJob {
    fn is_plain(&self) -> bool {
        self.idempotency_key.is_none()
            && self.after.is_empty()
            && self.parent.is_none()
            && self.payload.len() <= PAYLOAD_LIMIT
    }

    fn state(&self) -> JobState {
        if self.delay.is_zero() { JobState::Ready } else { JobState::Scheduled }
    }
}

fn check(job: &NewJob) -> Result<(), StoreError> {
    let bytes = job.payload.len();
    if bytes > PAYLOAD_LIMIT { Err(StoreError::PayloadTooLarge { bytes }) } else { Ok(()) }
}

fn same_job(job: &NewJob, key: &str, found: JobRow) -> Result<JobId, StoreError> {
    if found.payload == job.payload {
        return Ok(found.id);
    }
    Err(StoreError::IdempotencyConflict { key: key.to_owned() })
}

/// Tells of a new job.
fn made(tx: &mut Tx, job: &NewJob) -> Result<(), StoreError> {
    tx.tell_workers();
    let change = Change {
        id: &job.id,
        owner: &job.owner,
        kind: &job.kind,
        state: job.state(),
        stage: &job.stage,
        attempt: 0,
        subject: &job.subject,
        parent: job.parent.as_ref(),
        error: None,
        steps: None,
    };
    emit_change(tx, &change)
}

/// Writes the rows of new jobs; gives how many there were room for.
async fn insert(tx: &mut Tx, jobs: &[NewJob], now: Timestamp) -> Result<u64, StoreError> {
    const COLUMNS: usize = 25;
    let mut made = 0;
    let mut rest = jobs;
    while !rest.is_empty() {
        let (these, others) = rest.split_at(chunk(rest.len()));
        let text = format!(
            "INSERT INTO jobs (id, kind, pool, state, stage, payload, owner, subject, parent, priority, place, run_at,
                 max_attempts, idle_ttl_ms, expires_at, idempotency_key, limit_key, provider, work_ms, cost, amounts,
                 first_stage, first_need, created_at, updated_at)
             VALUES {}
             ON CONFLICT (owner, kind, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING",
            placeholders(1, these.len(), COLUMNS)
        );
        let mut query = sql(text);
        for job in these {
            let run_at = now + job.delay;
            query = query
                .bind(job.id.as_str())
                .bind(&job.kind)
                .bind(&job.pool)
                .bind(job.state().as_str())
                .bind(&job.stage)
                .bind(&job.payload)
                .bind(&job.owner)
                .bind(&job.subject)
                .bind(job.parent.as_ref().map(JobId::as_str))
                .bind(job.priority)
                .bind(row::place(run_at, job.priority))
                .bind(run_at.as_millis())
                .bind(job.max_attempts.max(1))
                .bind(job.idle_ttl.map(millis))
                .bind(job.idle_ttl.map(|ttl| (run_at + ttl).as_millis()))
                .bind(job.idempotency_key.as_deref())
                .bind(job.limit_key.as_deref())
                .bind(job.need.provider.as_deref())
                .bind(millis(job.need.work))
                .bind(job.need.cost.0)
                .bind(job.need.amounts.stored())
                .bind(&job.stage)
                .bind(job.need.stored())
                .bind(now.as_millis())
                .bind(now.as_millis());
            row::tell_early(tx, job.state(), run_at, job.priority).await?;
        }
        made += query.execute(tx).await?;
        rest = others;
    }
    Ok(made)
}

/// One job. In a unit of work that writes, nobody else changes it until that ends.
pub async fn get(tx: &mut Tx, job: &JobId) -> Result<JobRow, StoreError> {
    find(tx, job).await?.ok_or_else(|| StoreError::NoSuchJob { job: job.clone() })
}

/// One job, if there is such a job; see [`get`].
pub async fn find(tx: &mut Tx, job: &JobId) -> Result<Option<JobRow>, StoreError> {
    let text =
        if tx.may_write() { "SELECT * FROM jobs WHERE id = $1 {lock}" } else { "SELECT * FROM jobs WHERE id = $1" };
    sql(text).bind(job.as_str()).optional(tx).await?.as_ref().map(JobRow::read).transpose()
}

/// Locks the parent of a job, for what will change both: rows are locked from old to new, so that two units of work
/// never wait for each other.
pub(crate) async fn lock_parent(tx: &mut Tx, job: &JobId) -> Result<(), StoreError> {
    if tx.on_postgres() {
        sql("SELECT id FROM jobs WHERE id = (SELECT parent FROM jobs WHERE id = $1) FOR UPDATE")
            .bind(job.as_str())
            .optional(tx)
            .await?;
    }
    Ok(())
}

async fn find_by_key(tx: &mut Tx, owner: &str, kind: &str, key: &str) -> Result<Option<JobRow>, StoreError> {
    let row = sql("SELECT * FROM jobs WHERE owner = $1 AND kind = $2 AND idempotency_key = $3")
        .bind(owner)
        .bind(kind)
        .bind(key)
        .optional(tx)
        .await?;
    row.as_ref().map(JobRow::read).transpose()
}

/// The jobs that are part of `parent`, in the order in which they were made.
pub async fn children(tx: &mut Tx, parent: &JobId) -> Result<Vec<JobRow>, StoreError> {
    let rows =
        sql("SELECT * FROM jobs WHERE parent = $1 ORDER BY created_at, id").bind(parent.as_str()).all(tx).await?;
    rows.iter().map(JobRow::read).collect()
}

/// The jobs that work or worked on `subject`, newest first.
pub async fn by_subject(tx: &mut Tx, subject: &str) -> Result<Vec<JobRow>, StoreError> {
    let rows =
        sql("SELECT * FROM jobs WHERE subject = $1 ORDER BY created_at DESC, id DESC").bind(subject).all(tx).await?;
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

/// Which dead jobs are run again.
#[derive(Debug, Clone, Default)]
pub struct Redrive {
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those of this owner.
    pub owner: Option<String>,
    /// Only those that ended with this code.
    pub error: Option<String>,
    /// Only those that ended since.
    pub since: Option<Timestamp>,
    /// From their first stage, instead of the one where they stopped.
    pub from_start: bool,
    /// At most so many.
    pub limit: u32,
}

/// Runs dead jobs again, oldest first; says how many. Parts run again with what they are part of.
pub async fn redrive(tx: &mut Tx, filter: &Redrive) -> Result<usize, StoreError> {
    let rows = sql(
        "SELECT id, first_stage, first_need FROM jobs WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR kind = $1)
             AND (CAST($2 AS TEXT) IS NULL OR owner = $2) AND (CAST($3 AS TEXT) IS NULL OR error_code = $3)
             AND finished_at >= $4
             AND (parent IS NULL OR EXISTS (SELECT 1 FROM jobs AS whole WHERE whole.id = jobs.parent
                 AND whole.finished_at IS NULL))
         ORDER BY finished_at, id LIMIT $5",
    )
    .bind(filter.kind.as_deref())
    .bind(filter.owner.as_deref())
    .bind(filter.error.as_deref())
    .bind(filter.since.map_or(0, Timestamp::as_millis))
    .bind(filter.limit)
    .all(tx)
    .await?;
    for row in &rows {
        let job = row::id(row, "id")?;
        if filter.from_start {
            let mut whole = get(tx, &job).await?;
            (whole.stage, whole.need) = (row.get("first_stage")?, Need::of_first_stage(row)?);
            whole.save(tx).await?;
        }
        retry(tx, &job).await?;
    }
    Ok(rows.len())
}

/// The latest jobs that pass a filter, newest first: ids sort by the time at which they were made.
pub async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
    let rows = sql(
        "SELECT * FROM jobs WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) AND (CAST($2 AS TEXT) IS NULL OR kind = $2)
         ORDER BY id DESC LIMIT $3",
    )
    .bind(filter.state.map(JobState::as_str))
    .bind(filter.kind.as_deref())
    .bind(filter.limit)
    .all(tx)
    .await?;
    rows.iter().map(JobRow::read).collect()
}

/// How many jobs are in a state.
pub async fn count_in_state(tx: &mut Tx, state: &str) -> Result<u64, StoreError> {
    let row = sql("SELECT COUNT(*) AS count FROM jobs WHERE state = $1").bind(state).one(tx).await?;
    Ok(row.get::<i64>("count")?.unsigned_abs())
}

/// The jobs that are not finished, oldest first.
pub async fn unfinished(tx: &mut Tx) -> Result<Vec<JobRow>, StoreError> {
    let rows = sql("SELECT * FROM jobs WHERE finished_at IS NULL ORDER BY created_at, id").all(tx).await?;
    rows.iter().map(JobRow::read).collect()
}

/// Stops a job and all that is part of it. What is running is asked to stop, and is cancelled when it lets go; all
/// else is cancelled now. Says how many jobs this concerned; a finished job stays as it is.
pub async fn cancel(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
    let mut concerned = 0;
    lock_parent(tx, job).await?;
    let mut open = vec![get(tx, job).await?];
    while let Some(mut row) = open.pop() {
        open.extend(children(tx, &row.id).await?);
        if row.state.is_final() || row.cancel_requested_at.is_some() {
            continue;
        }
        concerned += 1;
        row.request_cancel(tx.now().await?);
        row.save(tx).await?;
        changed(tx, &row)?;
        if row.state.is_final() {
            settle::tell_parent(tx, &row).await?;
            Box::pin(dependencies::ended(tx, &row)).await?;
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
        changed(tx, &row)?;
        open.extend(parts);
        again += 1;
    }
    tx.tell_workers();
    Ok(again)
}

/// A change of a job, as its stream is told.
pub(crate) struct Change<'a> {
    pub(crate) id: &'a JobId,
    pub(crate) owner: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) state: JobState,
    pub(crate) stage: &'a str,
    pub(crate) attempt: u32,
    pub(crate) subject: &'a str,
    pub(crate) parent: Option<&'a JobId>,
    pub(crate) error: Option<&'a str>,
    pub(crate) steps: Option<&'a [StepChange]>,
}

/// The fields of an event's data, in the order of their names.
#[derive(Serialize)]
struct Data<'a> {
    attempt: u32,
    error: Option<&'a str>,
    kind: &'a str,
    parent: Option<&'a str>,
    stage: &'a str,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<&'a [StepChange]>,
    subject: &'a str,
}

pub(crate) fn emit_change(tx: &mut Tx, change: &Change<'_>) -> Result<(), StoreError> {
    let data = Data {
        attempt: change.attempt,
        error: change.error,
        kind: change.kind,
        parent: change.parent.map(JobId::as_str),
        stage: change.stage,
        state: change.state.as_str(),
        steps: change.steps,
        subject: change.subject,
    };
    events::emit(tx, change.owner, "job.changed", change.id.as_str(), &data)
}

/// Tells the job's stream that it changed.
pub(crate) fn changed(tx: &mut Tx, row: &JobRow) -> Result<(), StoreError> {
    changed_with(tx, row, None)
}

pub(crate) fn changed_with(tx: &mut Tx, row: &JobRow, steps: Option<&[StepChange]>) -> Result<(), StoreError> {
    let change = Change {
        id: &row.id,
        owner: &row.owner,
        kind: &row.kind,
        state: row.state,
        stage: &row.stage,
        attempt: row.attempt,
        subject: &row.subject,
        parent: row.parent.as_ref(),
        error: row.error.as_ref().map(|error| error.code.as_str()),
        steps,
    };
    emit_change(tx, &change)
}

/// A point in time that may be missing, as it is stored.
fn stored(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millis)
}
