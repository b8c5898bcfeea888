//! "Why is it waiting?": every reason that applies now, the position in the queue, and when the job should start.

use std::time::Duration;

use serde::Serialize;
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use crate::calls::Outcome;
use crate::jobs::admission::{Admission, running};
use crate::jobs::family::children;
use crate::jobs::rates::{self, Unit};
use crate::jobs::row::{self, JobRow};
use crate::jobs::signals::CHILDREN;
use crate::jobs::{dependencies, spend};
use crate::providers::{self, Circuit};
use crate::sql::sql;
use crate::workers::{self, Usual};
use crate::{StoreError, Tx, controls};

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// It is running.
    Running {
        /// The worker that has it.
        worker: String,
    },
    /// It has ended.
    Ended {
        /// Its final state.
        state: JobState,
        /// Its error.
        error: Option<String>,
    },
    /// It is scheduled for later.
    Time {
        /// For when.
        until: Timestamp,
        /// Why it was postponed, if it was.
        error: Option<String>,
    },
    /// Jobs that it depends on have not succeeded.
    Dependency {
        /// Those jobs.
        jobs: Vec<JobId>,
    },
    /// It waits for its child jobs.
    Children {
        /// How many of them have not ended.
        unfinished: usize,
    },
    /// It waits for a signal.
    Signal {
        /// Its name.
        name: String,
        /// When the wait ends at the latest.
        deadline: Option<Timestamp>,
        /// When it polls next.
        next_poll: Option<Timestamp>,
    },
    /// It waits for a call of an engine or a provider.
    Call {
        /// The provider, unless it is an engine of this program.
        provider: Option<String>,
        /// The engine and step.
        kind: String,
        /// The job that made the call: this one, or another of its owner that wants the same result.
        job: Option<JobId>,
        /// Its answer was lost, and what became of it is not known: it may have been made and paid, so that it is not made again
        /// before the end of the wait.
        unknown: bool,
        /// When the wait ends at the latest.
        deadline: Option<Timestamp>,
        /// When it polls next.
        next_poll: Option<Timestamp>,
    },
    /// A pause applies to it, or a limit or rate of it cannot be read.
    Paused {
        /// `queue`, `kind`, `owner` or `provider`.
        scope: String,
        /// The name within the scope.
        name: String,
        /// Why.
        why: String,
    },
    /// A concurrency limit is reached.
    Limit {
        /// `owner`, `kind`, `key` or `provider`.
        scope: String,
        /// The name within the scope.
        name: String,
        /// The limit.
        most: i64,
        /// How many are running.
        running: i64,
    },
    /// A rate limit is exhausted.
    Rate {
        /// `owner`, `kind`, `key` or `provider`.
        scope: String,
        /// The name within the scope.
        name: String,
        /// What is counted.
        unit: Unit,
        /// How much of it this job needs.
        needs: u64,
        /// When that will be available.
        until: Timestamp,
    },
    /// Its provider is cooling down, or its quota is used up.
    Provider {
        /// Its name.
        name: String,
        /// What happened.
        why: String,
        /// When it is called again.
        until: Option<Timestamp>,
    },
    /// A budget has not enough left.
    Budget {
        /// `owner`, `owner_day`, `owner_month`, `job`, `day` or `provider`.
        scope: String,
        /// The name within the scope.
        name: String,
        /// What it may cost.
        cost: MicroUsd,
        /// What is left of the budget.
        left: MicroUsd,
    },
    /// No live worker can run it.
    NoWorker {
        /// Its pool.
        pool: String,
        /// Its kind.
        kind: String,
    },
    /// Other jobs come first.
    Share {
        /// How many jobs of its owner are ahead of it.
        ahead: u64,
        /// How many other owners with ready jobs share the pool.
        others: u64,
        /// The slots of the pool, of all workers.
        slots: u64,
    },
}

/// Why a job is in its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// Its state.
    pub state: JobState,
    /// Every reason that applies, the most important first.
    pub reasons: Vec<Reason>,
    /// Its position among the ready jobs of its owner, from 1.
    pub position: Option<u64>,
    /// When it should start (earliest, latest), if that can be estimated.
    pub eta: Option<(Timestamp, Timestamp)>,
}

