//! A worker's maintenance: it renews its leases, and handles what is due: expired leases, waits, delays, times to live and
//! schedules. Each lease, job and schedule is handled by itself: one that fails is deferred, and the rest goes on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, BATCH, Task};
use sluice_store::workers::{self, Capability};
use sluice_store::{StoreError, schedules};
use tokio::time::Instant;

use crate::bisect::bisect;
use crate::counters::Counter;
use crate::cron;
use crate::live::Stop;
use crate::worker::{Loop, SHORTEST_PAUSE};

/// The shortest interval between two maintenance runs.
const LOOK_SPACING: Duration = Duration::from_millis(50);
/// The task name of schedules.
const SCHEDULE: &str = "schedule";

/// The leases that were to be renewed, and those that still hold.
#[derive(Default)]
struct Renewal {
    asked: HashSet<(JobId, LeaseId)>,
    held: HashSet<(JobId, LeaseId)>,
}

/// What is due.
struct Due {
    now: Timestamp,
    jobs: Vec<(Task, Vec<String>)>,
    schedules: Vec<String>,
    cancelling: Vec<(JobId, LeaseId)>,
    next: Option<Timestamp>,
}

/// Rows whose maintenance failed, by task and name: deferred by the database's clock, with exponential backoff.
#[derive(Default)]
pub(crate) struct Deferred {
    rows: HashMap<(&'static str, String), Retry>,
}

struct Retry {
    at: Timestamp,
    failures: u32,
}

impl Deferred {
    /// The pause after the first failure, which doubles with each up to the longest.
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_mins(5);

    fn is_deferred(&self, task: &'static str, name: &str, now: Timestamp) -> bool {
        !self.rows.is_empty() && self.rows.get(&(task, name.to_owned())).is_some_and(|retry| retry.at > now)
    }

    fn note(&mut self, task: &'static str, name: &str, now: Timestamp) -> Duration {
        let retry = self.rows.entry((task, name.to_owned())).or_insert(Retry { at: now, failures: 0 });
        let pause = (Self::FIRST * 2_u32.saturating_pow(retry.failures.min(16))).min(Self::LONGEST);
        retry.failures += 1;
        retry.at = now + pause;
        pause
    }

    fn forget(&mut self, task: &'static str, name: &str) {
        if !self.rows.is_empty() {
            self.rows.remove(&(task, name.to_owned()));
        }
    }

    /// How many due rows may have to be skipped.
    fn count(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// When the first of them is retried. Entries that were not due for a long time are dropped: their rows are gone.
    fn next(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.rows.retain(|_, retry| now.since(retry.at) < Self::LONGEST);
        self.rows.values().map(|retry| retry.at).min()
    }
}

impl Loop {
    /// Renews this worker's leases, handles what is due, and stops jobs whose lease is lost or that were cancelled. Returns
    /// whether any job changed.
    pub(crate) async fn maintain(&mut self) -> Result<bool, StoreError> {
        let due = self.look_what_is_due().await;
        let now = match &due {
            Ok(due) => due.now,
            Err(_) => self.shared.store.now().await?,
        };
        // First, and in a unit of work of its own: bad rows must not make leases expire.
        let renewed = self.renew_in_time(now).await;
        let mut due = due?;
        self.stop_cancelled(&due.cancelling);
        let mut moved = false;
        for (task, jobs) in std::mem::take(&mut due.jobs) {
            moved |= self.perform(task, jobs, now).await?;
        }
        for name in &due.schedules {
            moved |= self.tick(name, now).await?;
        }
        renewed?;
        let floor = self.shared.settings.poll.min(self.shared.settings.lease / 3);
        let spacing = LOOK_SPACING.min(floor);
        let next = due.next.into_iter().chain(self.deferred.next(now)).min();
        let rest =
            if moved { spacing } else { next.map_or(floor, |next| next.since(now)).clamp(SHORTEST_PAUSE, floor) };
        self.due = Instant::now() + rest;
        Ok(moved)
    }

    async fn look_what_is_due(&self) -> Result<Due, StoreError> {
        // Enough that deferred rows do not displace others.
        let most = BATCH.saturating_add(self.deferred.count());
        let patience = self.shared.settings.patience;
        self.shared
            .store
            .read(async |tx| {
                let mut found = Vec::new();
                for task in Task::all(patience) {
                    found.push((task, jobs::due(tx, task, most).await?));
                }
                Ok(Due {
                    now: tx.now().await?,
                    jobs: found,
                    schedules: schedules::due(tx, most).await?,
                    cancelling: jobs::cancelling(tx, &self.name).await?,
                    next: jobs::next_due(tx).await?,
                })
            })
            .await
    }

    /// Performs a task on the jobs that are due. Fails only on an outage of the database.
    async fn perform(&mut self, task: Task, mut jobs: Vec<String>, now: Timestamp) -> Result<bool, StoreError> {
        jobs.retain(|job| !self.deferred.is_deferred(task.as_str(), job, now));
        jobs.truncate(BATCH as usize);
        if jobs.is_empty() {
            return Ok(false);
        }
        let store = &self.shared.store;
        let work = |jobs: Arc<Vec<String>>| async move {
            store
                .write(async |tx| {
                    tx.at("maintain");
                    let mut moved = Vec::with_capacity(jobs.len());
                    for job in jobs.iter() {
                        moved.push(Ok(jobs::perform(tx, task, job).await?));
                    }
                    Ok::<_, StoreError>(moved)
                })
                .await
        };
        let outcomes = bisect(jobs.clone(), work).await;
        let mut moved = false;
        for (job, outcome) in jobs.iter().zip(outcomes) {
            if task == Task::Rescue && matches!(outcome, Ok(true)) {
                self.shared.tally.lease_expired();
            }
            moved |= self.note_outcome(task.as_str(), job, outcome, now)?;
        }
        Ok(moved)
    }

