//! The engine's interface for its callers: to enqueue, inspect, signal and cancel jobs.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_store::calls::{self, Notified};
use sluice_store::events::{self, Event};
use sluice_store::jobs::Why;
use sluice_store::jobs::{self, Ended, Filter, Finish, JobRow, NewJob, Signalled, Step};
use sluice_store::schedules::{self, CatchUp, Schedule};
use sluice_store::workers::Measured;
use sluice_store::{Store, StoreError, Tx};
use tokio::sync::{OnceCell, Semaphore, watch};
use tokio::time::Instant;

use crate::batch::Batch;
use crate::counters::{Counter, Counters};
use crate::cron::{Template, next_tick};
use crate::job::{Job, JobError};
use crate::keyed_locks::KeyedLocks;
use crate::operator::Operator;
use crate::progress::{self, Progress};
use crate::randomness::Randomness;
use crate::registry::{Registry, then};
use crate::tallies::Tally;
use crate::timings::{Histogram, Timing, Timings};
use crate::worker::{Worker, run_until_idle};

/// The engine's time constants. The defaults are tuned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long a lease lasts without renewal. A dead worker's job is rescued after this at the latest.
    pub lease: Duration,
    /// The longest interval between two polls of the database, for jobs of other processes.
    pub poll: Duration,
    /// How long a cancelled stage may take to stop by itself.
    pub cancel_grace: Duration,
    /// The shortest interval between two writes of a job's progress.
    pub progress_every: Duration,
    /// A job that is put off again and again, because of a budget or of an error that spends no attempt, fails after this long.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            cancel_grace: Duration::from_secs(3),
            progress_every: Duration::from_millis(250),
            patience: jobs::PATIENCE,
        }
    }
}

/// Options for enqueueing a job. There is no default owner: begin with [`EnqueueOptions::of`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnqueueOptions {
    /// Its owner.
    pub owner: OwnerId,
    /// The same key again returns the same job, whatever its state; with other data it is refused.
    pub idempotency_key: Option<String>,
    /// Not before this long from now.
    pub delay: Duration,
    /// Expires after this long without work on it or on a child job.
    pub ttl: Option<Duration>,
    /// The id of its subject. Only jobs that have one are in their owner's lists.
    pub subject: Option<String>,
    /// Its parent, of the same owner, which can wait for it, and with which it is cancelled.
    pub parent: Option<JobId>,
    /// Lower runs sooner, by a minute each; 0 by default.
    pub priority: i32,
    /// Blocked until these, of the same owner, have succeeded; dead when one of them fails.
    pub after: Vec<JobId>,
}

impl EnqueueOptions {
    /// The defaults for an owner, as in `EnqueueOptions { priority: 1, ..EnqueueOptions::of(&owner) }`.
    pub fn of(owner: &OwnerId) -> Self {
        Self {
            owner: owner.clone(),
            idempotency_key: None,
            delay: Duration::ZERO,
            ttl: None,
            subject: None,
            parent: None,
            priority: 0,
            after: Vec::new(),
        }
    }
}

/// Options for enqueueing a child job; its owner, subject and parent are given. See [`crate::Run::enqueue`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChildOptions {
    /// As [`EnqueueOptions::idempotency_key`].
    pub idempotency_key: Option<String>,
    /// Not before this long from now.
    pub delay: Duration,
    /// As [`EnqueueOptions::ttl`].
    pub ttl: Option<Duration>,
    /// As [`EnqueueOptions::priority`].
    pub priority: i32,
    /// As [`EnqueueOptions::after`].
    pub after: Vec<JobId>,
}

/// A job and its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// The job.
    pub job: JobRow,
    /// Its steps, in the order in which they began.
    pub steps: Vec<Step>,
}

/// The shared state of the engine.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) registry: Registry,
    pub(crate) randomness: Randomness,
    pub(crate) settings: Settings,
    pub(crate) slots: HashMap<&'static str, Slots>,
    pub(crate) keyed_locks: KeyedLocks,
    pub(crate) counters: Counters,
    pub(crate) tally: Tally,
    pub(crate) timings: Timings,
    began: OnceCell<(Instant, Timestamp)>,
    /// When a worker of this process last polled the database with success.
    pub(crate) polled: Mutex<Option<Instant>>,
    /// Durations of stages and jobs that are not written yet.
    pub(crate) measured: Mutex<BTreeMap<(String, String), Measured>>,
    /// Batches the settlements of attempts, and the jobs that are submitted on their own.
    pub(crate) finishes: Batch<Finish, Ended>,
    pub(crate) enqueued: Batch<NewJob, JobId>,
}

