//! Settling attempts under their leases, one at a time or many in one unit of work.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use crate::jobs::claim::Claimed;
use crate::jobs::family::{cancel, children, lock_families, lock_parent};
use crate::jobs::lease::hold;
use crate::jobs::machine::{Then, Wait};
use crate::jobs::row::{JobError, JobRow, Lease, Need, Wake, find};
use crate::jobs::signals::{self, CHILDREN};
use crate::jobs::steps::{StepChange, save_progress};
use crate::jobs::{changed, dependencies, emit_change};
use crate::sql::{Query, ROWS, padded, placeholders, sql};
use crate::{StoreError, Tx, calls};

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Settlement {
    /// The next stage runs at once, on the same worker.
    Advance {
        /// The next stage.
        then: Then,
        /// Its new lease.
        lease: LeaseId,
        /// The duration of that lease.
        lease_time: Duration,
    },
    /// The next stage runs on any worker that claims it.
    Queue {
        /// The next stage.
        then: Then,
    },
    /// The job is done, with a result.
    Succeed(Value),
    /// The stage is retried after a delay, while there are attempts.
    Fail {
        /// Why.
        error: JobError,
        /// The delay.
        delay: Duration,
    },
    /// The job is dead.
    Die(JobError),
    /// The job waits for a signal, the next poll or the deadline.
    Wait {
        /// The stage that follows.
        then: Then,
        /// The signal's name.
        signal: String,
        /// Longest wait.
        deadline: Duration,
        /// The interval of polls.
        poll_every: Option<Duration>,
    },
    /// The job waits until all its child jobs have ended.
    WaitForChildren {
        /// The stage that follows.
        then: Then,
    },
    /// The job waits for a call, until its provider's notification or a poll; then the same stage runs again. The attempt does
    /// not count.
    AwaitCall {
        /// Its id.
        call: String,
        /// Longest wait.
        deadline: Duration,
        /// When to poll.
        poll_after: Duration,
    },
    /// The same stage runs again once its need is admitted. The attempt does not count.
    Readmit {
        /// What it needs.
        need: Need,
    },
    /// The same stage runs again after a delay, perhaps because of an error. The attempt does not count.
    Snooze {
        /// The delay.
        delay: Duration,
        /// Why.
        error: Option<JobError>,
    },
}

/// What the worker does after a settlement.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// It runs the next stage.
    Advanced(Box<Claimed>),
    /// It has released the job, which is now in this state.
    Released(JobState),
}

/// An attempt to settle, with the rest of its progress.
#[derive(Debug, Clone)]
pub struct Finish {
    /// The claimed job.
    pub claimed: Arc<Claimed>,
    /// The outcome.
    pub settlement: Settlement,
    /// Steps that are not written yet.
    pub steps: Vec<StepChange>,
    /// Log lines that are not written yet.
    pub lines: Vec<String>,
    /// It called no engine and no provider, so it left no call open.
    pub no_external_calls: bool,
}

impl Finish {
    /// Whether its end has no further effects, so that many such attempts are settled in one statement.
    fn is_plain(&self) -> bool {
        matches!(self.settlement, Settlement::Succeed(_))
            && self.no_external_calls
            && self.claimed.parent.is_none()
            && self.claimed.need.is_free()
            && self.steps.is_empty()
            && self.lines.is_empty()
    }
}

/// Settles many attempts. Each is refused by itself with [`StoreError::LeaseLost`]; any other error fails all.
pub async fn settle_many(tx: &mut Tx, finishes: &[Finish]) -> Result<Vec<Result<Ended, StoreError>>, StoreError> {
    let plain: Vec<&Finish> = finishes.iter().filter(|finish| finish.is_plain()).collect();
    let done = succeed_many(tx, &plain).await?;
    let is_done = |finish: &Finish| finish.is_plain() && done.contains(finish.claimed.lease.job.as_str());
    let mut others: Vec<_> =
        finishes.iter().filter(|finish| !is_done(finish)).map(|finish| &finish.claimed.lease.job).collect();
    if others.len() > 1 {
        others.sort();
        lock_families(tx, &others).await?;
    }
    let mut ended = Vec::with_capacity(finishes.len());
    for finish in finishes {
        if is_done(finish) {
            ended.push(Ok(Ended::Released(JobState::Succeeded)));
            continue;
        }
        ended.push(match finish_one(tx, finish).await {
            Err(error @ StoreError::LeaseLost { .. }) => Err(error),
            result => Ok(result?),
        });
    }
    Ok(ended)
}

