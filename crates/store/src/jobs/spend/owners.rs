//! What an owner spends on a day and in a month. Such a budget is there for each day and month with an attempt that may
//! cost, whether there is a cap or not, so that its figures are right whenever a cap is set; the cap itself is that of the
//! owner's plan, or the owner's own, looked up at each reservation.

use sluice_domain::ids::OwnerId;
use sluice_domain::limits::Limited;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use super::{Budget, Over, reserved_under, spent_under};
use crate::limits::{self, MoneyCaps};
use crate::sql::sql;
use crate::{StoreError, Tx};

const DAY: &str = "owner_day";
const MONTH: &str = "owner_month";

/// Whether a budget is one of an owner's days or months.
pub(super) fn is_owners(scope: &str) -> bool {
    scope == DAY || scope == MONTH
}

/// The names of the budgets that an attempt counts towards.
pub(super) struct Names<'a> {
    day: &'a str,
    job: &'a str,
    owner: &'a str,
    owner_day: String,
    owner_month: String,
    provider: Option<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(day: &'a str, job: &'a str, owner: &'a str, provider: Option<&'a str>) -> Self {
        let month = limits::month_of(day);
        Self { day, job, owner, owner_day: format!("{owner} {day}"), owner_month: format!("{owner} {month}"), provider }
    }

    /// Their scopes and names.
    pub(super) fn scopes(&self) -> Vec<(&'static str, &str)> {
        let of_owner = [("owner", self.owner), (DAY, &*self.owner_day), (MONTH, &*self.owner_month)];
        let mut scopes = vec![("day", self.day), ("job", self.job)];
        scopes.extend(of_owner);
        scopes.extend(self.provider.map(|provider| ("provider", provider)));
        scopes
    }

    /// The owner's budgets that have no row, since nothing was spent under them.
    pub(super) fn unused(&self, stored: &[Budget]) -> Vec<Budget> {
        let of_owner = [(DAY, &self.owner_day), (MONTH, &self.owner_month)];
        let missing = of_owner.into_iter().filter(|(scope, _)| stored.iter().all(|budget| budget.scope != *scope));
        missing.map(|(scope, name)| empty(scope, name)).collect()
    }
}

fn empty(scope: &str, name: &str) -> Budget {
    let (scope, name, none) = (scope.to_owned(), name.to_owned(), MicroUsd(0));
    Budget { scope, name, cap: MicroUsd(i64::MAX), reserved: none, spent: none, over: Over::Wait }
}

/// The condition on a row of the ledger that it counts towards the budget with the name `$2`.
pub(super) fn named(scope: &'static str) -> String {
    match scope {
        DAY => "owner = substr($2, 1, length($2) - 11) AND day = substr($2, length($2) - 9)".to_owned(),
        MONTH => "owner = substr($2, 1, length($2) - 8) AND day >= substr($2, length($2) - 6) || '-01'
                  AND day <= substr($2, length($2) - 6) || '-31'"
            .to_owned(),
        column => format!("{column} = $2"),
    }
}

/// Begins an owner's day or month with what the ledger has of it, which is nothing unless it is from an earlier version;
/// returns whether it had not begun.
pub(super) async fn begin(tx: &mut Tx, scope: &'static str, name: &str) -> Result<bool, StoreError> {
    let text = format!(
        "INSERT INTO budgets (scope, name, reserved, spent) VALUES ($1, $2, {}, {}) ON CONFLICT (scope, name) DO NOTHING",
        reserved_under(scope),
        spent_under(scope)
    );
    Ok(sql(text).bind(scope).bind(name).execute(tx).await? > 0)
}

/// Gives the owner's budgets their caps.
pub(super) fn apply(budgets: &mut [Budget], caps: MoneyCaps) {
    for budget in budgets {
        let cap = match budget.scope.as_str() {
            DAY => caps.per_day,
            MONTH => caps.per_month,
            _ => continue,
        };
        budget.cap = cap.map_or(MicroUsd(i64::MAX), |cap| MicroUsd(i64::try_from(cap.hard).unwrap_or(i64::MAX)));
    }
}

/// What is spent and reserved under a name.
pub(crate) async fn spent_in(tx: &mut Tx, scope: &'static str, name: &str) -> Result<MicroUsd, StoreError> {
    let row = sql("SELECT reserved + spent AS used FROM budgets WHERE scope = $1 AND name = $2").bind(scope).bind(name);
    Ok(MicroUsd(row.optional(tx).await?.map_or(Ok(0), |row| row.get("used"))?))
}

/// Warns an owner who has just reserved something, if a soft limit is reached.
pub(super) async fn warn(tx: &mut Tx, owner: &OwnerId, caps: MoneyCaps, now: Timestamp) -> Result<(), StoreError> {
    let soft = |cap: Option<sluice_domain::limits::Cap>| cap.filter(|cap| cap.soft.is_some());
    let of = [(Limited::MoneyPerDay, soft(caps.per_day)), (Limited::MoneyPerMonth, soft(caps.per_month))];
    if of.iter().all(|(_, cap)| cap.is_none()) {
        return Ok(());
    }
    let spent = limits::money(tx, owner).await?;
    for (limited, cap) in of {
        let used = if limited == Limited::MoneyPerDay { spent.today } else { spent.this_month };
        if let Some(cap) = cap {
            limits::warn_of_money(tx, owner, limited, cap, used, now).await?;
        }
    }
    Ok(())
}
