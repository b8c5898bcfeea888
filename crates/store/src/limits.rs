//! What is used of limits: of addresses, people, tokens and plans.
//!
//! Uploads and jobs are counted one by one in sliding windows, in the unit of work of what they admit, under a lock of who is
//! limited: exact, whatever the number of processes. Requests are counted in fixed windows, of which each process leases a
//! few at a time ([`lease`]): what is leased counts as used, so there are never more than the limit.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::{Holder, Limited, Window};
use sluice_domain::time::Timestamp;

use crate::sql::{list, sql};
use crate::{StoreError, Tx, events, storable};

mod money;

pub use money::{Money, MoneyCaps, end_of, money, release_over_budget, set_plans, unpriced_calls};
pub(crate) use money::{caps_of, month_of, put_off, too_many_unpriced, warn_of_money};

/// Who is limited, as it is stored: `user ada`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Of {
    /// What kind of holder.
    pub holder: Holder,
    /// Its name within the kind.
    pub name: String,
}

impl Of {
    /// A holder of a kind.
    pub fn new(holder: Holder, name: impl Into<String>) -> Self {
        Self { holder, name: name.into() }
    }

    fn key(&self) -> Result<String, StoreError> {
        storable::name("the name of who is limited", &self.name)?;
        Ok(format!("{} {}", self.holder, self.name))
    }
}

/// How far a window is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// What is used, with what was just admitted.
    pub used: u64,
    /// When the next one is admitted, if none is now; otherwise when the oldest one leaves the window.
    pub frees_at: Option<Timestamp>,
}

/// The answer to a request to use one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is counted.
    Yes(Use),
    /// The limit is reached: nothing changed.
    Full(Use),
}

