//! Stored results of stages, found by the hash of what went in, and the calls of engines that made them.

use crate::sql::{Row, sql};
use serde_json::Value;
use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use crate::blobs::{self, Subject};
use crate::jobs::{Lease, row, spend};
use crate::{StoreError, Tx, retention};

/// A call of an engine: one row, written before it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its id.
    pub id: String,
    /// Hash of everything that goes in.
    pub key: String,
    /// Which engine and step, as `voice` or `frames`.
    pub kind: String,
    /// For whom it is made.
    pub owner: OwnerId,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Asked, and no word yet.
    Started,
    /// It gave a result.
    Succeeded,
    /// It gave an error.
    Failed,
    /// The asker died before it heard.
    Unknown,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// The stored result under `key`, if it was made before.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Value>, StoreError> {
    let row = sql("SELECT value FROM stage_results WHERE key = $1").bind(key).optional(tx).await?;
    row.map(|row| crate::json(&row.get::<String>("value")?, "a stage's result")).transpose()
}

/// Notes that a stored result was used, so that it is kept longer.
pub async fn touch(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE stage_results SET last_used_at = $2 WHERE key = $1")
        .bind(key)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Stores a result; an older one under the same key gives way. It points at the blobs that it names, so that their bytes
/// are kept for as long as it is.
pub async fn keep(tx: &mut Tx, key: &str, kind: &str, value: &Value) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let text = value.to_string();
    let new = sql("INSERT INTO stage_results (key, kind, value, created_at, last_used_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (key) DO NOTHING")
    .bind(key)
    .bind(kind)
    .bind(&text)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    let owner = OwnerId::system();
    let subject = Subject { owner: &owner, app: blobs::RESULTS, id: key };
    if new == 0 {
        blobs::release(tx, &subject).await?;
        sql("UPDATE stage_results SET value = $2, last_used_at = $3 WHERE key = $1")
            .bind(key)
            .bind(&text)
            .bind(now.as_millis())
            .execute(tx)
            .await?;
    }
    blobs::reference_known(tx, &subject, value).await
}

/// Forgets one result, as when the bytes that it points at are gone.
pub async fn forget(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    retention::forget_result_keys(tx, &[key.to_owned()]).await.map(drop)
}

/// Writes the intent of a call.
pub async fn start_call(tx: &mut Tx, lease: &Lease, call: &Call) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("INSERT INTO calls (id, key, kind, owner, job, attempt, lease, started_at, outcome)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'started')")
    .bind(&call.id)
    .bind(&call.key)
    .bind(&call.kind)
    .bind(call.owner.as_str())
    .bind(lease.job.as_str())
    .bind(lease.attempt)
    .bind(lease.id.as_str())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// A call whose outcome nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCall {
    /// Its id.
    pub id: String,
    /// The provider's own id, when it is known.
    pub provider_id: Option<String>,
}

/// The calls of this key that may have been answered without anyone hearing it.
pub async fn unknown_calls(tx: &mut Tx, key: &str) -> Result<Vec<OpenCall>, StoreError> {
    let rows = sql("SELECT id, provider_id FROM calls WHERE key = $1 AND outcome = 'unknown' ORDER BY id")
        .bind(key)
        .all(tx)
        .await?;
    rows.iter().map(|row| Ok(OpenCall { id: row.get("id")?, provider_id: row.get("provider_id")? })).collect()
}

/// Writes what became of a call, with what it cost; what its attempt has spent is put right.
pub async fn settle_unknown(
    tx: &mut Tx,
    call: &str,
    outcome: Outcome,
    provider_id: Option<&str>,
    cost: MicroUsd,
) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let row = sql("UPDATE calls SET outcome = $2, finished_at = $3, provider_id = COALESCE($4, provider_id), cost = $5
                   WHERE id = $1 RETURNING job, lease")
    .bind(call)
    .bind(outcome.as_str())
    .bind(now.as_millis())
    .bind(provider_id)
    .bind(cost.0)
    .optional(tx)
    .await?;
    let Some(row) = row else { return Ok(()) };
    spend::correct(tx, &row::id(&row, "job")?, &row::id(&row, "lease")?).await
}

/// Writes how a call ended.
pub async fn finish_call(tx: &mut Tx, call: &str, outcome: Outcome) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE calls SET outcome = $2, finished_at = $3 WHERE id = $1")
        .bind(call)
        .bind(outcome.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// How many calls were ever asked, per kind and outcome. What a test counts to show that nothing was done twice.
pub async fn count_calls(tx: &mut Tx) -> Result<Vec<(String, Outcome, u64)>, StoreError> {
    let rows = sql("SELECT kind, outcome, COUNT(*) AS count FROM calls GROUP BY kind, outcome ORDER BY kind, outcome")
        .all(tx)
        .await?;
    rows.iter()
        .map(|row| {
            let name: String = row.get("outcome")?;
            let outcome = [Outcome::Started, Outcome::Succeeded, Outcome::Failed, Outcome::Unknown]
                .into_iter()
                .find(|outcome| outcome.as_str() == name)
                .ok_or_else(|| StoreError::Unreadable { what: format!("the outcome \"{name}\" of a call") })?;
            let count: i64 = row.get("count")?;
            Ok((row.get("kind")?, outcome, count.unsigned_abs()))
        })
        .collect()
}

/// Every call that gave a result: its kind, when it was asked, when it answered. What a benchmark adds up.
pub async fn finished_calls(tx: &mut Tx) -> Result<Vec<(String, Timestamp, Timestamp)>, StoreError> {
    let rows =
        sql("SELECT kind, started_at, finished_at FROM calls WHERE outcome = 'succeeded' ORDER BY id").all(tx).await?;
    let time = |row: &Row, column: &str| Ok::<_, StoreError>(Timestamp::from_millis(row.get(column)?));
    rows.iter().map(|row| Ok((row.get("kind")?, time(row, "started_at")?, time(row, "finished_at")?))).collect()
}
