//! The worker's loop: maintenance, claims, running jobs, renewing leases, graceful shutdown.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sluice_domain::ids::LeaseId;
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, Charge, Claim, Claimed, Claims, LowWaterMarks, Unreadable};
use sluice_store::workers;
use sluice_store::{Dialect, Idle, StoreError, Tx};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::attempt::supervise;
use crate::backoff::Backoff;
use crate::counters::Counter;
use crate::engine::Shared;
use crate::live::{Live, Stop};
use crate::maintenance::Deferred;

/// The claims from a pool.
struct PoolClaims {
    pool: &'static str,
    now: Timestamp,
    claims: Claims,
}

/// A running worker. If it is dropped, it stops at once, like a crash: its jobs are rescued when their leases expire.
pub struct Worker {
    task: AbortOnDropHandle<()>,
    commands: mpsc::Sender<Command>,
    draining: CancellationToken,
}

enum Command {
    Poll(oneshot::Sender<()>),
    Shutdown(Duration),
}

impl Worker {
    pub(crate) fn start(shared: Arc<Shared>, pools: Option<HashSet<String>>) -> Self {
        let (commands, inbox) = mpsc::channel(8);
        let work = Loop::new(shared, pools);
        let draining = work.draining.clone();
        let task = AbortOnDropHandle::new(tokio::spawn(work.run(inbox)));
        Self { task, commands, draining }
    }

    /// Polls the database now, and returns when that is done; for tests that have moved the clock.
    pub async fn poll_now(&self) {
        let (done, wait) = oneshot::channel();
        if self.commands.send(Command::Poll(done)).await.is_ok() {
            wait.await.ok();
        }
    }

    /// Stops claiming, gives running jobs `grace` to end, then releases the rest without spending their attempts.
    pub async fn shutdown(mut self, grace: Duration) {
        self.draining.cancel();
        self.commands.send(Command::Shutdown(grace)).await.ok();
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the worker did not shut down gracefully");
        }
    }
}

/// Runs until no job is left that could run without time passing; returns the number of claims.
pub(crate) async fn run_until_idle(shared: Arc<Shared>) -> Result<usize, StoreError> {
    let mut this = Loop::new(shared, None);
    loop {
        let moved = this.maintain().await?;
        let claimed = this.claim().await?;
        if claimed == 0 && this.running.is_empty() && !moved {
            return Ok(this.claims);
        }
        if claimed == 0
            && let Some(ended) = this.running.join_next().await
        {
            this.ended(ended);
        }
    }
}

pub(crate) struct Loop {
    pub(crate) shared: Arc<Shared>,
    /// Only these pools, or all.
    pools: Option<HashSet<String>>,
    /// The worker's unique name.
    pub(crate) name: String,
    running: JoinSet<u64>,
    pub(crate) live: BTreeMap<u64, Arc<Live>>,
    claims: usize,
    /// Pools whose last claim filled all free slots: there may be more ready jobs.
    backlogged: HashSet<&'static str>,
    /// By the database's clock and by the local one: the next renewal is due by whichever says so first.
    pub(crate) renewed_at: Option<(Timestamp, Instant)>,
    /// Where the next claim from each pool starts.
    low_water_marks: HashMap<&'static str, LowWaterMarks>,
    /// When all marks were last reset.
    marks_reset_at: Instant,
    /// Changes when a job may have become ready below the marks.
    rescan: watch::Receiver<u64>,
    /// Rows whose maintenance has failed.
    pub(crate) deferred: Deferred,
    /// When rows that claims cannot read were last reported.
    reported: HashMap<Unreadable, Instant>,
    /// When maintenance is next due.
    pub(crate) due: Instant,
    /// When a claim is to be repeated, because a limit's lock may be free or a rate may admit a job.
    retry_claim_at: Option<Instant>,
    /// Marks this worker as idle, so that a unit of work that makes jobs ready lets it join the commit.
    idle: Option<Idle>,
    draining: CancellationToken,
}

