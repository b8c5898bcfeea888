//! The engine as its callers see it: jobs go in, and are looked at, signalled and stopped.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sluice_domain::ids::JobId;
use sluice_store::events::{self, Event};
use sluice_store::jobs::{self, JobRow, LogLine, NewJob, Signalled, Step};
use sluice_store::{Store, StoreError, Tx};
use tokio::sync::{Semaphore, watch};

use crate::job::Job;
use crate::randomness::Randomness;
use crate::registry::{Registry, stage_name};
use crate::turns::Turns;
use crate::worker::{Worker, run_until_idle};

/// The owner of everything until there are accounts.
pub const LOCAL_OWNER: &str = "local";

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

/// What can be said about a job that is enqueued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnqueueOptions {
    /// The same key again gives the same job, whatever its state; with other data it is refused.
    pub idempotency_key: Option<String>,
    /// Not before this long from now.
    pub delay: Duration,
    /// Expires after this long without work on it or on a part of it.
    pub ttl: Option<Duration>,
    /// Whose it is; [`LOCAL_OWNER`] by default.
    pub owner: Option<String>,
    /// The id of what it works on.
    pub subject: Option<String>,
    /// The job that it is a part of.
    pub parent: Option<JobId>,
    /// Lower is sooner; 0 by default.
    pub priority: i32,
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
    pub(crate) slots: HashMap<&'static str, Arc<Semaphore>>,
    pub(crate) turns: Turns,
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
                let slots = self.concurrency.get(pool).copied().unwrap_or(DEFAULT_CONCURRENCY);
                (pool, Arc::new(Semaphore::new(slots)))
            })
            .collect();
        let shared = Shared {
            store: self.store,
            registry: self.registry,
            randomness: self.randomness,
            settings: self.settings,
            slots,
            turns: Turns::default(),
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
        Worker::start(Arc::clone(&self.shared))
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

    /// Sends a signal to a job; it ends the present or the next wait for it.
    pub async fn signal(&self, tx: &mut Tx, job: &JobId, name: &str, payload: &Value) -> Result<Signalled, StoreError> {
        jobs::send_signal(tx, job, name, payload).await
    }

    /// Stops a job and all that is part of it; see [`jobs::cancel`].
    pub async fn cancel(&self, tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
        jobs::cancel(tx, job).await
    }

    /// Runs a job again that gave up, was cancelled or expired; see [`jobs::retry`].
    pub async fn retry(&self, tx: &mut Tx, job: &JobId) -> Result<usize, StoreError> {
        jobs::retry(tx, job).await
    }

    /// A job with its steps, if there is such a job.
    pub async fn job(&self, id: &JobId) -> Result<Option<JobView>, StoreError> {
        self.shared
            .store
            .read(async |tx| {
                let Some(job) = jobs::find(tx, id).await? else { return Ok(None) };
                let steps = jobs::steps_of(tx, id).await?;
                Ok(Some(JobView { job, steps }))
            })
            .await
    }

    /// A job's last `limit` log lines, oldest first.
    pub async fn log(&self, id: &JobId, limit: u32) -> Result<Vec<LogLine>, StoreError> {
        self.shared.store.read(async |tx| jobs::log_of(tx, id, limit).await).await
    }

    /// The next `limit` events of `stream` (an owner) after place `seq`.
    pub async fn events_after(&self, stream: &str, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.shared.store.read(async |tx| events::after(tx, stream, seq, limit).await).await
    }

    /// Changes when there may be new events: a hint; look again after a while in any case, since another process may
    /// have written them.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.store.news_hint()
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

pub(crate) async fn enqueue<J: Job>(
    shared: &Shared,
    tx: &mut Tx,
    job: &J,
    options: EnqueueOptions,
) -> Result<JobId, StoreError> {
    let unreadable = |error: &dyn std::fmt::Display| StoreError::Unreadable { what: format!("a new job ({error})") };
    let payload = serde_json::to_string(job).map_err(|error| unreadable(&error))?;
    let stage = stage_name(&J::first_stage()).map_err(|error| unreadable(&error))?;
    let id = JobId::new(tx.now().await?, shared.randomness.id_bytes());
    let new = NewJob {
        id,
        kind: J::KIND.to_owned(),
        pool: J::pool().to_owned(),
        stage,
        payload,
        owner: options.owner.unwrap_or_else(|| LOCAL_OWNER.to_owned()),
        subject: options.subject.unwrap_or_default(),
        parent: options.parent,
        priority: options.priority,
        delay: options.delay,
        max_attempts: J::retry_rule().attempts,
        idle_ttl: options.ttl,
        idempotency_key: options.idempotency_key,
    };
    jobs::enqueue(tx, &new).await
}
