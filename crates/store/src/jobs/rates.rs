//! Rate limits: an amount of requests, tokens, seconds or characters per period, with a burst.
//!
//! Each is a token bucket (`bucket.rs`), a row that is read and written once per claim, under the lock of its scope. A job is
//! admitted if the bucket has as much as it needs, or is full, and takes all that it needs: a negative level is a debt, which
//! is paid off first. So a job of any size runs, and the rate is exact in the long run.

mod amounts;
mod setting;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use sluice_domain::time::Timestamp;

pub use self::amounts::{Amounts, Unit};
pub use self::setting::{rates, set_rate};

use crate::jobs::bucket::{Bucket, Terms};
use crate::jobs::lease::hold;
use crate::jobs::row::Lease;
use crate::jobs::unreadable::Unreadable;
use crate::sql::{Row, chunk, placeholders, sql};
use crate::{StoreError, Tx};

/// `amount` units per `per`, and at most `burst` at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many units.
    pub amount: u64,
    /// In each such time.
    pub per: Duration,
    /// The most at once, after an idle time.
    pub burst: u64,
}

/// A rate and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateOf {
    /// `owner`, `kind`, `key` or `provider`.
    pub scope: String,
    /// The name within the scope; `*` applies to each one without a rate of its own.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// How much.
    pub rate: Rate,
}

/// A rate that holds back a job.
pub(crate) struct Refusal {
    pub(crate) scope: &'static str,
    pub(crate) name: String,
    pub(crate) unit: Unit,
    pub(crate) needs: u64,
    pub(crate) until: Timestamp,
}

const SCOPES: [&str; 4] = ["owner", "kind", "key", "provider"];

fn known_scope(scope: &str) -> Result<&'static str, StoreError> {
    let found = SCOPES.into_iter().find(|known| *known == scope);
    found.ok_or_else(|| StoreError::BadRate { why: "it must be for an owner, a kind, a key or a provider".to_owned() })
}

/// A rate that cannot be read completely.
struct BadRate {
    scope: Option<&'static str>,
    name: Option<String>,
    unit: Option<Unit>,
    row: Unreadable,
}

