//! How an attempt ends: one fenced unit of work.

use std::time::Duration;

use serde_json::Value;
use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use crate::jobs::claim::{Claimed, hold};
use crate::jobs::machine::Wait;
use crate::jobs::row::{JobError, JobRow, Lease, Wake};
use crate::jobs::signals::{self, CHILDREN};
use crate::jobs::{cancel, changed};
use crate::{StoreError, Tx};

/// What an attempt ended in.
#[derive(Debug, Clone, PartialEq)]
pub enum Settlement {
    /// The next stage, at once and by the same worker.
    Advance {
        /// Its name.
        stage: String,
        /// Its lease.
        lease: LeaseId,
        /// For how long.
        lease_time: Duration,
    },
    /// The next stage, by whoever claims it.
    Queue {
        /// Its name.
        stage: String,
    },
    /// Done, with a result.
    Succeed(Value),
    /// Once more after a delay, while there are attempts.
    Fail {
        /// Why.
        error: JobError,
        /// For how long not.
        delay: Duration,
    },
    /// Never again by itself.
    Die(JobError),
    /// Wait for a signal, the next poll or the deadline.
    Wait {
        /// The stage that follows.
        then: String,
        /// The signal's name.
        signal: String,
        /// Longest wait.
        deadline: Duration,
        /// How often to look.
        poll_every: Option<Duration>,
    },
    /// Wait until every job that is part of this one has ended.
    WaitForChildren {
        /// The stage that follows.
        then: String,
    },
    /// The same stage after a delay; the attempt is given back.
    Snooze(Duration),
}

/// What became of the job.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// The worker goes on with the next stage.
    Advanced(Box<Claimed>),
    /// The worker has let go of it; it is now in this state.
    LetGo(JobState),
}

/// Ends an attempt under its lease. Refused with [`StoreError::LeaseLost`] when the lease no longer holds: then
/// nothing changes. When its owner asked that the job stops, it is cancelled, whatever the attempt gave.
pub async fn settle(tx: &mut Tx, lease: &Lease, settlement: Settlement) -> Result<Ended, StoreError> {
    let mut row = hold(tx, lease).await?;
    let now = tx.now().await?;
    if row.cancel_requested_at.is_some() {
        row.finish(JobState::Cancelled, now);
    } else {
        apply(tx, &mut row, settlement, now).await?;
    }
    row.save(tx).await?;
    abandon_calls(tx, lease, now).await?;
    after(tx, &row).await?;
    Ok(match row.held() {
        Some(lease) => Ended::Advanced(Box::new(Claimed { lease, row })),
        None => Ended::LetGo(row.state),
    })
}

async fn apply(tx: &mut Tx, row: &mut JobRow, settlement: Settlement, now: Timestamp) -> Result<(), StoreError> {
    match settlement {
        Settlement::Advance { stage, lease, lease_time } => row.advance(stage, lease, now + lease_time, now),
        Settlement::Queue { stage } => row.queue(stage, now),
        Settlement::Succeed(result) => row.succeed(result, now),
        Settlement::Fail { error, delay } => row.fail(error, delay, now),
        Settlement::Die(error) => row.die(error, now),
        Settlement::Snooze(delay) => row.snooze(delay, now),
        Settlement::Wait { then, signal, deadline, poll_every } => {
            let sent = signals::take(tx, &row.id, &signal).await?;
            row.wait(Wait { then, signal, deadline: Some(deadline), poll_every }, now);
            if let Some(payload) = sent {
                row.wake_up(Wake::Signal(payload), now);
            }
        }
        Settlement::WaitForChildren { then } => {
            row.wait(Wait { then, signal: CHILDREN.into(), deadline: None, poll_every: None }, now);
            if !has_unfinished_children(tx, &row.id).await? {
                row.wake_up(Wake::Children, now);
            }
        }
    }
    Ok(())
}

/// What follows from a job's new state, in the same unit of work.
pub(crate) async fn after(tx: &mut Tx, row: &JobRow) -> Result<(), StoreError> {
    changed(tx, row).await?;
    tx.tell_workers();
    if !row.state.is_final() {
        return Ok(());
    }
    if matches!(row.state, JobState::Cancelled | JobState::Expired) {
        // The tree falls with its trunk, also what was enqueued after the request.
        for child in crate::jobs::children(tx, &row.id).await? {
            cancel(tx, &child.id).await?;
        }
    }
    tell_parent(tx, row).await
}

/// Wakes a parent that waits for its children when this was the last of them.
pub(crate) async fn tell_parent(tx: &mut Tx, row: &JobRow) -> Result<(), StoreError> {
    let Some(parent) = &row.parent else { return Ok(()) };
    let Some(mut parent) = crate::jobs::find(tx, parent).await? else { return Ok(()) };
    let waits = parent.state == JobState::Waiting && parent.wait_signal.as_deref() == Some(CHILDREN);
    if !waits || has_unfinished_children(tx, &parent.id).await? {
        return Ok(());
    }
    parent.wake_up(Wake::Children, tx.now().await?);
    parent.save(tx).await?;
    tx.tell_workers();
    changed(tx, &parent).await
}

async fn has_unfinished_children(tx: &mut Tx, parent: &JobId) -> Result<bool, StoreError> {
    let found = sqlx::query("SELECT id FROM jobs WHERE parent = $1 AND finished_at IS NULL LIMIT 1")
        .bind(parent.as_str())
        .fetch_optional(tx.connection())
        .await?;
    Ok(found.is_some())
}

/// Nobody will hear how the calls ended that this lease left open.
pub(crate) async fn abandon_calls(tx: &mut Tx, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE calls SET outcome = 'unknown', finished_at = $3
         WHERE lease = $2 AND job = $1 AND outcome = 'started'",
    )
    .bind(lease.job.as_str())
    .bind(lease.id.as_str())
    .bind(now.as_millis())
    .execute(tx.connection())
    .await?;
    Ok(())
}
