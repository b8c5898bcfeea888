//! What is known of a provider: rows, so that it survives a restart and every process acts alike.
//!
//! The circuit opens after failures in a row, or at once when the provider says how long to stay away; after that time
//! one call tries (half-open), and its outcome closes or opens it again. While it is closed, how many calls run at once
//! grows by one per round of successes and halves on trouble (AIMD, Chiu and Jain 1989). What its answers say of how
//! many more requests it takes (a quota) is never passed: what runs may not have been counted by it yet.

use std::time::Duration;

use sluice_domain::time::Timestamp;

use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

/// Whether a provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// It is.
    Closed,
    /// Not until its time is over.
    Open,
    /// By one call at a time, to see whether it is well.
    HalfOpen,
}

impl Circuit {
    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// How many more requests a provider takes, as it said with an answer: `RateLimit` (the IETF's draft "`RateLimit` header
/// fields for HTTP"), or what many call `x-ratelimit-remaining-requests` and `x-ratelimit-reset-requests`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// So many.
    pub left: u32,
    /// Until there are more.
    pub resets_in: Duration,
}

/// A provider's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Its name.
    pub name: String,
    /// Whether it is asked.
    pub circuit: Circuit,
    /// When an open circuit is tried again.
    pub until: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// Calls at once, in thousandths.
    pub window: i64,
    /// Why it is not well.
    pub reason: String,
    /// How many more requests it takes, and until when that holds.
    pub quota: Option<(u32, Timestamp)>,
}

impl Health {
    /// What is left of its quota, while that holds.
    pub(crate) fn left(&self, now: Timestamp) -> Option<(u32, Timestamp)> {
        self.quota.filter(|(_, until)| *until > now)
    }
}

/// Failures in a row that open the circuit.
const FAILURES: u32 = 5;
/// First and longest time for which it is open.
const FIRST_COOLDOWN: Duration = Duration::from_secs(5);
const LONGEST_COOLDOWN: Duration = Duration::from_mins(5);
/// Longest time for which a quota is believed.
const LONGEST_QUOTA: Duration = Duration::from_hours(24);
/// Calls at once, in thousandths: at first, at least, at most.
const INITIAL_WINDOW: i64 = 32_000;
const MIN_WINDOW: i64 = 1_000;
const MAX_WINDOW: i64 = 1_000_000;

/// A provider's health, if anything is known of it.
pub async fn health(tx: &mut Tx, name: &str) -> Result<Option<Health>, StoreError> {
    let row = sql("SELECT * FROM providers WHERE name = $1 {lock_if_writing}".replace("{lock_if_writing}", lock(tx)))
        .bind(name)
        .optional(tx)
        .await?;
    row.as_ref().map(read).transpose()
}

fn lock(tx: &Tx) -> &'static str {
    if tx.may_write() { "{lock}" } else { "" }
}

