//! Cron schedules: one job per tick, whatever the number of processes, since enqueueing the jobs and advancing the schedule
//! is one unit of work, and each tick's job has an idempotency key.

use std::str::FromStr as _;

use croner::Cron;
use serde::{Deserialize, Serialize};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, Amounts, Need, NewJob};
use sluice_store::schedules::{self, CatchUp, Schedule};
use sluice_store::{StoreError, Tx};

use crate::engine::Shared;

/// The most missed ticks that are caught up at once.
const MOST_TICKS: usize = 100;

/// The job that a schedule enqueues, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Template {
    kind: String,
    pool: String,
    stage: String,
    payload: String,
    owner: OwnerId,
    subject: String,
    priority: i32,
    max_attempts: u32,
    limit_key: Option<String>,
    provider: Option<String>,
    work_ms: u64,
    cost: i64,
    #[serde(default)]
    amounts: Amounts,
}

impl Template {
    pub(crate) fn of(job: NewJob) -> Self {
        Self {
            kind: job.kind,
            pool: job.pool,
            stage: job.stage,
            payload: job.payload,
            owner: job.owner,
            subject: job.subject,
            priority: job.priority,
            max_attempts: job.max_attempts,
            limit_key: job.limit_key,
            provider: job.need.provider,
            work_ms: u64::try_from(job.need.work.as_millis()).unwrap_or(u64::MAX),
            cost: job.need.cost.0,
            amounts: job.need.amounts,
        }
    }

    fn job(&self, id: JobId, key: String) -> NewJob {
        NewJob {
            id,
            kind: self.kind.clone(),
            pool: self.pool.clone(),
            stage: self.stage.clone(),
            payload: self.payload.clone(),
            owner: self.owner.clone(),
            subject: self.subject.clone(),
            parent: None,
            priority: self.priority,
            delay: std::time::Duration::ZERO,
            max_attempts: self.max_attempts,
            idle_ttl: None,
            idempotency_key: Some(key),
            after: Vec::new(),
            limit_key: self.limit_key.clone(),
            need: Need {
                provider: self.provider.clone(),
                work: std::time::Duration::from_millis(self.work_ms),
                cost: MicroUsd(self.cost),
                amounts: self.amounts,
            },
        }
    }
}

/// The first tick of a cron expression after a point in time, in UTC.
pub(crate) fn next_tick(cron: &str, after: Timestamp) -> Result<Timestamp, StoreError> {
    let bad = |error: &dyn std::fmt::Display| StoreError::BadSchedule { cron: cron.to_owned(), why: error.to_string() };
    let parsed = Cron::from_str(cron).map_err(|error| bad(&error))?;
    let from = chrono::DateTime::from_timestamp_millis(after.as_millis()).ok_or_else(|| bad(&"a time out of range"))?;
    let next = parsed.find_next_occurrence(&from, false).map_err(|error| bad(&error))?;
    Ok(Timestamp::from_millis(next.timestamp_millis()))
}

/// Enqueues the jobs of all due ticks of a schedule; returns how many.
pub(crate) async fn tick(shared: &Shared, tx: &mut Tx, name: &str) -> Result<usize, StoreError> {
    let now = tx.now().await?;
    let Some(schedule) = schedules::take_due(tx, name).await? else { return Ok(0) };
    let mut ticks = vec![schedule.next_at];
    let mut next = next_tick(&schedule.cron, schedule.next_at)?;
    while next <= now && ticks.len() < MOST_TICKS {
        ticks.push(next);
        next = next_tick(&schedule.cron, next)?;
    }
    if next <= now && schedule.catch_up != CatchUp::All {
        next = next_tick(&schedule.cron, now)?;
    }
    let wanted = wanted(schedule.catch_up, &ticks, now);
    for tick in wanted {
        make(shared, tx, &schedule, *tick, now).await?;
    }
    schedules::ticked(tx, &schedule.name, wanted.last().copied(), next).await?;
    Ok(wanted.len())
}

/// The ticks that fire. A tick counts as missed after a minute.
fn wanted(catch_up: CatchUp, ticks: &[Timestamp], now: Timestamp) -> &[Timestamp] {
    const LATE: std::time::Duration = std::time::Duration::from_mins(1);
    let last = ticks.len().saturating_sub(1);
    match catch_up {
        CatchUp::All => ticks,
        CatchUp::Latest => &ticks[last..],
        CatchUp::None if ticks.get(last).is_some_and(|tick| now.since(*tick) < LATE) => &ticks[last..],
        CatchUp::None => &[],
    }
}

async fn make(
    shared: &Shared,
    tx: &mut Tx,
    schedule: &Schedule,
    tick: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let template: Template = serde_json::from_str(&schedule.job).map_err(|error| StoreError::Unreadable {
        what: format!("the job of schedule \"{}\" ({error})", schedule.name),
    })?;
    let id = JobId::new(now, shared.randomness.id_bytes());
    let key = format!("cron/{}/{}", schedule.name, tick.as_millis());
    jobs::enqueue(tx, &template.job(id, key)).await.map(drop)
}
