//! One bad row costs nothing but itself: not the renewal of leases, not the rescue, promotion or claim of other jobs, not
//! other schedules. It is counted, left out for a while, and taken up again once it is mended.

use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_engine::{CatchUp, Counter, EnqueueOptions, Next};
use sluice_store::Dialect;

use crate::support::{Act, Do, Play, World, local};

/// Makes a job's row unreadable, or readable again.
async fn set_readable(world: &World, job: &JobId, yes: bool) {
    let wake = if yes { "wake = NULL, wake_data = NULL" } else { "wake = 'signal', wake_data = '{'" };
    world.test.store().execute(&format!("UPDATE jobs SET {wake} WHERE id = '{job}'")).await.unwrap();
}

/// Gives a job a time to live with which every change of it overflows, or takes that away.
async fn set_changeable(world: &World, job: &JobId, yes: bool) {
    let ttl = if yes { "NULL, expires_at = NULL" } else { "9223372036854775807, expires_at = 9000000000000000" };
    world.test.store().execute(&format!("UPDATE jobs SET idle_ttl_ms = {ttl} WHERE id = '{job}'")).await.unwrap();
}

fn count(world: &World, counter: Counter, label: &str) -> u64 {
    let counters = world.engine.counters();
    counters.iter().find(|(known, value, _)| *known == counter && value == label).map_or(0, |(.., count)| *count)
}

fn later(seconds: u64) -> EnqueueOptions {
    EnqueueOptions { delay: Duration::from_secs(seconds), ..local() }
}

#[tokio::test]
async fn an_unreadable_job_does_not_stop_the_promotion_of_others() {
    let world = World::new([]).await;
    let bad = world.enqueue_with("bad", later(5)).await;
    let good = world.enqueue_with("good", later(5)).await;
    set_readable(&world, &bad, false).await;
    world.advance(6).await;
    world.run().await;
    assert_eq!(world.state(&good).await, JobState::Succeeded);
    assert_eq!(count(&world, Counter::MaintenanceFailures, "promote"), 1);
    world.run().await;
    // Each call of `run` is a new worker, which finds it out anew; a worker that stays leaves it out.
    set_readable(&world, &bad, true).await;
    world.advance(2).await;
    world.run().await;
    assert_eq!(world.state(&bad).await, JobState::Succeeded, "tried again, once it can be read");
    world.test.end().await;
}

#[tokio::test]
async fn unreadable_rows_of_every_kind_stop_neither_renewal_nor_rescue() {
    let world = World::new([]).await;
    world.stage.plan_for("crashed", [Do::Hang]);
    world.stage.plan_for("lost", [Do::Hang]);
    let first = world.engine.start();
    let (crashed, lost) = (world.enqueue("crashed").await, world.enqueue("lost").await);
    world.stage.arrival().await;
    world.stage.arrival().await;
    drop(first);
    set_readable(&world, &lost, false).await;
    let waits = world.enqueue_with("waits", later(1)).await;
    set_readable(&world, &waits, false).await;
    bad_schedule(&world).await;
    // Due at once, whatever the second of the minute.
    world.test.store().execute("UPDATE schedules SET next_at = 0 WHERE name = 'bad'").await.unwrap();
    // The slots of the dropped worker are free once its tasks are gone: another engine has its own.
    let engine = crate::support::engine_on(world.test.store().clone(), &world.stage);
    world.stage.plan_for("held", [Do::Hang]);
    let held = world.enqueue("held").await;
    let worker = engine.start();
    let run = world.stage.arrival().await;
    assert_eq!(run.job_id(), &held);
    for _ in 0..6 {
        world.advance(6).await;
        worker.poll_now().await;
    }
    assert!(!run.cancelled().is_cancelled(), "its lease was renewed all the time");
    assert_eq!((world.state(&held).await, world.view(&held).await.job.attempt), (JobState::Running, 1));
    world.until(&crashed, JobState::Succeeded).await;
    let failed: Vec<_> = engine.counters().into_iter().map(|(_, task, _)| task).collect();
    assert_eq!(failed, ["promote", "rescue", "schedule"]);
    let looks: u64 = engine.counters().into_iter().map(|(.., count)| count).sum();
    assert!(looks <= 18, "what failed is left out for longer each time: {looks}");
    for job in [&lost, &waits] {
        set_readable(&world, job, true).await;
    }
    world.test.store().execute("DELETE FROM schedules").await.unwrap();
    world.stage.go.notify_waiters();
    worker.shutdown(Duration::ZERO).await;
    world.advance(600).await;
    engine.run_until_idle().await.unwrap();
    world.test.end().await;
}

async fn bad_schedule(world: &World) {
    let play = Play { name: "tick".into() };
    for name in ["bad", "good"] {
        let set = world
            .test
            .store()
            .write(async |tx| world.engine.schedule(tx, name, "* * * * *", &play, local(), CatchUp::Latest).await);
        set.await.unwrap();
    }
    world.test.store().execute("UPDATE schedules SET job = '{' WHERE name = 'bad'").await.unwrap();
}

#[tokio::test]
async fn a_schedule_that_cannot_be_read_does_not_stop_another() {
    let world = World::new([]).await;
    bad_schedule(&world).await;
    world.advance(61).await;
    assert_eq!(world.run().await, 1, "the other one's job");
    assert_eq!(count(&world, Counter::MaintenanceFailures, "schedule"), 1);
    world.test.end().await;
}