/// Every provider that something is known of.
pub async fn all(tx: &mut Tx) -> Result<Vec<Health>, StoreError> {
    sql("SELECT * FROM providers ORDER BY name").all(tx).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Health, StoreError> {
    let circuit: String = row.get("circuit")?;
    Ok(Health {
        name: row.get("name")?,
        circuit: match circuit.as_str() {
            "open" => Circuit::Open,
            "half_open" => Circuit::HalfOpen,
            _ => Circuit::Closed,
        },
        until: row.get::<Option<i64>>("until")?.map(Timestamp::from_millis),
        failures: row.get("failures")?,
        window: row.get("window_size")?,
        reason: row.get("reason")?,
        quota: {
            let left: Option<i64> = row.get("quota_left")?;
            let until = row.get::<Option<i64>>("quota_until")?.map(Timestamp::from_millis);
            left.map(|left| u32::try_from(left).unwrap_or(u32::MAX)).zip(until)
        },
    })
}

/// How many calls of a provider may run at once; nothing when nothing is known of it.
pub(crate) async fn window(tx: &mut Tx, name: &str, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let row = sql("SELECT * FROM providers WHERE name = $1").bind(name).optional(tx).await?;
    let Some(health) = row.as_ref().map(read).transpose()? else { return Ok(None) };
    let window = match health.circuit {
        Circuit::Closed => health.window / 1_000,
        Circuit::HalfOpen => 1,
        // Its time is over: one call tries.
        Circuit::Open if health.until.is_some_and(|until| until <= now) => 1,
        Circuit::Open => 0,
    };
    Ok(Some(health.left(now).map_or(window, |(left, _)| window.min(left.into()))))
}

/// Notes what a provider said of its quota. Answers come in any order: within one window the least counts.
pub async fn note_quota(tx: &mut Tx, name: &str, quota: Quota) -> Result<(), StoreError> {
    // What two answers say of the same end of a window differs by as much.
    const SAME: Duration = Duration::from_secs(1);
    let now = tx.now().await?;
    let until = now + quota.resets_in.min(LONGEST_QUOTA);
    let known = health(tx, name).await?;
    let left = match known.as_ref().and_then(|health| health.left(now)) {
        Some((left, known)) if until <= known + SAME => left.min(quota.left),
        _ => quota.left,
    };
    // One of which nothing else is known is well, and takes as many at once as it likes.
    sql("INSERT INTO providers (name, circuit, window_size, changed_at, quota_left, quota_until)
         VALUES ($1, 'closed', $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET quota_left = excluded.quota_left, quota_until = excluded.quota_until,
             changed_at = excluded.changed_at")
    .bind(name)
    .bind(MAX_WINDOW)
    .bind(now.as_millis())
    .bind(left)
    .bind(until.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// Notes that a call succeeded.
pub async fn succeeded(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    let Some(mut health) = health(tx, name).await? else { return Ok(()) };
    let well = health.circuit == Circuit::Closed && health.failures == 0;
    if well && health.window >= MAX_WINDOW {
        return Ok(());
    }
    // By one for as many successes as there are calls at once.
    health.window = (health.window + 1_000_000 / health.window.max(1)).min(MAX_WINDOW);
    if health.circuit != Circuit::Closed {
        health.window = INITIAL_WINDOW;
    }
    health.circuit = Circuit::Closed;
    health.failures = 0;
    health.until = None;
    health.reason.clear();
    tx.notify_workers();
    save(tx, &health).await
}

/// Notes that a provider had trouble, and gives how long to stay away. `retry_after` is what it said itself.
pub async fn failed(
    tx: &mut Tx,
    name: &str,
    retry_after: Option<Duration>,
    reason: &str,
) -> Result<Duration, StoreError> {
    let now = tx.now().await?;
    let mut health = health(tx, name).await?.unwrap_or(Health {
        name: name.to_owned(),
        circuit: Circuit::Closed,
        until: None,
        failures: 0,
        window: INITIAL_WINDOW,
        reason: String::new(),
        quota: None,
    });
    health.failures += 1;
    health.window = (health.window / 2).max(MIN_WINDOW);
    reason.clone_into(&mut health.reason);
    let doublings = (health.failures.saturating_sub(FAILURES)).min(10);
    let own = FIRST_COOLDOWN.saturating_mul(1 << doublings).min(LONGEST_COOLDOWN);
    let opens = retry_after.is_some() || health.failures >= FAILURES || health.circuit != Circuit::Closed;
    let cooldown = retry_after.unwrap_or(own);
    if opens {
        health.circuit = Circuit::Open;
        // Several calls fail at once: the longest rest counts.
        health.until = health.until.max(Some(now + cooldown));
    }
    save(tx, &health).await?;
    Ok(if opens { cooldown } else { Duration::ZERO })
}

async fn save(tx: &mut Tx, health: &Health) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("INSERT INTO providers (name, circuit, until, failures, window_size, reason, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (name) DO UPDATE SET circuit = excluded.circuit, until = excluded.until,
             failures = excluded.failures, window_size = excluded.window_size, reason = excluded.reason,
             changed_at = excluded.changed_at")
    .bind(&health.name)
    .bind(health.circuit.as_str())
    .bind(health.until.map(Timestamp::as_millis))
    .bind(health.failures)
    .bind(health.window)
    .bind(&health.reason)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}
