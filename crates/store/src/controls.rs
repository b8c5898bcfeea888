//! The operator's controls: limits, weights, rates, pauses.

use sluice_domain::time::Timestamp;

use crate::jobs::readable;
use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

pub use crate::jobs::rates::{Rate, RateOf, Unit, rates, set_rate};

/// A limit or a weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// `owner`, `kind`, `key` or `provider`.
    pub scope: String,
    /// The name within the scope; `*` applies to each one without a limit of its own.
    pub name: String,
    /// The most jobs that run concurrently.
    pub concurrency: Option<i64>,
    /// For owners: the weight of its share of a pool.
    pub weight: i64,
}

/// A pause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// `queue`, `kind`, `owner` or `provider`.
    pub scope: String,
    /// The name within the scope.
    pub name: String,
    /// The reason, which is shown for jobs that wait.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// Sets how many jobs of an owner, a kind, a key or a provider run concurrently; `None` removes the limit.
pub async fn set_limit(tx: &mut Tx, scope: &str, name: &str, concurrency: Option<i64>) -> Result<(), StoreError> {
    sql("INSERT INTO limits (scope, name, concurrency) VALUES ($1, $2, $3)
         ON CONFLICT (scope, name) DO UPDATE SET concurrency = excluded.concurrency")
    .bind(scope)
    .bind(name)
    .bind(concurrency)
    .execute(tx)
    .await?;
    tidy(tx).await
}

/// Sets the weight of an owner's share of each pool: twice the weight, twice the work. 1 by default.
pub async fn set_weight(tx: &mut Tx, owner: &str, weight: u32) -> Result<(), StoreError> {
    sql("INSERT INTO limits (scope, name, weight) VALUES ('owner', $1, $2)
         ON CONFLICT (scope, name) DO UPDATE SET weight = excluded.weight")
    .bind(owner)
    .bind(weight.max(1))
    .execute(tx)
    .await?;
    tidy(tx).await
}

async fn tidy(tx: &mut Tx) -> Result<(), StoreError> {
    sql("DELETE FROM limits WHERE concurrency IS NULL AND weight = 1").execute(tx).await?;
    tx.notify_workers();
    Ok(())
}

/// Every limit and weight that can be read.
pub async fn limits(tx: &mut Tx) -> Result<Vec<Limit>, StoreError> {
    let rows = sql("SELECT * FROM limits ORDER BY scope, name").all(tx).await?;
    let limit = |row: &Row| {
        Ok(Limit {
            scope: row.get("scope")?,
            name: row.get("name")?,
            concurrency: row.get("concurrency")?,
            weight: row.get("weight")?,
        })
    };
    Ok(readable("limits", &rows, limit))
}

/// The reason of a pause for which nobody gave one; the page has words of its own for it.
pub const BY_HAND: &str = "paused by hand";

/// Pauses a queue (a pool), a kind, an owner or a provider: running jobs go on, and no job is started.
pub async fn pause(tx: &mut Tx, scope: &str, name: &str, reason: &str) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("INSERT INTO pauses (scope, name, reason, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (scope, name) DO UPDATE SET reason = excluded.reason")
    .bind(scope)
    .bind(name)
    .bind(reason)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// Resumes it; returns whether it was paused.
pub async fn resume(tx: &mut Tx, scope: &str, name: &str) -> Result<bool, StoreError> {
    let gone = sql("DELETE FROM pauses WHERE scope = $1 AND name = $2").bind(scope).bind(name).execute(tx).await?;
    tx.notify_workers();
    Ok(gone > 0)
}

/// Every pause, even if its reason cannot be read.
pub async fn pauses(tx: &mut Tx) -> Result<Vec<Pause>, StoreError> {
    let rows = sql("SELECT * FROM pauses ORDER BY scope, name").all(tx).await?;
    let pause = |row: &Row| {
        let (reason, since) = (row.get("reason"), row.get("since"));
        Ok(Pause {
            scope: row.get("scope")?,
            name: row.get("name")?,
            reason: reason.unwrap_or_else(|_| "the reason cannot be read".to_owned()),
            since: Timestamp::from_millis(since.unwrap_or_default()),
        })
    };
    Ok(readable("pauses", &rows, pause))
}
