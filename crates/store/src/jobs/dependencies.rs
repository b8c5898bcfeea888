//! Dependencies between jobs: a job is blocked until all its dependencies have succeeded, and dies if one of them fails.

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;

use crate::jobs::row::{JobRow, find, get, id};
use crate::jobs::settle::after;
use crate::sql::sql;
use crate::{StoreError, Tx};

/// Stores the dependencies of a new job; returns whether one of them has not succeeded yet.
pub(crate) async fn depend(
    tx: &mut Tx,
    owner: &OwnerId,
    job: &JobId,
    dependencies: &[JobId],
) -> Result<bool, StoreError> {
    let mut blocked = false;
    // Everyone locks jobs from old to new.
    let mut dependencies = dependencies.to_vec();
    dependencies.sort();
    dependencies.dedup();
    for dependency in &dependencies {
        sql("UPDATE jobs SET has_dependents = 1 WHERE id = $1 AND owner = $2")
            .bind(dependency.as_str())
            .bind(owner.as_str())
            .execute(tx)
            .await?;
        let Some(row) = find(tx, dependency).await?.filter(|row| row.owner == *owner) else {
            return Err(StoreError::NoSuchDependency { job: dependency.clone() });
        };
        blocked |= row.state != JobState::Succeeded;
        sql("INSERT INTO dependencies (job, owner, depends_on) VALUES ($1, $2, $3)")
            .bind(job.as_str())
            .bind(owner.as_str())
            .bind(dependency.as_str())
            .execute(tx)
            .await?;
    }
    Ok(blocked)
}

/// The jobs that a job depends on.
pub(crate) async fn dependencies_of(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<Vec<JobId>, StoreError> {
    let rows = sql("SELECT depends_on FROM dependencies WHERE job = $1 AND owner = $2 ORDER BY depends_on")
        .bind(job.as_str())
        .bind(owner.as_str())
        .all(tx)
        .await?;
    rows.iter().map(|row| id(row, "depends_on")).collect()
}

/// Unblocks or fails the dependents of a job that has ended.
pub(crate) async fn ended(tx: &mut Tx, row: &JobRow) -> Result<(), StoreError> {
    if !row.has_dependents {
        return Ok(());
    }
    let rows =
        sql("SELECT job FROM dependencies WHERE depends_on = $1 ORDER BY job").bind(row.id.as_str()).all(tx).await?;
    for dependent in &rows {
        settle(tx, &id(dependent, "job")?, row).await?;
    }
    Ok(())
}

async fn settle(tx: &mut Tx, dependent: &JobId, ended: &JobRow) -> Result<(), StoreError> {
    let mut row = get(tx, dependent).await?;
    if row.state != JobState::Blocked {
        return Ok(());
    }
    let now = tx.now().await?;
    if ended.state == JobState::Succeeded {
        let open = sql("SELECT d.depends_on AS depends_on FROM dependencies d JOIN jobs j ON j.id = d.depends_on
                        WHERE d.job = $1 AND j.state <> 'succeeded' LIMIT 1")
        .bind(dependent.as_str())
        .optional(tx)
        .await?;
        if open.is_some() {
            return Ok(());
        }
        row.unblock(now);
    } else {
        row.fail_dependency(ended, now);
    }
    row.save(tx).await?;
    Box::pin(after(tx, &row)).await
}
