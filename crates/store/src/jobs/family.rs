//! Changes of a job together with its child jobs. All of them belong to one owner.
//!
//! Each row is locked before it is read, a parent before its children, and these in the order of their ids: a concurrent
//! change, such as a claim, is seen and never overwritten, and two units of work on the same family do not deadlock.
//! [`JobRow::save`] refuses a row that has changed since it was read.

use std::collections::VecDeque;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use crate::jobs::list::{Redrive, dead};
use crate::jobs::row::{JobRow, find, get};
use crate::jobs::settle::notify_parent;
use crate::jobs::signals::CHILDREN;
use crate::jobs::{changed, dependencies};
use crate::sql::{ROWS, list, padded, sql};
use crate::{StoreError, Tx, calls};

/// Locks the parent of a job before the job itself: rows are locked from old to new, so that two units of work never
/// deadlock.
pub(crate) async fn lock_parent(tx: &mut Tx, job: &JobId) -> Result<(), StoreError> {
    if tx.on_postgres() {
        sql("SELECT id FROM jobs WHERE id = (SELECT parent FROM jobs WHERE id = $1) FOR UPDATE")
            .bind(job.as_str())
            .optional(tx)
            .await?;
    }
    Ok(())
}

/// Locks these jobs and their parents, from old to new, before a unit of work changes them one after the other.
pub(crate) async fn lock_families(tx: &mut Tx, jobs: &[&JobId]) -> Result<(), StoreError> {
    if !tx.on_postgres() {
        return Ok(());
    }
    for these in jobs.chunks(ROWS) {
        let ids = list(1, padded(these.len()));
        let text = format!(
            "SELECT jobs.id AS id FROM (SELECT parent AS id FROM jobs WHERE id IN ({ids}) AND parent IS NOT NULL
                 UNION SELECT id FROM jobs WHERE id IN ({ids})) AS family
             JOIN jobs ON jobs.id = family.id ORDER BY jobs.id FOR UPDATE OF jobs"
        );
        let query = sql(text).bind_all(these.iter().map(|job| job.as_str()));
        query.bind_none(padded(these.len()) - these.len()).all(tx).await?;
    }
    Ok(())
}

/// Locks the jobs that a job's end may change, its parent and its dependents, without waiting. Returns false if another unit of
/// work has locked one of them.
pub(crate) async fn try_lock_relatives(tx: &mut Tx, job: &JobId) -> Result<bool, StoreError> {
    const RELATIVES: &str = "SELECT parent AS id FROM jobs WHERE id = $1 AND parent IS NOT NULL
        UNION SELECT job AS id FROM dependencies WHERE depends_on = $1";
    if !tx.on_postgres() {
        return Ok(true);
    }
    let all = sql(RELATIVES).bind(job.as_str()).all(tx).await?.len();
    let text = format!(
        "SELECT jobs.id AS id FROM ({RELATIVES}) AS relatives JOIN jobs ON jobs.id = relatives.id {{skip_locked_jobs}}"
    );
    Ok(sql(text).bind(job.as_str()).all(tx).await?.len() == all)
}

/// The child jobs of `parent`, in the order in which they were created.
pub(crate) async fn children(tx: &mut Tx, parent: &JobId) -> Result<Vec<JobRow>, StoreError> {
    let rows =
        sql("SELECT * FROM jobs WHERE parent = $1 ORDER BY created_at, id").bind(parent.as_str()).all(tx).await?;
    rows.iter().map(JobRow::read).collect()
}

/// The same, locked.
async fn lock_children(tx: &mut Tx, parent: &JobId) -> Result<Vec<JobRow>, StoreError> {
    let rows = sql("SELECT * FROM jobs WHERE parent = $1 ORDER BY id {lock}").bind(parent.as_str()).all(tx).await?;
    rows.iter().map(JobRow::read).collect()
}

/// Cancels a job and its child jobs. Running jobs are asked to stop, and are cancelled when their attempt ends; all others
/// are cancelled now. Returns how many jobs this concerned; a finished job stays as it is.
pub(crate) async fn cancel(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
    let mut concerned = 0;
    lock_parent(tx, job).await?;
    let now = tx.now().await?;
    let mut open = VecDeque::from([get(tx, job).await?]);
    while let Some(mut row) = open.pop_front() {
        open.extend(lock_children(tx, &row.id).await?);
        if row.state.is_final() || row.cancel_requested_at.is_some() {
            continue;
        }
        concerned += 1;
        let has_open_call = match &row.call {
            Some(call) => calls::is_open(tx, call).await?,
            None => false,
        };
        row.request_cancel(has_open_call, now);
        if row.state == JobState::Running {
            request_cancel(tx, &row.id, Some(now), now).await?;
        } else {
            row.save(tx).await?;
        }
        changed(tx, &row)?;
        if row.state.is_final() {
            notify_parent(tx, &row).await?;
            Box::pin(dependencies::ended(tx, &row)).await?;
        }
    }
    tx.notify_workers();
    Ok(concerned)
}

/// Sets or clears the cancellation request of a running job. Its lease stays as it is.
async fn request_cancel(
    tx: &mut Tx,
    job: &JobId,
    requested: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    sql("UPDATE jobs SET cancel_requested_at = $2, updated_at = $3 WHERE id = $1 AND finished_at IS NULL")
        .bind(job.as_str())
        .bind(requested.map(Timestamp::as_millis))
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Retries a job that died, was cancelled or expired: from the stage where it stopped, with all its attempts, and after its
/// child jobs that stopped in the same way, which are retried as well. The cancellation request of a child that is still
/// running is withdrawn. Returns how many jobs are retried.
pub(crate) async fn retry(tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
    let row = get(tx, job).await?;
    if !row.has_stopped() {
        return Err(StoreError::NotRetryable { job: job.clone(), state: row.state.as_str() });
    }
    let now = tx.now().await?;
    let mut again = 0;
    let mut open = VecDeque::from([row]);
    while let Some(mut row) = open.pop_front() {
        let unfinished = |child: &JobRow| child.has_stopped() || !child.state.is_final();
        let children: Vec<_> = lock_children(tx, &row.id).await?.into_iter().filter(unfinished).collect();
        match (row.has_stopped(), children.is_empty()) {
            (true, true) => row.start_again(now),
            (true, false) => row.start_again_after(CHILDREN, now),
            (false, _) => row.cancel_requested_at = None,
        }
        if row.finished_at.is_none() && row.state == JobState::Running {
            request_cancel(tx, &row.id, None, now).await?;
        } else {
            row.save(tx).await?;
        }
        changed(tx, &row)?;
        open.extend(children);
        again += 1;
    }
    tx.notify_workers();
    Ok(again)
}

/// Retries dead jobs, oldest first; returns how many. Child jobs are retried with their parent.
pub(crate) async fn redrive(tx: &mut Tx, owner: Option<&OwnerId>, filter: &Redrive) -> Result<usize, StoreError> {
    let mut again = 0;
    for (job, stage, need) in dead(tx, owner, filter).await? {
        // Another unit of work may have retried it first.
        let Some(mut row) = find(tx, &job).await?.filter(|row| row.state == JobState::Dead) else { continue };
        if filter.from_start {
            (row.stage, row.need, row.call) = (stage, need, None);
            row.save(tx).await?;
        }
        retry(tx, &job).await?;
        again += 1;
    }
    Ok(again)
}
