//! The ledger and budgets: money is reserved by the claim, settled with the result, and released if the attempt made no call.
//! The ledger has one row per attempt that may cost money, and one more for each other provider that the attempt pays: its `lease`
//! is that of the attempt, with the provider's name after a space.
//!
//! A budget is a row with the reserved and the spent amount under it, which changes in the transaction that changes the
//! ledger. A reservation is one statement that fails if it would exceed the cap, so there is neither overspending nor a
//! refusal of what would have fitted, whatever the number of concurrent callers.
//!
//! A budget may be set, changed and removed at any time, even while attempts run that were reserved without it: a new row
//! starts with the sums of the ledger. On `PostgreSQL` that must be safe against concurrent transactions, so changes of the
//! ledger take a shared lock, and changes of a budget an exclusive one. A unit of work that changes the ledger inserts the
//! budgets that are derived from the budget `*`; two concurrent inserts of the same one conflict on its key.

mod books;
mod during;
mod locks;
mod owners;
mod settling;

use std::collections::BTreeSet;
use std::time::Duration;

use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use crate::jobs::claim::Claimed;
use crate::jobs::family;
use crate::jobs::row::{JobError, JobRow, get};
use crate::jobs::settle::after;
use crate::sql::{Row, placeholders, sql};
use crate::{StoreError, Tx, limits, storable};

pub use books::drift;
pub(crate) use books::forget_spend;
pub(crate) use during::reserve_for_call;
use locks::Key;
pub(crate) use locks::{Bookings, LedgerLocks, write_bookings};
pub(crate) use owners::spent_in;
use owners::{Names, is_owners};
pub(crate) use settling::{correct, settle_left, settle_spend};

/// What happens to a job that does not fit into a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It waits until there is enough money.
    Wait,
    /// It fails with `over_budget`.
    Fail,
}

impl Over {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Fail => "fail",
        }
    }
}

/// A cap, and what is used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// `owner`, `owner_day`, `owner_month`, `job`, `day` or `provider`.
    pub scope: String,
    /// The name within the scope; `*` applies to each one without a row of its own. A day is written `2026-11-22`, in UTC,
    /// and that of an owner `ada 2026-11-22`.
    pub name: String,
    /// The cap.
    pub cap: MicroUsd,
    /// Reserved by running attempts.
    pub reserved: MicroUsd,
    /// Spent.
    pub spent: MicroUsd,
    /// What happens to a job that does not fit.
    pub over: Over,
}

/// The result of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reserved {
    Yes,
    /// The job is postponed.
    Waits,
    /// The job is dead.
    Failed,
    /// Another unit of work has locked one of its budgets: the job stays ready.
    Contended,
}

/// After this long, a job that did not fit is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Sets, raises or lowers a cap; the name `*` applies to each one without a cap of its own. What was reserved and spent
/// before counts.
pub async fn set_budget(tx: &mut Tx, scope: &str, name: &str, cap: MicroUsd, over: Over) -> Result<(), StoreError> {
    storable::name("a budget's name", name)?;
    let scope = known(scope)?;
    lock_budgets(tx).await?;
    let text = format!(
        "INSERT INTO budgets (scope, name, cap, over, reserved, spent)
         VALUES ($1, $2, $3, $4, {}, {})
         ON CONFLICT (scope, name) DO UPDATE SET cap = excluded.cap, over = excluded.over,
             reserved = excluded.reserved, spent = excluded.spent + budgets.forgotten",
        reserved_under(scope),
        spent_under(scope)
    );
    sql(text).bind(scope).bind(name).bind(storable::money(cap).0).bind(over.as_str()).execute(tx).await?;
    if name == "*" {
        derive_reserved(tx, scope).await?;
    }
    tx.notify_workers();
    Ok(())
}

