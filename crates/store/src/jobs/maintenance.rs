//! Transitions that are due by the database's clock: delays and waits end, leases expire, jobs expire.
//!
//! The ids of due jobs are read first; each job is then changed by itself. So a row that cannot be read or written affects
//! only its own job: the caller skips it and goes on with the others.

use std::time::Duration;

use crate::sql::sql;
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_domain::time::{Timestamp, millis};

use crate::jobs::family::lock_parent;
use crate::jobs::row::{JobRow, Wake, get};
use crate::jobs::settle::after;
use crate::{StoreError, Tx, calls};

/// A maintenance task, which is due for a job at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// Its lease has expired: it is rescued.
    Rescue,
    /// Its wait ends by a poll or its deadline.
    Wake,
    /// Its delay ends, and it was put off again after so long that it is given up. Time in which nobody tried does not end it, nor
    /// does time before the latest call of it that succeeded.
    GiveUp {
        /// For so long.
        after: Duration,
    },
    /// Its delay ends.
    Promote,
    /// Its time to live has passed.
    Expire,
}

/// A job that is put off again and again, because of a budget or of an error that spends no attempt, is given up after this
/// long, unless another time is set: more than a month, because a month's budget may be what it waits for.
pub const PATIENCE: Duration = Duration::from_hours(32 * 24);

impl Task {
    /// All of them, in the order in which they run, with this patience. Who is given up is not promoted. Rescue is last, because a
    /// rescued job must not count as recent work that keeps its ancestors from expiring.
    pub const fn all(patience: Duration) -> [Self; 5] {
        [Self::Wake, Self::GiveUp { after: patience }, Self::Promote, Self::Expire, Self::Rescue]
    }

    /// Its name, for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rescue => "rescue",
            Self::Wake => "wake",
            Self::GiveUp { .. } => "give_up",
            Self::Promote => "promote",
            Self::Expire => "expire",
        }
    }

    /// Which jobs are due at `$1`; `$3` is the patience with a job that is put off.
    const fn pick(self) -> &'static str {
        match self {
            // Always true, and makes the planner use the index of running jobs.
            Self::Rescue => {
                "SELECT id FROM jobs WHERE state = 'running' AND owner >= '' AND lease_until <= $1 LIMIT $2"
            }
            Self::Wake => {
                "SELECT id FROM jobs WHERE state = 'waiting' AND wait_deadline <= $1
                 UNION SELECT id FROM jobs WHERE state = 'waiting' AND next_poll <= $1 LIMIT $2"
            }
            Self::GiveUp { .. } => {
                "SELECT id FROM jobs WHERE state = 'scheduled' AND run_at <= $1
                 AND put_off_since <= updated_at - $3 LIMIT $2"
            }
            Self::Promote => "SELECT id FROM jobs WHERE state = 'scheduled' AND run_at <= $1 LIMIT $2",
            Self::Expire => {
                "SELECT id FROM jobs WHERE expires_at IS NOT NULL AND finished_at IS NULL AND state <> 'running'
                 AND expires_at <= $1 LIMIT $2"
            }
        }
    }
}

/// The most jobs that one unit of work changes.
pub const BATCH: u32 = 500;

/// At most `most` jobs that are due for a task, from old to new, the order in which everyone locks them. They are sorted
/// here, because with ORDER BY `SQLite` would scan all jobs in that order. The ids are not parsed yet, so that a bad one
/// fails by itself later.
pub async fn due(tx: &mut Tx, task: Task, most: u32) -> Result<Vec<String>, StoreError> {
    let now = tx.now().await?;
    let mut query = sql(task.pick()).bind(now.as_millis()).bind(most);
    if let Task::GiveUp { after } = task {
        query = query.bind(millis(after));
    }
    let rows = query.all(tx).await?;
    let readable =
        |row: &crate::sql::Row| row.get("id").inspect_err(|error| tracing::error!(%error, "a job's id")).ok();
    let mut picked: Vec<String> = rows.iter().filter_map(readable).collect();
    picked.sort();
    Ok(picked)
}

