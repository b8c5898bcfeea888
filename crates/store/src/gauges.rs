//! What `/metrics` says of the whole database: how much waits, and for what. Each statement of [`read`] reads unfinished rows
//! by their partial index, or a small table; the caller keeps the answer for some seconds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use crate::jobs::rates;
use crate::providers::{self, Circuit};
use crate::sql::{Row, sql};
use crate::{StoreError, Tx, controls};

/// Ready jobs of a pool that nothing holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Available {
    /// How many.
    pub jobs: u64,
    /// How long the oldest of them could have run by now.
    pub oldest: Duration,
}

/// Jobs that could run but for one thing, by that thing. A job that several hold back counts for the first of them in this
/// order: a pause, a provider, a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Blocked {
    /// A pool, kind, owner or provider is paused.
    pub paused: u64,
    /// The provider cools down after failures, or takes no more requests for now.
    pub cooldown: u64,
    /// A limit is reached, or a rate exhausted.
    pub limit: u64,
    /// What it may cost does not fit into a budget.
    pub budget: u64,
    /// A job that it depends on has not succeeded.
    pub dependency: u64,
}

/// The figures of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gauges {
    /// By pool; a pool without ready jobs is not in it.
    pub available: BTreeMap<String, Available>,
    /// Over all pools.
    pub blocked: Blocked,
    /// Each provider of which something is known, and whether it cools down.
    pub cooldowns: BTreeMap<String, bool>,
    /// Money that running attempts have reserved.
    pub reserved: MicroUsd,
}

/// Scopes and names that hold jobs back.
type Held = Vec<(String, String)>;

/// Reads them.
pub async fn read(tx: &mut Tx) -> Result<Gauges, StoreError> {
    let now = tx.now().await?;
    let paused: Held = controls::pauses(tx).await?.into_iter().map(|pause| (pause.scope, pause.name)).collect();
    let (mut cooldowns, mut resting) = (BTreeMap::new(), paused.clone());
    for health in providers::all(tx).await? {
        let cools = health.circuit == Circuit::Open && health.until.is_some_and(|until| until > now);
        if cools || health.left(now).is_some_and(|(left, _)| left == 0) {
            resting.push(("provider".to_owned(), health.name.clone()));
        }
        cooldowns.insert(health.name, cools);
    }
    let mut limited = resting.clone();
    limited.extend(rates::closed(tx).await?.into_iter().map(|(scope, name)| (scope.to_owned(), name)));
    limited.extend(full(tx).await?);

    let all = ready(tx, &[], now).await?;
    let unpaused = if paused.is_empty() { all.clone() } else { ready(tx, &paused, now).await? };
    let unrested = if resting.len() == paused.len() { unpaused.clone() } else { ready(tx, &resting, now).await? };
    let available = if limited.len() == resting.len() { unrested.clone() } else { ready(tx, &limited, now).await? };
    let count = |pools: &BTreeMap<String, Available>| pools.values().map(|pool| pool.jobs).sum::<u64>();
    let blocked = Blocked {
        paused: count(&all) - count(&unpaused),
        cooldown: count(&unpaused) - count(&unrested),
        limit: count(&unrested) - count(&available),
        budget: over_budget(tx, now).await?,
        dependency: number(tx, BLOCKED).await?,
    };
    let reserved = "SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) AS number FROM spend WHERE state = 'reserved'";
    let reserved = MicroUsd(sql(reserved).one(tx).await?.get("number")?);
    Ok(Gauges { available, blocked, cooldowns, reserved })
}

/// The bytes of all media. It adds up every blob, so it is asked for more rarely than the rest.
pub async fn stored_bytes(tx: &mut Tx) -> Result<u64, StoreError> {
    number(tx, "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS number FROM blobs WHERE present = 1").await
}

async fn number(tx: &mut Tx, text: &'static str) -> Result<u64, StoreError> {
    Ok(sql(text).one(tx).await?.get::<i64>("number")?.unsigned_abs())
}

/// The columns in which the scopes of a hold find their names.
const COLUMNS: [(&str, &str); 5] = [
    ("queue", "pool"),
    ("owner", "owner"),
    ("kind", "kind"),
    ("key", "COALESCE(limit_key, '')"),
    ("provider", "COALESCE(provider, '')"),
];

