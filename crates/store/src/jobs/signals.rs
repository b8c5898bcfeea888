//! Signals: stored in rows, so that one that is sent before its wait is not lost.

use crate::sql::sql;
use serde_json::Value;
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;

use crate::jobs::changed;
use crate::jobs::row::{JobRow, Wake};
use crate::{StoreError, Tx, storable};

/// The name under which a job waits for its child jobs. No signal whose name begins with `$` is ever sent.
pub const CHILDREN: &str = "$children";

/// The effect of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signalled {
    /// It ended a wait.
    Woke,
    /// It is stored for a later wait.
    Kept,
    /// The job has ended: nothing will wait for it.
    Late,
}

/// Sends a signal to a job, which this unit of work has locked.
pub(crate) async fn send(tx: &mut Tx, row: JobRow, name: &str, payload: &Value) -> Result<Signalled, StoreError> {
    storable::name("a signal's name", name)?;
    storable::json("a signal's payload", payload)?;
    if name.starts_with('$') {
        return Err(StoreError::NotStorable { what: "a signal's name may not begin with $".to_owned() });
    }
    let mut row = row;
    if row.state.is_final() {
        return Ok(Signalled::Late);
    }
    let now = tx.now().await?;
    sql("INSERT INTO signals (job, owner, name, payload, sent_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(row.id.as_str())
        .bind(row.owner.as_str())
        .bind(name)
        .bind(payload.to_string())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    if row.state != JobState::Waiting || row.wait_signal.as_deref() != Some(name) {
        return Ok(Signalled::Kept);
    }
    let Some(payload) = take(tx, &row.id, name).await? else { return Ok(Signalled::Kept) };
    row.wake_up(Wake::Signal(payload), now);
    row.save(tx).await?;
    tx.notify_workers();
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
