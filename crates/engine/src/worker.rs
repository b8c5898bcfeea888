//! The loop: look what time and others have done, claim, hand out, keep the leases alive, end in order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, Claim, Claimed, Held};
use sluice_store::{StoreError, Tx};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::attempt::supervise;
use crate::engine::Shared;

/// Why a running job must stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    Cancelled,
    LeaseLost,
    Shutdown,
}

/// A job in our hands.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// The leases under which it may be held: the present one, and while it is settled also the next stage's.
    leases: Mutex<Vec<(JobId, LeaseId)>>,
    stop: CancellationToken,
    reason: OnceLock<Stop>,
    draining: CancellationToken,
}

impl Live {
    fn new(job: JobId, lease: LeaseId, draining: CancellationToken) -> Self {
        Self { leases: Mutex::new(vec![(job, lease)]), draining, ..Self::default() }
    }

    /// Adds the lease under which the next stage may be held.
    pub(crate) fn expect(&self, job: &JobId, lease: &LeaseId) {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        // Those of stages before the present one are settled.
        let settled = leases.len().saturating_sub(1);
        leases.drain(..settled);
        leases.push((job.clone(), lease.clone()));
    }

    fn leases(&self) -> Vec<(JobId, LeaseId)> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stop(&self, reason: Stop) {
        // The first reason counts.
        if self.reason.set(reason).is_ok() {
            self.stop.cancel();
        }
    }

    pub(crate) fn lost(&self) {
        self.stop(Stop::LeaseLost);
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.stop
    }

    pub(crate) fn reason(&self) -> Option<Stop> {
        self.reason.get().copied()
    }