async fn finish_one(tx: &mut Tx, finish: &Finish) -> Result<Ended, StoreError> {
    if !finish.steps.is_empty() || !finish.lines.is_empty() {
        // As in `settle`, the parent is locked first.
        lock_parent(tx, &finish.claimed.lease.job).await?;
        save_progress(tx, &finish.claimed.lease, &finish.steps, &finish.lines).await?;
    }
    settle(tx, &finish.claimed.lease, finish.settlement.clone()).await
}

/// Settles those of `plain` that need no further handling, and returns their jobs. The others are handled one by one: their
/// lease is lost, their cancellation was requested, or another job depends on them.
async fn succeed_many(tx: &mut Tx, plain: &[&Finish]) -> Result<HashSet<String>, StoreError> {
    let now = tx.now().await?;
    let mut done = HashSet::with_capacity(plain.len());
    for these in plain.chunks(ROWS) {
        if tx.on_postgres() {
            done.extend(succeeded(tx, these, now).await?);
        } else {
            // SQLite materialises the rows of RETURNING. Mostly all jobs are settled, which their number shows; otherwise
            // the statement is repeated with RETURNING.
            sql("SAVEPOINT ends").execute(tx).await?;
            if succeed(these, now, "").execute(tx).await? == these.len() as u64 {
                done.extend(these.iter().map(|finish| finish.claimed.lease.job.to_string()));
            } else {
                sql("ROLLBACK TO ends").execute(tx).await?;
                done.extend(succeeded(tx, these, now).await?);
            }
            sql("RELEASE ends").execute(tx).await?;
        }
    }
    for finish in plain {
        if done.contains(finish.claimed.lease.job.as_str()) {
            emit_change(tx, &finish.claimed.change(JobState::Succeeded))?;
        }
    }
    Ok(done)
}

