//! Admission control: whether pauses, limits, rates, a provider's health and budgets let a ready job be claimed. They are
//! read once per claim, and exact: a limit is locked while it is counted, so two processes never take the same slot.
//!
//! A slot of a limit is a running job, not a counter: it is freed by whatever ends the job's lease, exactly once.

use std::collections::{HashMap, HashSet};

use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use crate::jobs::claim::Claimed;
use crate::jobs::rates::Rates;
use crate::jobs::spend::{self, Reserved};
use crate::jobs::unreadable::Unreadable;
use crate::providers;
use crate::sql::{Row, sql, try_advisory_lock};
use crate::{StoreError, Tx};

/// A ready job, as it will be after the claim.
pub(crate) struct Candidate {
    pub(crate) job: Claimed,
    pub(crate) limit_key: Option<String>,
}

impl Candidate {
    /// Everything that it counts towards, except its owner.
    fn scopes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            Some(("kind", self.job.kind.as_str())),
            self.limit_key.as_deref().map(|key| ("key", key)),
            self.job.need.provider.as_deref().map(|provider| ("provider", provider)),
        ]
        .into_iter()
        .flatten()
    }
}

/// Whether a job may be claimed.
pub(crate) enum Verdict {
    Admitted,
    /// A limit, a rate or a provider that it shares with other jobs has no capacity left.
    Closed,
    /// This job alone is refused for now: its cost does not fit into a budget, or another process has locked one.
    Rejected,
}

/// The admission control of one claim.
pub(crate) struct Admission {
    /// A limit that cannot be read is stored as the error, and nothing that it concerns runs.
    limits: HashMap<(String, String), Result<i64, String>>,
    pauses: HashSet<(String, String)>,
    rates: Rates,
    capacities: HashMap<(&'static str, String), i64>,
    needs_check: bool,
    /// Another process holds the lock of a limit or of a budget.
    pub(crate) contended: bool,
    /// Jobs are claimed one by one, because one of them made a claim fail.
    pub(crate) one_by_one: bool,
    /// How many jobs could not be read or changed.
    pub(crate) deferred: usize,
    /// Rows that could not be read.
    pub(crate) unreadable: Vec<Unreadable>,
}

impl Admission {
    pub(crate) async fn load(tx: &mut Tx, limited: bool, paused: bool, needs_check: bool) -> Result<Self, StoreError> {
        let mut limits = HashMap::new();
        let mut unreadable = Vec::new();
        if limited {
            let rows = sql("SELECT scope, name, concurrency FROM limits WHERE concurrency IS NOT NULL").all(tx).await?;
            for row in &rows {
                let most = row.get::<i64>("concurrency").map_err(|error| Unreadable::new("limits", row, &error));
                unreadable.extend(most.as_ref().err().cloned());
                match key(row) {
                    Ok(key) => drop(limits.insert(key, most.map_err(|bad| bad.error))),
                    // No job has a name that cannot be read.
                    Err(error) => unreadable.push(Unreadable::new("limits", row, &error)),
                }
            }
        }
        let mut pauses = HashSet::new();
        if paused {
            for row in &sql("SELECT scope, name FROM pauses").all(tx).await? {
                match key(row) {
                    Ok(key) => drop(pauses.insert(key)),
                    Err(error) => unreadable.push(Unreadable::new("pauses", row, &error)),
                }
            }
        }
        // With limits and pauses of owners and queues alone, an owner's first jobs are always the ones to claim.
        let by_owner = |scope: &String| scope == "owner" || scope == "queue";
        let needs_check = needs_check || !limits.keys().chain(&pauses).all(|(scope, _)| by_owner(scope));
        Ok(Self {
            limits,
            pauses,
            rates: Rates::default(),
            capacities: HashMap::new(),
            needs_check,
            contended: false,
            one_by_one: false,
            deferred: 0,
            unreadable,
        })
    }

    /// Reads the rates.
    pub(crate) async fn load_rates(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.rates = Rates::read(tx).await?;
        self.unreadable.extend(self.rates.unreadable());
        self.needs_check |= !self.rates.count_only_owners_requests();
        Ok(())
    }

    /// Takes what was claimed from the buckets; returns when one that held back a job will admit it.
    pub(crate) async fn take_from_buckets(&mut self, tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
        self.rates.write_back(tx).await
    }

    pub(crate) fn checks_each_job(&self) -> bool {
        self.needs_check
    }

    pub(crate) fn is_paused(&self, scope: &str, name: &str) -> bool {
        !self.pauses.is_empty() && self.pauses.contains(&(scope.to_owned(), name.to_owned()))
    }

    /// At most so many; none while the limit cannot be read.
    pub(crate) fn limit(&self, scope: &str, name: &str) -> Option<i64> {
        self.stored_limit(scope, name).map(|most| *most.as_ref().unwrap_or(&0))
    }

    fn stored_limit(&self, scope: &str, name: &str) -> Option<&Result<i64, String>> {
        let of = |name: &str| self.limits.get(&(scope.to_owned(), name.to_owned()));
        if self.limits.is_empty() { None } else { of(name).or_else(|| of("*")) }
    }

    /// Why nothing of this name runs, if its limit or a rate cannot be read.
    pub(crate) fn cannot_read(&self, scope: &'static str, name: &str) -> Option<String> {
        let limit = self.stored_limit(scope, name).and_then(|most| most.as_ref().err());
        let of_limit = limit.map(|error| format!("its limit cannot be read, set it again: {error}"));
        let of_rate = || self.rates.cannot_read(scope, name);
        of_limit.or_else(|| of_rate().map(|error| format!("its rate cannot be read, set it again: {error}")))
    }

