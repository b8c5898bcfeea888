//! What time does to jobs: delays end, waits end, leases run out, jobs expire. All by the database's clock.

use crate::sql::sql;
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use crate::jobs::family::lock_parent;
use crate::jobs::rates;
use crate::jobs::row::{JobRow, Wake, get, id};
use crate::jobs::settle::after;
use crate::{StoreError, Tx, calls};

/// How many jobs changed, per reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// Delays that ended.
    pub due: usize,
    /// Waits that ended by poll or deadline.
    pub woken: usize,
    /// Leases that had run out.
    pub rescued: usize,
    /// Times to live that had passed.
    pub expired: usize,
}

/// At most this many of each are moved in one unit of work; the rest follows in the next.
const BATCH: u32 = 500;

/// Moves every job that time has moved.
pub async fn keep_up(tx: &mut Tx) -> Result<Upkeep, StoreError> {
    Ok(Upkeep {
        rescued: rescue(tx).await?,
        woken: wake_waiting(tx).await?,
        due: promote_scheduled(tx).await?,
        expired: expire(tx).await?,
    })
}

/// The jobs that `statement` picks, from old to new. Each is read again when its turn comes, since moving one may have
/// moved another. They are put in order here: asked for an order, `SQLite` walks all jobs in it.
async fn pick(tx: &mut Tx, statement: &'static str) -> Result<Vec<JobId>, StoreError> {
    let now = tx.now().await?;
    let rows = sql(statement).bind(now.as_millis()).bind(BATCH).all(tx).await?;
    let mut picked = rows.iter().map(|row| id(row, "id")).collect::<Result<Vec<_>, _>>()?;
    picked.sort();
    Ok(picked)
}

/// The job's row, with its parent locked before it.
async fn turn_of(tx: &mut Tx, job: &JobId) -> Result<JobRow, StoreError> {
    lock_parent(tx, job).await?;
    get(tx, job).await
}

async fn rescue(tx: &mut Tx) -> Result<usize, StoreError> {
    // Every owner is `>= ''`: it leads to the index of what runs.
    let picked =
        pick(tx, "SELECT id FROM jobs WHERE state = 'running' AND owner >= '' AND lease_until <= $1 LIMIT $2").await?;
    let now = tx.now().await?;
    for job in &picked {
        let mut row = turn_of(tx, job).await?;
        let Some(lease) = row.held().filter(|_| row.lease_until.is_some_and(|until| until <= now)) else { continue };
        row.rescue(now);
        calls::let_go(tx, &mut row, &lease, true).await?;
        row.save(tx).await?;
        after(tx, &row).await?;
        tracing::warn!(job = %row.id, kind = %row.kind, attempt = row.attempt, state = row.state.as_str(),
            "took back a job whose lease had run out");
    }
    Ok(picked.len())
}

async fn wake_waiting(tx: &mut Tx) -> Result<usize, StoreError> {
    let picked = pick(
        tx,
        "SELECT id FROM jobs WHERE state = 'waiting' AND wait_deadline <= $1
         UNION SELECT id FROM jobs WHERE state = 'waiting' AND next_poll <= $1 LIMIT $2",
    )
    .await?;
    let now = tx.now().await?;
    for job in &picked {
        let mut row = turn_of(tx, job).await?;
        let over = row.wait_deadline.is_some_and(|deadline| deadline <= now);
        let polls = row.next_poll.is_some_and(|poll| poll <= now);
        if row.state != JobState::Waiting || !(over || polls) {
            continue;
        }
        if row.awaits_call() {
            row.call_changed(now);
        } else {
            row.wake_up(if polls && !over { Wake::Poll } else { Wake::Deadline }, now);
        }
        row.save(tx).await?;
        after(tx, &row).await?;
    }
    Ok(picked.len())
}

async fn promote_scheduled(tx: &mut Tx) -> Result<usize, StoreError> {
    let picked = pick(tx, "SELECT id FROM jobs WHERE state = 'scheduled' AND run_at <= $1 LIMIT $2").await?;
    let now = tx.now().await?;
    for job in &picked {
        let mut row = turn_of(tx, job).await?;
        if row.state != JobState::Scheduled || row.run_at > now {
            continue;
        }
        row.become_due(now);
        row.save(tx).await?;
        after(tx, &row).await?;
    }
    Ok(picked.len())
}

async fn expire(tx: &mut Tx) -> Result<usize, StoreError> {
    let picked = pick(
        tx,
        "SELECT id FROM jobs WHERE expires_at IS NOT NULL AND finished_at IS NULL AND state <> 'running'
         AND expires_at <= $1 LIMIT $2",
    )
    .await?;
    let now = tx.now().await?;
    for job in &picked {
        let mut row = turn_of(tx, job).await?;
        let over = row.expires_at.is_some_and(|at| at <= now);
        if row.state.is_final() || row.state == JobState::Running || !over {
            continue;
        }
        row.finish(JobState::Expired, now);
        row.save(tx).await?;
        after(tx, &row).await?;
    }
    Ok(picked.len())
}

/// When time will next move a job, if ever.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let now = tx.now().await?;
    // A circuit whose rest is over stays open until somebody asks: nothing is due then.
    let row = sql("SELECT MIN(due) AS due FROM (
             SELECT MIN(run_at) AS due FROM jobs WHERE state = 'scheduled'
             UNION ALL SELECT MIN(lease_until) FROM jobs WHERE state = 'running' AND owner >= ''
             UNION ALL SELECT MIN(wait_deadline) FROM jobs WHERE state = 'waiting'
             UNION ALL SELECT MIN(next_poll) FROM jobs WHERE state = 'waiting'
             UNION ALL SELECT MIN(until) FROM providers WHERE circuit = 'open' AND until > $1
             UNION ALL SELECT MIN(quota_until) FROM providers WHERE quota_until > $1
             UNION ALL SELECT MIN(next_at) FROM schedules
             UNION ALL SELECT MIN(expires_at) FROM jobs
                 WHERE expires_at IS NOT NULL AND finished_at IS NULL AND state <> 'running'
         ) AS dues")
    .bind(now.as_millis())
    .one(tx)
    .await?;
    let due: Option<i64> = row.get("due")?;
    Ok(due.map(Timestamp::from_millis))
}

/// Forgets jobs that ended before `before`, with their steps, logs and signals. A job goes with the job that it is
/// part of, and not before all of it has ended.
pub async fn forget_finished(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let done = sql("DELETE FROM jobs WHERE parent IS NULL AND finished_at < $1
         AND NOT EXISTS (SELECT 1 FROM jobs AS part WHERE part.parent = jobs.id AND part.finished_at IS NULL)")
    .bind(before.as_millis())
    .execute(tx)
    .await?;
    rates::forget_full(tx).await?;
    Ok(done)
}
