//! Leases: the fence before every write of a running job, and its renewal.

use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId};

use crate::jobs::row::{JobRow, Lease, id};
use crate::sql::{Query, ROWS, padded, placeholders, sql};
use crate::{StoreError, Tx};

/// The fence: fails unless `lease` holds its job, by the database's clock. Returns the job's row, locked until this unit of
/// work ends.
pub async fn hold(tx: &mut Tx, lease: &Lease) -> Result<JobRow, StoreError> {
    let now = tx.now().await?;
    let row =
        sql("SELECT * FROM jobs WHERE id = $1 AND lease_id = $2 AND state = 'running' AND lease_until > $3 {lock}")
            .bind(lease.job.as_str())
            .bind(lease.id.as_str())
            .bind(now.as_millis())
            .optional(tx)
            .await?;
    if let Some(row) = row {
        return JobRow::read(&row);
    }
    tracing::info!(job = %lease.job, lease = %lease.id, attempt = lease.attempt, "refused a late write");
    Err(StoreError::LeaseLost { job: lease.job.clone() })
}

/// Renews those of `leases` that have not expired, and returns those that still hold. A lease that is not renewed expires, so
/// that the job of a failed worker is rescued. A row that is locked, because it is being settled, is skipped: two units of
/// work that lock many rows in different orders would deadlock.
pub async fn renew(
    tx: &mut Tx,
    leases: &[(JobId, LeaseId)],
    lease_time: Duration,
) -> Result<Vec<(JobId, LeaseId)>, StoreError> {
    let now = tx.now().await?;
    let mut held = Vec::with_capacity(leases.len());
    for these in leases.chunks(ROWS) {
        let mine = |first: usize| {
            format!(
                "FROM jobs, (VALUES {}) AS mine
                 WHERE jobs.id = mine.column1 AND jobs.lease_id = mine.column2 AND jobs.lease_until > $1",
                placeholders(first, padded(these.len()), 2)
            )
        };
        let bound = |query: Query| {
            let query = these.iter().fold(query, |query, (job, lease)| query.bind(job.as_str()).bind(lease.as_str()));
            query.bind_none(2 * (padded(these.len()) - these.len()))
        };
        let text = format!(
            "UPDATE jobs SET lease_until = $2, expires_at = $1 + idle_ttl_ms
             WHERE id IN (SELECT jobs.id {} {{skip_locked_jobs}})",
            mine(3)
        );
        bound(sql(text).bind(now.as_millis()).bind((now + lease_time).as_millis())).execute(tx).await?;
        let text = format!("SELECT jobs.id AS id, jobs.lease_id AS lease_id {}", mine(2));
        for row in bound(sql(text).bind(now.as_millis())).all(tx).await? {
            held.push((id(&row, "id")?, id(&row, "lease_id")?));
        }
    }
    Ok(held)
}

/// The jobs of a worker with a cancellation request.
pub async fn cancelling(tx: &mut Tx, worker: &str) -> Result<Vec<(JobId, LeaseId)>, StoreError> {
    let rows = sql("SELECT id, lease_id FROM jobs
                    WHERE lease_worker = $1 AND state = 'running' AND cancel_requested_at IS NOT NULL")
    .bind(worker)
    .all(tx)
    .await?;
    // A worker can read the jobs that it holds; an unreadable row is not one of them.
    let read = |row| Some((id(row, "id").ok()?, id(row, "lease_id").ok()?));
    Ok(rows.iter().filter_map(read).collect())
}
