//! Contracts 2, 3, 4 and 5: everything is written under a lease, by the database's clock.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{JobId, LeaseId, OwnerId};
use sluice_domain::job::JobState;
use sluice_store::jobs::{self, Claim, Claimed, Ended, Finish, Lease, Need, Settlement, Then};
use sluice_store::{Store, StoreError};

use crate::support::{Act, Do, World};

const LEASE: Duration = Duration::from_secs(15);

/// Claims as a worker of that name does.
async fn claim(world: &World, worker: &str) -> Option<Claimed> {
    world
        .test
        .store()
        .write(async |tx| {
            jobs::perform_all(tx).await?;
            let lease = LeaseId::new(tx.now().await?, world.engine.randomness().id_bytes());
            let kinds = &["test.play"];
            let claim = Claim { pool: "default", kinds, limit: 1, worker, lease: &lease, lease_time: LEASE };
            jobs::claim(tx, &claim, &jobs::LowWaterMarks::default()).await
        })
        .await
        .unwrap()
        .jobs
        .pop()
}

async fn succeed(store: &Store, lease: &Lease) -> Result<Ended, StoreError> {
    store.write(async |tx| jobs::settle(tx, lease, Settlement::Succeed(json!("mine"))).await).await
}

async fn lease_until(world: &World, job: &JobId) -> i64 {
    world.view(job).await.job.lease_until.unwrap().as_millis()
}

fn second() -> Then {
    Then { stage: "second".into(), need: Need::default() }
}

fn is_lost<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::LeaseLost { .. }))
}

#[tokio::test]
async fn a_claim_gives_a_job_an_attempt_and_a_lease() {
    let world = World::new([]).await;
    let job = world.enqueue("a").await;
    let claimed = claim(&world, "worker").await.unwrap();
    assert_eq!((claimed.lease.job.clone(), claimed.lease.attempt), (job.clone(), 1));
    let row = world.view(&job).await.job;
    assert_eq!(row.state, JobState::Running);
    assert_eq!(row.attempt, 1, "the attempt is counted at the claim, not at its end");
    assert_eq!(row.lease, Some(claimed.lease.id.clone()));
    assert!(claim(&world, "another").await.is_none(), "what is held is not claimed");
    assert_eq!(succeed(world.test.store(), &claimed.lease).await.unwrap(), Ended::Released(JobState::Succeeded));
    world.test.end().await;
}

