//! The progress of a job: named steps and log lines.

use crate::sql::sql;
use serde::Serialize;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;

use crate::jobs::changed_with;
use crate::jobs::lease::hold;
use crate::jobs::row::{JobRow, Lease};
use crate::{StoreError, Tx, storable};

/// A named step of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// How much of it is done, from 0 to 1.
    pub fraction: f64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
}

/// The progress of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepChange {
    /// Its name.
    pub name: String,
    /// From 0 to 1; 1 is done.
    pub fraction: f64,
}

/// A line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// What.
    pub line: String,
}

/// Writes steps and log lines under the lease, with one event for all of them.
pub async fn save_progress(
    tx: &mut Tx,
    lease: &Lease,
    steps: &[StepChange],
    lines: &[String],
) -> Result<(), StoreError> {
    let row = hold(tx, lease).await?;
    let now = tx.now().await?;
    for step in steps {
        save_step(tx, &row, step, now).await?;
    }
    for line in lines {
        sql("INSERT INTO job_log (job, owner, at, line) VALUES ($1, $2, $3, $4)")
            .bind(lease.job.as_str())
            .bind(row.owner.as_str())
            .bind(now.as_millis())
            .bind(storable::cut(line, storable::TEXT_LIMIT))
            .execute(tx)
            .await?;
    }
    changed_with(tx, &row, Some(steps))
}

async fn save_step(tx: &mut Tx, job: &JobRow, step: &StepChange, now: Timestamp) -> Result<(), StoreError> {
    let fraction = storable::fraction(step.fraction);
    let done = fraction >= 1.0;
    sql("INSERT INTO job_steps (job, owner, name, position, fraction, state, started_at, finished_at)
         VALUES ($1, $2, $3, (SELECT COUNT(*) FROM job_steps WHERE job = $1), $4, $5, $6, $7)
         ON CONFLICT (job, name) DO UPDATE
         SET fraction = excluded.fraction, state = excluded.state, finished_at = excluded.finished_at")
    .bind(job.id.as_str())
    .bind(job.owner.as_str())
    .bind(storable::cut(&step.name, storable::NAME_LIMIT))
    .bind(fraction)
    .bind(if done { "done" } else { "running" })
    .bind(now.as_millis())
    .bind(done.then_some(now.as_millis()))
    .execute(tx)
    .await?;
    Ok(())
}

/// A job's steps, in the order in which they began.
pub(crate) async fn steps_of(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<Vec<Step>, StoreError> {
    let rows = sql(
        "SELECT name, fraction, started_at, finished_at FROM job_steps WHERE job = $1 AND owner = $2 ORDER BY position",
    )
    .bind(job.as_str())
    .bind(owner.as_str())
    .all(tx)
    .await?;
    rows.iter()
        .map(|row| {
            let finished: Option<i64> = row.get("finished_at")?;
            Ok(Step {
                name: row.get("name")?,
                fraction: row.get("fraction")?,
                started_at: Timestamp::from_millis(row.get("started_at")?),
                finished_at: finished.map(Timestamp::from_millis),
            })
        })
        .collect()
}

/// A job's last `limit` log lines, oldest first.
pub(crate) async fn log_of(tx: &mut Tx, owner: &OwnerId, job: &JobId, limit: u32) -> Result<Vec<LogLine>, StoreError> {
    let rows = sql("SELECT at, line FROM job_log WHERE job = $1 AND owner = $2 ORDER BY id DESC LIMIT $3")
        .bind(job.as_str())
        .bind(owner.as_str())
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter()
        .rev()
        .map(|row| Ok(LogLine { at: Timestamp::from_millis(row.get("at")?), line: row.get("line")? }))
        .collect()
}
