//! Changes of a job together with its child jobs. All of them belong to one owner.

use sluice_domain::ids::{JobId, OwnerId};

use crate::jobs::list::{Redrive, dead};
use crate::jobs::row::{self, JobRow, Need, get};
use crate::jobs::settle::tell_parent;
use crate::jobs::signals::CHILDREN;
use crate::jobs::{changed, dependencies};
use crate::sql::sql;
use crate::{StoreError, Tx};

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

/// The child jobs of `parent`, in the order in which they were made.
pub(crate) async fn children(tx: &mut Tx, parent: &JobId) -> Result<Vec<JobRow>, StoreError> {
    let rows =
        sql("SELECT * FROM jobs WHERE parent = $1 ORDER BY created_at, id").bind(parent.as_str()).all(tx).await?;
    rows.iter().map(JobRow::read).collect()
}

/// Stops a job and its child jobs. What is running is asked to stop, and is cancelled when it lets go; all else is
/// cancelled now. Says how many jobs this concerned; a finished job stays as it is.
pub(crate) async fn cancel(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
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
            tell_parent(tx, &row).await?;
            Box::pin(dependencies::ended(tx, &row)).await?;
        }
    }
    tx.tell_workers();
    Ok(concerned)
}

/// Runs a job again that gave up, was cancelled or expired: from the stage where it stopped, with all its attempts,
/// and after those of its child jobs that had stopped in the same way, which run again too. A child that was asked to
/// stop and has not yet is asked no more. Says how many jobs these are.
pub(crate) async fn retry(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
    let row = get(tx, job).await?;
    if !row.has_stopped() {
        return Err(StoreError::NotRetryable { job: job.clone(), state: row.state.as_str() });
    }
    let now = tx.now().await?;
    let mut again = 0;
    let mut open = vec![row];
    while let Some(mut row) = open.pop() {
        let unfinished = |child: &JobRow| child.has_stopped() || !child.state.is_final();
        let children: Vec<_> = children(tx, &row.id).await?.into_iter().filter(unfinished).collect();
        match (row.has_stopped(), children.is_empty()) {
            (true, true) => row.start_again(now),
            (true, false) => row.start_again_after(CHILDREN, now),
            (false, _) => row.cancel_requested_at = None,
        }
        row.save(tx).await?;
        changed(tx, &row)?;
        open.extend(children);
        again += 1;
    }
    tx.tell_workers();
    Ok(again)
}

/// Runs dead jobs again, oldest first; says how many. Child jobs run again with their parent.
pub(crate) async fn redrive(tx: &mut Tx, owner: Option<&OwnerId>, filter: &Redrive) -> Result<usize, StoreError> {
    let rows = dead(tx, owner, filter).await?;
    for found in &rows {
        let job = row::id(found, "id")?;
        if filter.from_start {
            let mut whole = get(tx, &job).await?;
            (whole.stage, whole.need) = (found.get("first_stage")?, Need::of_first_stage(found)?);
            whole.save(tx).await?;
        }
        retry(tx, &job).await?;
    }
    Ok(rows.len())
}
