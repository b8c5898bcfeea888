//! What owners may spend on a day and in a month: caps of their plans and of their own, and jobs that wait for more.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{Datelike as _, Days, Months};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::limits::{Cap, Holder, Limited, Limits, Overrides, Plans};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use super::{Of, Warning, lock, warn};
use crate::jobs::spend;
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx, accounts};

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// The caps of an owner; none: as much as there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MoneyCaps {
    /// Of a day, in UTC.
    pub per_day: Option<Cap>,
    /// Of a month, in UTC.
    pub per_month: Option<Cap>,
    /// Of the calls of a day in UTC whose price is not known. Of a plan, none is the built-in one.
    pub unpriced: Option<Cap>,
}

/// What an owner has spent, with what running attempts have reserved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Money {
    /// Today, in UTC.
    pub today: MicroUsd,
    /// This month, in UTC.
    pub this_month: MicroUsd,
}

/// Writes the plans' caps, for the workers of all processes. If something changed, jobs that wait for money are tried again.
pub async fn set_plans(tx: &mut Tx, plans: &Plans) -> Result<bool, StoreError> {
    let caps = |limits: &Limits| MoneyCaps {
        per_day: limits.micro_usd_per_day,
        per_month: limits.micro_usd_per_month,
        unpriced: limits.unpriced_calls_per_day,
    };
    let new: BTreeMap<String, MoneyCaps> =
        plans.iter().map(|(name, plan)| (name.to_owned(), caps(&plan.user))).collect();
    let hard = |cap: &Option<Cap>| cap.map(|cap| whole(cap.hard));
    let soft = |cap: &Option<Cap>| cap.and_then(|cap| cap.soft).map(whole);
    let rows = sql("SELECT * FROM plan_money").all(tx).await?;
    let old = rows.iter().map(|row| Ok::<_, StoreError>((row.get("plan")?, caps_row(row)?)));
    // Compared as this program sorts them: the database's collation may be another one.
    let old: BTreeMap<String, MoneyCaps> = old.collect::<Result<_, StoreError>>()?;
    if old == new {
        return Ok(false);
    }
    sql("DELETE FROM plan_money").execute(tx).await?;
    for (name, MoneyCaps { per_day, per_month, unpriced }) in &new {
        sql("INSERT INTO plan_money (plan, per_day, per_day_soft, per_month, per_month_soft, unpriced, unpriced_soft)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (plan) DO UPDATE SET per_day = excluded.per_day, per_day_soft = excluded.per_day_soft,
                 per_month = excluded.per_month, per_month_soft = excluded.per_month_soft,
                 unpriced = excluded.unpriced, unpriced_soft = excluded.unpriced_soft")
        .bind(name)
        .bind(hard(per_day))
        .bind(soft(per_day))
        .bind(hard(per_month))
        .bind(soft(per_month))
        .bind(hard(unpriced))
        .bind(soft(unpriced))
        .execute(tx)
        .await?;
    }
    release(tx, None).await?;
    Ok(true)
}

fn whole(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

fn caps_row(row: &Row) -> Result<MoneyCaps, StoreError> {
    let cap = |hard: &str, soft: &str| {
        let (hard, soft): (Option<i64>, Option<i64>) = (row.get(hard)?, row.get(soft)?);
        Ok::<_, StoreError>(hard.map(|hard| Cap { hard: hard.unsigned_abs(), soft: soft.map(i64::unsigned_abs) }))
    };
    Ok(MoneyCaps {
        per_day: cap("per_day", "per_day_soft")?,
        per_month: cap("per_month", "per_month_soft")?,
        unpriced: cap("unpriced", "unpriced_soft")?,
    })
}

/// The caps that apply to an owner now.
pub(crate) async fn caps_of(tx: &mut Tx, owner: &OwnerId) -> Result<MoneyCaps, StoreError> {
    let account = sql("SELECT plan, limits FROM accounts WHERE owner = $1").bind(owner.as_str()).optional(tx).await?;
    let (plan, overrides) = match &account {
        Some(row) => (row.get("plan")?, accounts::overrides(row)?),
        None => (Plans::VISITOR.to_owned(), Overrides::default()),
    };
    let rows =
        sql("SELECT * FROM plan_money WHERE plan = $1 OR plan = $2").bind(&plan).bind(Plans::STANDARD).all(tx).await?;
    let mut of_plan = MoneyCaps::default();
    for row in &rows {
        let name: String = row.get("plan")?;
        if name == plan || rows.len() == 1 {
            of_plan = caps_row(row)?;
        }
    }
    Ok(MoneyCaps {
        per_day: overrides.micro_usd_per_day.unwrap_or(of_plan.per_day),
        per_month: overrides.micro_usd_per_month.unwrap_or(of_plan.per_month),
        unpriced: overrides.unpriced_cap(of_plan.unpriced),
    })
}

/// How many calls of an owner began today, in UTC, whose price was not known and whose cost still is not. One that turned out
/// to cost nothing, or whose provider said what it cost, is none.
pub async fn unpriced_calls(tx: &mut Tx, owner: &OwnerId) -> Result<u64, StoreError> {
    let now = tx.now().await?;
    let row = sql("SELECT COUNT(*) AS count FROM calls
         WHERE owner = $1 AND started_at >= $2 AND unpriced = 1 AND cost IS NULL")
    .bind(owner.as_str())
    .bind(now.as_millis() - now.as_millis().rem_euclid(DAY_MS))
    .one(tx)
    .await?;
    Ok(row.get::<i64>("count")?.unsigned_abs())
}

/// The cap that the calls of today exceed, and when the day ends; none if there is room. The caller's own call is among them.
/// Nobody else begins such a call of this owner until the unit of work ends.
pub(crate) async fn too_many_unpriced(tx: &mut Tx, owner: &OwnerId) -> Result<Option<(u64, Timestamp)>, StoreError> {
    let of = Of::new(Holder::User, owner.as_str());
    lock(tx, &of, Limited::UnpricedCalls).await?;
    let Some(cap) = caps_of(tx, owner).await?.unpriced else { return Ok(None) };
    let (used, now) = (unpriced_calls(tx, owner).await?, tx.now().await?);
    let until = end_of(Limited::UnpricedCalls, now);
    if used > cap.hard {
        return Ok(Some((cap.hard, until)));
    }
    if let Some(soft) = cap.soft.filter(|soft| used >= *soft) {
        let limited = Limited::UnpricedCalls;
        warn(tx, owner, &Warning { of, limited, used, soft, hard: cap.hard, until }).await?;
    }
    Ok(None)
}

/// What an owner has spent today and this month.
pub async fn money(tx: &mut Tx, owner: &OwnerId) -> Result<Money, StoreError> {
    let today = spend::day(tx.now().await?);
    let day = spend::spent_in(tx, "owner_day", &format!("{owner} {today}")).await?;
    let month = spend::spent_in(tx, "owner_month", &format!("{owner} {}", month_of(&today))).await?;
    Ok(Money { today: day, this_month: month })
}

/// The month of a day: `2026-11`.
pub(crate) fn month_of(day: &str) -> &str {
    day.get(..7).unwrap_or(day)
}

/// Notes until when a job was put off for want of money, so that it can be tried earlier when there is more.
pub(crate) async fn put_off(tx: &mut Tx, job: &JobId, owner: &OwnerId, until: Timestamp) -> Result<(), StoreError> {
    sql("INSERT INTO over_budget (job, owner, until) VALUES ($1, $2, $3)
         ON CONFLICT (job) DO UPDATE SET until = excluded.until")
    .bind(job.as_str())
    .bind(owner.as_str())
    .bind(until.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// Makes the jobs of an owner that wait for money ready, after more was allowed; returns how many.
pub async fn release_over_budget(tx: &mut Tx, owner: &OwnerId) -> Result<usize, StoreError> {
    release(tx, Some(owner)).await
}

/// The most jobs that are made ready at once; the others are tried again by themselves soon.
const AT_ONCE: u32 = 1_000;

async fn release(tx: &mut Tx, owner: Option<&OwnerId>) -> Result<usize, StoreError> {
    let text = match owner {
        Some(_) => "SELECT job, until FROM over_budget WHERE owner = $1 ORDER BY job LIMIT $2",
        None => "SELECT job, until FROM over_budget WHERE owner > $1 ORDER BY job LIMIT $2",
    };
    let rows = sql(text).bind(owner.map_or("", OwnerId::as_str)).bind(AT_ONCE).all(tx).await?;
    let now = tx.now().await?;
    let mut released = 0;
    for row in &rows {
        let (job, until): (JobId, i64) = (parse(row, "job")?, row.get("until")?);
        sql("DELETE FROM over_budget WHERE job = $1").bind(job.as_str()).execute(tx).await?;
        let Some(found) = crate::jobs::row::find(tx, &job).await? else { continue };
        // It may have been put off for another reason since, or have ended.
        if found.state == JobState::Scheduled && found.run_at.as_millis() == until {
            crate::jobs::due_now(tx, found, now).await?;
            released += 1;
        }
    }
    if released > 0 {
        tx.notify_workers();
    }
    Ok(released)
}

/// Tells an owner that much of what may be spent is spent.
pub(crate) async fn warn_of_money(
    tx: &mut Tx,
    owner: &OwnerId,
    limited: Limited,
    cap: Cap,
    used: MicroUsd,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (used, until) = (used.0.unsigned_abs(), end_of(limited, now));
    if let Some(soft) = cap.soft.filter(|soft| used >= *soft) {
        let of = Of::new(Holder::User, owner.as_str());
        warn(tx, owner, &Warning { of, limited, used, soft, hard: cap.hard, until }).await?;
    }
    Ok(())
}

/// When the day, or for [`Limited::MoneyPerMonth`] the month, of a point in time ends, in UTC.
pub fn end_of(limited: Limited, now: Timestamp) -> Timestamp {
    let end = || {
        let day = chrono::DateTime::from_timestamp_millis(now.as_millis())?.date_naive();
        let next = match limited {
            Limited::MoneyPerMonth => day.with_day(1)?.checked_add_months(Months::new(1))?,
            _ => day.checked_add_days(Days::new(1))?,
        };
        Some(Timestamp::from_millis(next.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()))
    };
    // Beyond the calendar's range there is no end of a day.
    end().unwrap_or(now + Duration::from_hours(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_end_in_utc() {
        // 2026-12-31, 23:59:59.999.
        let last = Timestamp::from_millis(1_798_761_599_999);
        let new_year = Timestamp::from_millis(1_798_761_600_000);
        assert_eq!(end_of(Limited::MoneyPerDay, last), new_year);
        assert_eq!(end_of(Limited::MoneyPerMonth, last), new_year);
        assert_eq!(end_of(Limited::MoneyPerMonth, new_year), Timestamp::from_millis(1_801_440_000_000));
    }
}