/// Why a job is in its state.
pub(crate) async fn why(tx: &mut Tx, row: JobRow) -> Result<Why, StoreError> {
    let mut why = Why { state: row.state, reasons: Vec::new(), position: None, eta: None };
    match row.state {
        JobState::Running => {
            why.reasons.push(Reason::Running { worker: row.lease_worker.clone().unwrap_or_default() });
        }
        JobState::Scheduled => {
            why.reasons.extend(over_budget(tx, &row).await?);
            let error = row.error.as_ref().map(|error| error.message.clone());
            why.reasons.push(Reason::Time { until: row.run_at, error });
            why.eta = Some((row.run_at, row.run_at));
        }
        JobState::Blocked => why.reasons.push(Reason::Dependency { jobs: open_dependencies(tx, &row).await? }),
        JobState::Waiting if row.wait_signal.as_deref() == Some(CHILDREN) => {
            let children = children(tx, &row.id).await?;
            let unfinished = children.iter().filter(|child| !child.state.is_final()).count();
            why.reasons.push(Reason::Children { unfinished });
        }
        JobState::Waiting if row.awaits_call() => why.reasons.extend(call(tx, &row).await?),
        JobState::Waiting => why.reasons.push(Reason::Signal {
            name: row.wait_signal.clone().unwrap_or_default(),
            deadline: row.wait_deadline,
            next_poll: row.next_poll,
        }),
        JobState::Ready => ready(tx, &row, &mut why).await?,
        state => {
            let error = row.error.as_ref().map(|error| format!("{}: {}", error.code, error.message));
            why.reasons.push(Reason::Ended { state, error });
        }
    }
    Ok(why)
}

async fn call(tx: &mut Tx, row: &JobRow) -> Result<Option<Reason>, StoreError> {
    let call = sql("SELECT provider, kind, owner, job, outcome FROM calls WHERE id = $1").bind(row.call.as_deref());
    let Some(call) = call.optional(tx).await? else { return Ok(None) };
    let is_own = call.get::<String>("owner")? == row.owner.as_str();
    let job: JobId = row::id(&call, "job")?;
    Ok(Some(Reason::Call {
        provider: call.get("provider")?,
        kind: call.get("kind")?,
        job: is_own.then_some(job),
        unknown: Outcome::parse(&call.get::<String>("outcome")?)? == Outcome::Unknown,
        deadline: row.wait_deadline,
        next_poll: row.next_poll,
    }))
}

async fn open_dependencies(tx: &mut Tx, row: &JobRow) -> Result<Vec<JobId>, StoreError> {
    let mut open = Vec::new();
    for dependency in dependencies::dependencies_of(tx, &row.owner, &row.id).await? {
        if row::get(tx, &dependency).await?.state != JobState::Succeeded {
            open.push(dependency);
        }
    }
    Ok(open)
}

