//! Money for a call that a stage makes without having reserved it before: what a call may cost is known when its provider is
//! chosen.

use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;

use super::owners::{self, Names};
use super::settling::{Of, beside, calls_of};
use super::{Over, day, lock_and_read, locks, take, too_little};
use crate::jobs::row::Lease;
use crate::sql::sql;
use crate::{StoreError, Tx, limits, storable};

/// Reserves what a call may cost that was just stored, in a row of its attempt; or says what becomes of the job if it does
/// not fit. The row ends with the attempt, like any reservation.
///
/// A call after others that cost nothing, such as one at the next provider, takes the place of their reservation. One after
/// others that may be charged adds to it, in a row of its own if its provider is another one.
pub(crate) async fn reserve_for_call(
    tx: &mut Tx,
    lease: &Lease,
    owner: &OwnerId,
    provider: &str,
    most: MicroUsd,
) -> Result<Option<(Over, String)>, StoreError> {
    let (now, most) = (tx.now().await?, storable::money(most));
    let row =
        sql("SELECT day, provider, reserved FROM spend WHERE job = $1 AND lease = $2 AND state = 'reserved' {lock}")
            .bind(lease.job.as_str())
            .bind(lease.id.as_str())
            .optional(tx)
            .await?;
    let (mut on, mut own) = (day(now), lease.id.to_string());
    if let Some(row) = &row {
        on = row.get("day")?;
        let before: Option<String> = row.get("provider")?;
        let calls = calls_of(tx, &lease.job, &lease.id, Of::Others(&[])).await?;
        // The new call is one of the unknown ones.
        if calls.cost.0 == 0 && calls.unknown <= 1 && calls.submitted == 0 && is_alone(tx, lease).await? {
            let names = Names::new(&on, lease.job.as_str(), owner.as_str(), before.as_deref());
            let taken = names.scopes();
            let mut wanted = taken.clone();
            wanted.extend((before.as_deref() != Some(provider)).then_some(("provider", provider)));
            // Both providers' at once, in the order of locks: after a part of them it would not wait for the rest, and whoever is
            // in the way of one would look like too little money.
            if lock_and_read(tx, &wanted).await?.is_none() {
                return Ok(Some(contended()));
            }
            let reserved: i64 = row.get("reserved")?;
            sql("UPDATE spend SET reserved = 0, provider = $3 WHERE job = $1 AND lease = $2")
                .bind(lease.job.as_str())
                .bind(lease.id.as_str())
                .bind(provider)
                .execute(tx)
                .await?;
            tx.pending.bookings.add(&taken, reserved, 0);
        } else if before.as_deref() != Some(provider) {
            own = beside(&lease.id, provider);
        }
    }
    let names = Names::new(&on, lease.job.as_str(), owner.as_str(), Some(provider));
    let Some(mut budgets) = lock_and_read(tx, &names.scopes()).await? else {
        return Ok(Some(contended()));
    };
    let caps = limits::caps_of(tx, owner).await?;
    owners::apply(&mut budgets, caps);
    if let Some(short) = take(tx, &budgets, most).await? {
        return Ok(Some((short.over, too_little(most, short))));
    }
    let written = sql("INSERT INTO spend (job, lease, attempt, stage, owner, provider, day, reserved, state, at)
         VALUES ($1, $2, $3, COALESCE((SELECT stage FROM jobs WHERE id = $1), ''), $4, $5, $6, $7, 'reserved', $8)
         ON CONFLICT (job, lease) DO UPDATE SET reserved = spend.reserved + excluded.reserved
         WHERE spend.state = 'reserved'")
    .bind(lease.job.as_str())
    .bind(&own)
    .bind(lease.attempt)
    .bind(owner.as_str())
    .bind(provider)
    .bind(&on)
    .bind(most.0)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    if written == 0 {
        // The attempt has ended: what its calls cost is booked when they end.
        for budget in &budgets {
            locks::book(tx, &budget.scope, &budget.name, most.0, 0).await?;
        }
    }
    owners::warn(tx, owner, caps, now).await?;
    Ok(None)
}

/// Whether an attempt has one row alone, that of the first provider that it pays.
async fn is_alone(tx: &mut Tx, lease: &Lease) -> Result<bool, StoreError> {
    let beside = sql("SELECT lease FROM spend WHERE job = $1 AND lease = $2 || ' ' || provider LIMIT 1")
        .bind(lease.job.as_str())
        .bind(lease.id.as_str())
        .optional(tx)
        .await?;
    Ok(beside.is_none())
}

fn contended() -> (Over, String) {
    (Over::Wait, "another call is being reserved: it is tried again".to_owned())
}
