//! Making jobs: one or many, each once per idempotency key.

use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::{Timestamp, millis};

use crate::jobs::change::{Change, changed, emit_change};
use crate::jobs::dependencies;
use crate::jobs::row::{JobRow, Need, get, request_rescan_if_late, sort_key};
use crate::sql::{chunk, placeholders, sql};
use crate::{PAYLOAD_LIMIT, StoreError, Tx, storable};

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
    pub owner: OwnerId,
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
    if let Some(parent) = &job.parent
        && !exists(tx, &job.owner, parent).await?
    {
        return Err(StoreError::NoSuchJob { job: parent.clone() });
    }
    for dependency in &job.after {
        if !exists(tx, &job.owner, dependency).await? {
            return Err(StoreError::NoSuchDependency { job: dependency.clone() });
        }
    }
    let now = tx.now().await?;
    // Another process may have used the key in this moment: then it is found when that has committed.
    if insert(tx, std::slice::from_ref(job), now).await? == 0 {
        let key = job.idempotency_key.clone().unwrap_or_default();
        let found = find_by_key(tx, &job.owner, &job.kind, &key).await?;
        let found = found.ok_or(StoreError::IdempotencyConflict { key: key.clone() })?;
        return same_job(job, &key, found);
    }
    if dependencies::depend(tx, &job.owner, &job.id, &job.after).await? {
        sql("UPDATE jobs SET state = 'blocked' WHERE id = $1").bind(job.id.as_str()).execute(tx).await?;
        let row = get(tx, &job.id).await?;
        changed(tx, &row)?;
        // One that failed before is as one that fails later.
        for dependency in &job.after {
            let dependency = get(tx, dependency).await?;
            if dependency.has_stopped() {
                dependencies::ended(tx, &dependency).await?;
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
                    | StoreError::NotStorable { .. }
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
        self.idempotency_key.is_none() && self.after.is_empty() && self.parent.is_none() && check(self).is_ok()
    }

    fn state(&self) -> JobState {
        if self.delay.is_zero() { JobState::Ready } else { JobState::Scheduled }
    }
}

/// Refuses a job that the databases would not take.
pub fn check(job: &NewJob) -> Result<(), StoreError> {
    let bytes = job.payload.len();
    if bytes > PAYLOAD_LIMIT {
        return Err(StoreError::PayloadTooLarge { bytes });
    }
    storable::name("a job's stage", &job.stage)?;
    storable::name("a job's subject", &job.subject)?;
    storable::name("an idempotency key", job.idempotency_key.as_deref().unwrap_or_default())?;
    storable::name("a limit's key", job.limit_key.as_deref().unwrap_or_default())?;
    storable::name("a provider's name", job.need.provider.as_deref().unwrap_or_default())
}

async fn exists(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<bool, StoreError> {
    let found = sql("SELECT id FROM jobs WHERE id = $1 AND owner = $2").bind(job.as_str()).bind(owner.as_str());
    Ok(found.optional(tx).await?.is_some())
}

async fn find_by_key(tx: &mut Tx, owner: &OwnerId, kind: &str, key: &str) -> Result<Option<JobRow>, StoreError> {
    let row = sql("SELECT * FROM jobs WHERE owner = $1 AND kind = $2 AND idempotency_key = $3")
        .bind(owner.as_str())
        .bind(kind)
        .bind(key)
        .optional(tx)
        .await?;
    row.as_ref().map(JobRow::read).transpose()
}

fn same_job(job: &NewJob, key: &str, found: JobRow) -> Result<JobId, StoreError> {
    if found.payload == job.payload {
        return Ok(found.id);
    }
    Err(StoreError::IdempotencyConflict { key: key.to_owned() })
}

/// Tells of a new job.
fn made(tx: &mut Tx, job: &NewJob) -> Result<(), StoreError> {
    tx.notify_workers();
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
            "INSERT INTO jobs (id, kind, pool, state, stage, payload, owner, subject, parent, priority, sort_key, run_at,
                 max_attempts, idle_ttl_ms, expires_at, idempotency_key, limit_key, provider, work_ms, cost, amounts,
                 first_stage, first_need, created_at, updated_at)
             VALUES {}
             ON CONFLICT (owner, kind, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING",
            placeholders(1, these.len(), COLUMNS)
        );
        let mut query = sql(text);
        for job in these {
            let run_at = now + storable::span(job.delay);
            let ttl = job.idle_ttl.map(|ttl| storable::span(ttl).max(Duration::from_millis(1)));
            query = query
                .bind(job.id.as_str())
                .bind(&job.kind)
                .bind(&job.pool)
                .bind(job.state().as_str())
                .bind(&job.stage)
                .bind(&job.payload)
                .bind(job.owner.as_str())
                .bind(&job.subject)
                .bind(job.parent.as_ref().map(JobId::as_str))
                .bind(job.priority)
                .bind(sort_key(run_at, job.priority))
                .bind(run_at.as_millis())
                .bind(job.max_attempts.max(1))
                .bind(ttl.map(millis))
                .bind(ttl.map(|ttl| (run_at + ttl).as_millis()))
                .bind(job.idempotency_key.as_deref())
                .bind(job.limit_key.as_deref())
                .bind(job.need.provider.as_deref())
                .bind(millis(storable::span(job.need.work)))
                .bind(storable::money(job.need.cost).0)
                .bind(job.need.amounts.stored())
                .bind(&job.stage)
                .bind(job.need.stored())
                .bind(now.as_millis())
                .bind(now.as_millis());
            request_rescan_if_late(tx, job.state(), run_at, job.priority).await?;
        }
        made += query.execute(tx).await?;
        rest = others;
    }
    Ok(made)
}
