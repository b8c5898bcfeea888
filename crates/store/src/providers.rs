//! The health of providers, in rows, so that it survives a restart and every process acts on it.
//!
//! A circuit breaker opens after several consecutive failures, or at once if the provider sends a retry-after; when that time
//! is over, one call probes it (half-open), and its outcome closes or reopens the circuit. While it is closed, the number of
//! concurrent calls grows by one per round of successes and is halved on a failure (AIMD, Chiu and Jain 1989). A quota that
//! the provider reports is never exceeded: running calls count against it, since the provider may not have counted them yet.

use std::time::Duration;

use sluice_domain::time::Timestamp;

use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

/// The state of a provider's circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// It is called.
    Closed,
    /// It is not called until the cooldown is over.
    Open,
    /// It is probed by one call at a time.
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

/// How many more requests a provider accepts, from the headers of a response: `RateLimit` (the IETF's draft "`RateLimit`
/// header fields for HTTP"), or the common `x-ratelimit-remaining-requests` and `x-ratelimit-reset-requests`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The remaining requests.
    pub left: u32,
    /// When the quota resets.
    pub resets_in: Duration,
}

/// A provider's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Its name.
    pub name: String,
    /// Its circuit breaker.
    pub circuit: Circuit,
    /// When an open circuit may be probed.
    pub until: Option<Timestamp>,
    /// Consecutive failures.
    pub failures: u32,
    /// Concurrent calls, in thousandths.
    pub window: i64,
    /// The reason of the last failure.
    pub reason: String,
    /// The remaining requests of its quota, and until when that holds.
    pub quota: Option<(u32, Timestamp)>,
}

impl Health {
    /// The remaining quota, while that holds.
    pub(crate) fn left(&self, now: Timestamp) -> Option<(u32, Timestamp)> {
        self.quota.filter(|(_, until)| *until > now)
    }
}

/// Consecutive failures that open the circuit.
const FAILURES: u32 = 5;
/// The first and the longest cooldown of an open circuit.
const FIRST_COOLDOWN: Duration = Duration::from_secs(5);
const LONGEST_COOLDOWN: Duration = Duration::from_mins(5);
/// The longest time for which a reported quota is trusted.
const LONGEST_QUOTA: Duration = Duration::from_hours(24);
/// Concurrent calls, in thousandths: at first, at least, at most.
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

/// Every provider with a row.
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

/// How many calls of a provider may run concurrently; `None` if nothing is known of it.
pub(crate) async fn window(tx: &mut Tx, name: &str, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let row = sql("SELECT * FROM providers WHERE name = $1").bind(name).optional(tx).await?;
    let Some(health) = row.as_ref().map(read).transpose()? else { return Ok(None) };
    let window = match health.circuit {
        Circuit::Closed => health.window / 1_000,
        Circuit::HalfOpen => 1,
        // The cooldown is over: one call probes it.
        Circuit::Open if health.until.is_some_and(|until| until <= now) => 1,
        Circuit::Open => 0,
    };
    Ok(Some(health.left(now).map_or(window, |(left, _)| window.min(left.into()))))
}

/// Records a quota that a provider reported. Responses arrive in any order, so within one window the smallest one counts.
pub async fn note_quota(tx: &mut Tx, name: &str, quota: Quota) -> Result<(), StoreError> {
    // Two responses about the same window differ by up to this in when it ends.
    const SAME: Duration = Duration::from_secs(1);
    let now = tx.now().await?;
    let until = now + quota.resets_in.min(LONGEST_QUOTA);
    let known = health(tx, name).await?;
    let left = match known.as_ref().and_then(|health| health.left(now)) {
        Some((left, known)) if until <= known + SAME => left.min(quota.left),
        _ => quota.left,
    };
    // A provider without a row counts as healthy, with the largest window.
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

/// Records a successful call.
pub async fn succeeded(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    let Some(mut health) = health(tx, name).await? else { return Ok(()) };
    let well = health.circuit == Circuit::Closed && health.failures == 0;
    if well && health.window >= MAX_WINDOW {
        return Ok(());
    }
    // By one per round: as many successes as there are concurrent calls.
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

/// Records a failed call, and returns how long not to call the provider. `retry_after` is what the provider sent.
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
        // Several concurrent calls may fail: the longest cooldown counts.
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
