//! The engine as its callers see it: jobs go in, and are looked at, signalled and stopped.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_store::calls::{self, Notified};
use sluice_store::events::{self, Event};
use sluice_store::jobs::Why;
use sluice_store::jobs::{self, Ended, Filter, Finish, JobRow, LogLine, NewJob, Signalled, Step};
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
use crate::worker::{Worker, run_until_idle};

/// How the engine keeps time. The defaults are the tuned settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long a claim holds without a sign of life. A dead worker's job is taken back after this at the latest.
    pub lease: Duration,
    /// Longest sleep between two looks at the database, for what another process enqueued.
    pub poll: Duration,
    /// How long cancelled work may take to stop by itself.
    pub cancel_grace: Duration,
    /// Shortest time between two writes of a job's progress.
    pub progress_every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            cancel_grace: Duration::from_secs(3),
            progress_every: Duration::from_millis(250),
        }
    }
}

/// What can be said about a job that is enqueued. There is no owner by default: begin with [`EnqueueOptions::of`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnqueueOptions {
    /// Whose it is.
    pub owner: OwnerId,
    /// The same key again gives the same job, whatever its state; with other data it is refused.
    pub idempotency_key: Option<String>,
    /// Not before this long from now.
    pub delay: Duration,
    /// Expires after this long without work on it or on a part of it.
    pub ttl: Option<Duration>,
    /// The id of what it is about. Only jobs that have one are in their owner's lists.
    pub subject: Option<String>,
    /// The job, of the same owner, that it is a child of: cancelled with it, waited for by it.
    pub parent: Option<JobId>,
    /// Lower is sooner, by a minute each; 0 by default.
    pub priority: i32,
    /// Blocked until these, of the same owner, have succeeded; dead when one of them fails.
    pub after: Vec<JobId>,
}

impl EnqueueOptions {
    /// A job of this owner, and nothing else said: `EnqueueOptions { priority: 1, ..EnqueueOptions::of(&owner) }`.
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

/// What can be said about a child job; its owner, subject and parent are given. See [`crate::Run::enqueue`].
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

/// What the parts of the engine share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) registry: Registry,
    pub(crate) randomness: Randomness,
    pub(crate) settings: Settings,
    pub(crate) slots: HashMap<&'static str, Slots>,
    pub(crate) keyed_locks: KeyedLocks,
    pub(crate) counters: Counters,
    began: OnceCell<(Instant, Timestamp)>,
    /// How long stages and jobs took, until it is written.
    pub(crate) measured: Mutex<BTreeMap<(String, String), Measured>>,
    /// Attempts that are to be ended, and jobs that are to be made on their own: each many in one unit of work.
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
    shared: Arc<Shared>,
}

/// Gathers what the engine can run.
pub struct Builder {
    store: Store,
    registry: Registry,
    randomness: Randomness,
    settings: Settings,
    concurrency: HashMap<&'static str, usize>,
}

/// Jobs of one pool that run side by side, when nothing else is said.
const DEFAULT_CONCURRENCY: usize = 2;

impl Builder {
    /// Adds a kind of job, with what it needs. A kind that is registered twice is a mistake in the program.
    #[must_use]
    pub fn register<J: Job>(mut self, context: J::Context) -> Self {
        self.registry.add::<J>(context);
        self
    }

    /// How many jobs of a pool run side by side in this process.
    #[must_use]
    pub fn pool(mut self, name: &'static str, concurrency: usize) -> Self {
        self.concurrency.insert(name, concurrency);
        self
    }

    /// Another source of randomness.
    #[must_use]
    pub fn randomness(mut self, randomness: Randomness) -> Self {
        self.randomness = randomness;
        self
    }

    /// Other times.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The engine. It runs nothing until [`Engine::start`].
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
            began: OnceCell::new(),
            measured: Mutex::default(),
        };
        Engine { shared: Arc::new(shared) }
    }
}

impl Engine {
    /// Starts the list of what it can run.
    pub fn builder(store: Store) -> Builder {
        Builder {
            store,
            registry: Registry::default(),
            randomness: Randomness::from_entropy(),
            settings: Settings::default(),
            concurrency: HashMap::new(),
        }
    }

    /// Starts to work in the background. Dropping the worker stops it at once, as a crash would; use
    /// [`Worker::shutdown`] to end in order.
    pub fn start(&self) -> Worker {
        Worker::start(Arc::clone(&self.shared), None)
    }

    /// As [`Engine::start`], for these pools alone: where a machine has what only some kinds of work need.
    pub fn start_pools(&self, pools: &[String]) -> Worker {
        Worker::start(Arc::clone(&self.shared), Some(pools.iter().cloned().collect()))
    }