/// The slots of a pool in this process.
pub(crate) struct Slots {
    pub(crate) size: usize,
    pub(crate) free: Arc<Semaphore>,
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
}

/// Builds an engine.
pub struct Builder {
    store: Store,
    registry: Registry,
    randomness: Randomness,
    settings: Settings,
    concurrency: HashMap<&'static str, usize>,
}

/// The default concurrency of a pool.
const DEFAULT_CONCURRENCY: usize = 2;

impl Builder {
    /// Registers a kind of job, with its context. Panics if the kind is registered already.
    #[must_use]
    pub fn register<J: Job>(mut self, context: J::Context) -> Self {
        self.registry.add::<J>(context);
        self
    }

    /// Sets how many jobs of a pool run concurrently in this process.
    #[must_use]
    pub fn pool(mut self, name: &'static str, concurrency: usize) -> Self {
        self.concurrency.insert(name, concurrency);
        self
    }

    /// Sets the source of randomness.
    #[must_use]
    pub fn randomness(mut self, randomness: Randomness) -> Self {
        self.randomness = randomness;
        self
    }

    /// Sets the time constants.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Builds the engine. It runs nothing until [`Engine::start`].
    pub fn build(self) -> Engine {
        let slots = self
            .registry
            .pools()
            .map(|(pool, _)| {
                let size = self.concurrency.get(pool).copied().unwrap_or(DEFAULT_CONCURRENCY);
                (pool, Slots { size, free: Arc::new(Semaphore::new(size)) })
            })
            .collect();
        let writers = self.store.writers();
        let shared = Shared {
            finishes: Batch::new(writers),
            enqueued: Batch::new(writers),
            store: self.store,
            registry: self.registry,
            randomness: self.randomness,
            settings: self.settings,
            slots,
            keyed_locks: KeyedLocks::default(),
            counters: Counters::default(),
            tally: Tally::default(),
            timings: Timings::default(),
            began: OnceCell::new(),
            polled: Mutex::default(),
            measured: Mutex::default(),
        };
        Engine { shared: Arc::new(shared) }
    }
}

impl Engine {
    /// A builder for an engine on this database.
    pub fn builder(store: Store) -> Builder {
        Builder {
            store,
            registry: Registry::default(),
            randomness: Randomness::from_entropy(),
            settings: Settings::default(),
            concurrency: HashMap::new(),
        }
    }

    /// Starts a worker in the background. Dropping it stops it at once, like a crash; use [`Worker::shutdown`] for a graceful
    /// shutdown.
    pub fn start(&self) -> Worker {
        Worker::start(Arc::clone(&self.shared), None)
    }

    /// Like [`Engine::start`], for these pools alone, on a machine that has what only some kinds of jobs need.
    pub fn start_pools(&self, pools: &[String]) -> Worker {
        Worker::start(Arc::clone(&self.shared), Some(pools.iter().cloned().collect()))
    }