/// Derives a budget from `*` for each name with an open reservation. From now on, a unit of work that changes the ledger under a
/// name without a budget derives one.
async fn derive_reserved(tx: &mut Tx, scope: &'static str) -> Result<(), StoreError> {
    // `job >= ''` is always true, and has SQLite use the index of reservations; with DISTINCT it would scan the ledger.
    let text =
        format!("SELECT {scope} AS name FROM spend WHERE state = 'reserved' AND job >= '' AND {scope} IS NOT NULL");
    let rows = sql(text).all(tx).await?;
    for name in rows.iter().map(|row| row.get("name")).collect::<Result<BTreeSet<String>, _>>()? {
        derive(tx, scope, &name).await?;
    }
    Ok(())
}

/// Removes a cap, with `*` also all that are derived from it; returns whether there was one. The ledger stays, and counts if a
/// cap is set again.
pub async fn remove_budget(tx: &mut Tx, scope: &str, name: &str) -> Result<bool, StoreError> {
    lock_budgets(tx).await?;
    let removed = sql("DELETE FROM budgets WHERE scope = $1 AND (name = $2 OR ($2 = '*' AND cap IS NULL))")
        .bind(scope)
        .bind(name)
        .execute(tx)
        .await?;
    tx.notify_workers();
    Ok(removed > 0)
}

/// Every cap, but for those of an owner's days and months, which come from plans.
pub async fn budgets(tx: &mut Tx) -> Result<Vec<Budget>, StoreError> {
    sql(format!("SELECT {BUDGET} WHERE b.scope IN ('day', 'job', 'owner', 'provider') ORDER BY b.scope, b.name"))
        .all(tx)
        .await?
        .iter()
        .map(budget)
        .collect()
}

fn budget(row: &Row) -> Result<Budget, StoreError> {
    let over: String = row.get("over")?;
    Ok(Budget {
        scope: row.get("scope")?,
        name: row.get("name")?,
        cap: MicroUsd(row.get("cap")?),
        reserved: MicroUsd(row.get("reserved")?),
        spent: MicroUsd(row.get("spent")?),
        over: if over == "fail" { Over::Fail } else { Over::Wait },
    })
}

/// The columns of a [`Budget`], and where they are: a derived one has the cap of `*`, and that of an owner's day or month has
/// none before its owner's plan is looked up.
const BUDGET: &str = "b.scope AS scope, b.name AS name, b.reserved AS reserved, b.spent AS spent,
     COALESCE(b.cap, every.cap, 9223372036854775807) AS cap, COALESCE(b.over, every.over, 'wait') AS over
     FROM budgets b LEFT JOIN budgets every ON every.scope = b.scope AND every.name = '*' AND b.cap IS NULL";

/// The scope, which is also the name of its column in the ledger.
fn known(scope: &str) -> Result<&'static str, StoreError> {
    let found = ["day", "job", "owner", "provider"].into_iter().find(|known| *known == scope);
    found.ok_or_else(|| StoreError::NotStorable {
        what: format!("there are budgets of an owner, a job, a day and a provider, and not of a \"{scope}\""),
    })
}

/// The sum of open reservations in the ledger under the name `$2`.
fn reserved_under(scope: &'static str) -> String {
    let named = owners::named(scope);
    format!("COALESCE((SELECT CAST(SUM(reserved) AS BIGINT) FROM spend WHERE {named} AND state = 'reserved'), 0)")
}

/// The sum of what was spent in the ledger under the name `$2`.
fn spent_under(scope: &'static str) -> String {
    format!("COALESCE((SELECT CAST(SUM(spent) AS BIGINT) FROM spend WHERE {}), 0)", owners::named(scope))
}

/// The shared lock for changes of the ledger, until the unit of work ends. SQLite has one writer anyway.
async fn lock_ledger(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.on_postgres() && !tx.ledger.shared {
        sql("SELECT pg_advisory_xact_lock_shared(7305806)").execute(tx).await?;
        tx.ledger.shared = true;
    }
    Ok(())
}