    /// The pools of everything that is registered.
    pub fn pools(&self) -> Vec<&'static str> {
        let mut pools: Vec<_> = self.shared.registry.pools().map(|(pool, _)| pool).collect();
        pools.sort_unstable();
        pools
    }

    /// Runs what can run now, and what follows from it, until nothing is left that could run without time passing.
    /// Gives the number of claims.
    pub async fn run_until_idle(&self) -> Result<usize, StoreError> {
        run_until_idle(Arc::clone(&self.shared)).await
    }

    /// Enqueues a job in the caller's unit of work: if that is kept, so is the job.
    pub async fn enqueue<J: Job>(&self, tx: &mut Tx, job: &J, options: EnqueueOptions) -> Result<JobId, StoreError> {
        enqueue(&self.shared, tx, job, options).await
    }

    /// Enqueues a job by itself, in no one's unit of work. When this returns, it is on the disk; callers that come at
    /// the same time share the write.
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

    /// As [`Engine::submit`], for many jobs of one kind: all in one unit of work, each refused by itself.
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

    /// Makes `job` at every tick of a cron expression (in UTC, seconds allowed), once per tick, whatever the number of
    /// processes. The same name again changes the schedule. `catch_up` says what happens to ticks that nobody was there
    /// for.
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

    /// Why a job is where it is: every reason that holds now, its place in the line, and when it should begin.
    pub async fn why(&self, owner: &OwnerId, job: &JobId) -> Result<Why, StoreError> {
        self.shared.store.read(async |tx| jobs::why(tx, owner, job).await).await
    }

    /// When a job that has begun should be done, from and to, as its kind usually takes; nothing while that is not
    /// known.
    pub async fn done_by(&self, job: &JobRow) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        self.shared.store.read(async |tx| progress::done_by(tx, job).await).await
    }

    /// How far a job and all its child jobs have come, if the owner has such a job.
    pub async fn progress(&self, owner: &OwnerId, id: &JobId) -> Result<Option<Progress>, StoreError> {
        self.shared.store.read(async |tx| progress::progress(tx, owner, id).await).await
    }

    /// Sends a signal to a job; it ends the present or the next wait for it.
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

    /// Notes that a provider says that a call changed, by the provider's id of it: what a webhook calls. Whoever looks after
    /// the call asks the provider soon; what the webhook says beyond that is not believed. One that is repeated, late or
    /// unknown changes nothing.
    pub async fn call_changed(&self, tx: &mut Tx, provider: &str, provider_id: &str) -> Result<Notified, StoreError> {
        calls::notify(tx, provider, provider_id).await
    }

    /// Stops a job and its child jobs; see [`jobs::cancel`].
    pub async fn cancel(&self, tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<usize, StoreError> {
        jobs::cancel(tx, owner, job).await
    }

    /// Runs a job again that gave up, was cancelled or expired; see [`jobs::retry`].
    pub async fn retry(&self, tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<usize, StoreError> {
        jobs::retry(tx, owner, job).await
    }

    /// A job with its steps, if the owner has such a job.
    pub async fn job(&self, owner: &OwnerId, id: &JobId) -> Result<Option<JobView>, StoreError> {
        self.shared
            .store
            .read(async |tx| {
                let Some(job) = jobs::find(tx, owner, id).await? else { return Ok(None) };
                let steps = jobs::steps_of(tx, owner, id).await?;
                Ok(Some(JobView { job, steps }))
            })
            .await
    }

    /// A job's last `limit` log lines, oldest first.
    pub async fn log(&self, owner: &OwnerId, id: &JobId, limit: u32) -> Result<Vec<LogLine>, StoreError> {
        self.shared.store.read(async |tx| jobs::log_of(tx, owner, id, limit).await).await
    }

    /// The owner's jobs that have a subject and pass a filter, newest first.
    pub async fn list(&self, owner: &OwnerId, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
        self.shared.store.read(async |tx| jobs::list(tx, owner, filter).await).await
    }

    /// The owner's next `limit` events after place `seq`.
    pub async fn events_after(&self, owner: &OwnerId, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.shared.store.read(async |tx| events::after(tx, owner, seq, limit).await).await
    }

    /// Changes when there may be new events: a hint; look again after a while in any case, since another process may
    /// have written them.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.store.events_hint()
    }

    /// The engine over all owners, for the operator's commands: never for a request.
    pub fn operator(&self) -> Operator {
        Operator { shared: Arc::clone(&self.shared) }
    }

    /// What went wrong in this process and was got round: counters that are not zero, each with the value of its label.
    pub fn counters(&self) -> Vec<(Counter, String, u64)> {
        self.shared.counters.all()
    }

    /// The database below.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// The engine's randomness, for ids.
    pub fn randomness(&self) -> &Randomness {
        &self.shared.randomness
    }
}

impl Shared {
    /// Notes how long a stage took, or a whole job under the stage `''`.
    pub(crate) fn measure(&self, kind: &str, stage: &str, took: Duration) {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = measured.entry((kind.to_owned(), stage.to_owned())).or_default();
        entry.count += 1;
        entry.sum_ms += u64::try_from(took.as_millis()).unwrap_or(0);
    }

    pub(crate) fn take_measured(&self) -> BTreeMap<(String, String), Measured> {
        std::mem::take(&mut *self.measured.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// About the time by the database's clock, without asking it: to order the ids of new jobs. What counts is read
    /// in their unit of work.
    async fn moment(&self) -> Result<Timestamp, StoreError> {
        let read = async || Ok::<_, StoreError>((Instant::now(), self.store.now().await?));
        let (then, at) = *self.began.get_or_try_init(read).await?;
        Ok(at + then.elapsed())
    }

    /// Ends many attempts in one unit of work.
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

/// `now` only orders the ids of jobs that are made one after the other; times are the database's.
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
