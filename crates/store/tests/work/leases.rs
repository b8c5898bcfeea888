//! A lease is the right of one attempt to write, for as long as the database's clock says.

use sluice_domain::ids::{JobId, LeaseId};
use sluice_domain::job::JobState;
use sluice_store::StoreError;
use sluice_store::jobs::{self, Claimed, Settlement, StepChange};

use crate::world::LEASE;
use crate::{World, error, on_both_databases, seconds};

on_both_databases!(
    a_lease_that_is_renewed_holds_for_longer,
    a_lease_that_lapsed_can_neither_be_renewed_nor_written_with,
    of_many_leases_those_that_hold_are_renewed,
    a_successor_is_not_touched_by_what_comes_late,
    a_worker_hears_which_of_its_jobs_are_to_stop,
    a_renewal_passes_by_a_row_that_is_being_settled,
);

async fn renew(world: &World, leases: &[(JobId, LeaseId)]) -> Vec<(JobId, LeaseId)> {
    world.store.write(async |tx| jobs::renew(tx, leases, LEASE).await).await.unwrap()
}

fn pair(claimed: &Claimed) -> (JobId, LeaseId) {
    (claimed.lease.job.clone(), claimed.lease.id.clone())
}

async fn hold(world: &World, claimed: &Claimed) -> Result<(), StoreError> {
    world.store.write(async |tx| jobs::hold(tx, &claimed.lease).await).await.map(drop)
}

async fn a_lease_that_is_renewed_holds_for_longer(world: &World) {
    let job = world.add().await;
    let claimed = world.claim_one().await;
    for _ in 0..4 {
        world.advance(seconds(10)).await;
        assert_eq!(renew(world, &[pair(&claimed)]).await, [pair(&claimed)]);
        assert_eq!(world.maintain().await, 0, "nothing is taken back");
    }
    assert_eq!(world.row(&job).await.attempt, 1);
    world.succeed(&claimed).await;
    assert_eq!(renew(world, &[pair(&claimed)]).await, [], "what has ended is not held");
}

async fn a_lease_that_lapsed_can_neither_be_renewed_nor_written_with(world: &World) {
    let job = world.add().await;
    let claimed = world.claim_one().await;
    world.advance(LEASE).await;
    assert_eq!(renew(world, &[pair(&claimed)]).await, []);
    assert_eq!(hold(world, &claimed).await.unwrap_err().code(), "lease_lost");
    let step = StepChange { name: "half".to_owned(), fraction: 0.5 };
    let progress = world.store.write(async |tx| {
        jobs::save_progress(tx, &claimed.lease, std::slice::from_ref(&step), &["late".to_owned()]).await
    });
    assert_eq!(progress.await.unwrap_err().code(), "lease_lost");
    for ending in [
        Settlement::Succeed("late".into()),
        Settlement::Fail { error: error("late"), delay: seconds(1) },
        Settlement::Die(error("late")),
        Settlement::Snooze { delay: seconds(1), error: None },
        Settlement::Queue { then: crate::then("second") },
    ] {
        assert_eq!(world.settle(&claimed, ending).await.unwrap_err().code(), "lease_lost");
    }
    let row = world.row(&job).await;
    assert_eq!((row.state, row.attempt, row.error), (JobState::Running, 1, None), "until it is taken back");
    let steps = world.store.read(async |tx| jobs::steps_of(tx, &row.owner, &job).await).await.unwrap();
    assert_eq!(steps, []);
}

async fn of_many_leases_those_that_hold_are_renewed(world: &World) {
    world.add_of(crate::ada(), 400).await;
    let mut claimed = world.claim(300).await;
    world.advance(seconds(10)).await;
    let younger = world.claim(100).await;
    world.succeed(&claimed.remove(7)).await;
    let known: Vec<_> = claimed.iter().chain(&younger).map(pair).collect();
    let anothers = (claimed[0].lease.job.clone(), world.lease_id());
    world.advance(seconds(5)).await;
    let asked: Vec<_> = known.iter().cloned().chain([anothers]).collect();
    let mut held = renew(world, &asked).await;
    held.sort();
    let mut right: Vec<_> = younger.iter().map(pair).collect();
    right.sort();
    assert_eq!(held, right, "the older ones lapsed in this moment");
}

async fn a_successor_is_not_touched_by_what_comes_late(world: &World) {
    let job = world.add().await;
    let first = world.claim_one().await;
    world.advance(LEASE).await;
    assert_eq!(world.maintain().await, 1);
    let second = world.claim_one().await;
    assert_eq!((&second.lease.job, second.lease.attempt), (&job, 2));
    let before = world.row(&job).await;
    assert_eq!(before.error.as_ref().unwrap().code, "worker_died");
    for ending in [Settlement::Succeed("first".into()), Settlement::Die(error("first"))] {
        assert_eq!(world.settle(&first, ending).await.unwrap_err().code(), "lease_lost");
    }
    assert_eq!(renew(world, &[pair(&first)]).await, []);
    assert_eq!(world.row(&job).await, before);
    world.succeed(&second).await;
}

async fn a_worker_hears_which_of_its_jobs_are_to_stop(world: &World) {
    let jobs = world.add_of(crate::ada(), 3).await;
    let claimed = world.claim(2).await;
    for job in &jobs {
        assert_eq!(world.cancel(job).await, 1);
    }
    let stopping = async |worker: &str| {
        let mut stopping = world.store.read(async |tx| jobs::cancelling(tx, worker).await).await.unwrap();
        stopping.sort();
        stopping
    };
    assert_eq!(stopping("worker").await, claimed.iter().map(pair).collect::<Vec<_>>());
    assert_eq!(stopping("another").await, []);
    assert_eq!(world.state(&jobs[2]).await, JobState::Cancelled, "what nobody runs is cancelled at once");
    for claimed in &claimed {
        let ended = world.settle(claimed, Settlement::Succeed("too late".into())).await.unwrap();
        assert_eq!(ended, jobs::Ended::Released(JobState::Cancelled), "whatever the attempt gave");
    }
    assert_eq!(stopping("worker").await, []);
}

async fn a_renewal_passes_by_a_row_that_is_being_settled(world: &World) {
    if !world.is_postgres() {
        // SQLite's one writer settles and renews in turn.
        return;
    }
    world.add_of(crate::ada(), 2).await;
    let claimed = world.claim(2).await;
    let other = world.another_process().await;
    let leases: Vec<_> = claimed.iter().map(pair).collect();
    let settled = world.store.write_once(async |tx| {
        jobs::settle(tx, &claimed[0].lease, Settlement::Succeed("done".into())).await?;
        // The row is locked, and the renewal does not wait for it.
        Ok::<_, StoreError>(renew(&other, &leases).await)
    });
    let renewed = tokio::time::timeout(seconds(10), settled).await.expect("nobody waits").unwrap();
    assert_eq!(renewed.len(), 2, "both still held when it looked");
    assert_eq!(world.state(&claimed[0].lease.job).await, JobState::Succeeded);
    hold(world, &claimed[1]).await.unwrap();
}
