//! The order in which rows of budgets are locked, so that units of work do not deadlock over them on `PostgreSQL`.
//!
//! Everyone locks budgets in the order of their [`Key`]s. What ends attempts collects what it books, and writes it at the end
//! of its unit of work, when it knows all of it and waits for no row of another kind any more ([`write_bookings`]). A claim
//! learns its budgets job by job. It waits for one that comes after all that it has locked; one that comes before them it
//! only tries to lock, and leaves the job to the next claim if another unit of work has it.

use std::collections::{BTreeMap, BTreeSet};

use super::owners::{begin, is_owners};
use super::{derive, lock_ledger, stored};
use crate::sql::{ROWS, sql, try_advisory_lock};
use crate::{StoreError, Tx};

/// The scopes, in the order of their locks. Of jobs there may be as many budgets as jobs, so they come last: the others are
/// then locked already when a claim comes to the next job of the same owner.
const ORDER: [&str; 6] = ["day", "owner", "owner_day", "owner_month", "provider", "job"];

/// A budget, sorted by when it is locked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    place: usize,
    pub(super) scope: &'static str,
    pub(super) name: String,
}

impl Key {
    pub(super) fn new(scope: &'static str, name: &str) -> Self {
        let place = ORDER.iter().position(|known| *known == scope).unwrap_or(ORDER.len());
        Self { place, scope, name: name.to_owned() }
    }
}

/// What a unit of work has locked of the ledger.
#[derive(Debug, Clone, Default)]
pub(crate) struct LedgerLocks {
    /// It may change the ledger: nobody changes budgets meanwhile.
    pub(super) shared: bool,
    budgets: BTreeSet<Key>,
}

/// What is to be booked under a budget: an amount that is no longer reserved, and one that was spent.
#[derive(Debug, Clone, Copy, Default)]
struct Booking {
    released: i64,
    spent: i64,
}

/// What a unit of work has to book before it commits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bookings(BTreeMap<Key, Booking>);

