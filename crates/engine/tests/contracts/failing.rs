//! Contracts 8, 10 and 11: failures, crashes, and what spends an attempt.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_engine::Next;
use sluice_store::faults::Fault;

use crate::support::{Act, Do, World};

#[tokio::test]
async fn a_retryable_failure_is_tried_again_after_a_while_and_then_given_up() {
    let world = World::new([Do::Retry, Do::Retry, Do::Retry]).await;
    let job = world.enqueue("a").await;
    assert_eq!(world.run().await, 1, "not again at once");
    let row = world.view(&job).await.job;
    assert_eq!(row.state, JobState::Scheduled);
    assert_eq!(row.error.unwrap().code, "weather", "the last error is shown while it waits");
    world.advance(2).await;
    assert_eq!(world.run().await, 1);
    world.advance(4).await;
    assert_eq!(world.run().await, 1);
    let row = world.view(&job).await.job;
    assert_eq!((row.state, row.attempt), (JobState::Dead, 3));
    assert_eq!(row.error.unwrap().message, "it rained");
    let log = world.engine.log(&OwnerId::local(), &job, 10).await.unwrap();
    assert_eq!(log.len(), 3, "each failure is in the job's log");
    world.test.end().await;
}

#[tokio::test]
async fn a_retryable_failure_is_never_stranded() {
    // Whatever happens to the write that records the failure, the job runs again by itself.
    for fault in [None, Some(Fault::BeforeCommit), Some(Fault::LostReply)] {
        let world = World::new([Do::Retry]).await;
        let job = world.enqueue("a").await;
        if let Some(fault) = fault {
            world.test.faults().plan("settle", fault);
        }
        world.run().await;
        for _ in 0..2 {
            world.advance(15).await;
            world.run().await;
        }
        assert_eq!(world.state(&job).await, JobState::Succeeded, "after {fault:?}");
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_failure_that_will_not_heal_is_not_tried_again() {
    let world = World::new([Do::Fail]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    let row = world.view(&job).await.job;
    assert_eq!((row.state, row.attempt), (JobState::Dead, 1));
    assert_eq!(row.error.unwrap().code, "broken");
    world.test.end().await;
}

#[tokio::test]
async fn a_dead_job_can_be_run_again_from_the_stage_where_it_stopped() {
    let world = World::new([Do::Next(Next::Stage(Act::Second)), Do::Fail]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    world.test.store().write(async |tx| world.engine.retry(tx, &OwnerId::local(), &job).await).await.unwrap();
    world.run().await;
    assert_eq!(world.stage.acts(), [(Act::First, 1), (Act::Second, 1), (Act::Second, 1)]);
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    let again = world.test.store().write(async |tx| world.engine.retry(tx, &OwnerId::local(), &job).await).await;
    assert_eq!(again.unwrap_err().code(), "not_retryable");
    world.test.end().await;
}

#[tokio::test]
async fn a_manual_retry_runs_the_child_jobs_that_stopped_before_their_parent() {
    let world = World::new([]).await;
    let wait = Do::Next(Next::WaitForChildren { then: Act::Second });
    world.stage.plan_for("whole", [Do::Spawn("good"), Do::Spawn("bad"), wait, Do::Fail]);
    world.stage.plan_for("bad", [Do::Fail]);
    let job = world.enqueue("whole").await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Dead);
    let again =
        world.test.store().write(async |tx| world.engine.retry(tx, &OwnerId::local(), &job).await).await.unwrap();
    assert_eq!(again, 2, "the good part is left alone");
    assert_eq!(world.state(&job).await, JobState::Waiting);
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    let last: Vec<_> = world.stage.seen().into_iter().rev().take(2).map(|seen| seen.name).collect();
    assert_eq!(last, ["whole", "bad"]);
    world.test.end().await;
}

#[tokio::test]
async fn long_messages_and_lines_are_cut() {
    let world = World::new([Do::Pause, Do::Fail]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    world.stage.arrival().await.log("é".repeat(100_000));
    world.stage.go.notify_one();
    world.until(&job, JobState::Dead).await;
    let log = world.engine.log(&OwnerId::local(), &job, 10).await.unwrap();
    assert!(log[0].line.len() < 5_000 && log[0].line.ends_with("é…"));
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_panic_fails_the_attempt_and_not_the_worker() {
    let world = World::new([Do::Panic]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    let error = world.view(&job).await.job.error.unwrap();
    assert_eq!(error.code, "panicked");
    assert!(error.message.contains("a planned panic"));
    world.advance(2).await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn waiting_and_snoozing_spend_no_attempt() {
    let day = Duration::from_hours(24);
    let world = World::new([
        Do::Next(Next::Snooze(Duration::from_secs(30))),
        Do::Next(Next::Snooze(Duration::from_secs(30))),
        Do::Next(Next::Snooze(Duration::from_secs(30))),
        Do::Next(Next::Snooze(Duration::from_secs(30))),
        Do::Next(Next::Wait { then: Act::Second, signal: "s".into(), deadline: day, poll_every: None }),
    ])
    .await;
    let job = world.enqueue("a").await;
    for _ in 0..5 {
        world.run().await;
        assert_eq!(world.view(&job).await.job.attempt, 0);
        world.advance(30).await;
    }
    world
        .test
        .store()
        .write(async |tx| world.engine.signal(tx, &OwnerId::local(), &job, "s", &json!(1)).await)
        .await
        .unwrap();
    world.run().await;
    assert!(world.stage.acts().iter().all(|(_, attempt)| *attempt == 1));
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn shutdown_spends_no_attempt_and_a_crash_does() {
    let world = World::new([Do::Hang, Do::Hang]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    worker.shutdown(Duration::ZERO).await;
    let row = world.view(&job).await.job;
    assert_eq!((row.state, row.attempt), (JobState::Ready, 0), "handed back at once, with its attempt");

    let worker = world.engine.start();
    world.stage.arrival().await;
    drop(worker);
    assert_eq!(world.state(&job).await, JobState::Running, "a crash leaves the lease");
    world.advance(15).await;
    world.run().await;
    assert_eq!(world.stage.acts(), [(Act::First, 1), (Act::First, 1), (Act::First, 2)]);
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn a_job_that_kills_its_worker_stops_after_its_attempts() {
    let world = World::new([Do::Hang, Do::Hang, Do::Hang]).await;
    let job = world.enqueue("a").await;
    for attempt in 1..=3 {
        let worker = world.engine.start();
        assert_eq!(world.stage.arrival().await.attempt(), attempt);
        drop(worker);
        world.advance(15).await;
    }
    assert_eq!(world.run().await, 0, "it is not claimed a fourth time");
    let row = world.view(&job).await.job;
    assert_eq!(row.state, JobState::Dead);
    assert_eq!(row.error.unwrap().code, "worker_died");
    world.test.end().await;
}
