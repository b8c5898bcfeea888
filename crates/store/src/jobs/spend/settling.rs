//! What an attempt's reservations become at its end, and when the outcome of one of its calls is known later.

use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::money::MicroUsd;

use super::lock_ledger;
use super::owners::Names;
use crate::jobs::row::Lease;
use crate::sql::{Row, placeholders, sql};
use crate::{StoreError, Tx};

/// The calls that a reservation was made for.
pub(super) struct Calls {
    count: i64,
    /// The sum of their known costs.
    pub(super) cost: MicroUsd,
    /// How many have an unknown cost.
    pub(super) unknown: i64,
    /// How many are still being processed by a provider.
    pub(super) submitted: i64,
}

/// Which of an attempt's calls.
pub(super) enum Of<'a> {
    Provider(&'a str),
    /// Those of other providers than these, which have rows of their own.
    Others(&'a [String]),
}

pub(super) async fn calls_of(tx: &mut Tx, job: &JobId, lease: &LeaseId, of: Of<'_>) -> Result<Calls, StoreError> {
    let (which, names) = match of {
        Of::Provider(name) => ("AND provider = $3".to_owned(), vec![name]),
        Of::Others([]) => (String::new(), Vec::new()),
        Of::Others(names) => {
            let others = format!("AND (provider IS NULL OR provider NOT IN {})", placeholders(3, 1, names.len()));
            (others, names.iter().map(String::as_str).collect())
        }
    };
    let text = format!(
        "SELECT COUNT(*) AS count, COALESCE(CAST(SUM(cost) AS BIGINT), 0) AS cost,
             COUNT(CASE WHEN outcome IN ('unknown', 'started', 'lost', 'expired')
                 OR outcome = 'succeeded' AND cost IS NULL AND provider IS NOT NULL THEN 1 END) AS unknown,
             COUNT(CASE WHEN outcome = 'submitted' THEN 1 END) AS submitted
         FROM calls WHERE job = $1 AND lease = $2 AND own_key = 0 {which}"
    );
    let row = sql(text).bind(job.as_str()).bind(lease.as_str()).bind_all(names).one(tx).await?;
    let cost = MicroUsd(row.get("cost")?);
    Ok(Calls { count: row.get("count")?, cost, unknown: row.get("unknown")?, submitted: row.get("submitted")? })
}

impl Calls {
    /// A call with an unknown outcome may have been charged: until the outcome is known, the whole reservation counts as spent.
    /// So it does if a call was done and its provider does not say what it cost.
    fn spent(&self, reserved: MicroUsd) -> MicroUsd {
        if self.unknown > 0 { self.cost.max(reserved) } else { self.cost }
    }
}

/// Ends the reservation of an attempt: the cost of its calls is booked, and the rest is released. While a provider is still
/// processing one of them, everything stays reserved.
pub(crate) async fn settle_spend(tx: &mut Tx, lease: &Lease) -> Result<(), StoreError> {
    end_reservation(tx, &lease.job, &lease.id).await
}

/// The lease of an attempt's row for another provider than the first one that it pays.
pub(super) fn beside(lease: &LeaseId, provider: &str) -> String {
    format!("{lease} {provider}")
}

/// The rows of an attempt, locked, each with the calls that it is for.
async fn rows_of(tx: &mut Tx, job: &JobId, lease: &LeaseId) -> Result<Vec<(Row, Calls)>, StoreError> {
    let rows = sql("SELECT * FROM spend WHERE job = $1 AND (lease = $2 OR lease = $2 || ' ' || provider)
                    ORDER BY lease {lock}")
    .bind(job.as_str())
    .bind(lease.as_str())
    .all(tx)
    .await?;
    let mut apart = Vec::new();
    for row in &rows {
        let own: String = row.get("lease")?;
        apart.extend(own.strip_prefix(lease.as_str()).and_then(|rest| rest.strip_prefix(' ')).map(str::to_owned));
    }
    let mut found = Vec::new();
    for row in rows {
        let own: String = row.get("lease")?;
        let of = apart.iter().find(|name| own == beside(lease, name));
        let calls = calls_of(tx, job, lease, of.map_or(Of::Others(&apart), |name| Of::Provider(name))).await?;
        found.push((row, calls));
    }
    Ok(found)
}

async fn end_reservation(tx: &mut Tx, job: &JobId, lease: &LeaseId) -> Result<(), StoreError> {
    for (row, calls) in rows_of(tx, job, lease).await? {
        if row.get::<String>("state")? == "reserved" && calls.submitted == 0 {
            end_row(tx, &row, &calls).await?;
        }
    }
    Ok(())
}

async fn end_row(tx: &mut Tx, row: &Row, calls: &Calls) -> Result<(), StoreError> {
    lock_ledger(tx).await?;
    let reserved = MicroUsd(row.get("reserved")?);
    let spent = calls.spent(reserved);
    let state = if calls.count == 0 { "released" } else { "settled" };
    sql("UPDATE spend SET state = $3, spent = $4 WHERE job = $1 AND lease = $2")
        .bind(row.get::<String>("job")?)
        .bind(row.get::<String>("lease")?)
        .bind(state)
        .bind((calls.count > 0).then_some(spent.0))
        .execute(tx)
        .await?;
    if calls.count > 0 {
        tx.pending.counts.settled(spent);
    }
    book_at_end(tx, row, reserved, if calls.count == 0 { MicroUsd(0) } else { spent })
}

/// Books under the budgets that a row of the ledger counts towards, at the end of this unit of work.
fn book_at_end(tx: &mut Tx, row: &Row, released: MicroUsd, spent: MicroUsd) -> Result<(), StoreError> {
    let (day, job, owner): (String, String, String) = (row.get("day")?, row.get("job")?, row.get("owner")?);
    let provider: Option<String> = row.get("provider")?;
    let names = Names::new(&day, &job, &owner, provider.as_deref());
    tx.pending.bookings.add(&names.scopes(), released.0, spent.0);
    Ok(())
}

/// Corrects what an attempt has spent, after the outcome of one of its calls became known: also at a provider whose reservation was
/// given to the next one, because the call seemed to have cost nothing. `charged` is the provider, if it is known that it was paid.
pub(crate) async fn correct(
    tx: &mut Tx,
    job: &JobId,
    lease: &LeaseId,
    charged: Option<&str>,
) -> Result<(), StoreError> {
    let mut rows = rows_of(tx, job, lease).await?;
    if let Some(provider) = charged
        && is_of_others(&rows, provider)?
    {
        stand_apart(tx, job, lease, provider).await?;
        rows = rows_of(tx, job, lease).await?;
    }
    for (row, calls) in rows {
        let state: String = row.get("state")?;
        if calls.submitted > 0 || state == "released" {
            continue;
        }
        if state == "settled" {
            correct_row(tx, &row, &calls).await?;
        } else if !runs(tx, job, lease).await? {
            // A running attempt may make more calls; its end settles all of them.
            end_row(tx, &row, &calls).await?;
        }
    }
    Ok(())
}

/// Ends what attempts of an earlier version have left: they settle the row of their first provider alone. Returns how many rows were
/// ended; what a provider is still doing stays reserved, and what is settled stays as it is.
pub(crate) async fn settle_left(tx: &mut Tx, most: u32) -> Result<u64, StoreError> {
    // `job >= ''` is always true, and has SQLite use the index of reservations.
    let rows = sql("SELECT job, lease FROM spend WHERE state = 'reserved' AND job >= '' AND lease LIKE '% %'
             AND NOT EXISTS (SELECT 1 FROM jobs
                 WHERE jobs.id = spend.job AND spend.lease = jobs.lease_id || ' ' || spend.provider)
             AND NOT EXISTS (SELECT 1 FROM calls
                 WHERE calls.job = spend.job AND calls.provider = spend.provider AND calls.outcome = 'submitted')
         LIMIT $1")
    .bind(most)
    .all(tx)
    .await?;
    let mut ended = 0;
    for row in &rows {
        match attempt_of(row) {
            Ok((job, attempt)) => {
                end_left(tx, &job, &attempt).await?;
                ended += 1;
            }
            // It does not keep the others from being ended.
            Err(error) => tracing::error!(%error, "a reservation that was left cannot be ended"),
        }
    }
    Ok(ended)
}

/// The attempt that a row of another provider than its first one is of.
fn attempt_of(row: &Row) -> Result<(JobId, LeaseId), StoreError> {
    let lease: String = row.get("lease")?;
    let (attempt, _) = lease.split_once(' ').unwrap_or((&lease, ""));
    let unreadable = |error| StoreError::Unreadable { what: format!("a lease in the ledger, {lease} ({error})") };
    let attempt = LeaseId::try_from(attempt.to_owned()).map_err(unreadable)?;
    Ok((crate::jobs::row::id(row, "job")?, attempt))
}

async fn end_left(tx: &mut Tx, job: &JobId, attempt: &LeaseId) -> Result<(), StoreError> {
    for (row, mut calls) in rows_of(tx, job, attempt).await? {
        if row.get::<String>("state")? != "reserved" || calls.submitted > 0 {
            continue;
        }
        if calls.count == 0 {
            // It was reserved for a call, which is forgotten before the ledger is: what it cost is not known any more.
            calls = Calls { count: 1, unknown: 1, ..calls };
        }
        end_row(tx, &row, &calls).await?;
    }
    Ok(())
}

/// Whether these rows are of other providers alone. A stage that reserves for whomever it will ask has one without a name.
fn is_of_others(rows: &[(Row, Calls)], provider: &str) -> Result<bool, StoreError> {
    let named = rows.iter().map(|(row, _)| row.get::<Option<String>>("provider"));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    Ok(!named.is_empty() && named.iter().all(|name| name.as_deref().is_some_and(|name| name != provider)))
}

/// Gives a provider a row beside that of the one that took its place, with nothing reserved: it is booked there what it cost.
async fn stand_apart(tx: &mut Tx, job: &JobId, lease: &LeaseId, provider: &str) -> Result<(), StoreError> {
    sql("INSERT INTO spend (job, lease, attempt, stage, owner, provider, day, reserved, spent, state, at)
         SELECT job, $3, attempt, stage, owner, $4, day, 0, CASE state WHEN 'settled' THEN 0 END, state, at FROM spend
         WHERE job = $1 AND lease = $2 AND state <> 'released'
         ON CONFLICT (job, lease) DO NOTHING")
    .bind(job.as_str())
    .bind(lease.as_str())
    .bind(beside(lease, provider))
    .bind(provider)
    .execute(tx)
    .await?;
    Ok(())
}

async fn runs(tx: &mut Tx, job: &JobId, lease: &LeaseId) -> Result<bool, StoreError> {
    let running = sql("SELECT id FROM jobs WHERE id = $1 AND lease_id = $2").bind(job.as_str()).bind(lease.as_str());
    Ok(running.optional(tx).await?.is_some())
}

async fn correct_row(tx: &mut Tx, row: &Row, calls: &Calls) -> Result<(), StoreError> {
    let booked: i64 = row.get("spent")?;
    let spent = calls.spent(MicroUsd(row.get("reserved")?));
    if spent.0 == booked {
        return Ok(());
    }
    lock_ledger(tx).await?;
    sql("UPDATE spend SET spent = $3 WHERE job = $1 AND lease = $2")
        .bind(row.get::<String>("job")?)
        .bind(row.get::<String>("lease")?)
        .bind(spent.0)
        .execute(tx)
        .await?;
    tx.pending.counts.settled(MicroUsd(spent.0 - booked));
    book_at_end(tx, row, MicroUsd(0), MicroUsd(spent.0 - booked))
}