impl Bookings {
    /// Adds a booking under each of these scopes; those without a budget are left out when it is written.
    pub(super) fn add(&mut self, scopes: &[(&'static str, &str)], released: i64, spent: i64) {
        for (scope, name) in scopes {
            self.add_one(Key::new(scope, name), Booking { released, spent });
        }
    }

    fn add_one(&mut self, key: Key, booking: Booking) {
        let sum = self.0.entry(key).or_default();
        sum.released = sum.released.saturating_add(booking.released);
        sum.spent = sum.spent.saturating_add(booking.spent);
    }

    pub(crate) fn join(&mut self, other: Self) {
        for (key, booking) in other.0 {
            self.add_one(key, booking);
        }
    }
}

/// Writes what this unit of work has booked, in the order of the locks. A budget that is inserted here starts with the sums of
/// the ledger, in which the booking is contained.
pub(crate) async fn write_bookings(tx: &mut Tx) -> Result<(), StoreError> {
    let bookings = std::mem::take(&mut tx.pending.bookings).0;
    if bookings.is_empty() {
        return Ok(());
    }
    lock_ledger(tx).await?;
    let mut found = Vec::new();
    let scopes: Vec<_> = bookings.keys().map(|key| (key.scope, key.name.as_str())).collect();
    for these in scopes.chunks(ROWS / 2) {
        found.extend(stored(tx, these).await?);
    }
    let found: BTreeSet<_> = found.iter().map(|budget| (budget.scope.as_str(), budget.name.as_str())).collect();
    for (key, booking) in &bookings {
        if !found.contains(&(key.scope, key.name.as_str())) {
            let is_kept = is_owners(key.scope) || found.contains(&(key.scope, "*"));
            if !is_kept || (lock_name(tx, key, true).await? && insert(tx, key).await?) {
                continue;
            }
        }
        book(tx, key.scope, &key.name, booking.released, booking.spent).await?;
        tx.ledger.budgets.insert(key.clone());
    }
    Ok(())
}

/// Releases what was reserved under a budget, and books what was spent.
pub(super) async fn book(tx: &mut Tx, scope: &str, name: &str, released: i64, spent: i64) -> Result<(), StoreError> {
    // A process of an earlier version reserves nothing for an owner's day and month.
    let left = if is_owners(scope) { "CASE WHEN reserved < $3 THEN 0 ELSE reserved - $3 END" } else { "reserved - $3" };
    sql(format!("UPDATE budgets SET reserved = {left}, spent = spent + $4 WHERE scope = $1 AND name = $2"))
        .bind(scope)
        .bind(name)
        .bind(released)
        .bind(spent)
        .execute(tx)
        .await?;
    Ok(())
}

/// Locks these budgets, which are sorted, and inserts those that are not stored. Returns false if another unit of work has one
/// that this one may not wait for.
pub(super) async fn acquire(tx: &mut Tx, wanted: &[(Key, bool)]) -> Result<bool, StoreError> {
    let held = &tx.ledger.budgets;
    let new: Vec<_> = wanted.iter().filter(|(key, _)| !held.contains(key)).collect();
    let Some((first, _)) = new.first() else { return Ok(true) };
    let may_wait = held.last().is_none_or(|last| last < first);
    if new.iter().all(|(_, is_stored)| *is_stored) {
        let keys: Vec<_> = new.iter().map(|(key, _)| key).collect();
        return lock_rows(tx, &keys, may_wait).await;
    }
    for (key, is_stored) in new {
        if !is_stored {
            if !lock_name(tx, key, may_wait).await? {
                return Ok(false);
            }
            insert(tx, key).await?;
        }
        if !lock_rows(tx, &[key], may_wait).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Inserts a budget with what the ledger has of it; returns whether there was none.
async fn insert(tx: &mut Tx, key: &Key) -> Result<bool, StoreError> {
    if is_owners(key.scope) { begin(tx, key.scope, &key.name).await } else { derive(tx, key.scope, &key.name).await }
}

/// Locks a name for the insertion of its row, which would otherwise wait for whoever inserts the same one. SQLite has one
/// writer.
async fn lock_name(tx: &mut Tx, key: &Key, may_wait: bool) -> Result<bool, StoreError> {
    if !tx.on_postgres() {
        return Ok(true);
    }
    let name = format!("budget:{}:{}", key.scope, key.name);
    if !may_wait {
        return try_advisory_lock(tx, &name).await;
    }
    sql("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(name).execute(tx).await?;
    Ok(true)
}

/// Locks rows in the given order; without waiting, those that nobody has locked. Returns whether it has all of them.
async fn lock_rows(tx: &mut Tx, keys: &[&Key], may_wait: bool) -> Result<bool, StoreError> {
    if !tx.on_postgres() {
        return Ok(true);
    }
    let place = |n: usize| format!("(${}, ${}, {n})", 2 * n + 1, 2 * n + 2);
    let wanted: Vec<_> = (0..keys.len()).map(place).collect();
    let text = format!(
        "SELECT b.scope AS scope, b.name AS name FROM (VALUES {}) AS wanted
         JOIN budgets b ON b.scope = wanted.column1 AND b.name = wanted.column2
         ORDER BY wanted.column3 FOR UPDATE OF b{}",
        wanted.join(", "),
        if may_wait { "" } else { " SKIP LOCKED" }
    );
    let rows = sql(text).bind_all(keys.iter().flat_map(|key| [key.scope, key.name.as_str()])).all(tx).await?;
    for row in &rows {
        let (scope, name): (String, String) = (row.get("scope")?, row.get("name")?);
        let locked = keys.iter().find(|key| key.scope == scope && key.name == name);
        tx.ledger.budgets.extend(locked.map(|key| (*key).clone()));
    }
    Ok(rows.len() == keys.len())
}