/// Performs a task on one job, if it is still due; returns whether it was.
pub async fn perform(tx: &mut Tx, task: Task, job: &str) -> Result<bool, StoreError> {
    let job = JobId::try_from(job.to_owned())
        .map_err(|error| StoreError::Unreadable { what: format!("a bad id ({error})") })?;
    lock_parent(tx, &job).await?;
    let mut row = get(tx, &job).await?;
    let now = tx.now().await?;
    let is_due = match task {
        Task::Rescue => rescue(tx, &mut row, now).await?,
        Task::Wake => wake(&mut row, now),
        Task::GiveUp { after } => give_up(tx, &mut row, after, now).await?,
        Task::Promote => promote(&mut row, now),
        Task::Expire => expire(tx, &mut row, now).await?,
    };
    if is_due {
        row.save(tx).await?;
        after(tx, &row).await?;
    }
    Ok(is_due)
}

/// Performs everything that is due in one unit of work, which fails as a whole; returns how many jobs changed.
pub async fn perform_all(tx: &mut Tx) -> Result<usize, StoreError> {
    let mut moved = 0;
    for task in Task::all(PATIENCE) {
        for job in due(tx, task, BATCH).await? {
            moved += usize::from(perform(tx, task, &job).await?);
        }
    }
    Ok(moved)
}

/// Ends the delay of a scheduled job now.
pub(crate) async fn due_now(tx: &mut Tx, mut row: JobRow, now: Timestamp) -> Result<(), StoreError> {
    row.run_at = now;
    row.become_due(now);
    row.save(tx).await?;
    after(tx, &row).await
}

async fn rescue(tx: &mut Tx, row: &mut JobRow, now: Timestamp) -> Result<bool, StoreError> {
    let Some(lease) = row.held().filter(|_| row.lease_until.is_some_and(|until| until <= now)) else {
        return Ok(false);
    };
    row.rescue(now);
    calls::release(tx, row, &lease, true).await?;
    tracing::warn!(job = %row.id, kind = %row.kind, attempt = row.attempt, state = row.state.as_str(),
        "took back a job whose lease had run out");
    Ok(true)
}

fn wake(row: &mut JobRow, now: Timestamp) -> bool {
    let over = row.wait_deadline.is_some_and(|deadline| deadline <= now);
    let polls = row.next_poll.is_some_and(|poll| poll <= now);
    let is_due = row.state == JobState::Waiting && (over || polls);
    if is_due && row.awaits_call() {
        row.call_changed(now);
    } else if is_due {
        row.wake_up(if polls && !over { Wake::Poll } else { Wake::Deadline }, now);
    }
    is_due
}

/// A job of which a call has succeeded since does go on, if slowly: the time begins anew with the latest of them. That is checked
/// here, when it would be given up, and not at the end of every call.
async fn give_up(tx: &mut Tx, row: &mut JobRow, after: Duration, now: Timestamp) -> Result<bool, StoreError> {
    let is_over = |row: &JobRow| row.put_off_since.is_some_and(|since| since <= row.updated_at - after);
    if row.state != JobState::Scheduled || row.run_at > now || !is_over(row) {
        return Ok(false);
    }
    row.put_off_since = row.put_off_since.max(calls::last_succeeded(tx, &row.id).await?);
    if !is_over(row) {
        row.save(tx).await?;
        return Ok(false);
    }
    row.give_up(now);
    tracing::warn!(job = %row.id, kind = %row.kind, "gave up a job that was put off for too long");
    Ok(true)
}

fn promote(row: &mut JobRow, now: Timestamp) -> bool {
    let is_due = row.state == JobState::Scheduled && row.run_at <= now;
    if is_due {
        row.become_due(now);
    }
    is_due
}