/// Every rate, and the buckets that a claim has loaded.
#[derive(Default)]
pub(crate) struct Rates {
    terms: HashMap<(&'static str, String), Vec<(Unit, Terms)>>,
    /// Those that cannot be read: nothing runs that they are for.
    bad: Vec<BadRate>,
    buckets: BTreeMap<(&'static str, String), Vec<Bucket>>,
    /// When the first bucket that held back a job will admit it.
    next: Option<Timestamp>,
}

impl Rates {
    /// Reads them. In a unit of work that writes, they are locked until it ends.
    pub(crate) async fn read(tx: &mut Tx) -> Result<Self, StoreError> {
        if tx.on_postgres() && tx.may_write() {
            sql("SELECT CAST(pg_advisory_xact_lock_shared(hashtextextended('rates', 0)) AS TEXT)").execute(tx).await?;
        }
        Self::as_stored(tx).await
    }

    async fn as_stored(tx: &mut Tx) -> Result<Self, StoreError> {
        let mut rates = Self::default();
        for row in &sql("SELECT * FROM rates ORDER BY scope, name, unit").all(tx).await? {
            match read(row) {
                Ok((scope, name, unit, terms)) => rates.terms.entry((scope, name)).or_default().push((unit, terms)),
                Err(error) => rates.bad.push(BadRate {
                    scope: row.get::<String>("scope").and_then(|scope| known_scope(&scope)).ok(),
                    name: row.get("name").ok(),
                    unit: Unit::read(row).ok(),
                    row: Unreadable::new("rates", row, &error),
                }),
            }
        }
        Ok(rates)
    }

    pub(crate) fn unreadable(&self) -> impl Iterator<Item = Unreadable> {
        self.bad.iter().map(|bad| bad.row.clone())
    }

    /// The error of an unreadable rate that applies to a name: its own, or that of `*` if it has none of the same unit.
    pub(crate) fn cannot_read(&self, scope: &'static str, name: &str) -> Option<&str> {
        let has_own = |unit: Option<Unit>| {
            let own = self.terms.get(&(scope, name.to_owned()));
            own.is_some_and(|own| own.iter().any(|(of, _)| Some(*of) == unit))
        };
        let holds = |bad: &&BadRate| {
            let (of, is) = (bad.name.as_deref(), bad.scope == Some(scope));
            is && (of == Some(name) || of == Some("*") && !has_own(bad.unit))
        };
        self.bad.iter().find(holds).map(|bad| bad.row.error.as_str())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether only requests of owners are limited: then an owner's first jobs are always the ones to claim.
    pub(crate) fn count_only_owners_requests(&self) -> bool {
        let requests = |terms: &Vec<(Unit, Terms)>| terms.iter().all(|(unit, _)| *unit == Unit::Requests);
        self.terms.iter().all(|((scope, _), terms)| *scope == "owner" && requests(terms))
            && self.bad.iter().all(|bad| bad.scope == Some("owner"))
    }

    /// The rates that apply to a name: for each unit its own, or else that of `*`.
    fn of(&self, scope: &'static str, name: &str) -> impl Iterator<Item = (Unit, Terms)> {
        let listed = |name: &str| self.terms.get(&(scope, name.to_owned()));
        let (own, each) = (listed(name), listed("*"));
        Unit::ALL.into_iter().filter_map(move |unit| {
            let find = |listed: Option<&Vec<(Unit, Terms)>>| listed?.iter().find(|(of, _)| *of == unit).copied();
            find(own).or_else(|| find(each))
        })
    }

    pub(crate) fn concern(&self, scope: &'static str, name: &str) -> bool {
        !self.is_empty() && self.of(scope, name).next().is_some() || self.cannot_read(scope, name).is_some()
    }

    /// Loads the buckets of one name, whose lock the caller holds; returns how many requests they admit.
    pub(crate) async fn load_buckets(
        &mut self,
        tx: &mut Tx,
        scope: &'static str,
        name: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let now = now.as_millis();
        let mut buckets: Vec<_> = self.of(scope, name).map(|(unit, terms)| Bucket::full(unit, terms, now)).collect();
        let rows = sql("SELECT unit, level, filled_at FROM buckets WHERE scope = $1 AND name = $2")
            .bind(scope)
            .bind(name)
            .all(tx)
            .await?;
        for row in &rows {
            // Of a unit that is not known there is no rate, either.
            let unit = Unit::read(row).ok();
            if let Some(bucket) = buckets.iter_mut().find(|bucket| Some(bucket.unit) == unit) {
                *bucket = Bucket::read(row, bucket.unit, bucket.terms)?;
                bucket.fill(now);
            }
        }
        let requests = buckets.iter().find(|bucket| bucket.unit == Unit::Requests);
        let room = requests.map_or(i64::MAX, |bucket| bucket.level.div_euclid(bucket.terms.period).max(0));
        self.buckets.insert((scope, name.to_owned()), buckets);
        Ok(room)
    }

    fn loaded(&mut self, scope: &'static str, name: &str) -> impl Iterator<Item = &mut Bucket> {
        self.buckets.get_mut(&(scope, name.to_owned())).into_iter().flatten()
    }

    /// Takes one request per claim.
    pub(crate) fn take_requests(&mut self, scope: &'static str, name: &str, claims: usize) {
        for bucket in self.loaded(scope, name).filter(|bucket| bucket.unit == Unit::Requests) {
            bucket.take(claims as u64);
        }
    }

    /// Takes what a claim needs besides its request.
    pub(crate) fn take(&mut self, scope: &'static str, name: &str, asked: Amounts) {
        for bucket in self.loaded(scope, name).filter(|bucket| bucket.unit != Unit::Requests) {
            bucket.take(asked.of(bucket.unit));
        }
    }

    /// Whether one of the buckets holds this much back now.
    pub(crate) fn refuse(&mut self, scope: &'static str, name: &str, asked: Amounts) -> bool {
        let shortfall = |bucket: &&mut Bucket| bucket.shortfall(asked.of(bucket.unit)) > 0;
        let refusing =
            self.loaded(scope, name).filter(shortfall).map(|bucket| bucket.available_at(asked.of(bucket.unit)));
        let Some(until) = refusing.max() else { return false };
        self.retry_at(until);
        true
    }

    fn retry_at(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }

    /// Writes the changed buckets, and returns when the first closed one will admit a job.
    pub(crate) async fn write_back(&mut self, tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
        let mut next = self.next;
        let mut changed = Vec::new();
        for ((scope, name), bucket) in self.buckets.iter().flat_map(|(of, all)| all.iter().map(move |one| (of, one))) {
            if bucket.unit == Unit::Requests && bucket.shortfall(1) > 0 {
                let at = bucket.available_at(1);
                next = Some(next.map_or(at, |next| next.min(at)));
            }
            if bucket.changed {
                changed.push((*scope, name.as_str(), bucket));
            }
        }
        write(tx, &changed).await?;
        Ok(next)
    }
}

async fn write(tx: &mut Tx, buckets: &[(&str, &str, &Bucket)]) -> Result<(), StoreError> {
    let mut rest = buckets;
    while !rest.is_empty() {
        let (these, others) = rest.split_at(chunk(rest.len()));
        let text = format!(
            "INSERT INTO buckets (scope, name, unit, level, filled_at, full_at) VALUES {}
             ON CONFLICT (scope, name, unit) DO UPDATE SET level = excluded.level, filled_at = excluded.filled_at,
                 full_at = excluded.full_at",
            placeholders(1, these.len(), 6)
        );
        let mut query = sql(text);
        for (scope, name, bucket) in these {
            query = query.bind(*scope).bind(*name).bind(bucket.unit.as_str());
            query = query.bind(bucket.level).bind(bucket.filled_at).bind(bucket.full_at());
        }
        query.execute(tx).await?;
        rest = others;
    }
    Ok(())
}

/// The rates that hold a job back now.
pub(crate) async fn refusals(
    tx: &mut Tx,
    names: &[(&'static str, &str)],
    asked: Amounts,
) -> Result<Vec<Refusal>, StoreError> {
    let now = tx.now().await?;
    let mut rates = Rates::read(tx).await?;
    let mut refusals = Vec::new();
    for (scope, name) in names {
        if !rates.concern(scope, name) {
            continue;
        }
        rates.load_buckets(tx, scope, name, now).await?;
        for bucket in rates.loaded(scope, name) {
            let needs = asked.of(bucket.unit);
            if bucket.shortfall(needs) > 0 {
                let (name, until) = ((*name).to_owned(), bucket.available_at(needs));
                refusals.push(Refusal { scope, name, unit: bucket.unit, needs, until });
            }
        }
    }
    Ok(refusals)
}

/// The scopes and names whose rates admit nothing now.
pub(crate) async fn closed(tx: &mut Tx) -> Result<Vec<(&'static str, String)>, StoreError> {
    let now = tx.now().await?.as_millis();
    let rates = Rates::read(tx).await?;
    let held = |bad: &BadRate| Some((bad.scope?, bad.name.clone()?));
    let mut closed: Vec<_> = rates.bad.iter().filter_map(held).collect();
    // A bucket that is full has no row.
    for row in &sql("SELECT * FROM buckets ORDER BY scope, name, unit").all(tx).await? {
        let scope = row.get::<String>("scope").and_then(|scope| known_scope(&scope));
        // A limit that cannot be read has no rate.
        let (Ok(scope), Ok(name), Ok(unit)) = (scope, row.get::<String>("name"), Unit::read(row)) else { continue };
        let Some((_, terms)) = rates.of(scope, &name).find(|(of, _)| *of == unit) else { continue };
        let mut bucket = Bucket::read(row, unit, terms)?;
        bucket.fill(now);
        if bucket.shortfall(1) > 0 {
            closed.push((scope, name));
        }
    }
    Ok(closed)
}

/// Replaces a stage's estimated amounts with what it really used: the difference is taken from each bucket, or refunded. The
/// stage's need is updated, so repeating this changes nothing. Fails if the lease is lost.
pub async fn correct_amounts(tx: &mut Tx, lease: &Lease, used: Amounts) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let mut rates = Rates::read(tx).await?;
    let found = sql("SELECT owner, kind, limit_key, provider FROM jobs WHERE id = $1")
        .bind(lease.job.as_str())
        .optional(tx)
        .await?
        .ok_or_else(|| StoreError::NoSuchJob { job: lease.job.clone() })?;
    let names: [(&'static str, Option<String>); 4] = [
        ("owner", Some(found.get("owner")?)),
        ("kind", Some(found.get("kind")?)),
        ("key", found.get("limit_key")?),
        ("provider", found.get("provider")?),
    ];
    let mut concerned = Vec::new();
    for (scope, name) in names {
        let Some(name) = name.filter(|name| rates.concern(scope, name)) else { continue };
        // Locked before the job's row, as claims do, which hold this lock when they lock rows.
        lock_limit(tx, scope, &name).await?;
        rates.load_buckets(tx, scope, &name, now).await?;
        concerned.push((scope, name));
    }
    let mut row = hold(tx, lease).await?;
    let taken = std::mem::replace(&mut row.need.amounts, used);
    row.save(tx).await?;
    for (scope, name) in &concerned {
        for bucket in rates.loaded(scope, name).filter(|bucket| bucket.unit != Unit::Requests) {
            bucket.take(used.of(bucket.unit).saturating_sub(taken.of(bucket.unit)));
            bucket.refund(taken.of(bucket.unit).saturating_sub(used.of(bucket.unit)));
        }
    }
    rates.write_back(tx).await?;
    tx.notify_workers();
    Ok(())
}

/// Waits for the lock of a limit. (Claims only try to get it.)
async fn lock_limit(tx: &mut Tx, scope: &str, name: &str) -> Result<(), StoreError> {
    if tx.on_postgres() {
        sql("SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 0)) AS TEXT)")
            .bind(format!("limit:{scope}:{name}"))
            .execute(tx)
            .await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<(&'static str, String, Unit, Terms), StoreError> {
    let scope = known_scope(&row.get::<String>("scope")?)?;
    Ok((scope, row.get("name")?, Unit::read(row)?, Terms::read(row)?))
}
