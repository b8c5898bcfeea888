//! Failed attempts, and how long the next one has to wait.

use std::time::Duration;

use sluice_domain::time::{Timestamp, millis};

use crate::sql::sql;
use crate::{StoreError, Tx, storable};

/// How failures slow down the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// So many cost nothing.
    pub free: u32,
    /// The wait after the first that costs; it doubles with each.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// Failures are forgotten if there was none for so long.
    pub forget: Duration,
}

impl Rule {
    /// The wait after so many failures.
    fn wait(&self, failures: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(self.free + 1) else { return Duration::ZERO };
        self.first.saturating_mul(1_u32.checked_shl(doublings.min(31)).unwrap_or(u32::MAX)).min(self.longest)
    }
}

/// Until when attempts under a key are not looked at, if that is after `now`.
pub async fn until(tx: &mut Tx, key: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let row = sql("SELECT until FROM throttles WHERE key = $1 AND until > $2").bind(key).bind(now.as_millis());
    row.optional(tx).await?.map(|row| row.get("until").map(Timestamp::from_millis)).transpose()
}

/// Counts a failure; returns until when the next attempt has to wait.
pub async fn fail(tx: &mut Tx, key: &str, rule: Rule, now: Timestamp) -> Result<Timestamp, StoreError> {
    storable::name("the key of a throttle", key)?;
    let old = (now - rule.forget).as_millis();
    let row = sql("INSERT INTO throttles (key, failures, failed_at, until) VALUES ($1, 1, $2, $2)
         ON CONFLICT (key) DO UPDATE SET failed_at = $2,
             failures = CASE WHEN throttles.failed_at < $3 THEN 1 ELSE throttles.failures + 1 END
         RETURNING failures")
    .bind(key)
    .bind(now.as_millis())
    .bind(old)
    .one(tx)
    .await?;
    let until = now + rule.wait(row.get("failures")?);
    sql("UPDATE throttles SET until = $2 WHERE key = $1").bind(key).bind(until.as_millis()).execute(tx).await?;
    Ok(until)
}

/// Forgets the failures under a key.
pub async fn clear(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    sql("DELETE FROM throttles WHERE key = $1").bind(key).execute(tx).await?;
    Ok(())
}

/// Deletes up to `limit` keys whose last failure is older than `age`, and whose wait is over; returns how many.
pub async fn delete_old(tx: &mut Tx, now: Timestamp, age: Duration, limit: u32) -> Result<u64, StoreError> {
    sql("DELETE FROM throttles WHERE key IN
         (SELECT key FROM throttles WHERE failed_at < $1 AND until <= $2 ORDER BY failed_at LIMIT $3)")
    .bind(now.as_millis().saturating_sub(millis(age)))
    .bind(now.as_millis())
    .bind(limit)
    .execute(tx)
    .await
}