/// Work on a descendant counts as work on all its ancestors. That is checked here, when an ancestor would expire, and not
/// on every change: expiry is rare, and a tree may be deep.
async fn expire(tx: &mut Tx, row: &mut JobRow, now: Timestamp) -> Result<bool, StoreError> {
    let over = row.expires_at.is_some_and(|at| at <= now);
    if row.state.is_final() || row.state == JobState::Running || !over {
        return Ok(false);
    }
    let Some(ttl) = row.idle_ttl else { return Ok(false) };
    let later = last_work_on_descendants(tx, &row.id, now).await?.map(|last| last + ttl).filter(|later| *later > now);
    if later.is_some() {
        row.expires_at = later;
        row.save(tx).await?;
        return Ok(false);
    }
    row.finish(JobState::Expired, now);
    Ok(true)
}

/// When a descendant of a job was last worked on: now, if one of them is running.
async fn last_work_on_descendants(tx: &mut Tx, job: &JobId, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let row = sql("WITH RECURSIVE below(id, worked_at) AS (
             SELECT id, CASE WHEN state = 'running' AND lease_until > $2 THEN $2
                 WHEN idle_ttl_ms IS NOT NULL THEN expires_at - idle_ttl_ms ELSE updated_at END
             FROM jobs WHERE parent = $1
             UNION ALL
             SELECT jobs.id, CASE WHEN jobs.state = 'running' AND jobs.lease_until > $2 THEN $2
                 WHEN jobs.idle_ttl_ms IS NOT NULL THEN jobs.expires_at - jobs.idle_ttl_ms ELSE jobs.updated_at END
             FROM jobs JOIN below ON jobs.parent = below.id)
         SELECT MAX(worked_at) AS worked_at FROM below")
    .bind(job.as_str())
    .bind(now.as_millis())
    .one(tx)
    .await?;
    let worked_at: Option<i64> = row.get("worked_at")?;
    Ok(worked_at.map(Timestamp::from_millis))
}

/// When a job or a schedule will next be due, if ever. Those that are due already do not count: they are being handled, or
/// deferred after a failure.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let now = tx.now().await?;
    // A circuit whose cooldown is over stays open until the next call, so it is not due.
    let row = sql("SELECT MIN(due) AS due FROM (
             SELECT MIN(run_at) AS due FROM jobs WHERE state = 'scheduled' AND run_at > $1
             UNION ALL SELECT MIN(lease_until) FROM jobs
                 WHERE state = 'running' AND owner >= '' AND lease_until > $1
             UNION ALL SELECT MIN(wait_deadline) FROM jobs WHERE state = 'waiting' AND wait_deadline > $1
             UNION ALL SELECT MIN(next_poll) FROM jobs WHERE state = 'waiting' AND next_poll > $1
             UNION ALL SELECT MIN(until) FROM providers WHERE circuit = 'open' AND until > $1
             UNION ALL SELECT MIN(quota_until) FROM providers WHERE quota_until > $1
             UNION ALL SELECT MIN(next_at) FROM schedules WHERE next_at > $1
             UNION ALL SELECT MIN(expires_at) FROM jobs
                 WHERE expires_at IS NOT NULL AND finished_at IS NULL AND state <> 'running' AND expires_at > $1
         ) AS dues")
    .bind(now.as_millis())
    .one(tx)
    .await?;
    let due: Option<i64> = row.get("due")?;
    Ok(due.map(Timestamp::from_millis))
}

/// How long a job that could not be claimed is deferred.
const DEFERRED_FOR: std::time::Duration = std::time::Duration::from_mins(1);

/// Postpones a ready or just claimed job without reading its row, so that others come first. The attempt, if it was counted,
/// does not count.
pub(crate) async fn defer(tx: &mut Tx, job: &str, error: &StoreError) -> Result<(), StoreError> {
    tracing::error!(job, code = error.code(), %error, "a job could not be claimed; it is deferred for a minute");
    let now = tx.now().await?;
    sql("UPDATE jobs SET attempt = CASE WHEN state = 'running' THEN attempt - 1 ELSE attempt END, state = 'scheduled',
             run_at = $2, lease_id = NULL, lease_until = NULL, lease_worker = NULL, updated_at = $3
         WHERE id = $1 AND state IN ('ready', 'running')")
    .bind(job)
    .bind(now.as_millis() + millis(DEFERRED_FOR))
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}
