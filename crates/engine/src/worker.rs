//! The loop: look what time and others have done, claim, hand out, keep the leases alive, end in order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, Charge, Claim, Claimed, Floors};
use sluice_store::workers::{self, Capability};
use sluice_store::{Dialect, Idle, StoreError, Tx};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::attempt::supervise;
use crate::cron;
use crate::engine::Shared;
use crate::live::{Live, Stop};

/// What was asked to be renewed, and what of it still holds.
#[derive(Default)]
struct Renewal {
    asked: HashSet<(JobId, LeaseId)>,
    held: HashSet<(JobId, LeaseId)>,
}

/// What a unit of work claimed, and what it learned.
#[derive(Default)]
struct Begun {
    jobs: Vec<(Claimed, OwnedSemaphorePermit)>,
    charges: Vec<Charge>,
    floors: Vec<(&'static str, Floors)>,
    /// When there may be something to claim again.
    again: Option<Instant>,
}

/// A running worker. Dropped, it stops at once, as a crash would: its jobs are taken back when their leases run out.
pub struct Worker {
    task: AbortOnDropHandle<()>,
    orders: mpsc::Sender<Order>,
    draining: CancellationToken,
}

enum Order {
    Turn(oneshot::Sender<()>),
    Shutdown(Duration),
}

impl Worker {
    pub(crate) fn start(shared: Arc<Shared>, pools: Option<HashSet<String>>) -> Self {
        let (orders, inbox) = mpsc::channel(8);
        let work = Loop::new(shared, pools);
        let draining = work.draining.clone();
        let task = AbortOnDropHandle::new(tokio::spawn(work.run(inbox)));
        Self { task, orders, draining }
    }

    /// Looks at the database now, and returns when it has: what tests call after they moved the clock.
    pub async fn turn(&self) {
        let (done, wait) = oneshot::channel();
        if self.orders.send(Order::Turn(done)).await.is_ok() {
            wait.await.ok();
        }
    }

    /// Claims nothing more, gives running jobs `grace` to end, then hands the rest back without spending their
    /// attempts.
    pub async fn shutdown(mut self, grace: Duration) {
        self.draining.cancel();
        self.orders.send(Order::Shutdown(grace)).await.ok();
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the worker did not end in order");
        }
    }
}

