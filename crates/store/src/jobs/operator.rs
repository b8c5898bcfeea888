//! Operations over all owners, for operators: never reached by a request.

use sluice_domain::ids::{JobId, OwnerId};

use crate::jobs::family;
use crate::jobs::list::{self, Filter, Redrive};
use crate::jobs::row::{self, JobRow};
use crate::jobs::why::{self, Why};
use crate::sql::sql;
use crate::{StoreError, Tx};

/// One job, if there is such a job. In a unit of work that writes, its row is locked.
pub async fn find(tx: &mut Tx, job: &JobId) -> Result<Option<JobRow>, StoreError> {
    row::find(tx, job).await
}

/// The latest jobs that match a filter, newest first.
pub async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
    list::list(tx, None, filter).await
}

/// Why a job is in its state.
pub async fn why(tx: &mut Tx, job: &JobId) -> Result<Why, StoreError> {
    let row = row::get(tx, job).await?;
    why::why(tx, row).await
}

/// Cancels a job and its child jobs; see [`crate::jobs::cancel`].
pub async fn cancel(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
    family::cancel(tx, job).await
}

/// Retries a job that died, was cancelled or expired; see [`crate::jobs::retry`].
pub async fn retry(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
    family::retry(tx, job).await
}

/// Retries dead jobs, of one owner or of all; see [`crate::jobs::redrive`].
pub async fn redrive(tx: &mut Tx, owner: Option<&OwnerId>, filter: &Redrive) -> Result<usize, StoreError> {
    family::redrive(tx, owner, filter).await
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
