//! The engine's interface for a running stage. Every write is fenced by its lease.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_store::calls::{self, Outcome};
use sluice_store::jobs::{self, Amounts, Claimed, JobRow, Lease, Need, Wake};
use sluice_store::{Store, StoreError, Tx, results, storable};
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::call::{CallError, CallState};
use crate::counters::Counter;
use crate::engine::{ChildOptions, EnqueueOptions, Shared, enqueue};
use crate::job::{Job, JobError};
use crate::reports::Reports;

/// One attempt at one stage of a job. Cheap to clone.
#[derive(Clone)]
pub struct Run {
    inner: Arc<Inner>,
    /// Where what is reported begins in its step, and how much of it that is.
    within: (f64, f64),
}

struct Inner {
    shared: Arc<Shared>,
    claimed: Arc<Claimed>,
    /// It has called an engine or a provider.
    has_called: AtomicBool,
    /// What it called last, and how long its calls took together.
    called: Mutex<(Option<String>, Duration)>,
    claimed_at: Instant,
    stop: CancellationToken,
    reports: Reports,
}

impl Run {
    pub(crate) fn new(shared: Arc<Shared>, claimed: Claimed, stop: CancellationToken) -> Self {
        let inner = Inner {
            shared,
            claimed: Arc::new(claimed),
            has_called: AtomicBool::new(false),
            called: Mutex::default(),
            claimed_at: Instant::now(),
            stop,
            reports: Reports::default(),
        };
        Self { inner: Arc::new(inner), within: (0.0, 1.0) }
    }

    /// The job.
    pub fn job_id(&self) -> &JobId {
        &self.inner.claimed.lease.job
    }

    /// The number of this attempt at the stage, from 1.
    pub fn attempt(&self) -> u32 {
        self.inner.claimed.lease.attempt
    }

