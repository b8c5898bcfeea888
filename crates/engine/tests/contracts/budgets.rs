//! Budgets are set, changed and removed at any moment, and always say what the ledger says.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use sluice_domain::ids::{JobId, LeaseId, OwnerId};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_engine::Randomness;
use sluice_store::StoreError;
use sluice_store::calls::{self, NewCall, Outcome, Started};
use sluice_store::jobs::spend::{self, Over};
use sluice_store::jobs::{self, Claim, Claimed, JobError, LowWaterMarks, Need, NewJob, Settlement};
use sluice_store::retention;
use sluice_testkit::TestStore;

const LEASE: Duration = Duration::from_secs(15);

struct Market {
    test: TestStore,
    random: StdRng,
    ids: Randomness,
    held: Vec<Claimed>,
    calls: Vec<String>,
    jobs: Vec<JobId>,
    today: String,
}

impl Market {
    async fn new(seed: u64) -> Self {
        let test = TestStore::open_on(crate::ON).await;
        let (random, ids) = (StdRng::seed_from_u64(seed), Randomness::seeded(seed));
        Self { test, random, ids, held: Vec::new(), calls: Vec::new(), jobs: Vec::new(), today: String::new() }
    }

    fn id<T>(&self, make: impl FnOnce(Timestamp, [u8; 10]) -> T) -> T {
        make(Timestamp::from_millis(1_800_000_000_000), self.ids.id_bytes())
    }

    fn money(&mut self) -> MicroUsd {
        MicroUsd(self.random.random_range(0..60))
    }

    async fn enqueue(&mut self) -> Result<(), StoreError> {
        let owner: OwnerId = if self.random.random_bool(0.5) { "ann" } else { "ben" }.parse().unwrap();
        let provider = self.random.random_bool(0.5).then(|| "loud".to_owned());
        let job = NewJob {
            id: self.id(JobId::new),
            kind: "test.pay".into(),
            pool: "default".into(),
            stage: "pay".into(),
            payload: "{}".into(),
            owner,
            subject: String::new(),
            parent: None,
            priority: 0,
            delay: Duration::ZERO,
            max_attempts: 3,
            idle_ttl: None,
            idempotency_key: None,
            after: Vec::new(),
            limit_key: None,
            need: Need { provider, cost: self.money(), ..Need::default() },
        };
        self.jobs.push(job.id.clone());
        self.test.store().write(async |tx| jobs::enqueue(tx, &job).await).await.map(drop)
    }

    async fn claim(&mut self) -> Result<(), StoreError> {
        let lease = self.id(LeaseId::new);
        let (kinds, limit) = (&["test.pay"][..], self.random.random_range(1..4));
        let claim = Claim { pool: "default", kinds, limit, worker: "w", lease: &lease, lease_time: LEASE };
        let claims =
            self.test.store().write(async |tx| jobs::claim(tx, &claim, &LowWaterMarks::default()).await).await?;
        self.held.extend(claims.jobs);
        Ok(())
    }

    async fn call(&mut self) -> Result<(), StoreError> {
        let Some(held) = self.held.choose(&mut self.random).cloned() else { return Ok(()) };
        let id = self.id(JobId::new).to_string();
        // Some are not covered by what their stage has reserved.
        let reserve = self.random.random_bool(0.5).then(|| self.money());
        let call = NewCall {
            id: id.clone(),
            key: id.clone(),
            kind: "voice".into(),
            owner: held.owner.clone(),
            provider: Some("shop".into()),
            timeout: Duration::from_hours(1_000),
            is_unpriced: false,
            own_key: false,
            account: None,
            reserve,
        };
        if self.test.store().write(async |tx| calls::start(tx, &held.lease, &call).await).await? == Started::Yes {
            self.calls.push(id);
        }
        Ok(())
    }

    /// What became of a call is heard, in time or long after its attempt.
    async fn hear(&mut self) -> Result<(), StoreError> {
        let Some(call) = self.calls.choose(&mut self.random).cloned() else { return Ok(()) };
        self.calls.retain(|known| *known != call);
        let cost = self.money();
        let settle =
            self.test.store().write(async |tx| calls::end(tx, &call, Outcome::Succeeded, None, Some(cost)).await);
        settle.await
    }

