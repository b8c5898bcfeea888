//! The retention job: it deletes rows past their retention period.

mod apps;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::time::Timestamp;
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::retention::{self, Batch, RetentionPeriods};
use sluice_store::webhooks::{self, deliveries};
use sluice_store::{StoreError, Tx, accounts, documents, limits, throttles};

use super::{BatchSize, Context, POOL};

/// Deletes expired rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retain {}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Deletes all expired rows.
    Retain,
}

impl Job for Retain {
    const KIND: &'static str = "maintenance.retain";
    type Stage = Stage;
    type Context = Context;

    fn first_stage() -> Stage {
        Stage::Retain
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::Retain: Stage, run: &Run, context: &Context) -> Result<Next<Stage>, JobError> {
        let retained = retain(context, RetentionPeriods::default(), || run.cancelled().is_cancelled()).await;
        for (what, error) in &retained.failed {
            tracing::warn!(what, error, "some old rows could not be removed; the next run tries again");
        }
        run.count_passed_over("retain", retained.passed_over.values().sum());
        Ok(Next::Done(json!(retained)))
    }
}

/// What is counted in windows is of no use after the longest of them.
const LONGEST_WINDOW: Duration = Duration::from_secs(sluice_domain::limits::LONGEST_WINDOW as u64);

/// Failed attempts that are older than this, and whose wait is over, slow down nothing.
const FAILURES: Duration = Duration::from_hours(24);

/// The result of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Retained {
    /// Deleted rows, by kind; of `unknown_calls`, those that were ended.
    pub removed: BTreeMap<&'static str, u64>,
    /// What failed, and why: a failure does not stop the others.
    pub failed: BTreeMap<&'static str, String>,
    /// Rows that cannot be deleted, by app: each stops nothing but itself.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub passed_over: BTreeMap<&'static str, usize>,
    /// Duration of the longest transaction, in milliseconds.
    pub longest_ms: u64,
}

/// The kinds of rows that expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    Documents,
    Results,
    UnknownCalls,
    Calls,
    Events,
    Reservations,
    Spend,
    DayBudgets,
    OwnerDays,
    OwnerMonths,
    JobBudgets,
    Shares,
    Buckets,
    Workers,
    Secrets,
    Throttles,
    Limits,
    Deliveries,
    Webhooks,
}

const ALL: [(&str, Rows); 19] = [
    ("documents", Rows::Documents),
    ("results", Rows::Results),
    ("unknown_calls", Rows::UnknownCalls),
    // They do not expire: attempts of an earlier version leave some. Before the calls that say what they cost.
    ("reservations", Rows::Reservations),
    ("calls", Rows::Calls),
    ("events", Rows::Events),
    ("spend", Rows::Spend),
    ("day_budgets", Rows::DayBudgets),
    ("owner_days", Rows::OwnerDays),
    ("owner_months", Rows::OwnerMonths),
    ("job_budgets", Rows::JobBudgets),
    ("shares", Rows::Shares),
    ("buckets", Rows::Buckets),
    ("workers", Rows::Workers),
    // Sessions, tokens and invitations.
    ("secrets", Rows::Secrets),
    ("throttles", Rows::Throttles),
    ("limits", Rows::Limits),
    // To webhooks, and what is left of deleted ones.
    ("deliveries", Rows::Deliveries),
    ("webhooks", Rows::Webhooks),
];

/// Deletes all expired rows in batches, until there are none or `stop` returns true.
pub async fn retain(context: &Context, keep: RetentionPeriods, stop: impl Fn() -> bool) -> Retained {
    let mut batches = BatchSize::default();
    let mut retained = Retained::default();
    for (name, rows) in ALL {
        let done = delete_expired(context, rows, name, keep, &mut batches, &stop).await;
        note(&mut retained, name, done);
    }
    for module in context.modules.iter() {
        apps::retain(context, module.as_ref(), keep, &mut batches, &stop, &mut retained).await;
    }
    let done = finished_jobs(context, keep, &mut batches, &stop).await;
    note(&mut retained, "jobs", done);
    retained.longest_ms = u64::try_from(batches.longest.as_millis()).unwrap_or(u64::MAX);
    retained
}

fn note(retained: &mut Retained, name: &'static str, done: Result<u64, StoreError>) {
    match done {
        Ok(0) => {}
        Ok(removed) => drop(retained.removed.insert(name, removed)),
        Err(error) => drop(retained.failed.insert(name, error.to_string())),
    }
}