    /// Whether no further attempt follows if this one fails.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt() >= self.inner.claimed.max_attempts
    }

    /// The job's owner, whose data it may read and change.
    pub fn owner(&self) -> &OwnerId {
        &self.inner.claimed.owner
    }

    /// The id of its subject.
    pub fn subject(&self) -> &str {
        &self.inner.claimed.subject
    }

    /// What ended the wait before this stage, if there was one.
    pub fn wake(&self) -> Option<&Wake> {
        self.inner.claimed.wake.as_ref()
    }

    /// The lease under which everything is written.
    pub fn lease(&self) -> &Lease {
        &self.inner.claimed.lease
    }

    /// The time by the database's clock at the claim, plus what has passed locally since. For decisions that processes must agree
    /// on, use the database's clock: [`Tx::now`].
    pub fn now(&self) -> Timestamp {
        self.inner.claimed.claimed_at + self.inner.claimed_at.elapsed()
    }

    /// A new id: `run.new_id(JobId::new)`.
    pub fn new_id<T>(&self, make: impl FnOnce(Timestamp, [u8; 10]) -> T) -> T {
        make(self.now(), self.inner.shared.randomness.id_bytes())
    }

    /// Fires when the stage must stop: the job was cancelled, its lease was lost, or the process is shutting down. Stop soon and
    /// return anything; after a short grace period the stage is aborted at its next `await`.
    pub fn cancelled(&self) -> &CancellationToken {
        &self.inner.stop
    }

    /// Reports the progress of a named step, from 0 to 1. It is written a few times a second, and in any case at the end.
    pub fn progress(&self, step: &str, fraction: f64) {
        let (from, size) = self.within;
        self.inner.reports.step(step, from + size * storable::fraction(fraction));
    }

    /// The same run for a part of the work, which begins at `from` and has the share `size` of it, both from 0 to 1: what is reported of
    /// the part counts as that much of the step. So a step whose parts are done one after the other never goes back.
    #[must_use]
    pub fn part(&self, from: f64, size: f64) -> Self {
        let (begins, whole) = self.within;
        let within = (begins + whole * storable::fraction(from), whole * storable::fraction(size));
        Self { inner: Arc::clone(&self.inner), within }
    }

    /// Writes a line to the job's log.
    pub fn log(&self, line: impl Into<String>) {
        self.inner.reports.line(&line.into());
    }

    /// A unit of work under the lease: refused when another attempt may hold the job.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone,
        E: From<StoreError>,
    {
        self.inner
            .shared
            .store
            .write(async |tx| {
                tx.at("run.write");
                let held = jobs::hold(tx, self.lease()).await;
                if matches!(held, Err(StoreError::LeaseLost { .. })) {
                    self.inner.shared.tally.stale_write("stage");
                }
                held?;
                work(tx).await
            })
            .await
    }

    /// Reads.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        self.inner.shared.store.read(work).await
    }

    /// Enqueues a job that is no child of this one, of any owner: for jobs of the installation, which act for all.
    pub async fn submit<J: Job>(&self, tx: &mut Tx, job: &J, options: EnqueueOptions) -> Result<JobId, StoreError> {
        enqueue(&self.inner.shared, tx, job, options).await
    }

    /// Enqueues a child job, of this one's owner and subject, which is cancelled with it, and waited for by
    /// [`crate::Next::WaitForChildren`]. Give it an idempotency key, since this stage may run again.
    pub async fn enqueue<J: Job>(&self, tx: &mut Tx, job: &J, options: ChildOptions) -> Result<JobId, StoreError> {
        let row = &self.inner.claimed;
        let ChildOptions { idempotency_key, delay, ttl, priority, after } = options;
        let options = EnqueueOptions {
            owner: row.owner.clone(),
            subject: Some(row.subject.clone()),
            parent: Some(row.lease.job.clone()),
            idempotency_key,
            delay,
            ttl,
            priority,
            after,
        };
        enqueue(&self.inner.shared, tx, job, options).await
    }

    /// Its child jobs, in the order in which they were enqueued.
    pub async fn children(&self) -> Result<Vec<JobRow>, StoreError> {
        self.read(async |tx| jobs::children(tx, self.owner(), self.job_id()).await).await
    }

    /// The result that is stored under `key`, or else the one that `make` returns. `key` is the hash of the whole input; `kind`
    /// names the engine that is called. A row in `calls` is written before `make` runs, and ended in one unit of work with the
    /// result. At most one process makes a key at a time: another job that wants the same result waits for it without a worker.
    /// Then this returns an error, which the stage must return unchanged.
    pub async fn result_or<T, F>(&self, key: &str, kind: &str, make: F) -> Result<T, JobError>
    where
        T: Serialize + DeserializeOwned,
        F: AsyncFnOnce() -> Result<T, JobError>,
    {
        let _guard = self.lock_key(key).await;
        let call = loop {
            if let Some(found) = self.stored_result(key).await? {
                return Ok(found);
            }
            match self.begin_call(key, kind, None).await? {
                CallState::New { call } => break call,
                CallState::Stored => {}
                CallState::Open(open) => return Err(self.wait_for(&open, Duration::ZERO)),
            }
        };
        let begun = Instant::now();
        let result = make().await;
        self.note_called(kind, begun.elapsed());
        let stored = match &result {
            Ok(value) => Some(serde_json::to_value(value).map_err(|error| {
                JobError::fail("bad_result", format!("the result of \"{kind}\" cannot be stored")).because(error)
            })?),
            Err(_) => None,
        };
        self.write(async |tx| {
            tx.at("call.finish");
            let outcome = match &stored {
                Some(value) => {
                    results::store(tx, key, kind, value).await?;
                    Outcome::Succeeded
                }
                None => Outcome::Failed,
            };
            calls::end(tx, &call, outcome, None, None).await
        })
        .await?;
        result
    }

    /// Reports what this stage really used of what rates count, where its need was an estimate: the difference is taken or
    /// refunded, and the stage's need is updated. Fails if the lease is lost.
    pub async fn used(&self, amounts: Amounts) -> Result<(), StoreError> {
        let correct = async |tx: &mut Tx| {
            tx.at("run.used");
            jobs::correct_amounts(tx, self.lease(), amounts).await
        };
        self.inner.shared.store.write(correct).await
    }

    /// The open call that this attempt handles first, for which it was claimed without its stage's need.
    pub fn awaited_call(&self) -> Option<&String> {
        self.inner.claimed.call.as_ref()
    }

    /// The stage's need, if this attempt was claimed without it and has to be admitted before it makes a call.
    pub(crate) fn need_to_ask(&self) -> Option<Need> {
        let claimed = &self.inner.claimed;
        claimed.call.as_ref()?;
        let handler = self.inner.shared.registry.handler(&claimed.kind)?;
        let need = handler.need(&claimed.payload, &claimed.stage);
        (!need.is_free()).then_some(need)
    }

    /// Serialises calls of the same key by several futures of this attempt.
    pub(crate) async fn lock_key(&self, key: &str) -> OwnedMutexGuard<()> {
        self.inner.shared.keyed_locks.lock(&format!("{}/{key}", self.job_id())).await
    }

    pub(crate) fn note_external_call(&self) {
        self.inner.has_called.store(true, Ordering::Relaxed);
    }

    /// Awaits a call of an engine or a provider, and notes how long it took.
    pub(crate) async fn timed<T>(
        &self,
        provider: &str,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let begun = Instant::now();
        let result = call.await;
        self.inner.shared.tally.requested(provider, &result);
        self.note_called(provider, begun.elapsed());
        result
    }

    fn note_called(&self, provider: &str, time: Duration) {
        let mut called = self.inner.called.lock().unwrap_or_else(PoisonError::into_inner);
        called.0 = Some(provider.to_owned());
        called.1 += time;
    }

    /// What it called last, and how long its calls took together; those at the same time count each.
    pub(crate) fn called(&self) -> (Option<String>, Duration) {
        self.inner.called.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.shared.store
    }

    /// The result that is stored under `key`, if there is one.
    pub async fn stored_result<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let Some(value) = self.read(async |tx| results::find(tx, key).await).await? else { return Ok(None) };
        // A result that an older version stored in another format is made again.
        let Ok(found) = serde_json::from_value::<T>(value) else {
            self.write(async |tx| results::forget(tx, key).await).await?;
            return Ok(None);
        };
        self.write(async |tx| results::touch(tx, key).await).await?;
        Ok(Some(found))
    }

    /// Deletes a stored result, for example because bytes that it references are gone.
    pub async fn forget_result(&self, key: &str) -> Result<(), StoreError> {
        self.write(async |tx| results::forget(tx, key).await).await
    }

    /// Adds an entry to the owner's event log.
    pub fn emit(&self, tx: &mut Tx, kind: &str, subject: &str, data: &Value) -> Result<(), StoreError> {
        storable::json("an event's data", data)?;
        sluice_store::events::emit(tx, self.owner(), kind, subject, data)
    }

    pub(crate) fn reports(&self) -> &Reports {
        &self.inner.reports
    }

    pub(crate) fn claimed(&self) -> &Claimed {
        &self.inner.claimed
    }

    pub(crate) fn shared_claim(&self) -> Arc<Claimed> {
        Arc::clone(&self.inner.claimed)
    }

    /// Counts rows that a job of maintenance could not read or write, and passed over, by the task, for the metrics.
    pub fn count_passed_over(&self, task: &str, rows: usize) {
        self.inner.shared.counters.add(Counter::MaintenanceFailures, task, rows);
    }

    pub(crate) fn count_unwritable_ending(&self) {
        self.inner.shared.counters.add(Counter::UnwritableEndings, &self.claimed().kind, 1);
    }

    pub(crate) fn made_external_calls(&self) -> bool {
        self.inner.has_called.load(Ordering::Relaxed)
    }
}