    /// Enqueues the jobs of a schedule's due ticks.
    async fn tick(&mut self, name: &str, now: Timestamp) -> Result<bool, StoreError> {
        if self.deferred.is_deferred(SCHEDULE, name, now) {
            return Ok(false);
        }
        let shared = &self.shared;
        let made = shared
            .store
            .write(async |tx| {
                tx.at("maintain");
                cron::tick(shared, tx, name).await
            })
            .await;
        self.note_outcome(SCHEDULE, name, made.map(|made| made > 0), now)
    }

    /// Whether the row changed. A failure that concerns only this row is counted, and the row is deferred.
    fn note_outcome(
        &mut self,
        task: &'static str,
        name: &str,
        outcome: Result<bool, StoreError>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        match outcome {
            Ok(moved) => {
                self.deferred.forget(task, name);
                Ok(moved)
            }
            Err(error) if error.is_outage() => Err(error),
            Err(error) => {
                self.shared.counters.add(Counter::MaintenanceFailures, task, 1);
                let again = self.deferred.note(task, name, now);
                tracing::error!(task, name, code = error.code(), %error, ?again, "maintenance failed; it is tried again");
                Ok(false)
            }
        }
    }

    /// Renews this worker's leases after a third of their duration, and stops the jobs whose lease is lost.
    async fn renew_in_time(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let lease = self.shared.settings.lease;
        // By both clocks: if the database's clock was set back, it alone would delay the renewal beyond the lease.
        let early =
            |(at, then): (Timestamp, Instant)| now >= at && now.since(at) < lease / 3 && then.elapsed() < lease / 3;
        if self.renewed_at.is_some_and(early) {
            return Ok(());
        }
        let leases: Vec<_> = self.live.values().flat_map(|live| live.leases()).collect();
        let renewal = Renewal { asked: leases.iter().cloned().collect(), held: self.renew(leases).await? };
        self.renewed_at = Some((now, Instant::now()));
        self.stop_lost(&renewal);
        self.register().await
    }

    /// Renews these leases; returns those that hold. If one cannot be renewed, only that one expires.
    async fn renew(&self, leases: Vec<(JobId, LeaseId)>) -> Result<HashSet<(JobId, LeaseId)>, StoreError> {
        if leases.is_empty() {
            return Ok(HashSet::new());
        }
        let shared = &self.shared;
        let work = |leases: Arc<Vec<(JobId, LeaseId)>>| async move {
            let renewed = shared.store.write(async |tx| {
                tx.at("renew");
                jobs::renew(tx, &leases, shared.settings.lease).await
            });
            let held: HashSet<_> = renewed.await?.into_iter().collect();
            Ok(leases.iter().map(|lease| Ok(held.contains(lease))).collect())
        };
        let mut held = HashSet::new();
        for (lease, outcome) in leases.iter().zip(bisect(leases.clone(), work).await) {
            match outcome {
                Ok(true) => drop(held.insert(lease.clone())),
                Ok(false) => {}
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => {
                    self.shared.counters.add(Counter::MaintenanceFailures, "renew", 1);
                    tracing::error!(job = %lease.0, code = error.code(), %error, "a lease could not be renewed");
                }
            }
        }
        Ok(held)
    }

    /// Writes this worker's heartbeat with what it can run, and the durations that it measured.
    async fn register(&self) -> Result<(), StoreError> {
        let measured = self.shared.take_measured();
        let registered = self.shared.store.write(async |tx| {
            tx.at("register");
            workers::seen(tx, &self.name, &self.capabilities()).await?;
            // If the write fails, the measurements are lost, which only affects estimates.
            workers::learn(tx, &measured).await
        });
        match registered.await {
            Err(error) if !error.is_outage() => {
                self.shared.counters.add(Counter::MaintenanceFailures, "register", 1);
                tracing::error!(code = error.code(), %error, "the worker's own row could not be written");
                Ok(())
            }
            done => done,
        }
    }

    pub(crate) async fn stop_cancelled_jobs(&mut self) -> Result<(), StoreError> {
        let store = &self.shared.store;
        let cancelling = store.read(async |tx| jobs::cancelling(tx, &self.name).await).await?;
        self.stop_cancelled(&cancelling);
        Ok(())
    }

    fn capabilities(&self) -> BTreeMap<String, Capability> {
        let pools = self.shared.registry.pools().filter(|(pool, _)| self.serves(pool));
        let of = |(pool, kinds): (&'static str, &[&'static str])| {
            let slots = self.shared.slots.get(pool).map_or(0, |slots| slots.size);
            let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            (pool.to_owned(), Capability { kinds, slots })
        };
        pools.map(of).collect()
    }

    fn stop_lost(&self, renewal: &Renewal) {
        for live in self.live.values() {
            let leases = live.leases();
            // A job that has advanced to its next stage meanwhile has a lease that was not part of the renewal.
            let asked = leases.iter().all(|lease| renewal.asked.contains(lease));
            if asked && !leases.iter().any(|lease| renewal.held.contains(lease)) {
                live.lost();
            }
        }
    }

    fn stop_cancelled(&self, cancelling: &[(JobId, LeaseId)]) {
        if cancelling.is_empty() {
            return;
        }
        for live in self.live.values() {
            if live.leases().iter().any(|lease| cancelling.contains(lease)) {
                live.stop(Stop::Cancelled);
            }
        }
    }
}