async fn delete_expired(
    context: &Context,
    rows: Rows,
    name: &str,
    keep: RetentionPeriods,
    batches: &mut BatchSize,
    stop: &impl Fn() -> bool,
) -> Result<u64, StoreError> {
    let mut removed = 0;
    while !stop() {
        let batch = batches
            .batch(context, async |tx, limit| {
                let after = retention::cursor(tx, name).await?;
                let batch = one_batch(context, tx, rows, keep, &after, limit).await?;
                if batch.next.as_deref().unwrap_or_default() != after {
                    retention::set_cursor(tx, name, batch.next.as_deref()).await?;
                }
                Ok(batch)
            })
            .await?;
        removed += batch.removed;
        if batch.next.is_none() {
            break;
        }
    }
    Ok(removed)
}

async fn one_batch(
    context: &Context,
    tx: &mut Tx,
    rows: Rows,
    keep: RetentionPeriods,
    after: &str,
    limit: u32,
) -> Result<Batch, StoreError> {
    let now = tx.now().await?;
    let removed = match rows {
        Rows::Documents => return unused_documents(context, tx, now - keep.documents, after, limit).await,
        Rows::UnknownCalls => return retention::give_up_calls(tx, after, now - keep.history, limit).await,
        Rows::Events => return retention::forget_events(tx, after, now - keep.events, limit).await,
        Rows::OwnerDays => {
            return retention::forget_owner_budgets(tx, "owner_day", after, now - keep.spend, limit).await;
        }
        Rows::OwnerMonths => {
            return retention::forget_owner_budgets(tx, "owner_month", after, now - keep.spend, limit).await;
        }
        Rows::JobBudgets => return retention::forget_job_budgets(tx, after, limit).await,
        Rows::Shares => return retention::forget_shares(tx, after, limit).await,
        Rows::Buckets => return retention::forget_buckets(tx, after, limit).await,
        Rows::Results => retention::forget_results(tx, now - keep.results, limit).await?,
        Rows::Calls => retention::forget_calls(tx, now - keep.calls, limit).await?,
        Rows::Reservations => retention::end_left_reservations(tx, limit).await?,
        Rows::Spend => retention::forget_spend(tx, now - keep.spend, limit).await?,
        Rows::DayBudgets => retention::forget_day_budgets(tx, now - keep.spend, limit).await?,
        Rows::Secrets => accounts::delete_ended(tx, now, limit).await?,
        Rows::Throttles => throttles::delete_old(tx, now, FAILURES, limit).await?,
        Rows::Limits => limits::forget(tx, now - LONGEST_WINDOW, limit).await?,
        Rows::Deliveries => deliveries::forget(tx, now - keep.history, limit).await?,
        Rows::Webhooks => webhooks::sweep(tx, limit).await?,
        Rows::Workers => retention::forget_workers(tx, now - keep.workers, limit).await?,
    };
    // Rows that are found by age need no cursor: deleted rows are not found again.
    Ok(Batch { removed, next: (removed >= u64::from(limit)).then(String::new) })
}

/// Documents that no app uses.
async fn unused_documents(
    context: &Context,
    tx: &mut Tx,
    before: Timestamp,
    after: &str,
    limit: u32,
) -> Result<Batch, StoreError> {
    let mut page = documents::old(tx, after, before, limit).await?;
    let next = page.last().filter(|_| page.len() == limit as usize).cloned();
    for module in context.modules.iter() {
        let used = module.documents_in_use(tx, &page).await?;
        page.retain(|document| !used.contains(document));
    }
    let removed = documents::forget(tx, &page).await?;
    Ok(Batch { removed, next })
}

/// Finished jobs with their children. They are searched in read-only transactions.
async fn finished_jobs(
    context: &Context,
    keep: RetentionPeriods,
    batches: &mut BatchSize,
    stop: &impl Fn() -> bool,
) -> Result<u64, StoreError> {
    let store = &context.platform.store;
    let before = store.now().await? - keep.history;
    let mut removed = 0;
    let mut after = store.read(async |tx| retention::cursor(tx, "jobs").await).await?;
    while !stop() {
        let limit = batches.rows();
        let from = after.as_str();
        let found = store.read(async |tx| retention::finished_jobs(tx, from, before, limit).await).await?;
        removed += batches
            .batch(context, async |tx, _| {
                retention::set_cursor(tx, "jobs", found.next.as_deref()).await?;
                retention::forget_jobs(tx, &found.single, before).await
            })
            .await?;
        for family in &found.families {
            loop {
                let batch =
                    batches.batch(context, async |tx, rows| retention::forget_family(tx, family, before, rows).await);
                let batch = batch.await?;
                removed += batch.removed;
                if batch.next.is_none() || stop() {
                    break;
                }
            }
        }
        match found.next {
            Some(next) => after = next,
            None => break,
        }
    }
    Ok(removed)
}
