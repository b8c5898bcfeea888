//! Cancelling, trees of jobs, and times to live.

use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_engine::{EnqueueOptions, Next};

use crate::support::{Act, Do, World, local};

#[tokio::test]
async fn a_running_job_is_asked_to_stop_and_is_cancelled_when_its_attempt_ends() {
    let world = World::new([Do::HeedStop]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    assert_eq!(world.cancel(&job).await, 1);
    world.until(&job, JobState::Cancelled).await;
    let row = world.view(&job).await.job;
    assert_eq!(row.result, None, "what it gave after the request does not count");
    assert_eq!(world.cancel(&job).await, 0, "a second request changes nothing");
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_cancel_from_another_process_reaches_a_running_job() {
    let world = World::new([Do::HeedStop]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    let other = world.test.open_again().await;
    other.write(async |tx| sluice_store::jobs::operator::cancel(tx, &job).await).await.unwrap();
    worker.poll_now().await;
    world.until(&job, JobState::Cancelled).await;
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_job_that_nobody_runs_is_cancelled_at_once() {
    let world = World::new([]).await;
    let job = world.enqueue("a").await;
    world.cancel(&job).await;
    assert_eq!(world.state(&job).await, JobState::Cancelled);
    assert_eq!(world.run().await, 0);
    world.test.end().await;
}

#[tokio::test]
async fn a_job_whose_worker_died_after_the_request_is_cancelled_and_not_run_again() {
    let world = World::new([Do::Hang]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    drop(worker);
    world.cancel(&job).await;
    world.advance(15).await;
    assert_eq!(world.run().await, 0);
    assert_eq!(world.state(&job).await, JobState::Cancelled);
    world.test.end().await;
}

#[tokio::test]
async fn the_tree_falls_with_its_trunk() {
    let world = World::new([]).await;
    let wait = Do::Next(Next::WaitForChildren { then: Act::Second });
    world.stage.plan_for("whole", [Do::Spawn("part"), wait]);
    world.stage.plan_for("part", [Do::Spawn("part of part"), Do::Next(Next::Snooze(Duration::from_mins(1)))]);
    world.stage.plan_for("part of part", [Do::HeedStop]);
    let job = world.enqueue("whole").await;
    let worker = world.engine.start();
    let run = world.stage.arrival().await;
    world.until(&job, JobState::Waiting).await;
    let part = world
        .test
        .store()
        .read(async |tx| sluice_store::jobs::children(tx, &OwnerId::local(), &job).await)
        .await
        .unwrap();
    world.until(&part[0].id, JobState::Scheduled).await;
    assert_eq!(world.cancel(&job).await, 3);
    world.until(run.job_id(), JobState::Cancelled).await;
    assert_eq!(world.state(&job).await, JobState::Cancelled);
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_job_expires_after_its_time_without_work_on_it() {
    let world = World::new([Do::Retry]).await;
    let ttl = Some(Duration::from_mins(30));
    let job = world.enqueue_with("a", EnqueueOptions { ttl, ..local() }).await;
    world.advance(1000).await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Scheduled, "worked on: its time begins again");
    world.advance(1790).await;
    let row = world.view(&job).await.job;
    let left = row.expires_at.unwrap().since(world.test.store().now().await.unwrap());
    assert!(left > Duration::ZERO);
    // No worker looks until it is too late.
    world.advance(60).await;
    assert_eq!(world.run().await, 0);
    assert_eq!(world.state(&job).await, JobState::Expired);
    world.test.end().await;
}

#[tokio::test]
async fn work_on_a_part_keeps_the_whole_alive() {
    let world = World::new([]).await;
    world.stage.plan_for("whole", [Do::Spawn("part"), Do::Next(Next::WaitForChildren { then: Act::Second })]);
    world.stage.plan_for("part", [Do::Pause]);
    let ttl = Some(Duration::from_mins(1));
    let job = world.enqueue_with("whole", EnqueueOptions { ttl, ..local() }).await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    world.until(&job, JobState::Waiting).await;
    for _ in 0..12 {
        world.advance(10).await;
        worker.poll_now().await;
    }
    assert_eq!(world.state(&job).await, JobState::Waiting);
    world.stage.go.notify_one();
    world.until(&job, JobState::Succeeded).await;
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_retry_takes_back_the_request_to_a_part_that_has_not_stopped_yet() {
    let world = World::new([]).await;
    world.stage.plan_for("whole", [Do::Spawn("part"), Do::Next(Next::WaitForChildren { then: Act::Second })]);
    world.stage.plan_for("part", [Do::Hang]);
    let job = world.enqueue("whole").await;
    let worker = world.engine.start();
    let part = world.stage.arrival().await;
    world.until(&job, JobState::Waiting).await;
    assert_eq!(world.cancel(&job).await, 2);
    assert_eq!((world.state(&job).await, world.state(part.job_id()).await), (JobState::Cancelled, JobState::Running));
    // Its worker has read the request; before that, the retry would leave it running.
    part.cancelled().cancelled().await;
    let again =
        world.test.store().write(async |tx| world.engine.retry(tx, &OwnerId::local(), &job).await).await.unwrap();
    assert_eq!(again, 2);
    assert_eq!(world.state(&job).await, JobState::Waiting);
    // It was told to stop, hands itself back, and runs again.
    world.until(&job, JobState::Succeeded).await;
    assert_eq!(world.state(part.job_id()).await, JobState::Succeeded);
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}
