//! A database with jobs, and what a worker does with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_store::jobs::spend::{self, Budget};
use sluice_store::jobs::{
    self, Claim, Claimed, Claims, Ended, Finish, JobError, JobRow, LowWaterMarks, Need, NewJob, Settlement, Then,
};
use sluice_store::migrations::MODULES;
use sluice_store::{Dialect, Options, Store, StoreError, Tx};
use sluice_testkit::TestStore;

pub(crate) fn ada() -> OwnerId {
    "ada".parse().unwrap()
}

pub(crate) fn omar() -> OwnerId {
    "omar".parse().unwrap()
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn then(stage: &str) -> Then {
    Then { stage: stage.to_owned(), need: Need::default() }
}

pub(crate) fn error(code: &str) -> JobError {
    JobError { code: code.to_owned(), message: format!("what {code} says") }
}

/// The kinds that the workers of these tests know.
pub(crate) const KINDS: &[&str] = &["test.work", "test.other"];

/// How long a claim holds.
pub(crate) const LEASE: Duration = seconds(15);

/// How long a patient process waits for an answer of the database.
const PATIENCE: Duration = Duration::from_mins(10);

/// Random numbers that a seed repeats (`SplitMix64`, Steele, Lea and Flood 2014).
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(of.len()).unwrap();
        if count == 0 { None } else { of.get(usize::try_from(self.below(count)).unwrap()) }
    }

    pub(crate) fn yes(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// See the module. Clones are further hands on the same database, for tasks of their own.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) store: Store,
    test: Arc<TestStore>,
    ids: Arc<AtomicU64>,
}

impl World {
    pub(crate) async fn open(dialect: Dialect) -> Self {
        let test = TestStore::open_on(dialect).await;
        Self { store: test.store().clone(), test: Arc::new(test), ids: Arc::default() }
    }

    /// The database as another process has it.
    pub(crate) async fn another_process(&self) -> Self {
        Self { store: self.test.open_again().await, ..self.clone() }
    }

    /// As another process has it that waits for its answers for longer than any machine is busy.
    pub(crate) async fn patient_process(&self) -> Self {
        let options = Options { answer_timeout: PATIENCE, modules: MODULES.to_vec(), ..Options::default() };
        let store = Store::open_with(self.test.database(), options).await.unwrap();
        Self { store, ..self.clone() }
    }

    pub(crate) fn test(&self) -> &TestStore {
        &self.test
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.store.dialect() == Dialect::Postgres
    }

    /// Looks whether the books are right, and ends the test.
    pub(crate) async fn end(self) {
        assert_eq!(self.drift().await, [] as [String; 0], "budgets that differ from the ledger");
        self.store.execute("DELETE FROM jobs").await.unwrap();
        let test = Arc::into_inner(self.test).expect("every task has ended");
        test.end().await;
    }

    pub(crate) async fn drift(&self) -> Vec<String> {
        self.store.read(async |tx| spend::drift(tx).await).await.unwrap()
    }

    pub(crate) async fn now(&self) -> Timestamp {
        self.store.now().await.unwrap()
    }

    pub(crate) async fn advance(&self, by: Duration) {
        self.store.advance_clock(by).await.unwrap();
    }

    fn random(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.ids.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes
    }

    /// An id that sorts after those before it of the same moment.
    pub(crate) fn job_id(&self, now: Timestamp) -> JobId {
        JobId::new(now, self.random())
    }

    pub(crate) fn lease_id(&self) -> LeaseId {
        LeaseId::new(Timestamp::from_millis(1_800_000_000_000), self.random())
    }

    /// A text that no other is like.
    pub(crate) fn name(&self) -> String {
        format!("name {}", self.ids.fetch_add(1, Ordering::Relaxed))
    }

    /// A plain job of Ada's.
    pub(crate) async fn new_job(&self) -> NewJob {
        self.new_job_at(self.now().await)
    }

    pub(crate) fn new_job_at(&self, now: Timestamp) -> NewJob {
        NewJob {
            id: self.job_id(now),
            kind: "test.work".into(),
            pool: "default".into(),
            stage: "first".into(),
            payload: "{}".into(),
            owner: ada(),
            subject: String::new(),
            parent: None,
            priority: 0,
            delay: Duration::ZERO,
            max_attempts: 3,
            idle_ttl: None,
            idempotency_key: None,
            after: Vec::new(),
            limit_key: None,
            need: Need::default(),
        }
    }

    pub(crate) async fn try_enqueue(&self, job: &NewJob) -> Result<JobId, StoreError> {
        self.store.write(async |tx| jobs::enqueue(tx, job).await).await
    }

    pub(crate) async fn enqueue(&self, job: NewJob) -> JobId {
        self.try_enqueue(&job).await.unwrap()
    }

    /// A plain job of Ada's, in the database.
    pub(crate) async fn add(&self) -> JobId {
        let job = self.new_job().await;
        self.enqueue(job).await
    }

