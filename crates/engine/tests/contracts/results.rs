//! Stored results and the calls that made them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_engine::{Engine, Job, JobError, Next, Run};
use sluice_store::calls::{self, Outcome};
use sluice_store::faults::Fault;
use sluice_testkit::TestStore;
use tokio::sync::Notify;

use crate::support::local;

/// A job that asks an engine once.
#[derive(Serialize, Deserialize)]
struct Ask {
    key: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Only {
    Once,
}

/// An engine that counts how often it is asked.
#[derive(Clone, Default)]
struct Oracle {
    asked: Arc<AtomicU32>,
    hangs: Arc<AtomicU32>,
    fails: Arc<AtomicU32>,
    there: Arc<Notify>,
}

fn one_less(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl Job for Ask {
    const KIND: &'static str = "test.ask";
    type Stage = Only;
    type Context = Oracle;

    fn first_stage() -> Only {
        Only::Once
    }

    async fn run(&self, Only::Once: Only, run: &Run, oracle: &Oracle) -> Result<Next<Only>, JobError> {
        let answer: u32 = run
            .result_or(&self.key, "oracle", async || {
                let asked = oracle.asked.fetch_add(1, Ordering::SeqCst) + 1;
                if one_less(&oracle.hangs) {
                    oracle.there.notify_one();
                    std::future::pending::<()>().await;
                }
                if one_less(&oracle.fails) {
                    return Err(JobError::retry("mute", "the oracle says nothing"));
                }
                Ok(asked)
            })
            .await?;
        Ok(Next::Done(json!(answer)))
    }
}

struct World {
    test: TestStore,
    engine: Engine,
    oracle: Oracle,
}

impl World {
    async fn new() -> Self {
        let test = TestStore::open_on(crate::ON).await;
        let oracle = Oracle::default();
        let engine = Engine::builder(test.store().clone()).register::<Ask>(oracle.clone()).pool("default", 4).build();
        Self { test, engine, oracle }
    }

    async fn ask(&self, key: &str) -> JobId {
        let job = Ask { key: key.into() };
        self.test.store().write(async |tx| self.engine.enqueue(tx, &job, local()).await).await.unwrap()
    }

    async fn answer(&self, job: &JobId) -> Option<serde_json::Value> {
        self.engine.job(&OwnerId::local(), job).await.unwrap().unwrap().job.result
    }

    async fn calls(&self) -> Vec<(Outcome, u64)> {
        let calls = self.test.store().read(async |tx| calls::count(tx).await).await.unwrap();
        calls.into_iter().filter(|call| call.0 == "oracle").map(|(_, outcome, count)| (outcome, count)).collect()
    }
}

#[tokio::test]
async fn the_same_work_is_done_once_for_all_jobs() {
    let world = World::new().await;
    let jobs = [world.ask("a").await, world.ask("a").await, world.ask("a").await];
    world.engine.run_until_idle().await.unwrap();
    for job in &jobs {
        assert_eq!(world.answer(job).await, Some(json!(1)), "side by side, they share one answer");
    }
    let other = world.ask("b").await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.answer(&other).await, Some(json!(2)));
    assert_eq!(world.calls().await, [(Outcome::Succeeded, 2)]);
    world.test.end().await;
}

#[tokio::test]
async fn a_call_that_failed_is_counted_and_asked_again() {
    let world = World::new().await;
    world.oracle.fails.store(1, Ordering::SeqCst);
    let job = world.ask("a").await;
    world.engine.run_until_idle().await.unwrap();
    world.test.advance(Duration::from_mins(1)).await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.answer(&job).await, Some(json!(2)));
    assert_eq!(world.calls().await, [(Outcome::Failed, 1), (Outcome::Succeeded, 1)]);
    world.test.end().await;
}

#[tokio::test]
async fn a_call_whose_asker_died_is_lost_and_the_stage_asks_again() {
    let world = World::new().await;
    world.oracle.hangs.store(1, Ordering::SeqCst);
    let job = world.ask("a").await;
    let worker = world.engine.start();
    world.oracle.there.notified().await;
    drop(worker);
    assert_eq!(world.calls().await, [(Outcome::Started, 1)], "the intent is there before the answer");
    world.test.advance(Duration::from_secs(15)).await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.answer(&job).await, Some(json!(2)));
    assert_eq!(world.calls().await, [(Outcome::Lost, 1), (Outcome::Succeeded, 1)]);
    world.test.end().await;
}

#[tokio::test]
async fn a_result_and_the_end_of_its_call_are_kept_together_or_not_at_all() {
    let world = World::new().await;
    world.test.faults().plan("call.finish", Fault::BeforeCommit);
    let job = world.ask("a").await;
    world.engine.run_until_idle().await.unwrap();
    world.test.advance(Duration::from_mins(1)).await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.answer(&job).await, Some(json!(2)));
    assert_eq!(world.calls().await, [(Outcome::Lost, 1), (Outcome::Succeeded, 1)]);

    // With the reply lost, the result is there and is found.
    world.test.faults().plan("call.finish", Fault::LostReply);
    let job = world.ask("b").await;
    world.engine.run_until_idle().await.unwrap();
    world.test.advance(Duration::from_mins(1)).await;
    world.engine.run_until_idle().await.unwrap();
    assert_eq!(world.answer(&job).await, Some(json!(3)));
    assert_eq!(world.engine.job(&OwnerId::local(), &job).await.unwrap().unwrap().job.state, JobState::Succeeded);
    assert_eq!(world.oracle.asked.load(Ordering::SeqCst), 3);
    world.test.end().await;
}

#[tokio::test]
async fn what_another_process_makes_is_waited_for_without_a_worker() {
    let world = World::new().await;
    world.oracle.hangs.store(1, Ordering::SeqCst);
    let first = world.ask("a").await;
    let worker = world.engine.start_pools(&["default".to_owned()]);
    world.oracle.there.notified().await;
    let store = world.test.open_again().await;
    let other = Engine::builder(store).register::<Ask>(world.oracle.clone()).build();
    let second = world.ask("a").await;
    while world.engine.job(&OwnerId::local(), &second).await.unwrap().unwrap().job.state != JobState::Waiting {
        other.run_until_idle().await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(world.oracle.asked.load(Ordering::SeqCst), 1, "nobody makes it a second time meanwhile");
    drop(worker);
    // The first maker died: the end of its lease wakes who waits.
    world.test.advance(Duration::from_secs(15)).await;
    other.run_until_idle().await.unwrap();
    for job in [&first, &second] {
        assert_eq!(world.answer(job).await, Some(json!(2)));
    }
    assert_eq!(world.calls().await, [(Outcome::Lost, 1), (Outcome::Succeeded, 1)]);
    world.test.end().await;
}
