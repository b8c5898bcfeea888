//! Operations on jobs for requests: each function takes the owner, and does not find jobs of another owner.

use serde_json::Value;
use sluice_domain::ids::{JobId, OwnerId};

use crate::jobs::list::{self, Filter, Redrive};
use crate::jobs::row::JobRow;
use crate::jobs::signals::{self, Signalled};
use crate::jobs::steps::{self, LogLine, Step};
use crate::jobs::why::{self, Why};
use crate::jobs::{dependencies, family};
use crate::sql::sql;
use crate::{StoreError, Tx};

/// One job. In a unit of work that writes, its row is locked.
pub async fn get(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<JobRow, StoreError> {
    find(tx, owner, job).await?.ok_or_else(|| StoreError::NoSuchJob { job: job.clone() })
}

/// One job, if the owner has such a job; see [`get`].
pub async fn find(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<Option<JobRow>, StoreError> {
    let text = if tx.may_write() {
        "SELECT * FROM jobs WHERE id = $1 AND owner = $2 {lock}"
    } else {
        "SELECT * FROM jobs WHERE id = $1 AND owner = $2"
    };
    let row = sql(text).bind(job.as_str()).bind(owner.as_str()).optional(tx).await?;
    row.as_ref().map(JobRow::read).transpose()
}

/// The child jobs of `parent`, in the order in which they were created.
pub async fn children(tx: &mut Tx, owner: &OwnerId, parent: &JobId) -> Result<Vec<JobRow>, StoreError> {
    let rows = sql("SELECT * FROM jobs WHERE parent = $1 AND owner = $2 ORDER BY created_at, id")
        .bind(parent.as_str())
        .bind(owner.as_str())
        .all(tx)
        .await?;
    rows.iter().map(JobRow::read).collect()
}

/// The owner's jobs that have a subject and match a filter, newest first.
pub async fn list(tx: &mut Tx, owner: &OwnerId, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
    list::list(tx, Some(owner), filter).await
}

/// A job's steps, in the order in which they began.
pub async fn steps_of(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<Vec<Step>, StoreError> {
    steps::steps_of(tx, owner, job).await
}

/// A job's last `limit` log lines, oldest first.
pub async fn log_of(tx: &mut Tx, owner: &OwnerId, job: &JobId, limit: u32) -> Result<Vec<LogLine>, StoreError> {
    steps::log_of(tx, owner, job, limit).await
}

/// The jobs that a job depends on.
pub async fn dependencies_of(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<Vec<JobId>, StoreError> {
    dependencies::dependencies_of(tx, owner, job).await
}

/// Why a job is in its state.
pub async fn why(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<Why, StoreError> {
    let row = get(tx, owner, job).await?;
    why::why(tx, row).await
}

/// Sends a signal to a job. It ends the job's present wait for it, or the next one.
pub async fn send_signal(
    tx: &mut Tx,
    owner: &OwnerId,
    job: &JobId,
    name: &str,
    payload: &Value,
) -> Result<Signalled, StoreError> {
    let row = get(tx, owner, job).await?;
    signals::send(tx, row, name, payload).await
}

/// Cancels a job and its child jobs. Running jobs are asked to stop, and are cancelled when their attempt ends; all others
/// are cancelled now. Returns how many jobs this concerned; a finished job stays as it is.
pub async fn cancel(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<usize, StoreError> {
    known(tx, owner, job).await?;
    family::cancel(tx, job).await
}

/// Retries a job that died, was cancelled or expired: from the stage where it stopped, with all its attempts, and after its
/// child jobs that stopped in the same way, which are retried as well. Returns how many jobs are retried.
pub async fn retry(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<usize, StoreError> {
    known(tx, owner, job).await?;
    family::retry(tx, job).await
}

/// Retries the owner's dead jobs, oldest first; returns how many. Child jobs are retried with their parent.
pub async fn redrive(tx: &mut Tx, owner: &OwnerId, filter: &Redrive) -> Result<usize, StoreError> {
    family::redrive(tx, Some(owner), filter).await
}

/// Refuses another owner's job. It takes no lock, since the owner of a job never changes.
async fn known(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<(), StoreError> {
    let found = sql("SELECT id FROM jobs WHERE id = $1 AND owner = $2").bind(job.as_str()).bind(owner.as_str());
    found.optional(tx).await?.map(drop).ok_or_else(|| StoreError::NoSuchJob { job: job.clone() })
}

/// Up to `limit` jobs of an owner that have not ended, the oldest first.
pub async fn unfinished_of(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<Vec<JobId>, StoreError> {
    list::open_of(tx, owner, "", limit).await
}

/// Requests the cancellation of up to `limit` jobs of an owner for which that was not done yet, with their children; returns
/// how many.
pub async fn cancel_of(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<usize, StoreError> {
    let ids = list::open_of(tx, owner, " AND cancel_requested_at IS NULL", limit).await?;
    for job in &ids {
        family::cancel(tx, job).await?;
    }
    Ok(ids.len())
}
