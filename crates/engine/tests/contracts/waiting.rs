//! Waiting for a signal, a poll or a deadline: whichever comes first wins, once.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_engine::{Next, Signalled, Wake};

use crate::support::{Act, Do, World};

fn wait(poll_every: Option<u64>) -> Do {
    Do::Next(Next::Wait {
        then: Act::Second,
        signal: "chosen".into(),
        deadline: Duration::from_secs(100),
        poll_every: poll_every.map(Duration::from_secs),
    })
}

async fn signal(world: &World, job: &JobId, payload: Value) -> Signalled {
    world
        .test
        .store()
        .write(async |tx| world.engine.signal(tx, &OwnerId::local(), job, "chosen", &payload).await)
        .await
        .unwrap()
}

/// What woke each run.
fn wakes(world: &World) -> Vec<Option<Wake>> {
    world.stage.seen().into_iter().map(|seen| seen.wake).collect()
}

#[tokio::test]
async fn a_signal_ends_a_wait_and_brings_its_payload() {
    let world = World::new([wait(None)]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Waiting);
    assert_eq!(signal(&world, &job, json!("blue")).await, Signalled::Woke);
    world.run().await;
    assert_eq!(wakes(&world), [None, Some(Wake::Signal(json!("blue")))]);
    assert_eq!(signal(&world, &job, json!("red")).await, Signalled::Late);
    world.test.end().await;
}

#[tokio::test]
async fn a_signal_that_is_sent_before_its_wait_is_not_lost() {
    let world = World::new([wait(None)]).await;
    let job = world.enqueue("a").await;
    assert_eq!(signal(&world, &job, json!("early")).await, Signalled::Kept);
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    assert_eq!(wakes(&world), [None, Some(Wake::Signal(json!("early")))]);
    world.test.end().await;
}

#[tokio::test]
async fn a_signal_of_another_name_does_not_end_a_wait() {
    let world = World::new([wait(None)]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    let other = world
        .test
        .store()
        .write(async |tx| world.engine.signal(tx, &OwnerId::local(), &job, "other", &json!(1)).await)
        .await;
    assert_eq!(other.unwrap(), Signalled::Kept);
    assert_eq!(world.run().await, 0);
    signal(&world, &job, json!(1)).await;
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn a_wait_that_nobody_ends_ends_at_its_deadline() {
    let world = World::new([wait(None)]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    world.advance(99).await;
    assert_eq!(world.run().await, 0);
    world.advance(1).await;
    world.run().await;
    assert_eq!(wakes(&world), [None, Some(Wake::Deadline)]);
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn a_poll_that_finds_nothing_waits_on_until_the_first_deadline() {
    let world = World::new([wait(Some(40)), wait(Some(40)), wait(Some(40))]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    world.advance(40).await;
    world.run().await;
    world.advance(40).await;
    world.run().await;
    world.advance(20).await;
    world.run().await;
    assert_eq!(wakes(&world), [None, Some(Wake::Poll), Some(Wake::Poll), Some(Wake::Deadline)]);
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn when_a_signal_and_a_poll_come_together_one_of_them_wins_once() {
    // The signal first: the poll that is due finds nobody waiting.
    let world = World::new([wait(Some(10))]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    world.advance(10).await;
    assert_eq!(signal(&world, &job, json!(1)).await, Signalled::Woke);
    world.run().await;
    assert_eq!(wakes(&world), [None, Some(Wake::Signal(json!(1)))]);
    world.test.end().await;

    // The poll first: the signal is kept, and ends the next wait if there is one.
    let world = World::new([wait(Some(10)), Do::Pause, wait(Some(10))]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    world.until(&job, JobState::Waiting).await;
    world.advance(10).await;
    world.stage.arrival().await;
    assert_eq!(signal(&world, &job, json!(2)).await, Signalled::Kept);
    world.stage.go.notify_one();
    world.until(&job, JobState::Succeeded).await;
    assert_eq!(wakes(&world), [None, Some(Wake::Poll), Some(Wake::Signal(json!(2)))]);
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn what_woke_a_stage_is_known_to_each_of_its_attempts() {
    let world = World::new([wait(None), Do::Retry]).await;
    let job = world.enqueue("a").await;
    world.run().await;
    signal(&world, &job, json!("blue")).await;
    world.run().await;
    world.advance(2).await;
    world.run().await;
    let blue = Some(Wake::Signal(json!("blue")));
    assert_eq!(wakes(&world), [None, blue.clone(), blue]);
    world.test.end().await;
}

#[tokio::test]
async fn a_job_waits_until_every_part_of_it_has_ended() {
    let world = World::new([]).await;
    let wait = Do::Next(Next::WaitForChildren { then: Act::Second });
    world.stage.plan_for("whole", [Do::Spawn("one"), Do::Spawn("two"), wait]);
    world.stage.plan_for("one", [Do::Next(Next::Snooze(Duration::from_secs(5)))]);
    world.stage.plan_for("two", [Do::Fail]);
    let job = world.enqueue("whole").await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Waiting, "one part has failed and the other sleeps");
    world.advance(5).await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    let last = world.stage.seen().pop().unwrap();
    assert_eq!((last.name.as_str(), last.act, last.wake), ("whole", Act::Second, Some(Wake::Children)));
    world.test.end().await;
}

#[tokio::test]
async fn a_wait_for_child_jobs_that_have_ended_before_ends_at_once() {
    let world = World::new([]).await;
    let wait = Do::Next(Next::WaitForChildren { then: Act::Second });
    world.stage.plan_for("whole", [Do::Spawn("part"), Do::Pause, wait]);
    let job = world.enqueue("whole").await;
    let worker = world.engine.start();
    let run = world.stage.arrival().await;
    let part = run.children().await.unwrap()[0].id.clone();
    world.until(&part, JobState::Succeeded).await;
    world.stage.go.notify_one();
    world.until(&job, JobState::Succeeded).await;
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn progress_is_a_tree_of_steps_and_child_jobs() {
    let world = World::new([]).await;
    let wait = Do::Next(Next::WaitForChildren { then: Act::Second });
    world.stage.plan_for("whole", [Do::Progress(1.0), Do::Spawn("one"), Do::Spawn("two"), wait]);
    world.stage.plan_for("one", [Do::Progress(0.5), Do::Next(Next::Snooze(Duration::from_secs(5)))]);
    world.stage.plan_for("two", []);
    let job = world.enqueue("whole").await;
    world.run().await;
    let tree = world.engine.progress(&OwnerId::local(), &job).await.unwrap().unwrap();
    let children: Vec<_> = tree.children.iter().map(|child| (child.fraction, child.steps.len())).collect();
    assert_eq!(children, [(0.5, 1), (1.0, 0)]);
    assert_eq!((tree.steps.len(), (tree.fraction * 6.0).round()), (1, 5.0), "the mean of 1, 0.5 and 1");
    world.advance(5).await;
    world.run().await;
    let tree = world.engine.progress(&OwnerId::local(), &job).await.unwrap().unwrap();
    assert_eq!((tree.fraction, tree.done_by), (1.0, None));
    assert!(tree.children.iter().all(|child| child.job.state == JobState::Succeeded));
    world.test.end().await;
}
