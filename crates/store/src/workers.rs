//! The registered workers, how long stages take, and how much work there is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_domain::time::{Timestamp, millis};

use crate::jobs::rates;
use crate::providers::{self, Circuit};
use crate::sql::{list, sql};
use crate::{StoreError, Tx, controls};

/// What a worker runs in a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// Which kinds.
    pub kinds: Vec<String>,
    /// How many jobs concurrently.
    pub slots: usize,
}

/// A registered worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRow {
    /// Its name.
    pub name: String,
    /// What it runs, by pool.
    pub pools: BTreeMap<String, Capability>,
    /// Its last heartbeat.
    pub seen_at: Timestamp,
}

/// A worker without a heartbeat for this long is gone.
pub const GONE: Duration = Duration::from_secs(30);

/// Records a worker's heartbeat.
pub async fn seen(tx: &mut Tx, name: &str, pools: &BTreeMap<String, Capability>) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let text = serde_json::to_string(pools)
        .map_err(|error| StoreError::Unreadable { what: format!("a worker's pools ({error})") })?;
    sql("INSERT INTO workers (name, pools, started_at, seen_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, pools = excluded.pools")
    .bind(name)
    .bind(text)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// Removes a worker that shut down, and those that have been gone for long.
pub async fn left(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    let long_ago = tx.now().await? - GONE * 10;
    sql("DELETE FROM workers WHERE name = $1 OR seen_at < $2")
        .bind(name)
        .bind(long_ago.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// The workers with a recent heartbeat.
pub async fn alive(tx: &mut Tx) -> Result<Vec<WorkerRow>, StoreError> {
    let since = tx.now().await? - GONE;
    let rows = sql("SELECT * FROM workers WHERE seen_at >= $1 ORDER BY name").bind(since.as_millis()).all(tx).await?;
    rows.iter()
        .map(|row| {
            Ok(WorkerRow {
                name: row.get("name")?,
                pools: crate::json(&row.get::<String>("pools")?, "a worker's pools")?,
                seen_at: Timestamp::from_millis(row.get("seen_at")?),
            })
        })
        .collect()
}

/// How long something usually takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// The number of samples.
    pub count: u64,
    /// The mean.
    pub mean: Duration,
    /// The mean deviation from it.
    pub spread: Duration,
}

/// Durations of a kind's stage, or of whole jobs under the stage `''`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measured {
    /// How many.
    pub count: u64,
    /// Their sum in milliseconds.
    pub sum_ms: u64,
}

/// Adds measured durations. The mean covers about the last hundred, so it follows a change of the machine.
pub async fn learn(tx: &mut Tx, measured: &BTreeMap<(String, String), Measured>) -> Result<(), StoreError> {
    const MEMORY: u64 = 100;
    for ((kind, stage), new) in measured {
        let old = usual(tx, kind, stage).await?;
        let mean_of_new = new.sum_ms / new.count.max(1);
        let (count, mean, spread) = match old {
            None => (new.count, mean_of_new, 0),
            Some(old) => {
                let weight = old.count.min(MEMORY);
                let was = u64::try_from(millis(old.mean)).unwrap_or(0);
                let mean = (was * weight + new.sum_ms) / (weight + new.count).max(1);
                let off = mean_of_new.abs_diff(was);
                let spread = u64::try_from(millis(old.spread)).unwrap_or(0);
                (weight + new.count, mean, (spread * weight + off * new.count) / (weight + new.count).max(1))
            }
        };
        sql("INSERT INTO durations (kind, stage, count, mean_ms, spread_ms) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (kind, stage) DO UPDATE SET count = excluded.count, mean_ms = excluded.mean_ms,
                 spread_ms = excluded.spread_ms")
        .bind(kind)
        .bind(stage)
        .bind(count)
        .bind(mean)
        .bind(spread)
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// How long a stage of a kind usually takes; the stage `''` is the whole job, from its first claim to its end.
pub async fn usual(tx: &mut Tx, kind: &str, stage: &str) -> Result<Option<Usual>, StoreError> {
    let row = sql("SELECT * FROM durations WHERE kind = $1 AND stage = $2").bind(kind).bind(stage).optional(tx).await?;
    row.map(|row| {
        let time = |column: &str| Ok::<_, StoreError>(Duration::from_millis(row.get::<i64>(column)?.unsigned_abs()));
        Ok(Usual { count: row.get::<i64>("count")?.unsigned_abs(), mean: time("mean_ms")?, spread: time("spread_ms")? })
    })
    .transpose()
}

/// Jobs that another worker could run now, by pool: ready and running ones, without those held back by a provider, a rate, a
/// pause or a budget. For autoscalers.
pub async fn useful_work(tx: &mut Tx) -> Result<BTreeMap<String, u64>, StoreError> {
    let now = tx.now().await?;
    // What holds back all jobs, and what holds back only ready ones.
    let pauses = controls::pauses(tx).await?;
    let mut held: Vec<(String, String)> = pauses.into_iter().map(|pause| (pause.scope, pause.name)).collect();
    let mut held_ready: Vec<(String, String)> =
        rates::closed(tx).await?.into_iter().map(|(scope, name)| (scope.to_owned(), name)).collect();
    for health in providers::all(tx).await? {
        let rests = health.circuit == Circuit::Open && health.until.is_some_and(|until| until > now);
        let takes_none = health.left(now).is_some_and(|(left, _)| left == 0);
        if rests || takes_none {
            let list = if rests { &mut held } else { &mut held_ready };
            list.push(("provider".to_owned(), health.name));
        }
    }
    held_ready.extend(held.iter().cloned());
    let mut work = BTreeMap::new();
    // One state at a time, each by its partial index: there may be many finished jobs.
    for (state, held) in [("state = 'ready'", held_ready), ("state = 'running' AND owner >= ''", held)] {
        for (pool, count) in count_by_pool(tx, state, &held).await? {
            *work.entry(pool).or_default() += count;
        }
    }
    Ok(work)
}

/// How many jobs of each pool match the condition `state`, without those that are held back.
async fn count_by_pool(tx: &mut Tx, state: &str, held: &[(String, String)]) -> Result<Vec<(String, u64)>, StoreError> {
    let mut text = format!("SELECT pool, COUNT(*) AS count FROM jobs WHERE {state}");
    let (mut names, mut next) = (Vec::new(), 1);
    for (scope, column) in [
        ("queue", "pool"),
        ("owner", "owner"),
        ("kind", "kind"),
        ("key", "COALESCE(limit_key, '')"),
        ("provider", "COALESCE(provider, '')"),
    ] {
        let these: Vec<&str> = held.iter().filter(|(of, _)| of == scope).map(|(_, name)| name.as_str()).collect();
        if !these.is_empty() {
            // Writing to a String does not fail.
            let _ = write!(text, " AND {column} NOT IN ({})", list(next, these.len()));
            next += these.len();
            names.extend(these);
        }
    }
    text.push_str(" GROUP BY pool");
    let rows = sql(text).bind_all(names).all(tx).await?;
    rows.iter().map(|row| Ok((row.get("pool")?, row.get::<i64>("count")?.unsigned_abs()))).collect()
}
