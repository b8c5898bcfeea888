//! Contract 13: an idle worker stops at once, a busy one drains and then hands its leases back.

use std::time::Duration;

use sluice_domain::job::JobState;
use sluice_engine::Next;
use tokio::time::Instant;

use crate::support::{Act, Do, World};

#[tokio::test]
async fn an_idle_worker_stops_within_a_second() {
    let world = World::new([]).await;
    let worker = world.engine.start();
    worker.poll_now().await;
    let began = Instant::now();
    worker.shutdown(Duration::from_secs(30)).await;
    assert!(began.elapsed() < Duration::from_secs(1));
    world.test.end().await;
}

#[tokio::test]
async fn a_busy_worker_finishes_its_stage_within_its_grace_and_begins_no_other() {
    let world = World::new([Do::Pause, Do::Next(Next::Stage(Act::Second))]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    // Made when the worker already wants to stop: before that, it would be begun at once.
    let ((), later) = tokio::join!(worker.shutdown(Duration::from_secs(30)), async {
        let later = world.enqueue("b").await;
        world.stage.go.notify_one();
        later
    });
    let row = world.view(&job).await.job;
    assert_eq!((row.state, row.stage.as_str(), row.attempt), (JobState::Ready, "second", 0));
    world.run().await;
    assert_eq!(world.state(&later).await, JobState::Succeeded);
    assert!(world.stage.acts().iter().all(|(_, attempt)| *attempt == 1));
    world.test.end().await;
}

#[tokio::test]
async fn work_that_outlasts_the_grace_is_handed_back_for_the_next_worker() {
    let world = World::new([Do::Hang]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    let run = world.stage.arrival().await;
    worker.shutdown(Duration::ZERO).await;
    assert!(run.cancelled().is_cancelled());
    assert_eq!(world.run().await, 1, "no lease has to run out first");
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}