/// Runs until nothing is left that could run without time passing; gives the number of claims.
pub(crate) async fn run_until_idle(shared: Arc<Shared>) -> Result<usize, StoreError> {
    let mut this = Loop::new(shared, None);
    loop {
        let moved = this.keep_up().await?;
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

struct Loop {
    shared: Arc<Shared>,
    /// Only these pools; all of them without.
    pools: Option<HashSet<String>>,
    /// Unlike that of every other worker.
    name: String,
    running: JoinSet<u64>,
    live: BTreeMap<u64, Arc<Live>>,
    claims: usize,
    /// Pools whose last claim took all that they had slots for: there may be more.
    hungry: HashSet<&'static str>,
    /// By the database's clock, and by ours: whichever says first that it is time.
    renewed_at: Option<(Timestamp, Instant)>,
    /// Where the next claim from each pool begins.
    floors: HashMap<&'static str, Floors>,
    /// When all of them were last forgotten.
    forgotten_at: Instant,
    /// Something may have become ready below them.
    early: watch::Receiver<u64>,
    /// When time may next have moved something.
    due: Instant,
    /// When a limit's lock may be free, or a rate let something through: time for a claim.
    again: Option<Instant>,
    /// Whoever makes work lets us join its commit.
    idle: Option<Idle>,
    draining: CancellationToken,
}

/// A look that failed is repeated after [`FIRST_PAUSE`], doubled each time up to [`LONGEST_PAUSE`].
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// While there is more to claim than there are slots, freed slots are gathered for as long, or until a quarter is
/// free: one claim for many jobs.
const GATHERING: Duration = Duration::from_millis(2);
/// Shortest time between two looks at what time has moved.
const LOOK_SPACING: Duration = Duration::from_millis(50);

impl Loop {
    fn new(shared: Arc<Shared>, pools: Option<HashSet<String>>) -> Self {
        let name = LeaseId::new(Timestamp::from_millis(0), shared.randomness.id_bytes()).to_string();
        let early = shared.store.early_hint();
        Self {
            shared,
            pools,
            name,
            running: JoinSet::new(),
            live: BTreeMap::new(),
            claims: 0,
            hungry: HashSet::new(),
            floors: HashMap::new(),
            forgotten_at: Instant::now(),
            early,
            renewed_at: None,
            due: Instant::now(),
            again: None,
            idle: None,
            draining: CancellationToken::new(),
        }
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Order>) {
        let mut hint = self.shared.store.work_hint();
        let mut pause = FIRST_PAUSE;
        let mut told = true;
        loop {
            let wake = match self.look(told).await {
                Ok(()) => {
                    pause = FIRST_PAUSE;
                    self.again.unwrap_or(self.due).min(self.due)
                }
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "the worker cannot reach its jobs; it tries again");
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    self.due = Instant::now() + pause;
                    self.due
                }
            };
            told = false;
            self.idle = if self.has_free_slots() { self.shared.store.idle() } else { None };
            tokio::select! {
                // In this order, so that a simulation repeats. Nobody is left out: a look heeds the time, and what has
                // ended is gathered at once.
                biased;
                order = inbox.recv() => match order {
                    Some(Order::Turn(done)) => {
                        self.due = Instant::now();
                        if let Err(error) = self.look(true).await {
                            tracing::error!(code = error.code(), %error, "a look at the database failed");
                        }
                        done.send(()).ok();
                    }
                    Some(Order::Shutdown(grace)) => return self.drain(grace).await,
                    None => return,
                },
                Some(ended) = self.running.join_next() => {
                    self.idle = None;
                    self.ended(ended);
                    self.gather().await;
                }
                _ = hint.changed() => told = true,
                () = tokio::time::sleep_until(wake) => {}
            }
        }
    }

    /// Looks what time has moved when something may be due, then claims when there may be something to claim: what
    /// has expired meanwhile is not begun.
    async fn look(&mut self, told: bool) -> Result<(), StoreError> {
        let due = Instant::now() >= self.due;
        let again = self.again.is_some_and(|again| Instant::now() >= again);
        if told && !self.live.is_empty() {
            self.heed_cancels().await?;
        }
        if due {
            self.keep_up().await?;
        }
        // Where nobody waits for it, if there is such a moment.
        let poll = self.shared.settings.poll;
        let since = self.forgotten_at.elapsed();
        if (due && since >= poll / 2) || since >= poll * 2 {
            self.forget_floors();
        }
        if told || due || again || !self.hungry.is_empty() {
            self.claim().await?;
        }
        self.idle = None;
        Ok(())
    }

    /// Lets each pool's next claim begin at the start.
    fn forget_floors(&mut self) {
        self.floors.values_mut().for_each(Floors::forget);
        self.forgotten_at = Instant::now();
    }

    /// Waits a moment for more slots, when there is more to claim than there are free ones.
    async fn gather(&mut self) {
        let until = Instant::now() + GATHERING;
        while let Some(ended) = self.running.try_join_next() {
            self.ended(ended);
        }
        while !self.hungry.is_empty() && !self.running.is_empty() && !self.has_room() {
            tokio::select! {
                biased;
                Some(ended) = self.running.join_next() => self.ended(ended),
                () = tokio::time::sleep_until(until) => break,
            }
        }
    }

    /// A quarter of the slots is free, of a pool that has more to claim.
    fn has_room(&self) -> bool {
        let slots = self.hungry.iter().filter_map(|pool| self.shared.slots.get(pool));
        slots.into_iter().any(|pool| pool.free.available_permits() * 4 >= pool.size)
    }

    /// One unit of work: jobs for the free slots.
    async fn claim(&mut self) -> Result<usize, StoreError> {
        self.again = None;
        let mut free = self.free_slots();
        if free.values().all(Vec::is_empty) {
            return Ok(0);
        }
        if self.early.has_changed().is_ok_and(|early| early) {
            self.early.mark_unchanged();
            self.forget_floors();
        }
        // One that has no slot free stays as hungry as it was.
        let asked: Vec<_> = free.iter().filter(|(_, slots)| !slots.is_empty()).map(|(pool, _)| *pool).collect();
        let shared = Arc::clone(&self.shared);
        let mut idle = self.idle.take();
        let begun = shared
            .store
            .write(async |tx| {
                drop(idle.take());
                tx.at("claim");
                self.claim_in(tx, &mut free).await
            })
            .await?;
        self.again = begun.again;
        self.floors.extend(begun.floors);
        for pool in asked {
            if free.get(pool).is_some_and(Vec::is_empty) {
                self.hungry.insert(pool);
            } else {
                self.hungry.remove(pool);
            }
        }
        let claimed = begun.jobs.len();
        for (claimed, slot) in begun.jobs {
            self.begin(claimed, slot);
        }
        if !begun.charges.is_empty() && shared.store.dialect() == Dialect::Postgres {
            shared.store.write(async |tx| jobs::charge(tx, &begun.charges).await).await?;
        }
        Ok(claimed)
    }

    async fn claim_in(
        &self,
        tx: &mut Tx,
        free: &mut BTreeMap<&'static str, Vec<OwnedSemaphorePermit>>,
    ) -> Result<Begun, StoreError> {
        let mut begun = Begun::default();
        let unknown = Floors::default();
        let (now, here) = (tx.now().await?, Instant::now());
        for (pool, kinds) in self.shared.registry.pools() {
            let Some(slots) = free.get_mut(pool).filter(|slots| !slots.is_empty()) else { continue };
            let lease = LeaseId::new(now, self.shared.randomness.id_bytes());
            let claim = Claim {
                pool,
                kinds,
                limit: u32::try_from(slots.len()).unwrap_or(u32::MAX),
                worker: &self.name,
                lease: &lease,
                lease_time: self.shared.settings.lease,
            };
            let claims = jobs::claim(tx, &claim, self.floors.get(pool).unwrap_or(&unknown)).await?;
            let slots = slots.drain(..claims.jobs.len().min(slots.len()));
            begun.jobs.extend(claims.jobs.into_iter().zip(slots));
            begun.charges.extend(claims.charges);
            begun.floors.push((pool, claims.floors));
            for rest in [claims.next.map(|next| next.since(now)), claims.contended.then_some(FIRST_PAUSE)] {
                let at = rest.map(|rest| here + rest.max(SHORTEST_PAUSE).min(self.shared.settings.poll));
                begun.again = begun.again.into_iter().chain(at).min();
            }
        }
        if self.shared.store.dialect() == Dialect::Sqlite {
            jobs::charge(tx, &begun.charges).await?;
        }
        Ok(begun)
    }

    /// One unit of work: renews our leases and moves what time has moved. Gives whether it moved something; stops what
    /// is no longer ours or wanted.
    async fn keep_up(&mut self) -> Result<bool, StoreError> {
        let shared = Arc::clone(&self.shared);
        let (moved, renewed, cancelling, due) = shared
            .store
            .write(async |tx| {
                tx.at("keep_up");
                let renewed = self.renew_in_time(tx).await?;
                let mut moved = jobs::keep_up(tx).await? != jobs::Upkeep::default();
                moved |= cron::tick(&shared, tx).await? > 0;
                if renewed.is_some() {
                    workers::seen(tx, &self.name, &self.capabilities()).await?;
                    // What is lost with a failed write was only an estimate.
                    workers::learn(tx, &shared.take_measured()).await?;
                }
                let cancelling = jobs::cancelling(tx, &self.name).await?;
                let now = tx.now().await?;
                let due = jobs::next_due(tx).await?.map(|due| due.since(now));
                Ok::<_, StoreError>((moved, renewed, cancelling, due))
            })
            .await?;
        if let Some((at, renewal)) = renewed {
            self.renewed_at = Some((at, Instant::now()));
            self.stop_lost(&renewal);
        }
        self.stop_cancelled(&cancelling);
        let floor = shared.settings.poll.min(shared.settings.lease / 3);
        let spacing = LOOK_SPACING.min(floor);
        let rest = if moved { spacing } else { due.unwrap_or(floor).clamp(SHORTEST_PAUSE, floor) };
        self.due = Instant::now() + rest;
        Ok(moved)
    }

    async fn heed_cancels(&mut self) -> Result<(), StoreError> {
        let store = &self.shared.store;
        let cancelling = store.read(async |tx| jobs::cancelling(tx, &self.name).await).await?;
        self.stop_cancelled(&cancelling);
        Ok(())
    }

    fn serves(&self, pool: &str) -> bool {
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

    /// Renews our leases when a third of their time has passed; gives when that was and which still hold.
    async fn renew_in_time(&self, tx: &mut Tx) -> Result<Option<(Timestamp, Renewal)>, StoreError> {
        let now = tx.now().await?;
        let lease = self.shared.settings.lease;
        // A clock that was set back would put the next renewal off beyond the lease.
        let early =
            |(at, then): (Timestamp, Instant)| now >= at && now.since(at) < lease / 3 && then.elapsed() < lease / 3;
        if self.renewed_at.is_some_and(early) {
            return Ok(None);
        }
        let leases: Vec<_> = self.live.values().flat_map(|live| live.leases()).collect();
        let held = if leases.is_empty() { Vec::new() } else { jobs::renew(tx, &self.name, &leases, lease).await? };
        let renewal = Renewal { asked: leases.into_iter().collect(), held: held.into_iter().collect() };
        Ok(Some((now, renewal)))
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
            // A job that has gone on to its next stage meanwhile has a lease that was not asked about.
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
            // Only a fault of the engine itself ends here; the lease lapses, since nobody renews it.
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
            if Instant::now() >= self.due && self.keep_up().await.is_err() {
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
        // Who asks why something waits is not told of a worker that has gone.
        let left = self.shared.store.write(async |tx| workers::left(tx, &self.name).await).await;
        if let Err(error) = left {
            tracing::warn!(%error, "the worker could not sign off");
        }
    }
}