async fn ready(tx: &mut Tx, row: &JobRow, why: &mut Why) -> Result<(), StoreError> {
    let mut scopes = vec![("queue", row.pool.as_str()), ("owner", row.owner.as_str()), ("kind", &row.kind)];
    scopes.extend(row.limit_key.as_deref().map(|key| ("key", key)));
    scopes.extend(row.need.provider.as_deref().map(|provider| ("provider", provider)));
    let pauses = controls::pauses(tx).await?;
    for pause in pauses.iter().filter(|pause| scopes.contains(&(pause.scope.as_str(), pause.name.as_str()))) {
        let (scope, name) = (pause.scope.clone(), pause.name.clone());
        why.reasons.push(Reason::Paused { scope, name, why: pause.reason.clone() });
    }
    let alive = workers::alive(tx).await?;
    let able =
        |worker: &&workers::WorkerRow| worker.pools.get(&row.pool).is_some_and(|pool| pool.kinds.contains(&row.kind));
    let slots: u64 =
        alive.iter().filter(able).filter_map(|worker| worker.pools.get(&row.pool)).map(|pool| pool.slots as u64).sum();
    if slots == 0 {
        why.reasons.push(Reason::NoWorker { pool: row.pool.clone(), kind: row.kind.clone() });
    }
    let mut admission = Admission::load(tx, true, false, true).await?;
    admission.load_rates(tx).await?;
    for (scope, name) in scopes.iter().copied() {
        if let Some(why_not) = admission.cannot_read(scope, name) {
            let (scope, name) = (scope.to_owned(), name.to_owned());
            why.reasons.push(Reason::Paused { scope, name, why: why_not });
            continue;
        }
        let Some(most) = admission.limit(scope, name) else { continue };
        let running = running(tx, scope, name).await?;
        if running >= most {
            why.reasons.push(Reason::Limit { scope: scope.to_owned(), name: name.to_owned(), most, running });
        }
    }
    for it in rates::refusals(tx, &scopes, row.need.amounts).await? {
        let (scope, name) = (it.scope.to_owned(), it.name);
        why.reasons.push(Reason::Rate { scope, name, unit: it.unit, needs: it.needs, until: it.until });
    }
    if let Some(name) = &row.need.provider
        && let Some(health) = providers::health(tx, name).await?
    {
        let now = tx.now().await?;
        if let Some((left, until)) = health.left(now)
            && i64::from(left) <= running(tx, "provider", name).await?
        {
            let why_not = format!("it said that it takes {left} more requests");
            why.reasons.push(Reason::Provider { name: name.clone(), why: why_not, until: Some(until) });
        }
        if health.circuit != Circuit::Closed {
            why.reasons.push(Reason::Provider { name: name.clone(), why: health.reason, until: health.until });
        }
    }
    why.reasons.extend(over_budget(tx, row).await?);
    let free = why.reasons.is_empty();
    let ahead = ahead(tx, row).await?;
    let others = others(tx, row).await?;
    why.position = Some(ahead + 1);
    why.reasons.push(Reason::Share { ahead, others, slots });
    if free && let Some(usual) = workers::usual(tx, &row.kind, &row.stage).await? {
        why.eta = Some(eta(tx.now().await?, usual, ahead, others, slots));
    }
    Ok(())
}

/// At the earliest, all slots run jobs of its owner; at the latest, every other owner uses its full share.
fn eta(now: Timestamp, usual: Usual, ahead: u64, others: u64, slots: u64) -> (Timestamp, Timestamp) {
    let times = |duration: Duration, n: u64| duration.saturating_mul(u32::try_from(n).unwrap_or(u32::MAX));
    let soonest = times(usual.mean.saturating_sub(usual.spread), ahead / slots.max(1));
    let latest = times(usual.mean + usual.spread, ((ahead + 1) * (others + 1)).div_ceil(slots.max(1)));
    (now + soonest, now + latest)
}

async fn ahead(tx: &mut Tx, row: &JobRow) -> Result<u64, StoreError> {
    let sort_key = crate::jobs::row::sort_key(row.run_at, row.priority);
    let found = sql("SELECT COUNT(*) AS count FROM jobs WHERE state = 'ready' AND pool = $1 AND owner = $2
                     AND (sort_key < $3 OR (sort_key = $3 AND id < $4))")
    .bind(&row.pool)
    .bind(row.owner.as_str())
    .bind(sort_key)
    .bind(row.id.as_str())
    .one(tx)
    .await?;
    Ok(found.get::<i64>("count")?.unsigned_abs())
}

async fn others(tx: &mut Tx, row: &JobRow) -> Result<u64, StoreError> {
    let found =
        sql("SELECT COUNT(DISTINCT owner) AS count FROM jobs WHERE state = 'ready' AND pool = $1 AND owner <> $2")
            .bind(&row.pool)
            .bind(row.owner.as_str())
            .one(tx)
            .await?;
    Ok(found.get::<i64>("count")?.unsigned_abs())
}

async fn over_budget(tx: &mut Tx, row: &JobRow) -> Result<Vec<Reason>, StoreError> {
    let mut over = Vec::new();
    if row.need.cost == MicroUsd(0) {
        return Ok(over);
    }
    for budget in spend::concerning(tx, row).await? {
        let left = MicroUsd(budget.cap.0 - budget.reserved.0 - budget.spent.0);
        if left < row.need.cost {
            over.push(Reason::Budget { scope: budget.scope, name: budget.name, cost: row.need.cost, left });
        }
    }
    Ok(over)
}