#[tokio::test]
async fn of_many_that_end_together_those_whose_lease_ran_out_are_refused() {
    let world = World::new([]).await;
    let mut finishes = Vec::new();
    for (name, wait) in [("late", 0), ("late too", 10), ("in time", 6)] {
        let job = world.enqueue(name).await;
        let claimed = Arc::new(claim(&world, "worker").await.unwrap());
        assert_eq!(claimed.lease.job, job);
        let settlement = Settlement::Succeed(json!(name));
        finishes.push(Finish { claimed, settlement, steps: Vec::new(), lines: Vec::new(), no_external_calls: true });
        world.advance(wait).await;
    }
    let store = world.test.store();
    let ended = store.write(async |tx| jobs::settle_many(tx, &finishes).await).await.unwrap();
    assert!(is_lost(&ended[0]) && is_lost(&ended[1]), "{ended:?}");
    assert_eq!(*ended[2].as_ref().unwrap(), Ended::Released(JobState::Succeeded));
    for (finish, state) in finishes.iter().zip([JobState::Running, JobState::Running, JobState::Succeeded]) {
        assert_eq!(world.state(&finish.claimed.lease.job).await, state);
    }
    // They are taken back, and run again.
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn a_write_with_anothers_lease_is_refused() {
    let world = World::new([]).await;
    world.enqueue("a").await;
    let claimed = claim(&world, "worker").await.unwrap();
    let forged = Lease { id: LeaseId::new(world.test.store().now().await.unwrap(), [1; 10]), ..claimed.lease.clone() };
    assert!(is_lost(&succeed(world.test.store(), &forged).await));
    succeed(world.test.store(), &claimed.lease).await.unwrap();
    world.test.end().await;
}

#[tokio::test]
async fn after_expiry_completion_renewal_and_progress_are_refused_and_reported() {
    let world = World::new([]).await;
    let job = world.enqueue("a").await;
    let claimed = claim(&world, "worker").await.unwrap();
    let until = lease_until(&world, &job).await;
    world.advance(15).await;

    // Nobody has taken the job back yet: that the lease ran out is enough.
    let (store, lease) = (world.test.store(), &claimed.lease);
    assert!(is_lost(&succeed(store, lease).await));
    for settlement in [
        Settlement::Queue { then: second() },
        Settlement::Snooze { delay: Duration::ZERO, error: None },
        Settlement::Die(jobs::JobError { code: "x".into(), message: "x".into() }),
        Settlement::Wait { then: second(), signal: "s".into(), deadline: LEASE, poll_every: None },
    ] {
        assert!(is_lost(&store.write(async |tx| jobs::settle(tx, lease, settlement).await).await));
    }
    assert!(is_lost(&store.write(async |tx| jobs::save_progress(tx, lease, &[], &["late".into()]).await).await));
    assert!(is_lost(&store.write(async |tx| jobs::hold(tx, lease).await).await));
    let leases = [(job.clone(), lease.id.clone())];
    let renewed = store.write(async |tx| jobs::renew(tx, &leases, LEASE).await).await.unwrap();
    assert!(renewed.is_empty(), "and its worker is told");
    assert_eq!(lease_until(&world, &job).await, until, "a lease that ran out is not renewed");
    assert!(world.engine.log(&OwnerId::local(), &job, 10).await.unwrap().is_empty());
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn a_late_acknowledgement_never_changes_a_successor_attempt() {
    let world = World::new([]).await;
    let job = world.enqueue("a").await;
    let first = claim(&world, "worker").await.unwrap();
    world.advance(15).await;
    // The successor even has the same worker's name.
    let second = claim(&world, "worker").await.unwrap();
    assert_eq!(second.lease.attempt, 2);
    assert!(is_lost(&succeed(world.test.store(), &first.lease).await));
    let row = world.view(&job).await.job;
    assert_eq!((row.state, row.attempt, row.lease), (JobState::Running, 2, Some(second.lease.id.clone())));
    succeed(world.test.store(), &second.lease).await.unwrap();
    assert!(is_lost(&succeed(world.test.store(), &second.lease).await), "an end is acknowledged once");
    world.test.end().await;
}

#[tokio::test]
async fn lease_expiry_is_decided_by_the_databases_clock() {
    let world = World::new([]).await;
    world.enqueue("a").await;
    let claimed = claim(&world, "worker").await.unwrap();
    // Another process moves the one clock that counts; this one's has hardly moved.
    let other = world.test.open_again().await;
    other.advance_clock(Duration::from_secs(14)).await.unwrap();
    world.test.store().write(async |tx| jobs::hold(tx, &claimed.lease).await).await.unwrap();
    other.advance_clock(Duration::from_secs(1)).await.unwrap();
    assert!(is_lost(&world.test.store().write(async |tx| jobs::hold(tx, &claimed.lease).await).await));
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn a_renewed_lease_outlives_its_first_time() {
    let world = World::new([Do::Pause]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    for _ in 0..4 {
        world.advance(10).await;
        worker.poll_now().await;
    }
    world.stage.go.notify_one();
    world.until(&job, JobState::Succeeded).await;
    assert_eq!(world.stage.acts(), [(Act::First, 1)], "no second attempt was needed");
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_running_stage_whose_lease_was_lost_is_stopped_and_can_write_nothing() {
    let world = World::new([Do::Pause, Do::Next(sluice_engine::Next::Done(json!("late")))]).await;
    let job = world.enqueue("a").await;
    let worker = world.engine.start();
    let late = world.stage.arrival().await;
    // As after a long stop of the process: the lease had run out before it could be renewed.
    world.stage.plan([Do::Next(sluice_engine::Next::Done(json!("in time")))]);
    world.advance(16).await;
    worker.poll_now().await;
    late.cancelled().cancelled().await;
    let written: Result<(), StoreError> = late.write(async |_| Ok(())).await;
    assert!(is_lost(&written));
    world.stage.go.notify_one();
    world.until(&job, JobState::Succeeded).await;
    assert_eq!(world.stage.acts(), [(Act::First, 1), (Act::First, 2)]);
    let tallies = world.engine.tallies();
    assert_eq!((tallies.expired_leases, tallies.stale_writes.get("stage")), (1, Some(&1)));
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}