    /// The worker wants to end: no further stage is begun.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }
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
    pub(crate) fn start(shared: Arc<Shared>) -> Self {
        let (orders, inbox) = mpsc::channel(8);
        let work = Loop::new(shared);
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
    let mut this = Loop::new(shared);
    loop {
        let looked = this.look().await?;
        if looked.claimed == 0 && this.running.is_empty() && !looked.moved {
            return Ok(this.claims);
        }
        if looked.claimed == 0
            && let Some(ended) = this.running.join_next().await
        {
            this.ended(ended);
        }
    }
}

struct Loop {
    shared: Arc<Shared>,
    /// Unlike that of every other worker.
    name: String,
    running: JoinSet<u64>,
    live: HashMap<u64, Arc<Live>>,
    claims: usize,
    renewed_at: Option<Timestamp>,
    draining: CancellationToken,
}

/// What a look at the database found.
struct Looked {
    claimed: usize,
    /// Time has moved other jobs.
    moved: bool,
    /// How long nothing will be due.
    rest: Duration,
}

/// A look that failed is repeated after this, doubled each time up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Loop {
    fn new(shared: Arc<Shared>) -> Self {
        let name = LeaseId::new(Timestamp::from_millis(0), shared.randomness.id_bytes()).to_string();
        Self {
            shared,
            name,
            running: JoinSet::new(),
            live: HashMap::new(),
            claims: 0,
            renewed_at: None,
            draining: CancellationToken::new(),
        }
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Order>) {
        let mut hint = self.shared.store.work_hint();
        let mut pause = FIRST_PAUSE;
        loop {
            hint.mark_unchanged();
            let rest = match self.look().await {
                Ok(looked) => {
                    pause = FIRST_PAUSE;
                    looked.rest
                }
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "the worker cannot reach its jobs; it tries again");
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    pause
                }
            };
            tokio::select! {
                _ = hint.changed() => {}
                Some(ended) = self.running.join_next() => self.ended(ended),
                () = tokio::time::sleep(rest) => {}
                order = inbox.recv() => match order {
                    Some(Order::Turn(done)) => {
                        if let Err(error) = self.look().await {
                            tracing::error!(code = error.code(), %error, "a look at the database failed");
                        }
                        done.send(()).ok();
                    }
                    Some(Order::Shutdown(grace)) => return self.drain(grace).await,
                    None => return,
                },
            }
        }
    }

    /// Renews our leases, moves what time has moved, stops what is no longer ours or wanted, and claims what there
    /// are free slots for: one unit of work.
    async fn look(&mut self) -> Result<Looked, StoreError> {
        let shared = Arc::clone(&self.shared);
        let mut free = self.free_slots();
        let renewed_at = self.renewed_at;
        let (claimed, looked, held, renewed_at) = shared
            .store
            .write(async |tx| {
                tx.at("look");
                let renewed_at = self.renew_in_time(tx, renewed_at).await?;
                let upkeep = jobs::keep_up(tx).await?;
                let held = jobs::held_by(tx, &self.name).await?;
                let claimed = self.claim(tx, &mut free).await?;
                let rest = self.rest(tx).await?;
                let looked = Looked { claimed: claimed.len(), moved: upkeep != jobs::Upkeep::default(), rest };
                Ok::<_, StoreError>((claimed, looked, held, renewed_at))
            })
            .await?;
        self.renewed_at = renewed_at;
        self.stop_unwanted(&held);
        for (claimed, slot) in claimed {
            self.begin(claimed, slot);
        }
        Ok(looked)
    }

    fn free_slots(&self) -> HashMap<&'static str, Vec<OwnedSemaphorePermit>> {
        let mut free = HashMap::new();
        if self.draining.is_cancelled() {
            return free;
        }
        for (pool, slots) in &self.shared.slots {
            let taken = std::iter::from_fn(|| Arc::clone(slots).try_acquire_owned().ok()).collect();
            free.insert(*pool, taken);
        }
        free
    }

    async fn renew_in_time(&self, tx: &mut Tx, last: Option<Timestamp>) -> Result<Option<Timestamp>, StoreError> {
        let now = tx.now().await?;
        let lease = self.shared.settings.lease;
        if let Some(last) = last
            && now.since(last) < lease / 3
        {
            return Ok(Some(last));
        }
        let leases: Vec<_> = self.live.values().flat_map(|live| live.leases()).collect();
        if !leases.is_empty() {
            jobs::renew(tx, &self.name, &leases, lease).await?;
        }
        Ok(Some(now))
    }

    async fn claim(
        &self,
        tx: &mut Tx,
        free: &mut HashMap<&'static str, Vec<OwnedSemaphorePermit>>,
    ) -> Result<Vec<(Claimed, OwnedSemaphorePermit)>, StoreError> {
        let mut all = Vec::new();
        for (pool, kinds) in self.shared.registry.pools() {
            let Some(slots) = free.get_mut(pool).filter(|slots| !slots.is_empty()) else { continue };
            let lease = LeaseId::new(tx.now().await?, self.shared.randomness.id_bytes());
            let claim = Claim {
                pool,
                kinds,
                limit: u32::try_from(slots.len()).unwrap_or(u32::MAX),
                worker: &self.name,
                lease: &lease,
                lease_time: self.shared.settings.lease,
            };
            let claimed = jobs::claim(tx, &claim).await?;
            let slots = slots.drain(..claimed.len().min(slots.len()));
            all.extend(claimed.into_iter().zip(slots));
        }
        Ok(all)
    }

    async fn rest(&self, tx: &mut Tx) -> Result<Duration, StoreError> {
        let settings = &self.shared.settings;
        let floor = settings.poll.min(settings.lease / 3);
        let now = tx.now().await?;
        let due = jobs::next_due(tx).await?.map_or(floor, |due| due.since(now));
        Ok(due.clamp(Duration::from_millis(1), floor))
    }

    fn stop_unwanted(&self, held: &[Held]) {
        for live in self.live.values() {
            let leases = live.leases();
            let mine = |held: &&Held| leases.iter().any(|(job, lease)| held.job == *job && held.lease == *lease);
            match held.iter().find(mine) {
                Some(held) if held.cancel_requested => live.stop(Stop::Cancelled),
                Some(_) => {}
                None => live.lost(),
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
            let rest = match self.look().await {
                Ok(looked) => looked.rest,
                Err(_) => LONGEST_PAUSE,
            };
            tokio::select! {
                Some(ended) = self.running.join_next() => self.ended(ended),
                () = &mut over, if !handing_back => {
                    handing_back = true;
                    for live in self.live.values() {
                        live.stop(Stop::Shutdown);
                    }
                }
                () = tokio::time::sleep(rest) => {}
            }
        }
    }
}