#[tokio::test]
async fn an_unreadable_job_is_deferred_by_a_claim_and_the_others_run() {
    let world = World::new([]).await;
    let bad = world.enqueue("bad").await;
    let good = [world.enqueue("one").await, world.enqueue("two").await, world.enqueue("three").await];
    set_readable(&world, &bad, false).await;
    assert_eq!(world.run().await, 3);
    for job in &good {
        assert_eq!(world.state(job).await, JobState::Succeeded);
    }
    assert_eq!(count(&world, Counter::JobsDeferred, "default"), 1);
    set_readable(&world, &bad, true).await;
    world.advance(61).await;
    world.run().await;
    assert_eq!((world.state(&bad).await, world.view(&bad).await.job.attempt), (JobState::Succeeded, 1));
    world.test.end().await;
}

#[tokio::test]
async fn a_job_that_cannot_be_changed_is_deferred_by_a_claim_and_the_others_run() {
    let world = World::new([]).await;
    let bad = world.enqueue("bad").await;
    let good = world.enqueue("good").await;
    set_changeable(&world, &bad, false).await;
    world.run().await;
    assert_eq!(world.state(&good).await, JobState::Succeeded);
    assert_eq!(count(&world, Counter::JobsDeferred, "default"), 1);
    set_changeable(&world, &bad, true).await;
    world.advance(61).await;
    world.run().await;
    assert_eq!(world.state(&bad).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn a_lease_that_cannot_be_renewed_lapses_and_no_other() {
    let world = World::new([]).await;
    for name in ["bad", "good"] {
        world.stage.plan_for(name, [Do::Hang]);
    }
    let (bad, good) = (world.enqueue("bad").await, world.enqueue("good").await);
    let worker = world.engine.start();
    let mut runs = [world.stage.arrival().await, world.stage.arrival().await];
    runs.sort_by_key(|run| run.job_id() != &bad);
    set_changeable(&world, &bad, false).await;
    world.advance(6).await;
    worker.poll_now().await;
    assert_eq!(count(&world, Counter::MaintenanceFailures, "renew"), 1);
    assert!(runs[0].cancelled().is_cancelled(), "its worker knows that the lease lapses");
    assert!(!runs[1].cancelled().is_cancelled());
    world.advance(12).await;
    worker.poll_now().await;
    assert_eq!(world.state(&good).await, JobState::Running);
    set_changeable(&world, &bad, true).await;
    worker.shutdown(Duration::ZERO).await;
    world.advance(600).await;
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn work_on_a_grandchild_keeps_all_its_ancestors_alive() {
    let world = World::new([]).await;
    let waits = |name| [Do::Spawn(name), Do::Next(Next::WaitForChildren { then: Act::Second })];
    world.stage.plan_for("whole", waits("part"));
    world.stage.plan_for("part", waits("leaf"));
    world.stage.plan_for("leaf", [Do::Pause]);
    let job = world.enqueue_with("whole", EnqueueOptions { ttl: Some(Duration::from_mins(1)), ..local() }).await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    for _ in 0..12 {
        world.advance(10).await;
        worker.poll_now().await;
    }
    assert_eq!(world.state(&job).await, JobState::Waiting, "two minutes of work, with a time to live of one");
    world.stage.go.notify_one();
    world.until(&job, JobState::Succeeded).await;
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn an_ending_that_the_database_refuses_costs_its_own_job_alone() {
    let world = World::new([]).await;
    let refuse = match crate::ON {
        Dialect::Sqlite => {
            "CREATE TRIGGER refuse BEFORE UPDATE ON jobs WHEN NEW.result = '\"poison\"'
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
        Dialect::Postgres => "ALTER TABLE jobs ADD CONSTRAINT refuse CHECK (result <> '\"poison\"')",
    };
    world.test.store().execute(refuse).await.unwrap();
    world.stage.plan_for("bad", [Do::Next(Next::Done("poison".into()))]);
    let mut good = Vec::new();
    for n in 0..20 {
        good.push(world.enqueue(&format!("good {n}")).await);
    }
    let bad = world.enqueue_with("bad", EnqueueOptions { priority: -1, ..local() }).await;
    world.run().await;
    for job in &good {
        assert_eq!(world.state(job).await, JobState::Succeeded);
    }
    let row = world.view(&bad).await.job;
    assert_eq!((row.state, row.error.unwrap().code.as_str()), (JobState::Dead, "unwritable_ending"));
    assert_eq!(count(&world, Counter::UnwritableEndings, "test.play"), 1);
    world.test.end().await;
}

#[tokio::test]
async fn an_unreadable_row_of_the_event_log_hides_no_later_event() {
    let world = World::new([]).await;
    world.enqueue("one").await;
    world.run().await;
    let all = world.engine.events_after(&OwnerId::local(), 0, 100).await.unwrap();
    let first = "UPDATE event_log SET entries = '[' WHERE seq = (SELECT MIN(seq) FROM event_log)";
    world.test.store().execute(first).await.unwrap();
    assert_eq!(count(&world, Counter::UnreadableRows, "event_log"), 0);
    let left = world.engine.events_after(&OwnerId::local(), 0, 100).await.unwrap();
    assert_eq!((left.as_slice(), left[0].seq), (&all[1..], 2), "the gap is to be seen by the places");
    assert_eq!(count(&world, Counter::UnreadableRows, "event_log"), 1);

    // The newest one: a reader that polls passes it once, not each time.
    let newest = "UPDATE event_log SET entries = '[' WHERE seq = (SELECT MAX(seq) FROM event_log)";
    world.test.store().execute(newest).await.unwrap();
    let last = all[all.len() - 1].seq;
    let mut place = 0;
    for _ in 0..5 {
        place = world.engine.event_page(&OwnerId::local(), place, 100).await.unwrap().read_to;
    }
    assert_eq!(place, last);
    let seen = count(&world, Counter::UnreadableRows, "event_log");
    assert_eq!(world.engine.event_page(&OwnerId::local(), place, 100).await.unwrap().events, []);
    assert_eq!(count(&world, Counter::UnreadableRows, "event_log"), seen);
    world.test.end().await;
}