    /// How many more jobs may run; `None` if there is no limit.
    pub(crate) async fn capacity(
        &mut self,
        tx: &mut Tx,
        scope: &'static str,
        name: &str,
    ) -> Result<Option<i64>, StoreError> {
        if let Some(capacity) = self.capacities.get(&(scope, name.to_owned())) {
            return Ok(Some(*capacity));
        }
        let now = tx.now().await?;
        let health = if scope == "provider" { providers::window(tx, name, now).await? } else { None };
        let limit = [self.limit(scope, name), health].into_iter().flatten().min();
        let (rated, paused) = (self.rates.concern(scope, name), self.is_paused(scope, name));
        if limit.is_none() && !rated && !paused {
            return Ok(None);
        }
        let capacity = if limit == Some(0) || paused || self.rates.cannot_read(scope, name).is_some() {
            0
        } else if lock(tx, scope, name).await? {
            let slots = match limit {
                Some(limit) => (limit - running(tx, scope, name).await?).max(0),
                None => i64::MAX,
            };
            if rated { slots.min(self.rates.load_buckets(tx, scope, name, now).await?) } else { slots }
        } else {
            self.contended = true;
            0
        };
        self.capacities.insert((scope, name.to_owned()), capacity);
        Ok(Some(capacity))
    }

    /// Counts claimed jobs, each of which is a request.
    pub(crate) fn used(&mut self, scope: &'static str, name: &str, count: usize) {
        if self.capacities.is_empty() {
            return;
        }
        if let Some(capacity) = self.capacities.get_mut(&(scope, name.to_owned())) {
            *capacity -= i64::try_from(count).unwrap_or(i64::MAX);
            self.rates.take_requests(scope, name, count);
        }
    }

    /// The scopes without capacity.
    pub(crate) fn closed(&self) -> Vec<(&'static str, String)> {
        let mut closed: Vec<_> =
            self.capacities.iter().filter(|(_, capacity)| **capacity <= 0).map(|(key, _)| key.clone()).collect();
        closed.sort();
        closed
    }

    /// Whether a candidate may be claimed now. If so, its cost is reserved.
    pub(crate) async fn admit(
        &mut self,
        tx: &mut Tx,
        candidate: &Candidate,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        for (scope, name) in candidate.scopes() {
            if self.capacity(tx, scope, name).await?.is_some_and(|capacity| capacity <= 0) {
                return Ok(Verdict::Closed);
            }
        }
        if self.exceeds_a_rate(candidate) {
            return Ok(Verdict::Closed);
        }
        if candidate.job.need.cost > MicroUsd(0) {
            let reserved = spend::reserve(tx, &candidate.job, now).await?;
            self.contended |= reserved == Reserved::Contended;
            if reserved != Reserved::Yes {
                return Ok(Verdict::Rejected);
            }
        }
        let asked = candidate.job.need.amounts;
        self.rates.take("owner", candidate.job.owner.as_str(), asked);
        for (scope, name) in candidate.scopes() {
            self.used(scope, name, 1);
            self.rates.take(scope, name, asked);
        }
        Ok(Verdict::Admitted)
    }

    /// Whether a rate holds a candidate back. If so, the rate's scope is closed for this claim: if smaller jobs could overtake, a
    /// large one would starve.
    fn exceeds_a_rate(&mut self, candidate: &Candidate) -> bool {
        if self.rates.is_empty() {
            return false;
        }
        let owner = ("owner", candidate.job.owner.as_str());
        if self.capacities.get(&("owner", candidate.job.owner.to_string())).is_some_and(|capacity| *capacity <= 0) {
            return true;
        }
        for (scope, name) in std::iter::once(owner).chain(candidate.scopes()) {
            if self.rates.refuse(scope, name, candidate.job.need.amounts) {
                self.capacities.insert((scope, name.to_owned()), 0);
                return true;
            }
        }
        false
    }
}

/// The scope and the name of a row.
fn key(row: &Row) -> Result<(String, String), StoreError> {
    Ok((row.get("scope")?, row.get("name")?))
}

/// Locks a limit until the unit of work ends. Returns false if another process holds the lock.
async fn lock(tx: &mut Tx, scope: &str, name: &str) -> Result<bool, StoreError> {
    if !tx.on_postgres() {
        // SQLite's one writer has locked everything.
        return Ok(true);
    }
    try_advisory_lock(tx, &format!("limit:{scope}:{name}")).await
}

pub(crate) async fn running(tx: &mut Tx, scope: &str, name: &str) -> Result<i64, StoreError> {
    let text = match scope {
        "owner" => "SELECT COUNT(*) AS count FROM jobs WHERE state = 'running' AND owner = $1",
        "kind" => "SELECT COUNT(*) AS count FROM jobs WHERE state = 'running' AND kind = $1",
        "key" => {
            "SELECT COUNT(*) AS count FROM jobs WHERE state = 'running' AND limit_key = $1 AND limit_key IS NOT NULL"
        }
        _ => "SELECT COUNT(*) AS count FROM jobs WHERE state = 'running' AND provider = $1",
    };
    sql(text).bind(name).one(tx).await?.get("count")
}