pub(crate) const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
/// A poll that failed is repeated after [`FIRST_PAUSE`], which doubles each time up to [`LONGEST_PAUSE`], with jitter: an outage
/// ends for all workers at once.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The shortest interval between two reports of the same unreadable row.
const REPORT_SPACING: Duration = Duration::from_mins(1);
/// While there are more ready jobs than slots, freed slots are gathered for this long, or until a quarter is free, so that
/// one claim fills many.
const GATHERING: Duration = Duration::from_millis(2);

impl Loop {
    fn new(shared: Arc<Shared>, pools: Option<HashSet<String>>) -> Self {
        let name = LeaseId::new(Timestamp::from_millis(0), shared.randomness.id_bytes()).to_string();
        let rescan = shared.store.rescan_hint();
        Self {
            shared,
            pools,
            name,
            running: JoinSet::new(),
            live: BTreeMap::new(),
            claims: 0,
            backlogged: HashSet::new(),
            low_water_marks: HashMap::new(),
            marks_reset_at: Instant::now(),
            rescan,
            renewed_at: None,
            deferred: Deferred::default(),
            reported: HashMap::new(),
            due: Instant::now(),
            retry_claim_at: None,
            idle: None,
            draining: CancellationToken::new(),
        }
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        let mut hint = self.shared.store.work_hint();
        let backoff = || Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        let mut failing = backoff();
        let mut notified = true;
        loop {
            let wake = match self.poll(notified).await {
                Ok(()) => {
                    failing = backoff();
                    *self.shared.polled.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                    self.retry_claim_at.unwrap_or(self.due).min(self.due)
                }
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "polling for jobs failed; it is retried");
                    self.due = Instant::now() + failing.pause(&self.shared.randomness);
                    self.due
                }
            };
            notified = false;
            self.idle = if self.has_free_slots() { self.shared.store.idle() } else { None };
            tokio::select! {
                // In this order, so that simulations are reproducible. No branch starves: a poll checks the time, and all jobs
                // that have ended are gathered at once.
                biased;
                command = inbox.recv() => match command {
                    Some(Command::Poll(done)) => {
                        self.due = Instant::now();
                        if let Err(error) = self.poll(true).await {
                            tracing::error!(code = error.code(), %error, "polling for jobs failed");
                        }
                        done.send(()).ok();
                    }
                    Some(Command::Shutdown(grace)) => return self.drain(grace).await,
                    None => return,
                },
                Some(ended) = self.running.join_next() => {
                    self.idle = None;
                    self.ended(ended);
                    self.gather_slots().await;
                }
                _ = hint.changed() => notified = true,
                () = tokio::time::sleep_until(wake) => {}
            }
        }
    }

    /// Runs maintenance if something may be due, and then claims if there may be ready jobs. In this order, so that no expired
    /// job is started.
    async fn poll(&mut self, notified: bool) -> Result<(), StoreError> {
        let due = Instant::now() >= self.due;
        let again = self.retry_claim_at.is_some_and(|again| Instant::now() >= again);
        if notified && !self.live.is_empty() {
            self.stop_cancelled_jobs().await?;
        }
        if due && let Err(error) = self.maintain().await {
            if error.is_outage() {
                return Err(error);
            }
            // Jobs are claimed and settled nevertheless.
            tracing::error!(code = error.code(), %error, "maintenance failed; it is retried");
            self.due = Instant::now() + LONGEST_PAUSE;
        }
        // Preferably at a moment when nothing waits for the claim.
        let poll = self.shared.settings.poll;
        let since = self.marks_reset_at.elapsed();
        if (due && since >= poll / 2) || since >= poll * 2 {
            self.reset_low_water_marks();
        }
        if notified || due || again || !self.backlogged.is_empty() {
            self.claim().await?;
        }
        self.idle = None;
        Ok(())
    }

    /// Makes each pool's next claim scan from the start.
    fn reset_low_water_marks(&mut self) {
        self.low_water_marks.values_mut().for_each(LowWaterMarks::reset);
        self.marks_reset_at = Instant::now();
    }

    /// Waits a moment for more free slots, if there are more ready jobs than free slots.
    async fn gather_slots(&mut self) {
        let until = Instant::now() + GATHERING;
        while let Some(ended) = self.running.try_join_next() {
            self.ended(ended);
        }
        while !self.backlogged.is_empty() && !self.running.is_empty() && !self.has_enough_free_slots() {
            tokio::select! {
                biased;
                Some(ended) = self.running.join_next() => self.ended(ended),
                () = tokio::time::sleep_until(until) => break,
            }
        }
    }

    /// Whether a backlogged pool has at least a quarter of its slots free.
    fn has_enough_free_slots(&self) -> bool {
        let slots = self.backlogged.iter().filter_map(|pool| self.shared.slots.get(pool));
        slots.into_iter().any(|pool| pool.free.available_permits() * 4 >= pool.size)
    }

    /// Claims jobs for the free slots; returns how many.
    async fn claim(&mut self) -> Result<usize, StoreError> {
        self.retry_claim_at = None;
        let free = self.free_slots();
        if free.values().all(Vec::is_empty) {
            return Ok(0);
        }
        if self.rescan.has_changed().is_ok_and(|changed| changed) {
            self.rescan.mark_unchanged();
            self.reset_low_water_marks();
        }
        let claims = match self.try_to_claim(&free, false).await {
            Err(error) if !error.is_outage() => {
                tracing::error!(code = error.code(), %error, "a claim failed; jobs are claimed one by one");
                self.try_to_claim(&free, true).await?
            }
            claims => claims?,
        };
        let (before, charges) = (self.claims, self.begin_all(free, claims));
        if !charges.is_empty() && self.shared.store.dialect() == Dialect::Postgres {
            self.shared.store.write(async |tx| jobs::charge(tx, &charges).await).await?;
        }
        Ok(self.claims - before)
    }

    /// Starts the claimed jobs of each pool; returns the charges for them.
    fn begin_all(
        &mut self,
        mut free: BTreeMap<&'static str, Vec<OwnedSemaphorePermit>>,
        claims: Vec<PoolClaims>,
    ) -> Vec<Charge> {
        let here = Instant::now();
        let mut charges = Vec::new();
        for PoolClaims { pool, now, claims } in claims {
            let slots = free.remove(pool).unwrap_or_default();
            self.shared.counters.add(Counter::JobsDeferred, pool, claims.deferred);
            self.report(claims.unreadable);
            let soon = (claims.contended || claims.deferred > 0).then_some(FIRST_PAUSE);
            for rest in [claims.next.map(|next| next.since(now)), soon].into_iter().flatten() {
                let at = here + rest.max(SHORTEST_PAUSE).min(self.shared.settings.poll);
                self.retry_claim_at = Some(self.retry_claim_at.map_or(at, |again| again.min(at)));
            }
            self.low_water_marks.insert(pool, claims.low_water_marks);
            charges.extend(claims.charges);
            // A pool without free slots was not part of the claim, and stays backlogged if it was.
            if claims.jobs.len() == slots.len() {
                self.backlogged.insert(pool);
            } else {
                self.backlogged.remove(pool);
            }
            for (claimed, slot) in claims.jobs.into_iter().zip(slots) {
                self.begin(claimed, slot);
            }
        }
        charges
    }

    /// Reports rows that claims could not read, each only once in a while, since there are many claims.
    fn report(&mut self, unreadable: Vec<Unreadable>) {
        for bad in unreadable {
            if self.reported.get(&bad).is_some_and(|at| at.elapsed() < REPORT_SPACING) {
                continue;
            }
            let Unreadable { table, row, error } = &bad;
            tracing::error!(table, row, error, "a row cannot be read; the jobs that it concerns are held back");
            self.shared.counters.add(Counter::UnreadableRows, table, 1);
            self.reported.retain(|_, at| at.elapsed() < REPORT_SPACING);
            self.reported.insert(bad, Instant::now());
        }
    }

    /// Claims from all pools in one unit of work.
    async fn try_to_claim(
        &mut self,
        free: &BTreeMap<&'static str, Vec<OwnedSemaphorePermit>>,
        one_by_one: bool,
    ) -> Result<Vec<PoolClaims>, StoreError> {
        let idle = Mutex::new(self.idle.take());
        let this = &*self;
        this.shared
            .store
            .write(async |tx| {
                drop(idle.lock().unwrap_or_else(PoisonError::into_inner).take());
                tx.at("claim");
                this.claim_in(tx, free, one_by_one).await
            })
            .await
    }

    async fn claim_in(
        &self,
        tx: &mut Tx,
        free: &BTreeMap<&'static str, Vec<OwnedSemaphorePermit>>,
        one_by_one: bool,
    ) -> Result<Vec<PoolClaims>, StoreError> {
        let unknown = LowWaterMarks::default();
        let now = tx.now().await?;
        let mut all = Vec::new();
        for (pool, kinds) in self.shared.registry.pools() {
            let Some(slots) = free.get(pool).filter(|slots| !slots.is_empty()) else { continue };
            let lease = LeaseId::new(now, self.shared.randomness.id_bytes());
            let claim = Claim {
                pool,
                kinds,
                limit: u32::try_from(slots.len()).unwrap_or(u32::MAX),
                worker: &self.name,
                lease: &lease,
                lease_time: self.shared.settings.lease,
            };
            let marks = self.low_water_marks.get(pool).unwrap_or(&unknown);
            let claims = if one_by_one {
                jobs::claim_one_by_one(tx, &claim, marks).await?
            } else {
                jobs::claim(tx, &claim, marks).await?
            };
            if self.shared.store.dialect() == Dialect::Sqlite {
                jobs::charge(tx, &claims.charges).await?;
            }
            all.push(PoolClaims { pool, now, claims });
        }
        Ok(all)
    }

    pub(crate) fn serves(&self, pool: &str) -> bool {
        self.pools.as_ref().is_none_or(|pools| pools.contains(pool))
    }

    fn free_slots(&self) -> BTreeMap<&'static str, Vec<OwnedSemaphorePermit>> {
        let mut free = BTreeMap::new();
        if self.draining.is_cancelled() {
            return free;
        }
        for (pool, slots) in self.shared.slots.iter().filter(|(pool, _)| self.serves(pool)) {
            let taken = std::iter::from_fn(|| Arc::clone(&slots.free).try_acquire_owned().ok()).collect();
            free.insert(*pool, taken);
        }
        free
    }

    fn has_free_slots(&self) -> bool {
        let served = self.shared.slots.iter().filter(|(pool, _)| self.serves(pool));
        !self.draining.is_cancelled() && served.into_iter().any(|(_, slots)| slots.free.available_permits() > 0)
    }

    fn begin(&mut self, claimed: Claimed, slot: OwnedSemaphorePermit) {
        self.claims += 1;
        let serial = self.claims as u64;
        let lease = &claimed.lease;
        let live = Arc::new(Live::new(lease.job.clone(), lease.id.clone(), self.draining.clone()));
        self.live.insert(serial, Arc::clone(&live));
        let shared = Arc::clone(&self.shared);
        self.running.spawn(async move {
            supervise(shared, claimed, live).await;
            drop(slot);
            serial
        });
    }

    fn ended(&mut self, ended: Result<u64, tokio::task::JoinError>) {
        match ended {
            Ok(serial) => {
                self.live.remove(&serial);
            }
            // A panic in the engine itself: the lease expires, since nothing renews it.
            Err(error) => {
                tracing::error!(%error, "the supervision of a job failed");
                self.live.retain(|_, live| Arc::strong_count(live) > 1);
            }
        }
    }

    async fn drain(mut self, grace: Duration) {
        let over = tokio::time::sleep(grace);
        tokio::pin!(over);
        let mut handing_back = false;
        while !self.running.is_empty() {
            if Instant::now() >= self.due && self.maintain().await.is_err() {
                self.due = Instant::now() + LONGEST_PAUSE;
            }
            tokio::select! {
                biased;
                Some(ended) = self.running.join_next() => self.ended(ended),
                () = &mut over, if !handing_back => {
                    handing_back = true;
                    for live in self.live.values() {
                        live.stop(Stop::Shutdown);
                    }
                }
                () = tokio::time::sleep_until(self.due) => {}
            }
        }
        // So that a worker that has gone is no longer counted.
        let left = self.shared.store.write(async |tx| workers::left(tx, &self.name).await).await;
        if let Err(error) = left {
            tracing::warn!(%error, "the worker could not deregister");
        }
    }
}