/// The ready jobs that nothing in `held` concerns, by pool.
async fn ready(
    tx: &mut Tx,
    held: &[(String, String)],
    now: Timestamp,
) -> Result<BTreeMap<String, Available>, StoreError> {
    let mut text = "SELECT pool, COUNT(*) AS number, MIN(run_at) AS oldest FROM jobs WHERE state = 'ready'".to_owned();
    let mut names = Vec::new();
    for (scope, column) in COLUMNS {
        let these = held.iter().filter(|(of, _)| of == scope).map(|(_, name)| name.as_str());
        let before = names.len();
        names.extend(these);
        if names.len() > before {
            let places: Vec<String> = (before + 1..=names.len()).map(|place| format!("${place}")).collect();
            // Writing to a String does not fail.
            let _ = write!(text, " AND {column} NOT IN ({})", places.join(", "));
        }
    }
    text.push_str(" GROUP BY pool");
    let read = |row: &Row| {
        let oldest = now.since(Timestamp::from_millis(row.get("oldest")?));
        Ok((row.get("pool")?, Available { jobs: row.get::<i64>("number")?.unsigned_abs(), oldest }))
    };
    sql(text).bind_all(names).all(tx).await?.iter().map(read).collect()
}

/// The scopes and names whose limit is reached by running jobs, or is nothing.
async fn full(tx: &mut Tx) -> Result<Held, StoreError> {
    let limits = controls::limits(tx).await?;
    let mut full = Held::new();
    for (scope, column) in [("owner", "owner"), ("kind", "kind"), ("key", "limit_key"), ("provider", "provider")] {
        let most = |name: &str| {
            let of = |name: &str| limits.iter().find(|limit| limit.scope == scope && limit.name == name);
            of(name).or_else(|| of("*")).and_then(|limit| limit.concurrency)
        };
        if !limits.iter().any(|limit| limit.scope == scope && limit.concurrency.is_some()) {
            continue;
        }
        let text = format!(
            "SELECT {column} AS name, COUNT(*) AS number FROM jobs
             WHERE state = 'running' AND owner >= '' AND {column} IS NOT NULL GROUP BY {column}"
        );
        let mut running = BTreeMap::new();
        for row in &sql(text).all(tx).await? {
            running.insert(row.get::<String>("name")?, row.get::<i64>("number")?);
        }
        let none = limits.iter().filter(|limit| limit.scope == scope && limit.concurrency == Some(0));
        full.extend(none.map(|limit| (scope.to_owned(), limit.name.clone())));
        let reached = |(name, running): (String, i64)| {
            most(&name).is_some_and(|most| running >= most).then(|| (scope.to_owned(), name))
        };
        full.extend(running.into_iter().filter_map(reached));
    }
    Ok(full)
}

/// The condition on `owner` is always true, and makes the planner use the index of blocked jobs.
const BLOCKED: &str = "SELECT COUNT(*) AS number FROM jobs WHERE state = 'blocked' AND owner >= ''";

/// Jobs that were put off and still do not fit into one of their budgets.
async fn over_budget(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    // One subquery for each scope, so that each finds its budget by the key.
    let exceeded = |scope: &str, name: &str| {
        format!(
            "EXISTS (SELECT 1 FROM budgets LEFT JOIN budgets AS usual ON usual.scope = '{scope}' AND usual.name = '*'
             WHERE budgets.scope = '{scope}' AND budgets.name = {name}
             AND COALESCE(budgets.cap, usual.cap) - budgets.reserved - budgets.spent < jobs.cost)"
        )
    };
    let scopes = [("owner", "jobs.owner"), ("provider", "jobs.provider"), ("job", "jobs.id"), ("day", "$2")];
    // What a plan allows an owner is in no budget: the claim that put a job off for it has left a note.
    let by_plan =
        "EXISTS (SELECT 1 FROM over_budget WHERE over_budget.job = jobs.id AND over_budget.until = jobs.run_at)";
    let exceeded = format!("{} OR {by_plan}", scopes.map(|(scope, name)| exceeded(scope, name)).join(" OR "));
    let text = format!(
        "SELECT COUNT(*) AS number FROM jobs WHERE state = 'scheduled' AND run_at > $1 AND cost > 0 AND ({exceeded})"
    );
    let row = sql(text).bind(now.as_millis()).bind(crate::jobs::spend::day(now)).one(tx).await?;
    Ok(row.get::<i64>("number")?.unsigned_abs())
}