    async fn settle(&mut self) -> Result<(), StoreError> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = self.held.swap_remove(self.random.random_range(0..self.held.len()));
        let error = JobError { code: "weather".into(), message: "it rained".into() };
        let settlement = match self.random.random_range(0..3) {
            0 => Settlement::Succeed("done".into()),
            1 => Settlement::Fail { error, delay: Duration::ZERO },
            _ => Settlement::Snooze { delay: Duration::ZERO, error: None },
        };
        let settle = self.test.store().write(async |tx| jobs::settle(tx, &held.lease, settlement.clone()).await);
        match settle.await {
            Err(StoreError::LeaseLost { .. }) => Ok(()),
            done => done.map(drop),
        }
    }

    /// Leases run out, and what was held is taken back; or half a day passes.
    async fn wait(&mut self, time: Duration) -> Result<(), StoreError> {
        self.test.advance(time).await;
        self.held.clear();
        self.test.store().write(async |tx| jobs::perform_all(tx).await).await.map(drop)
    }

    fn budget(&mut self) -> (&'static str, String) {
        let scope = *["owner", "job", "day", "provider"].choose(&mut self.random).unwrap();
        let job = self.jobs.choose(&mut self.random).map_or_else(|| "none".to_owned(), ToString::to_string);
        let one = match scope {
            "owner" => "ann".to_owned(),
            "job" => job,
            "day" => self.today.clone(),
            _ => "loud".to_owned(),
        };
        (scope, if self.random.random_bool(0.5) { "*".to_owned() } else { one })
    }

    async fn set(&mut self) -> Result<(), StoreError> {
        let (scope, name) = self.budget();
        let over = if self.random.random_bool(0.7) { Over::Wait } else { Over::Fail };
        let cap = MicroUsd(*[0, 50, 200, 5_000].choose(&mut self.random).unwrap());
        self.test.store().write(async |tx| spend::set_budget(tx, scope, &name, cap, over).await).await
    }

    async fn remove(&mut self) -> Result<(), StoreError> {
        let (scope, name) = self.budget();
        self.test.store().write(async |tx| spend::remove_budget(tx, scope, &name).await).await.map(drop)
    }

    async fn forget(&mut self) -> Result<(), StoreError> {
        self.test
            .store()
            .write(async |tx| {
                let now = tx.now().await?;
                retention::forget_spend(tx, now, 3).await?;
                retention::forget_day_budgets(tx, now, 3).await?;
                retention::forget_job_budgets(tx, "", 100).await.map(drop)
            })
            .await
    }

    async fn step(&mut self) -> (u32, Result<(), StoreError>) {
        let what = self.random.random_range(0..24);
        let done = match what {
            0..5 => self.enqueue().await,
            5..9 => self.claim().await,
            9..12 => self.call().await,
            12..14 => self.hear().await,
            14..18 => self.settle().await,
            18 => self.wait(LEASE * 2).await,
            19 => self.wait(Duration::from_hours(12)).await,
            20..22 => self.set().await,
            22 => self.remove().await,
            _ => self.forget().await,
        };
        (what, done)
    }
}

#[tokio::test]
async fn whenever_a_budget_is_set_changed_or_removed_it_says_what_the_ledger_says() {
    for seed in 0..6 {
        let mut market = Market::new(seed).await;
        for step in 0..150 {
            let now = market.test.store().now().await.unwrap();
            market.today = spend::day(now);
            let (what, done) = market.step().await;
            done.unwrap_or_else(|error| panic!("seed {seed}, step {step}, action {what}: {error:?}"));
            let drift = market.test.store().read(async |tx| spend::drift(tx).await).await.unwrap();
            assert!(drift.is_empty(), "seed {seed}, step {step}, action {what}: {drift:?}");
        }
        let cancelled = "UPDATE jobs SET state = 'cancelled', lease_id = NULL, lease_until = NULL, lease_worker = NULL,
                             finished_at = 1 WHERE finished_at IS NULL";
        market.test.store().execute(cancelled).await.unwrap();
        market.test.end().await;
    }
}

#[tokio::test]
async fn a_cap_that_is_set_while_an_attempt_is_under_way_counts_it() {
    let mut market = Market::new(1).await;
    let store = market.test.store().clone();
    while market.held.iter().all(|held| held.need.cost == MicroUsd(0)) {
        market.enqueue().await.unwrap();
        market.claim().await.unwrap();
    }
    let held = market.held.iter().find(|held| held.need.cost > MicroUsd(0)).cloned().unwrap();
    let (owner, job) = (held.owner.as_str(), held.lease.job.as_str());
    for (scope, name) in [("owner", owner), ("job", job), ("day", "*")] {
        store.write(async |tx| spend::set_budget(tx, scope, name, MicroUsd(9_000), Over::Wait).await).await.unwrap();
    }
    let of_job = async || {
        let all = store.read(async |tx| spend::budgets(tx).await).await.unwrap();
        all.into_iter().find(|budget| budget.scope == "job").unwrap()
    };
    assert_eq!(of_job().await.reserved, held.need.cost, "what is reserved already counts");
    // As its worker died: this used to violate a CHECK in every worker that tried.
    market.wait(LEASE * 2).await.unwrap();
    assert_eq!(of_job().await.reserved, MicroUsd(0));
    let drift = store.read(async |tx| spend::drift(tx).await).await.unwrap();
    assert!(drift.is_empty(), "{drift:?}");
    assert!(store.write(async |tx| spend::remove_budget(tx, "day", "*").await).await.unwrap());
    let left = store.read(async |tx| spend::budgets(tx).await).await.unwrap();
    assert!(left.iter().all(|budget| budget.scope != "day"), "what was derived from it goes with it: {left:?}");
    store.execute("DELETE FROM jobs").await.unwrap();
    market.test.end().await;
}
