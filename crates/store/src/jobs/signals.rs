//! Signals: rows, so that one that is sent before its wait is not lost.

use crate::sql::sql;
use serde_json::Value;
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;

use crate::jobs::row::Wake;
use crate::jobs::{changed, get};
use crate::{StoreError, Tx};

/// The name under which a job waits for the jobs that are part of it. No signal of this name is ever sent.
pub const CHILDREN: &str = "$children";

/// What became of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signalled {
    /// It ended a wait.
    Woke,
    /// It is kept for a later wait.
    Kept,
    /// The job is finished: nobody will wait.
    Late,
}

/// Sends a signal to a job. It ends the present wait for it, or the next one.
pub async fn send(tx: &mut Tx, job: &JobId, name: &str, payload: &Value) -> Result<Signalled, StoreError> {
    let mut row = get(tx, job).await?;
    if row.state.is_final() {
        return Ok(Signalled::Late);
    }
    let now = tx.now().await?;
    sql("INSERT INTO signals (job, name, payload, sent_at) VALUES ($1, $2, $3, $4)")
        .bind(job.as_str())
        .bind(name)
        .bind(payload.to_string())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    if row.state != JobState::Waiting || row.wait_signal.as_deref() != Some(name) {
        return Ok(Signalled::Kept);
    }
    let Some(payload) = take(tx, job, name).await? else { return Ok(Signalled::Kept) };
    row.wake_up(Wake::Signal(payload), now);
    row.save(tx).await?;
    tx.tell_workers();
    changed(tx, &row)?;
    Ok(Signalled::Woke)
}

/// Consumes the oldest signal of that name.
pub(crate) async fn take(tx: &mut Tx, job: &JobId, name: &str) -> Result<Option<Value>, StoreError> {
    let now = tx.now().await?;
    let row = sql("UPDATE signals SET consumed_at = $3 WHERE id IN (
             SELECT id FROM signals WHERE job = $1 AND name = $2 AND consumed_at IS NULL ORDER BY id LIMIT 1)
         RETURNING payload")
    .bind(job.as_str())
    .bind(name)
    .bind(now.as_millis())
    .optional(tx)
    .await?;
    row.map(|row| crate::json(&row.get::<String>("payload")?, "a signal's payload")).transpose()
}
