//! What an operator sets: limits, weights, rates, pauses.

use sluice_domain::time::Timestamp;

use crate::sql::sql;
use crate::{StoreError, Tx};

pub use crate::jobs::rates::{Rate, RateOf, Unit, rates, set_rate};

/// A limit or a weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// `owner`, `kind`, `key` or `provider`.
    pub scope: String,
    /// Which; `*` is for each one without a limit of its own.
    pub name: String,
    /// At most so many at once.
    pub concurrency: Option<i64>,
    /// Of owners: how much of a pool it gets beside others.
    pub weight: i64,
}

/// What is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// `queue`, `kind`, `owner` or `provider`.
    pub scope: String,
    /// Which.
    pub name: String,
    /// Why, for whoever asks why something waits.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// Sets how many jobs of an owner, a kind, a key or a provider run at once; nothing takes the limit away.
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

/// Sets how much of each pool an owner gets beside others: twice the weight, twice the work. One by default.
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

/// Every limit and weight.
pub async fn limits(tx: &mut Tx) -> Result<Vec<Limit>, StoreError> {
    let rows = sql("SELECT * FROM limits ORDER BY scope, name").all(tx).await?;
    rows.iter()
        .map(|row| {
            Ok(Limit {
                scope: row.get("scope")?,
                name: row.get("name")?,
                concurrency: row.get("concurrency")?,
                weight: row.get("weight")?,
            })
        })
        .collect()
}

/// Holds back a queue (a pool), a kind, an owner or a provider: what runs goes on, nothing more is begun.
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

/// Lets it go on; says whether it was paused.
pub async fn resume(tx: &mut Tx, scope: &str, name: &str) -> Result<bool, StoreError> {
    let gone = sql("DELETE FROM pauses WHERE scope = $1 AND name = $2").bind(scope).bind(name).execute(tx).await?;
    tx.notify_workers();
    Ok(gone > 0)
}

/// Everything that is paused.
pub async fn pauses(tx: &mut Tx) -> Result<Vec<Pause>, StoreError> {
    let rows = sql("SELECT * FROM pauses ORDER BY scope, name").all(tx).await?;
    rows.iter()
        .map(|row| {
            Ok(Pause {
                scope: row.get("scope")?,
                name: row.get("name")?,
                reason: row.get("reason")?,
                since: Timestamp::from_millis(row.get("since")?),
            })
        })
        .collect()
}