    /// The jobs that ended in this process since its start, by outcome.
    pub fn finished(&self) -> BTreeMap<&'static str, u64> {
        self.shared.timings.all_finished()
    }

    /// How long jobs of each kind waited and ran in this process.
    pub fn timings(&self) -> Vec<(Timing, String, Histogram)> {
        self.shared.timings.all()
    }

    /// How long ago a worker of this process polled the database with success; none before the first time.
    pub fn last_poll(&self) -> Option<Duration> {
        self.shared.polled.lock().unwrap_or_else(PoisonError::into_inner).map(|at| at.elapsed())
    }

    /// The pools of all registered kinds.
    pub fn pools(&self) -> Vec<&'static str> {
        let mut pools: Vec<_> = self.shared.registry.pools().map(|(pool, _)| pool).collect();
        pools.sort_unstable();
        pools
    }

    /// Runs all jobs that can run now, and those that follow, until none is left that could run without time passing. Returns
    /// the number of claims.
    pub async fn run_until_idle(&self) -> Result<usize, StoreError> {
        run_until_idle(Arc::clone(&self.shared)).await
    }

    /// Enqueues a job in the caller's unit of work: it exists if and only if that commits.
    pub async fn enqueue<J: Job>(&self, tx: &mut Tx, job: &J, options: EnqueueOptions) -> Result<JobId, StoreError> {
        enqueue(&self.shared, tx, job, options).await
    }

    /// Enqueues a job in a unit of work of its own. When this returns, it is on the disk; concurrent callers share the write.
    pub async fn submit<J: Job>(&self, job: &J, options: EnqueueOptions) -> Result<JobId, StoreError> {
        let now = self.shared.moment().await?;
        let new = new_job(&self.shared, job, options, now)?;
        let shared = Arc::clone(&self.shared);
        let write = move |jobs: Arc<Vec<NewJob>>| {
            let shared = Arc::clone(&shared);
            async move { shared.write_jobs(&jobs).await }
        };
        self.shared.enqueued.run(new, write).await
    }

    /// Like [`Engine::submit`], for many jobs of one kind: all in one unit of work, each refused by itself.
    pub async fn submit_many<J: Job>(
        &self,
        jobs: &[J],
        options: &EnqueueOptions,
    ) -> Result<Vec<Result<JobId, StoreError>>, StoreError> {
        let now = self.shared.moment().await?;
        let new: Vec<NewJob> =
            jobs.iter().map(|job| new_job(&self.shared, job, options.clone(), now)).collect::<Result<_, _>>()?;
        self.shared.write_jobs(&new).await
    }

    /// Enqueues `job` at every tick of a cron expression (in UTC, seconds allowed), once per tick, whatever the number of
    /// processes. The same name again changes the schedule. `catch_up` says what happens to missed ticks.
    pub async fn schedule<J: Job>(
        &self,
        tx: &mut Tx,
        name: &str,
        cron: &str,
        job: &J,
        options: EnqueueOptions,
        catch_up: CatchUp,
    ) -> Result<(), StoreError> {
        let now = tx.now().await?;
        let job = new_job(&self.shared, job, options, now)?;
        jobs::check(&job)?;
        let template = Template::of(job);
        let text = serde_json::to_string(&template)
            .map_err(|error| StoreError::Unreadable { what: format!("a schedule's job ({error})") })?;
        let schedule = Schedule {
            name: name.to_owned(),
            cron: cron.to_owned(),
            job: text,
            catch_up,
            next_at: next_tick(cron, now)?,
            last_at: None,
        };
        schedules::set(tx, &schedule).await
    }

    /// Why a job is in its state: every reason that applies now, its position in the queue, and when it should start.
    pub async fn why(&self, owner: &OwnerId, job: &JobId) -> Result<Why, StoreError> {
        self.shared.store.read(async |tx| jobs::why(tx, owner, job).await).await
    }

    /// When a job that has started should be done (earliest, latest), judging by earlier jobs of its kind; `None` while that is
    /// not known.
    pub async fn done_by(&self, job: &JobRow) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        self.shared.store.read(async |tx| progress::done_by(tx, job).await).await
    }

    /// How far a job and all its child jobs have come, if the owner has such a job.
    pub async fn progress(&self, owner: &OwnerId, id: &JobId) -> Result<Option<Progress>, StoreError> {
        self.shared.store.read(async |tx| progress::progress(tx, &self.shared.registry, owner, id).await).await
    }

    /// Sends a signal to a job; it ends the job's present wait for it, or the next one.
    pub async fn signal(
        &self,
        tx: &mut Tx,
        owner: &OwnerId,
        job: &JobId,
        name: &str,
        payload: &Value,
    ) -> Result<Signalled, StoreError> {
        jobs::send_signal(tx, owner, job, name, payload).await
    }

    /// Records a provider's notification that a call changed, by the provider's id of it, for webhooks. The job then asks the
    /// provider; the rest of the webhook is not trusted. A repeated, late or unknown notification changes nothing.
    pub async fn call_changed(&self, tx: &mut Tx, provider: &str, provider_id: &str) -> Result<Notified, StoreError> {
        calls::notify(tx, provider, provider_id).await
    }

    /// Cancels a job and its child jobs; see [`jobs::cancel`].
    pub async fn cancel(&self, tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<usize, StoreError> {
        jobs::cancel(tx, owner, job).await
    }

    /// Retries a job that died, was cancelled or expired; see [`jobs::retry`].
    pub async fn retry(&self, tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<usize, StoreError> {
        jobs::retry(tx, owner, job).await
    }

    /// The owner's jobs that have a subject and match a filter, newest first.
    pub async fn list(&self, owner: &OwnerId, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
        self.shared.store.read(async |tx| jobs::list(tx, owner, filter).await).await
    }

    /// The owner's next `limit` events after number `seq`. Those that cannot be read are counted and skipped.
    pub async fn events_after(&self, owner: &OwnerId, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.event_page(owner, seq, limit).await.map(|page| page.events)
    }

    /// The same, with the number up to which the log was read: a reader that polls goes on from there, and meets what cannot
    /// be read once.
    pub async fn event_page(&self, owner: &OwnerId, seq: i64, limit: u32) -> Result<events::Page, StoreError> {
        let page = self.shared.store.read(async |tx| events::page(tx, owner, seq, limit).await).await?;
        self.shared.counters.add(Counter::UnreadableRows, "event_log", page.unreadable);
        Ok(page)
    }

    /// Changes when there may be new events. It is only a hint: poll as well, since another process may have written them.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.store.events_hint()
    }

    /// The engine over all owners, for the operator's commands, never for a request.
    pub fn operator(&self) -> Operator {
        Operator { shared: Arc::clone(&self.shared) }
    }

    /// Failures that were worked around in this process: the counters that are not zero, each with the value of its label.
    pub fn counters(&self) -> Vec<(Counter, String, u64)> {
        self.shared.counters.all()
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// The engine's randomness, for ids.
    pub fn randomness(&self) -> &Randomness {
        &self.shared.randomness
    }
}

impl Shared {
    /// Records how long a stage took, or a whole job under the stage `''`.
    pub(crate) fn measure(&self, kind: &str, stage: &str, took: Duration) {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = measured.entry((kind.to_owned(), stage.to_owned())).or_default();
        entry.count += 1;
        entry.sum_ms += u64::try_from(took.as_millis()).unwrap_or(0);
    }

    pub(crate) fn take_measured(&self) -> BTreeMap<(String, String), Measured> {
        std::mem::take(&mut *self.measured.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Roughly the time by the database's clock, without a query, to order the ids of new jobs. Times that are stored are read in
    /// their unit of work.
    async fn moment(&self) -> Result<Timestamp, StoreError> {
        let read = async || Ok::<_, StoreError>((Instant::now(), self.store.now().await?));
        let (then, at) = *self.began.get_or_try_init(read).await?;
        Ok(at + then.elapsed())
    }

    /// Settles many attempts in one unit of work.
    pub(crate) async fn settle(&self, finishes: &[Finish]) -> Result<Vec<Result<Ended, StoreError>>, StoreError> {
        self.store
            .write(async |tx| {
                tx.at("settle");
                jobs::settle_many(tx, finishes).await
            })
            .await
    }

    async fn write_jobs(&self, new: &[NewJob]) -> Result<Vec<Result<JobId, StoreError>>, StoreError> {
        self.store
            .write(async |tx| {
                tx.at("enqueue");
                jobs::enqueue_many(tx, new).await
            })
            .await
    }
}

pub(crate) async fn enqueue<J: Job>(
    shared: &Shared,
    tx: &mut Tx,
    job: &J,
    options: EnqueueOptions,
) -> Result<JobId, StoreError> {
    let now = tx.now().await?;
    jobs::enqueue(tx, &new_job(shared, job, options, now)?).await
}

/// `now` is used only for the id, so that ids sort by creation.
fn new_job<J: Job>(shared: &Shared, job: &J, options: EnqueueOptions, now: Timestamp) -> Result<NewJob, StoreError> {
    let payload =
        serde_json::to_string(job).map_err(|error| StoreError::Unreadable { what: format!("a new job ({error})") })?;
    let first = then(job, &J::first_stage())
        .map_err(|error: JobError| StoreError::Unreadable { what: format!("a new job ({error})") })?;
    Ok(NewJob {
        id: JobId::new(now, shared.randomness.id_bytes()),
        kind: J::KIND.to_owned(),
        pool: J::pool().to_owned(),
        stage: first.stage,
        payload,
        owner: options.owner,
        subject: options.subject.unwrap_or_default(),
        parent: options.parent,
        priority: options.priority,
        delay: options.delay,
        max_attempts: J::retry_rule().attempts,
        idle_ttl: options.ttl,
        idempotency_key: options.idempotency_key,
        after: options.after,
        limit_key: job.limit_key(),
        need: first.need,
    })
}
