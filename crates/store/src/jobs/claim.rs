//! Claims, and the leases that they give.

use std::fmt::Write as _;
use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::time::millis;
use sqlx::{AssertSqlSafe, Row};

use crate::dialect::{held, now_ms};
use crate::jobs::changed;
use crate::jobs::row::{JobRow, Lease, id};
use crate::{StoreError, Tx};

/// Who claims what.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// From which pool.
    pub pool: &'a str,
    /// Only these kinds: what a worker does not know stays ready for one that does.
    pub kinds: &'a [&'static str],
    /// At most so many.
    pub limit: u32,
    /// The claiming worker, unlike every other.
    pub worker: &'a str,
    /// The leases' id; together with the job's it is unique.
    pub lease: &'a LeaseId,
    /// For how long.
    pub lease_time: Duration,
}

/// A job in the hands of a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The right to write.
    pub lease: Lease,
    /// The job at the time of the claim.
    pub row: JobRow,
}

/// A lease that still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The job.
    pub job: JobId,
    /// The lease.
    pub lease: LeaseId,
    /// Its owner asked that it stops.
    pub cancel_requested: bool,
}

/// Takes the next ready jobs: the attempt is counted and the lease begins here, by the database's clock.
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>) -> Result<Vec<Claimed>, StoreError> {
    if claim.kinds.is_empty() || claim.limit == 0 {
        return Ok(Vec::new());
    }
    let now = tx.now().await?;
    let statement = statement(claim.kinds.len());
    let mut query = sqlx::query(AssertSqlSafe(statement))
        .bind(claim.lease.as_str())
        .bind(millis(claim.lease_time))
        .bind(claim.worker)
        .bind(claim.pool)
        .bind(claim.limit)
        .bind(now.as_millis());
    for kind in claim.kinds {
        query = query.bind(*kind);
    }
    let rows = query.fetch_all(tx.connection()).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        let row = JobRow::read(row)?;
        let lease = Lease { job: row.id.clone(), id: claim.lease.clone(), attempt: row.attempt };
        changed(tx, &row).await?;
        claimed.push(Claimed { lease, row });
    }
    // RETURNING promises no order.
    claimed.sort_by(|a, b| (a.row.priority, a.row.run_at, &a.row.id).cmp(&(b.row.priority, b.row.run_at, &b.row.id)));
    if !claimed.is_empty() {
        parents_live_on(tx, claim.worker).await?;
    }
    Ok(claimed)
}

/// The number of kinds is all that differs from worker to worker: only placeholders are added to the text.
fn statement(kinds: usize) -> String {
    let mut list = String::new();
    for n in 0..kinds {
        let comma = if n == 0 { "" } else { ", " };
        // Writing to a String does not fail.
        let _ = write!(list, "{comma}${}", n + 7);
    }
    let now = now_ms!();
    format!(
        "UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_id = $1, lease_until = {now} + $2,
             lease_worker = $3, started_at = COALESCE(started_at, $6), updated_at = $6,
             expires_at = $6 + idle_ttl_ms
         WHERE id IN (SELECT id FROM jobs WHERE state = 'ready' AND pool = $4 AND kind IN ({list})
                      ORDER BY priority, run_at, id LIMIT $5)
         RETURNING *"
    )
}

/// The fence: fails unless `lease` holds its job, by the database's clock. Gives the job's row.
pub async fn hold(tx: &mut Tx, lease: &Lease) -> Result<JobRow, StoreError> {
    let row = sqlx::query(concat!("SELECT * FROM jobs WHERE ", held!()))
        .bind(lease.job.as_str())
        .bind(lease.id.as_str())
        .fetch_optional(tx.connection())
        .await?;
    if let Some(row) = row {
        return JobRow::read(&row);
    }
    tracing::info!(job = %lease.job, lease = %lease.id, attempt = lease.attempt, "refused a late write");
    Err(StoreError::LeaseLost { job: lease.job.clone() })
}

/// Renews those of `leases` that have not run out. A lease that nobody asks to renew lapses, so that a job whose
/// worker gave up on it is taken back.
pub async fn renew(
    tx: &mut Tx,
    worker: &str,
    leases: &[(JobId, LeaseId)],
    lease_time: Duration,
) -> Result<(), StoreError> {
    for (job, lease) in leases {
        sqlx::query(concat!(
            "UPDATE jobs SET lease_until = ",
            now_ms!(),
            " + $3, expires_at = ",
            now_ms!(),
            " + idle_ttl_ms WHERE ",
            held!()
        ))
        .bind(job.as_str())
        .bind(lease.as_str())
        .bind(millis(lease_time))
        .execute(tx.connection())
        .await?;
    }
    parents_live_on(tx, worker).await
}

/// The leases of a worker that still hold.
pub async fn held_by(tx: &mut Tx, worker: &str) -> Result<Vec<Held>, StoreError> {
    let rows = sqlx::query(concat!(
        "SELECT id, lease_id, cancel_requested_at FROM jobs
         WHERE lease_worker = $1 AND state = 'running' AND lease_until > ",
        now_ms!()
    ))
    .bind(worker)
    .fetch_all(tx.connection())
    .await?;
    rows.iter().map(held_row).collect()
}

fn held_row(row: &sqlx::sqlite::SqliteRow) -> Result<Held, StoreError> {
    let cancel: Option<i64> = row.try_get("cancel_requested_at")?;
    Ok(Held { job: id(row, "id")?, lease: id(row, "lease_id")?, cancel_requested: cancel.is_some() })
}

/// Work on a part is work on the whole: a job does not expire while its children run.
async fn parents_live_on(tx: &mut Tx, worker: &str) -> Result<(), StoreError> {
    sqlx::query(concat!(
        "UPDATE jobs SET expires_at = ",
        now_ms!(),
        " + idle_ttl_ms WHERE idle_ttl_ms IS NOT NULL AND finished_at IS NULL
         AND id IN (SELECT parent FROM jobs WHERE lease_worker = $1 AND state = 'running' AND parent IS NOT NULL)"
    ))
    .bind(worker)
    .execute(tx.connection())
    .await?;
    Ok(())
}