    pub(crate) async fn add_of(&self, owner: OwnerId, count: usize) -> Vec<JobId> {
        let now = self.now().await;
        let new: Vec<_> = (0..count).map(|_| NewJob { owner: owner.clone(), ..self.new_job_at(now) }).collect();
        let made = self.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
        made.into_iter().collect::<Result<_, _>>().unwrap()
    }

    pub(crate) async fn add_child(&self, parent: &JobId) -> JobId {
        let job = NewJob { parent: Some(parent.clone()), ..self.new_job().await };
        self.enqueue(job).await
    }

    /// A claim inside a unit of work, with what it charges.
    pub(crate) async fn claim_in(&self, tx: &mut Tx, limit: u32, kinds: &[&'static str]) -> Result<Claims, StoreError> {
        self.claim_for(tx, limit, kinds, LEASE).await
    }

    /// Claims with leases of that length.
    pub(crate) async fn claim_for(
        &self,
        tx: &mut Tx,
        limit: u32,
        kinds: &[&'static str],
        lease_time: Duration,
    ) -> Result<Claims, StoreError> {
        let lease = self.lease_id();
        let claim = Claim { pool: "default", kinds, limit, worker: "worker", lease: &lease, lease_time };
        let claims = jobs::claim(tx, &claim, &LowWaterMarks::default()).await?;
        jobs::charge(tx, &claims.charges).await?;
        Ok(claims)
    }

    pub(crate) async fn try_claim(&self, limit: u32) -> Result<Claims, StoreError> {
        self.store.write(async |tx| self.claim_in(tx, limit, KINDS).await).await
    }

    pub(crate) async fn claim(&self, limit: u32) -> Vec<Claimed> {
        self.try_claim(limit).await.unwrap().jobs
    }

    /// The one job that a claim gives.
    pub(crate) async fn claim_one(&self) -> Claimed {
        let mut claimed = self.claim(1).await;
        claimed.pop().expect("a job that is ready")
    }

    /// The jobs that a claim gives, in its order.
    pub(crate) async fn claimed_ids(&self, limit: u32) -> Vec<JobId> {
        self.claim(limit).await.into_iter().map(|claimed| claimed.lease.job).collect()
    }

    pub(crate) async fn settle(&self, claimed: &Claimed, settlement: Settlement) -> Result<Ended, StoreError> {
        self.store.write(async |tx| jobs::settle(tx, &claimed.lease, settlement.clone()).await).await
    }

    pub(crate) async fn succeed(&self, claimed: &Claimed) {
        let ended = self.settle(claimed, Settlement::Succeed("done".into())).await.unwrap();
        assert_eq!(ended, Ended::Released(JobState::Succeeded));
    }

    pub(crate) async fn die(&self, claimed: &Claimed) {
        let ended = self.settle(claimed, Settlement::Die(error("broken"))).await.unwrap();
        assert_eq!(ended, Ended::Released(JobState::Dead));
    }

    pub(crate) async fn row(&self, job: &JobId) -> JobRow {
        let found = self.store.read(async |tx| jobs::operator::find(tx, job).await).await.unwrap();
        found.expect("a job that is there")
    }

    pub(crate) async fn state(&self, job: &JobId) -> JobState {
        self.row(job).await.state
    }

    pub(crate) async fn states<const N: usize>(&self, jobs: [&JobId; N]) -> [JobState; N] {
        let mut states = [JobState::Ready; N];
        for (state, job) in states.iter_mut().zip(jobs) {
            *state = self.state(job).await;
        }
        states
    }

    /// What time has moved; says how many jobs.
    pub(crate) async fn maintain(&self) -> usize {
        self.store.write(async |tx| jobs::perform_all(tx).await).await.unwrap()
    }

    pub(crate) async fn cancel(&self, job: &JobId) -> usize {
        self.store.write(async |tx| jobs::operator::cancel(tx, job).await).await.unwrap()
    }

    pub(crate) async fn retry(&self, job: &JobId) -> Result<usize, StoreError> {
        self.store.write(async |tx| jobs::operator::retry(tx, job).await).await
    }

    pub(crate) async fn set_budget(&self, scope: &str, name: &str, cap: i64, over: spend::Over) {
        let set = self.store.write(async |tx| spend::set_budget(tx, scope, name, MicroUsd(cap), over).await);
        set.await.unwrap();
    }

    pub(crate) async fn budgets(&self) -> Vec<Budget> {
        self.store.read(async |tx| spend::budgets(tx).await).await.unwrap()
    }

    /// Makes a job's row unreadable, or readable again.
    pub(crate) async fn set_readable(&self, job: &JobId, yes: bool) {
        let wake = if yes { "wake = NULL, wake_data = NULL" } else { "wake = 'signal', wake_data = '{'" };
        let changed = self.store.execute(&format!("UPDATE jobs SET {wake} WHERE id = '{job}'")).await.unwrap();
        assert_eq!(changed, 1);
    }
}

/// The end of an attempt without any progress to write.
pub(crate) fn finish(claimed: &Claimed, settlement: Settlement) -> Finish {
    let claimed = Arc::new(claimed.clone());
    Finish { claimed, settlement, steps: Vec::new(), lines: Vec::new(), no_external_calls: true }
}