/// Locks what is counted of a holder until the unit of work ends, so that nobody else counts it meanwhile. `SQLite` has one
/// writer anyway. Whoever locks several locks them in one order.
pub async fn lock(tx: &mut Tx, of: &Of, limited: Limited) -> Result<(), StoreError> {
    if tx.on_postgres() {
        sql("SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 0)) AS TEXT)")
            .bind(format!("used:{limited}:{}", of.key()?))
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Uses one more of a sliding window, if its hard limit allows it.
pub async fn take(tx: &mut Tx, of: &Of, limited: Limited, window: Window) -> Result<Taken, StoreError> {
    lock(tx, of, limited).await?;
    let before = used(tx, of, limited, window).await?;
    if before.used >= window.hard {
        return Ok(Taken::Full(before));
    }
    let (key, now) = (of.key()?, tx.now().await?);
    sql("DELETE FROM limit_uses WHERE holder = $1 AND limited = $2 AND at <= $3")
        .bind(&key)
        .bind(limited.as_str())
        .bind((now - length(window)).as_millis())
        .execute(tx)
        .await?;
    sql("INSERT INTO limit_uses (holder, limited, at) VALUES ($1, $2, $3)")
        .bind(&key)
        .bind(limited.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    let frees_at = before.frees_at.or(Some(now + length(window)));
    Ok(Taken::Yes(Use { used: before.used + 1, frees_at }))
}

/// How far a sliding window is used now.
pub async fn used(tx: &mut Tx, of: &Of, limited: Limited, window: Window) -> Result<Use, StoreError> {
    let since = tx.now().await? - length(window);
    let key = of.key()?;
    let row = sql("SELECT COUNT(*) AS used FROM limit_uses WHERE holder = $1 AND limited = $2 AND at > $3")
        .bind(&key)
        .bind(limited.as_str())
        .bind(since.as_millis())
        .one(tx)
        .await?;
    let used = row.get::<i64>("used")?.unsigned_abs();
    // With fewer than the limit the oldest one; otherwise that with which there is room again.
    let leaves = (used + 1).saturating_sub(window.hard.max(1)).saturating_sub(1);
    let row = sql("SELECT at FROM limit_uses WHERE holder = $1 AND limited = $2 AND at > $3
         ORDER BY at LIMIT 1 OFFSET $4")
    .bind(&key)
    .bind(limited.as_str())
    .bind(since.as_millis())
    .bind(leaves)
    .optional(tx)
    .await?;
    let at = row.map(|row| row.get("at").map(Timestamp::from_millis)).transpose()?;
    // Where nothing is allowed nothing becomes free.
    Ok(Use { used, frees_at: at.filter(|_| window.hard > 0).map(|at| at + length(window)) })
}

/// A part of a fixed window that a process may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leased {
    /// So many more may be used.
    pub granted: u64,
    /// What is used of the window, with all that processes have leased.
    pub used: u64,
    /// When the window began.
    pub began_at: Timestamp,
    /// When it ends, and all is free again.
    pub ends_at: Timestamp,
}

/// Leases up to `wanted` of a fixed window, and gives `back` what was not used of an earlier lease in the window that began
/// then.
pub async fn lease(
    tx: &mut Tx,
    of: &Of,
    limited: Limited,
    window: Window,
    wanted: u64,
    back: Option<(Timestamp, u64)>,
) -> Result<Leased, StoreError> {
    let now = tx.now().await?;
    let key = of.key()?;
    // Over, or longer than now: it begins anew. Not by its end alone: a transaction that began a moment later may have made it.
    let over = "limit_windows.ends_at <= excluded.began_at
         OR limit_windows.ends_at - limit_windows.began_at > excluded.ends_at - excluded.began_at";
    let row = sql(format!(
        "INSERT INTO limit_windows (holder, limited, began_at, ends_at, used) VALUES ($1, $2, $3, $4, 0)
         ON CONFLICT (holder, limited) DO UPDATE SET
             used = CASE WHEN {over} THEN 0 ELSE limit_windows.used END,
             began_at = CASE WHEN {over} THEN excluded.began_at ELSE limit_windows.began_at END,
             ends_at = CASE WHEN {over} THEN excluded.ends_at ELSE limit_windows.ends_at END
         RETURNING began_at, ends_at, used"
    ))
    .bind(&key)
    .bind(limited.as_str())
    .bind(now.as_millis())
    .bind((now + length(window)).as_millis())
    .one(tx)
    .await?;
    let began_at = Timestamp::from_millis(row.get("began_at")?);
    let unused = back.filter(|(began, _)| *began == began_at).map_or(0, |(_, unused)| unused);
    let used = row.get::<i64>("used")?.unsigned_abs().saturating_sub(unused);
    let granted = wanted.min(window.hard.saturating_sub(used));
    sql("UPDATE limit_windows SET used = $3 WHERE holder = $1 AND limited = $2")
        .bind(&key)
        .bind(limited.as_str())
        .bind(used + granted)
        .execute(tx)
        .await?;
    let ends_at = Timestamp::from_millis(row.get("ends_at")?);
    Ok(Leased { granted, used: used + granted, began_at, ends_at })
}

/// How far a fixed window is used now, with all that processes have leased.
pub async fn leased(tx: &mut Tx, of: &Of, limited: Limited) -> Result<Use, StoreError> {
    let now = tx.now().await?;
    let row = sql("SELECT used, ends_at FROM limit_windows WHERE holder = $1 AND limited = $2 AND ends_at > $3")
        .bind(of.key()?)
        .bind(limited.as_str())
        .bind(now.as_millis())
        .optional(tx)
        .await?;
    let Some(row) = row else { return Ok(Use { used: 0, frees_at: None }) };
    let ends_at = Timestamp::from_millis(row.get("ends_at")?);
    Ok(Use { used: row.get::<i64>("used")?.unsigned_abs(), frees_at: Some(ends_at) })
}

/// The jobs of an owner that have not ended and that a person started: they are about something, and no part of another one.
/// Those of some kinds do not count.
pub async fn jobs_at_once(tx: &mut Tx, owner: &OwnerId, except: &[&str]) -> Result<u64, StoreError> {
    // The condition on `id` is always true, and makes SQLite use the index of open jobs instead of that of subjects.
    let row = sql(format!(
        "SELECT COUNT(*) AS count FROM jobs
         WHERE owner = $1 AND id > '' AND subject > '' AND finished_at IS NULL AND parent IS NULL AND kind NOT IN ({})",
        list(2, except.len())
    ))
    .bind(owner.as_str())
    .bind_all(except.iter().copied())
    .one(tx)
    .await?;
    Ok(row.get::<i64>("count")?.unsigned_abs())
}

/// A soft limit that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Who is limited.
    pub of: Of,
    /// What.
    pub limited: Limited,
    /// What is used.
    pub used: u64,
    /// The limit that is reached.
    pub soft: u64,
    /// The limit that is not reached yet.
    pub hard: u64,
    /// Until when there is no other warning of it.
    pub until: Timestamp,
}

/// Tells an owner of a soft limit, by the event `limit.near`, unless that was done and its time is not over; returns whether
/// it was done now.
pub async fn warn(tx: &mut Tx, owner: &OwnerId, warning: &Warning) -> Result<bool, StoreError> {
    let now = tx.now().await?;
    let new = sql("INSERT INTO limit_warnings (owner, holder, limited, until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (owner, holder, limited) DO UPDATE SET until = excluded.until WHERE limit_warnings.until <= $5")
    .bind(owner.as_str())
    .bind(warning.of.key()?)
    .bind(warning.limited.as_str())
    .bind(warning.until.as_millis())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    if new == 0 {
        return Ok(false);
    }
    let data = json!({
        "limit": warning.limited, "holder": warning.of.holder, "used": warning.used, "soft": warning.soft,
        "hard": warning.hard, "until": warning.until,
    });
    events::emit(tx, owner, "limit.near", warning.limited.as_str(), &data)?;
    Ok(true)
}

/// Deletes up to `limit` each of the uses, windows, warnings and notes of jobs that are of no use any more: those from
/// before `before`, which is the longest window ago. Returns how many.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for text in [
        "DELETE FROM limit_uses WHERE id IN (SELECT id FROM limit_uses WHERE at <= $1 ORDER BY at LIMIT $2)",
        "DELETE FROM limit_windows WHERE (holder, limited) IN
             (SELECT holder, limited FROM limit_windows WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)",
        "DELETE FROM limit_warnings WHERE (owner, holder, limited) IN
             (SELECT owner, holder, limited FROM limit_warnings WHERE until <= $1 ORDER BY until LIMIT $2)",
        "DELETE FROM over_budget WHERE job IN (SELECT job FROM over_budget WHERE until <= $1 ORDER BY until LIMIT $2)",
    ] {
        deleted += sql(text).bind(before.as_millis()).bind(limit).execute(tx).await?;
    }
    Ok(deleted)
}

fn length(window: Window) -> Duration {
    Duration::from_secs(window.seconds.into())
}
