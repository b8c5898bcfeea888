//! Money: reserved with the claim, settled on the result, released when abandoned. One row per attempt that may cost.
//!
//! A budget is a row with what is reserved and what is spent under it, changed in the transaction that changes the
//! ledger. A reservation is one statement that fails when it would pass the cap, so there is no overspend and no
//! refusal of what would have fitted, whatever the number of callers.

use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use crate::jobs::claim::Claimed;
use crate::jobs::row::{JobError, Lease, get};
use crate::jobs::settle::after;
use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

/// What happens to a job that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It waits until there is money.
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

/// A cap and what has been used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// `owner`, `job`, `day` or `provider`.
    pub scope: String,
    /// Which; `*` is for each one without a row of its own. A day is written `2026-11-22`, in UTC.
    pub name: String,
    /// The most.
    pub cap: MicroUsd,
    /// Reserved by attempts that run.
    pub reserved: MicroUsd,
    /// Spent.
    pub spent: MicroUsd,
    /// What happens to a job that does not fit.
    pub over: Over,
}

/// What became of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reserved {
    Yes,
    /// The job is looked at again later.
    Waits,
    /// The job is dead.
    Failed,
}

/// How long a job that does not fit is left alone.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Sets a cap; the name `*` is for each one without a cap of its own.
pub async fn set_budget(tx: &mut Tx, scope: &str, name: &str, cap: MicroUsd, over: Over) -> Result<(), StoreError> {
    sql("INSERT INTO budgets (scope, name, cap, over) VALUES ($1, $2, $3, $4)
         ON CONFLICT (scope, name) DO UPDATE SET cap = excluded.cap, over = excluded.over")
    .bind(scope)
    .bind(name)
    .bind(cap.0)
    .bind(over.as_str())
    .execute(tx)
    .await?;
    tx.tell_workers();
    Ok(())
}

/// Every cap.
pub async fn budgets(tx: &mut Tx) -> Result<Vec<Budget>, StoreError> {
    sql("SELECT * FROM budgets ORDER BY scope, name").all(tx).await?.iter().map(budget).collect()
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

/// The scopes that an attempt is paid from, in the order in which all lock them.
fn scopes<'a>(day: &'a str, job: &'a str, owner: &'a str, provider: Option<&'a str>) -> Vec<(&'static str, &'a str)> {
    let mut scopes = vec![("day", day), ("job", job), ("owner", owner)];
    scopes.extend(provider.map(|provider| ("provider", provider)));
    scopes
}

/// Reserves what a job's stage may cost. When it does not fit, the job waits or fails, as the owner of the cap chose.
pub(crate) async fn reserve(tx: &mut Tx, job: &Claimed, now: Timestamp) -> Result<Reserved, StoreError> {
    let day = day(now);
    let (id, cost) = (job.lease.job.as_str(), job.need.cost);
    let scopes = scopes(&day, id, job.owner.as_str(), job.need.provider.as_deref());
    let mut taken = Vec::new();
    for (scope, name) in scopes {
        let Some(budget) = cap_of(tx, scope, name).await? else { continue };
        let fits = sql("UPDATE budgets SET reserved = reserved + $3
                        WHERE scope = $1 AND name = $2 AND reserved + spent + $3 <= cap")
        .bind(scope)
        .bind(name)
        .bind(cost.0)
        .execute(tx)
        .await?;
        if fits == 0 {
            give_back(tx, &taken, cost, MicroUsd(0)).await?;
            return refuse(tx, job, &budget, now).await;
        }
        taken.push((scope, name));
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
    Ok(Reserved::Yes)
}

/// The cap for a name, made from that for each when there is none yet.
async fn cap_of(tx: &mut Tx, scope: &str, name: &str) -> Result<Option<Budget>, StoreError> {
    let find = "SELECT * FROM budgets WHERE scope = $1 AND name = $2";
    if let Some(row) = sql(find).bind(scope).bind(name).optional(tx).await? {
        return budget(&row).map(Some);
    }
    sql("INSERT INTO budgets (scope, name, cap, over)
         SELECT scope, $2, cap, over FROM budgets WHERE scope = $1 AND name = '*' ON CONFLICT DO NOTHING")
    .bind(scope)
    .bind(name)
    .execute(tx)
    .await?;
    sql(find).bind(scope).bind(name).optional(tx).await?.as_ref().map(budget).transpose()
}

async fn refuse(tx: &mut Tx, job: &Claimed, budget: &Budget, now: Timestamp) -> Result<Reserved, StoreError> {
    let mut row = get(tx, &job.lease.job).await?;
    let refused = match budget.over {
        Over::Wait => {
            row.put_off(LOOK_AGAIN, now);
            Reserved::Waits
        }
        Over::Fail => {
            let message = format!(
                "it may cost {}, and of the {} for {} {} there are {} left",
                job.need.cost,
                budget.cap,
                budget.scope,
                budget.name,
                MicroUsd((budget.cap.0 - budget.reserved.0 - budget.spent.0).max(0))
            );
            row.die(JobError { code: "over_budget".into(), message }, now);
            Reserved::Failed
        }
    };
    row.save(tx).await?;
    after(tx, &row).await?;
    Ok(refused)
}

/// Gives back what was reserved and books what was spent.
async fn give_back(
    tx: &mut Tx,
    scopes: &[(&'static str, &str)],
    reserved: MicroUsd,
    spent: MicroUsd,
) -> Result<(), StoreError> {
    for (scope, name) in scopes {
        sql("UPDATE budgets SET reserved = reserved - $3, spent = spent + $4 WHERE scope = $1 AND name = $2")
            .bind(*scope)
            .bind(*name)
            .bind(reserved.0)
            .bind(spent.0)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// What is known of the calls that a reservation is for.
struct Calls {
    count: i64,
    /// What is known to be spent.
    cost: MicroUsd,
    /// Of how many it is not known what they cost.
    unknown: i64,
    /// How many a provider is at work on.
    submitted: i64,
}

async fn calls_of(tx: &mut Tx, job: &JobId, lease: &LeaseId) -> Result<Calls, StoreError> {
    let row = sql("SELECT COUNT(*) AS count, COALESCE(CAST(SUM(cost) AS BIGINT), 0) AS cost,
             COUNT(CASE WHEN outcome IN ('unknown', 'started', 'lost', 'expired') THEN 1 END) AS unknown,
             COUNT(CASE WHEN outcome = 'submitted' THEN 1 END) AS submitted
         FROM calls WHERE job = $1 AND lease = $2")
    .bind(job.as_str())
    .bind(lease.as_str())
    .one(tx)
    .await?;
    let cost = MicroUsd(row.get("cost")?);
    Ok(Calls { count: row.get("count")?, cost, unknown: row.get("unknown")?, submitted: row.get("submitted")? })
}

impl Calls {
    /// A call whose outcome is not known may have been paid for: until that is known, all that was reserved for its
    /// attempt counts as spent.
    fn spent(&self, reserved: MicroUsd) -> MicroUsd {
        if self.unknown > 0 { self.cost.max(reserved) } else { self.cost }
    }
}

/// Ends the reservation of an attempt: what its calls cost is spent, the rest is free again. While a provider is at work
/// on one of them, all stays reserved.
pub(crate) async fn settle_spend(tx: &mut Tx, lease: &Lease) -> Result<(), StoreError> {
    end_reservation(tx, &lease.job, &lease.id).await
}

async fn end_reservation(tx: &mut Tx, job: &JobId, lease: &LeaseId) -> Result<(), StoreError> {
    let Some(row) = sql("SELECT * FROM spend WHERE job = $1 AND lease = $2 AND state = 'reserved' {lock}")
        .bind(job.as_str())
        .bind(lease.as_str())
        .optional(tx)
        .await?
    else {
        return Ok(());
    };
    let calls = calls_of(tx, job, lease).await?;
    if calls.submitted > 0 {
        return Ok(());
    }
    let reserved = MicroUsd(row.get("reserved")?);
    let spent = calls.spent(reserved);
    let state = if calls.count == 0 { "released" } else { "settled" };
    sql("UPDATE spend SET state = $3, spent = $4 WHERE job = $1 AND lease = $2")
        .bind(job.as_str())
        .bind(lease.as_str())
        .bind(state)
        .bind((calls.count > 0).then_some(spent.0))
        .execute(tx)
        .await?;
    book(tx, &row, reserved, spent).await
}

async fn book(tx: &mut Tx, row: &Row, reserved: MicroUsd, spent: MicroUsd) -> Result<(), StoreError> {
    let (day, job, owner): (String, String, String) = (row.get("day")?, row.get("job")?, row.get("owner")?);
    let provider: Option<String> = row.get("provider")?;
    give_back(tx, &scopes(&day, &job, &owner, provider.as_deref()), reserved, spent).await
}

/// Puts right what an attempt spent, when something became known of one of its calls.
pub(crate) async fn correct(tx: &mut Tx, job: &JobId, lease: &LeaseId) -> Result<(), StoreError> {
    let Some(row) = sql("SELECT * FROM spend WHERE job = $1 AND lease = $2 AND state <> 'released' {lock}")
        .bind(job.as_str())
        .bind(lease.as_str())
        .optional(tx)
        .await?
    else {
        return Ok(());
    };
    if row.get::<String>("state")? == "reserved" {
        // While the attempt runs it may call more; its end settles all.
        let running = sql("SELECT id FROM jobs WHERE id = $1 AND lease_id = $2")
            .bind(job.as_str())
            .bind(lease.as_str())
            .optional(tx)
            .await?;
        return if running.is_some() { Ok(()) } else { end_reservation(tx, job, lease).await };
    }
    let calls = calls_of(tx, job, lease).await?;
    if calls.submitted > 0 {
        return Ok(());
    }
    let booked: i64 = row.get("spent")?;
    let spent = calls.spent(MicroUsd(row.get("reserved")?));
    sql("UPDATE spend SET spent = $3 WHERE job = $1 AND lease = $2")
        .bind(job.as_str())
        .bind(lease.as_str())
        .bind(spent.0)
        .execute(tx)
        .await?;
    book(tx, &row, MicroUsd(0), MicroUsd(spent.0 - booked)).await
}

/// Caps whose figures differ from the sum of the ledger's rows: none, if nothing is wrong.
pub async fn drift(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = sql("SELECT b.scope AS scope, b.name AS name, b.reserved AS reserved, b.spent AS spent,
             COALESCE(CAST(SUM(CASE WHEN s.state = 'reserved' THEN s.reserved ELSE 0 END) AS BIGINT), 0) AS all_reserved,
             COALESCE(CAST(SUM(COALESCE(s.spent, 0)) AS BIGINT), 0) AS all_spent
         FROM budgets b LEFT JOIN spend s ON b.name = CASE b.scope
             WHEN 'owner' THEN s.owner WHEN 'job' THEN s.job WHEN 'day' THEN s.day ELSE s.provider END
         GROUP BY b.scope, b.name, b.reserved, b.spent")
    .all(tx)
    .await?;
    let mut drifted = Vec::new();
    for row in &rows {
        let figures: [i64; 4] =
            [row.get("reserved")?, row.get("spent")?, row.get("all_reserved")?, row.get("all_spent")?];
        if figures[0] != figures[2] || figures[1] != figures[3] {
            let (scope, name): (String, String) = (row.get("scope")?, row.get("name")?);
            drifted.push(format!("{scope} {name}: {figures:?}"));
        }
    }
    Ok(drifted)
}

/// The day of a point in time, in UTC, as `2026-11-22`. What is out of the calendar's range is its first day.
pub(crate) fn day(at: Timestamp) -> String {
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