async fn succeeded(tx: &mut Tx, these: &[&Finish], now: Timestamp) -> Result<Vec<String>, StoreError> {
    let rows = succeed(these, now, "RETURNING jobs.id AS id").all(tx).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Settles these with their results, under their leases.
//
// There is no condition on the state, which a lease implies: with one, PostgreSQL prefers to scan the index of running
// jobs, about which its statistics are outdated, to a lookup of each job by its id (23 ms for 50 jobs).
fn succeed(these: &[&Finish], now: Timestamp, returning: &str) -> Query {
    let text = format!(
        "UPDATE jobs SET state = 'succeeded', lease_id = NULL, lease_until = NULL, lease_worker = NULL,
             next_poll = NULL, error_code = NULL, error_message = NULL, result = ended.column3, updated_at = $1,
             finished_at = $1
         FROM (VALUES {}) AS ended
         WHERE jobs.id = ended.column1 AND jobs.lease_id = ended.column2
             AND jobs.lease_until > $1 AND jobs.cancel_requested_at IS NULL AND jobs.has_dependents = 0
         {returning}",
        placeholders(2, padded(these.len()), 3)
    );
    let mut query = sql(text).bind(now.as_millis());
    for finish in these {
        let Settlement::Succeed(result) = &finish.settlement else { continue };
        let lease = &finish.claimed.lease;
        query = query.bind(lease.job.as_str()).bind(lease.id.as_str()).bind(result.to_string());
    }
    query.bind_none(3 * (padded(these.len()) - these.len()))
}

/// Settles an attempt under its lease. Fails with [`StoreError::LeaseLost`], and changes nothing, if the lease no longer
/// holds. If cancellation was requested, the job is cancelled, whatever the outcome of the attempt.
pub async fn settle(tx: &mut Tx, lease: &Lease, settlement: Settlement) -> Result<Ended, StoreError> {
    // Rows are locked from old to new, against deadlocks within a family.
    lock_parent(tx, &lease.job).await?;
    let mut row = hold(tx, lease).await?;
    let now = tx.now().await?;
    let same_stage = matches!(settlement, Settlement::Fail { .. } | Settlement::Snooze { .. } | Settlement::Die(_));
    if row.cancel_requested_at.is_some() {
        row.finish(JobState::Cancelled, now);
    } else {
        apply(tx, &mut row, settlement, now).await?;
    }
    calls::release(tx, &mut row, lease, same_stage).await?;
    row.save(tx).await?;
    after(tx, &row).await?;
    Ok(match row.held() {
        Some(lease) => Ended::Advanced(Box::new(Claimed::of(&row, lease, now))),
        None => Ended::Released(row.state),
    })
}

async fn apply(tx: &mut Tx, row: &mut JobRow, settlement: Settlement, now: Timestamp) -> Result<(), StoreError> {
    match settlement {
        Settlement::Advance { then, lease, lease_time } => row.advance(then, lease, now + lease_time, now),
        Settlement::Queue { then } => row.queue(then, now),
        Settlement::Succeed(result) => row.succeed(result, now),
        Settlement::Fail { error, delay } => row.fail(error, delay, now),
        Settlement::Die(error) => row.die(error, now),
        Settlement::Snooze { delay, error } => {
            row.note_put_off(error, delay, now);
            row.snooze(delay, now);
        }
        Settlement::Wait { then, signal, deadline, poll_every } => {
            let sent = signals::take(tx, &row.id, &signal).await?;
            row.wait(Wait { then, signal, deadline: Some(deadline), poll_every }, now);
            if let Some(payload) = sent {
                row.wake_up(Wake::Signal(payload), now);
            }
        }
        Settlement::AwaitCall { call, deadline, poll_after } => {
            let is_pending = calls::is_pending(tx, &call).await?;
            row.await_call(call, deadline, poll_after, now);
            if !is_pending {
                row.call_changed(now);
            }
        }
        Settlement::Readmit { need } => row.readmit(need, now),
        Settlement::WaitForChildren { then } => {
            row.wait(Wait { then, signal: CHILDREN.into(), deadline: None, poll_every: None }, now);
            if !has_unfinished_children(tx, &row.id).await? {
                row.wake_up(Wake::Children, now);
            }
        }
    }
    Ok(())
}

/// The consequences of a job's new state, in the same unit of work.
pub(crate) async fn after(tx: &mut Tx, row: &JobRow) -> Result<(), StoreError> {
    changed(tx, row)?;
    if row.state != JobState::Running {
        tx.notify_workers();
    }
    if !row.state.is_final() {
        return Ok(());
    }
    if row.call.is_some() {
        calls::orphan(tx, &row.id).await?;
    }
    if matches!(row.state, JobState::Cancelled | JobState::Expired) {
        // All descendants are cancelled, including those that were enqueued after the request.
        for child in children(tx, &row.id).await? {
            Box::pin(cancel(tx, &child.id)).await?;
        }
    }
    notify_parent(tx, row).await?;
    dependencies::ended(tx, row).await
}

/// Wakes a parent that waits for its children, if this was the last of them.
pub(crate) async fn notify_parent(tx: &mut Tx, row: &JobRow) -> Result<(), StoreError> {
    let Some(parent) = &row.parent else { return Ok(()) };
    let Some(mut parent) = find(tx, parent).await? else { return Ok(()) };
    let waits = parent.state == JobState::Waiting && parent.wait_signal.as_deref() == Some(CHILDREN);
    if !waits || has_unfinished_children(tx, &parent.id).await? {
        return Ok(());
    }
    parent.wake_up(Wake::Children, tx.now().await?);
    parent.save(tx).await?;
    tx.notify_workers();
    changed(tx, &parent)
}

async fn has_unfinished_children(tx: &mut Tx, parent: &JobId) -> Result<bool, StoreError> {
    let found = sql("SELECT id FROM jobs WHERE parent = $1 AND finished_at IS NULL LIMIT 1")
        .bind(parent.as_str())
        .optional(tx)
        .await?;
    Ok(found.is_some())
}