/// The exclusive lock for changes of budgets: nobody changes the ledger meanwhile.
async fn lock_budgets(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.on_postgres() {
        sql("SELECT pg_advisory_xact_lock(7305806)").execute(tx).await?;
    }
    write_bookings(tx).await
}

/// The budgets of these scopes, locked; derives those that are missing from `*`. `None` if another unit of work has locked one
/// for which this one must not wait. Must be called before the ledger is changed.
async fn lock_and_read(tx: &mut Tx, scopes: &[(&'static str, &str)]) -> Result<Option<Vec<Budget>>, StoreError> {
    lock_ledger(tx).await?;
    write_bookings(tx).await?;
    let mut found = stored(tx, scopes).await?;
    let has = |scope: &str, name: &str| found.iter().any(|budget| budget.scope == scope && budget.name == name);
    let is_kept = |scope: &str, name: &str| is_owners(scope) || has(scope, name) || has(scope, "*");
    let kept = scopes.iter().filter(|(scope, name)| is_kept(scope, name));
    let mut wanted: Vec<_> = kept.map(|(scope, name)| (Key::new(scope, name), has(scope, name))).collect();
    wanted.sort();
    if !locks::acquire(tx, &wanted).await? {
        return Ok(None);
    }
    if wanted.iter().any(|(_, is_stored)| !is_stored) {
        found = stored(tx, scopes).await?;
    }
    let budget = |(key, _): &(Key, bool)| found.iter().find(|it| it.scope == key.scope && it.name == key.name).cloned();
    Ok(Some(wanted.iter().filter_map(budget).collect()))
}

/// The rows of these scopes, and the `*` rows of these kinds of scope.
async fn stored(tx: &mut Tx, scopes: &[(&'static str, &str)]) -> Result<Vec<Budget>, StoreError> {
    let text = format!(
        "SELECT {BUDGET} JOIN (VALUES {}) AS wanted ON b.scope = wanted.column1 AND b.name = wanted.column2",
        placeholders(1, 2 * scopes.len(), 2)
    );
    let each = scopes.iter().flat_map(|(scope, name)| [*scope, *name, *scope, "*"]);
    sql(text).bind_all(each).all(tx).await?.iter().map(budget).collect()
}

/// The budgets that a job would be paid from today, as they are now. Of those of jobs there may be as many as jobs.
pub(crate) async fn concerning(tx: &mut Tx, job: &JobRow) -> Result<Vec<Budget>, StoreError> {
    let day = day(tx.now().await?);
    let names = Names::new(&day, job.id.as_str(), job.owner.as_str(), job.need.provider.as_deref());
    let scopes = names.scopes();
    let mut stored = stored(tx, &scopes).await?;
    stored.retain(|budget| scopes.iter().any(|(scope, name)| budget.scope == *scope && budget.name == *name));
    stored.extend(names.unused(&stored));
    owners::apply(&mut stored, limits::caps_of(tx, &job.owner).await?);
    stored.sort_by(|a, b| a.scope.cmp(&b.scope));
    Ok(stored)
}

/// Derives the budget of a name from that of `*`; returns whether there was none.
async fn derive(tx: &mut Tx, scope: &'static str, name: &str) -> Result<bool, StoreError> {
    let text = format!(
        "INSERT INTO budgets (scope, name, reserved, spent)
         SELECT scope, $2, {}, {} FROM budgets WHERE scope = $1 AND name = '*'
         ON CONFLICT (scope, name) DO NOTHING",
        reserved_under(scope),
        spent_under(scope)
    );
    Ok(sql(text).bind(scope).bind(name).execute(tx).await? > 0)
}

/// Reserves what a job's stage may cost. If it does not fit, the job waits or fails, as the budget says.
pub(crate) async fn reserve(tx: &mut Tx, job: &Claimed, now: Timestamp) -> Result<Reserved, StoreError> {
    let day = day(now);
    let (id, cost) = (job.lease.job.as_str(), storable::money(job.need.cost));
    let names = Names::new(&day, id, job.owner.as_str(), job.need.provider.as_deref());
    let Some(mut budgets) = lock_and_read(tx, &names.scopes()).await? else { return Ok(Reserved::Contended) };
    let of_owner = limits::caps_of(tx, &job.owner).await?;
    owners::apply(&mut budgets, of_owner);
    if let Some(short) = take(tx, &budgets, cost).await? {
        return refuse(tx, job, short, now).await;
    }
    sql("INSERT INTO spend (job, lease, attempt, stage, owner, provider, day, reserved, state, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'reserved', $9)")
    .bind(id)
    .bind(job.lease.id.as_str())
    .bind(job.lease.attempt)
    .bind(&job.stage)
    .bind(job.owner.as_str())
    .bind(job.need.provider.as_deref())
    .bind(&day)
    .bind(cost.0)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    owners::warn(tx, &job.owner, of_owner, now).await?;
    Ok(Reserved::Yes)
}

/// Reserves an amount under all of these budgets, or under none: then the one that has too little left is returned.
async fn take<'a>(tx: &mut Tx, budgets: &'a [Budget], cost: MicroUsd) -> Result<Option<&'a Budget>, StoreError> {
    for (index, budget) in budgets.iter().enumerate() {
        let fits = sql("UPDATE budgets SET reserved = reserved + $3
                        WHERE scope = $1 AND name = $2 AND reserved + spent + $3 <= $4")
        .bind(&budget.scope)
        .bind(&budget.name)
        .bind(cost.0)
        .bind(budget.cap.0)
        .execute(tx)
        .await?;
        if fits == 0 {
            for taken in &budgets[..index] {
                locks::book(tx, &taken.scope, &taken.name, cost.0, 0).await?;
            }
            return Ok(Some(budget));
        }
    }
    Ok(None)
}

/// Why a job does not fit, for people.
fn too_little(cost: MicroUsd, budget: &Budget) -> String {
    let left = MicroUsd((budget.cap.0 - budget.reserved.0 - budget.spent.0).max(0));
    format!("it may cost {cost}, and of the {} for {} {} there are {left} left", budget.cap, budget.scope, budget.name)
}

async fn refuse(tx: &mut Tx, job: &Claimed, budget: &Budget, now: Timestamp) -> Result<Reserved, StoreError> {
    let mut row = get(tx, &job.lease.job).await?;
    let refused = match budget.over {
        Over::Wait => {
            row.put_off(RETRY_AFTER, now);
            if is_owners(&budget.scope) {
                limits::put_off(tx, &row.id, &row.owner, row.run_at).await?;
            }
            Reserved::Waits
        }
        Over::Fail => {
            // Its end changes the jobs that wait for it. Another transaction that has locked them may wait for the locks of this one.
            if !family::try_lock_relatives(tx, &row.id).await? {
                return Ok(Reserved::Contended);
            }
            let message = too_little(job.need.cost, budget);
            row.die(JobError { code: "over_budget".into(), message }, now);
            Reserved::Failed
        }
    };
    row.save(tx).await?;
    after(tx, &row).await?;
    Ok(refused)
}

/// The day of a point in time, in UTC, as `2026-11-22`; 1970-01-01 if it is out of the calendar's range.
pub fn day(at: Timestamp) -> String {
    chrono::DateTime::from_timestamp_millis(at.as_millis()).unwrap_or_default().date_naive().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day(Timestamp::from_millis(0)), "1970-01-01");
        assert_eq!(day(Timestamp::from_millis(951_782_400_000)), "2000-02-29");
        assert_eq!(day(Timestamp::from_millis(1_795_305_599_999)), "2026-11-21");
        assert_eq!(day(Timestamp::from_millis(1_795_305_600_000)), "2026-11-22");
    }
}
