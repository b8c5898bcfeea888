//! Contracts 6, 7 and 9: finishing writes, slots, and a database that others hold.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_engine::{Engine, EnqueueOptions, Next};
use sluice_store::StoreError;
use sluice_store::faults::Fault;
use tokio::sync::oneshot;

use crate::support::{Act, Do, Play, World, local};

#[tokio::test]
async fn a_finishing_write_that_fails_is_retried() {
    let world = World::new([]).await;
    world.test.faults().plan("settle", Fault::BeforeCommit);
    world.test.faults().plan("settle", Fault::BeforeCommit);
    let job = world.enqueue("a").await;
    assert_eq!(world.run().await, 1);
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    assert_eq!(world.stage.acts(), [(Act::First, 1)], "the write was retried, not the work");
    world.test.end().await;
}

#[tokio::test]
async fn a_finishing_write_whose_reply_is_lost_counts_once() {
    let world = World::new([]).await;
    world.test.faults().plan("settle", Fault::LostReply);
    let job = world.enqueue("a").await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    let events = world.engine.events_after(&OwnerId::local(), 0, 100).await.unwrap();
    let ends = events.iter().filter(|event| event.data["state"] == "succeeded").count();
    assert_eq!(ends, 1);
    world.test.end().await;
}

#[tokio::test]
async fn a_next_stage_whose_beginning_was_not_heard_of_is_taken_back() {
    let world = World::new([Do::Next(Next::Stage(Act::Second))]).await;
    world.test.faults().plan("settle", Fault::LostReply);
    let job = world.enqueue("a").await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Running, "under a lease that nobody renews");
    world.advance(15).await;
    world.run().await;
    assert_eq!(world.stage.acts(), [(Act::First, 1), (Act::Second, 2)]);
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn a_claim_whose_reply_was_lost_is_rescued() {
    for fault in [Fault::BeforeCommit, Fault::LostReply] {
        let world = World::new([]).await;
        let job = world.enqueue("a").await;
        world.test.faults().plan("claim", fault);
        assert!(world.engine.run_until_idle().await.is_err());
        world.advance(15).await;
        world.run().await;
        assert_eq!(world.state(&job).await, JobState::Succeeded, "after {fault:?}");
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_workers_slot_is_given_back_exactly_once_however_a_job_ends() {
    let mut world = World::new([]).await;
    world.engine =
        Engine::builder(world.test.store().clone()).register::<Play>(world.stage.clone()).pool("default", 1).build();
    let plays = [
        ("done", Do::Next(Next::Done(json!(1)))),
        ("fails", Do::Fail),
        ("panics", Do::Panic),
        ("retries", Do::Retry),
        ("snoozes", Do::Next(Next::Snooze(Duration::from_secs(1)))),
        ("cancelled", Do::HeedStop),
    ];
    let mut jobs = Vec::new();
    for (priority, (name, play)) in (0..).zip(plays) {
        world.stage.plan_for(name, [play]);
        jobs.push(world.enqueue_with(name, EnqueueOptions { priority, ..local() }).await);
    }
    let worker = world.engine.start();
    world.stage.arrival().await;
    assert_eq!(world.stage.seen().len(), 6, "one slot served them all");
    world.cancel(&jobs[5]).await;
    world.until(&jobs[5], JobState::Cancelled).await;
    // One slot, not two: of two that pause, one runs.
    world.stage.plan([Do::Pause, Do::Pause]);
    let last = [world.enqueue("one").await, world.enqueue("two").await];
    world.stage.arrival().await;
    worker.poll_now().await;
    assert_eq!(world.stage.seen().len(), 7);
    world.stage.go.notify_one();
    world.stage.arrival().await;
    world.stage.go.notify_one();
    world.until(&last[1], JobState::Succeeded).await;
    for _ in 0..4 {
        world.advance(10).await;
        worker.poll_now().await;
    }
    for job in &jobs[2..5] {
        world.until(job, JobState::Succeeded).await;
    }
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_busy_database_never_reaches_a_handler() {
    let world = World::new([
        Do::Spawn("part"),
        Do::Progress(0.5),
        Do::Next(Next::Stage(Act::Second)),
        Do::Next(Next::Done(json!(1))),
    ])
    .await;
    let other = world.test.open_again().await;
    // Another process takes the write lock for far longer than SQLite waits, lets go, and takes it again.
    let (stop, mut stopped) = oneshot::channel::<()>();
    let noise = tokio::spawn(async move {
        let mut held = 0;
        loop {
            let done = other
                .write(async |_| {
                    for _ in 0..200 {
                        tokio::task::yield_now().await;
                        std::thread::yield_now();
                    }
                    Ok::<_, StoreError>(())
                })
                .await;
            done.unwrap();
            held += 1;
            // Everything is one thread here: who never waits leaves the lock to nobody.
            tokio::time::sleep(Duration::from_millis(2)).await;
            if stopped.try_recv().is_ok() {
                return held;
            }
        }
    });
    let job = world.enqueue("a").await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    assert!(world.stage.acts().iter().all(|(_, attempt)| *attempt == 1), "no attempt failed: {:?}", world.stage.acts());
    stop.send(()).unwrap();
    assert!(noise.await.unwrap() > 0);
    world.test.end().await;
}
