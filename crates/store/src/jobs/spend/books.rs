//! The books as a whole: whether the budgets agree with the ledger, and what is forgotten of it.

use std::collections::BTreeMap;

use sluice_domain::time::Timestamp;

use super::lock_budgets;
use super::owners::Names;
use crate::sql::sql;
use crate::{StoreError, Tx};

/// The budgets whose figures differ from the sums of the ledger: none, unless there is a bug.
pub async fn drift(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = sql("SELECT b.scope AS scope, b.name AS name, b.reserved AS reserved, b.spent AS spent,
             COALESCE(CAST(SUM(CASE WHEN s.state = 'reserved' THEN s.reserved ELSE 0 END) AS BIGINT), 0) AS all_reserved,
             b.forgotten + COALESCE(CAST(SUM(COALESCE(s.spent, 0)) AS BIGINT), 0) AS all_spent
         FROM budgets b LEFT JOIN spend s ON b.name = CASE b.scope
             WHEN 'owner' THEN s.owner WHEN 'owner_day' THEN s.owner || ' ' || s.day
             WHEN 'owner_month' THEN s.owner || ' ' || substr(s.day, 1, 7) WHEN 'job' THEN s.job WHEN 'day' THEN s.day ELSE s.provider END
         GROUP BY b.scope, b.name, b.reserved, b.spent, b.forgotten")
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

/// Deletes up to `most` settled rows of the ledger from before `before`; returns how many. Existing budgets keep their
/// figures.
pub(crate) async fn forget_spend(tx: &mut Tx, before: Timestamp, most: u32) -> Result<u64, StoreError> {
    lock_budgets(tx).await?;
    // A transaction that corrects a row has locked it, and may wait for this one.
    let rows = sql("SELECT job, lease, day, owner, provider, COALESCE(spent, 0) AS spent FROM spend
                    WHERE at < $1 AND state <> 'reserved' ORDER BY at LIMIT $2 {skip_locked}")
    .bind(before.as_millis())
    .bind(most)
    .all(tx)
    .await?;
    let mut spent_by: BTreeMap<(&'static str, String), i64> = BTreeMap::new();
    for row in &rows {
        let (day, job, owner): (String, String, String) = (row.get("day")?, row.get("job")?, row.get("owner")?);
        let provider: Option<String> = row.get("provider")?;
        for (scope, name) in Names::new(&day, &job, &owner, provider.as_deref()).scopes() {
            *spent_by.entry((scope, name.to_owned())).or_default() += row.get::<i64>("spent")?;
        }
        let lease: String = row.get("lease")?;
        sql("DELETE FROM spend WHERE job = $1 AND lease = $2").bind(job).bind(lease).execute(tx).await?;
    }
    for ((scope, name), spent) in spent_by.into_iter().filter(|(_, spent)| *spent > 0) {
        sql("UPDATE budgets SET forgotten = forgotten + $3 WHERE scope = $1 AND name = $2")
            .bind(scope)
            .bind(name)
            .bind(spent)
            .execute(tx)
            .await?;
    }
    Ok(rows.len() as u64)
}
