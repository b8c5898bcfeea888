//! Which jobs a claim takes, and in which order.

use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_store::controls;
use sluice_store::jobs::{self, Claim, LowWaterMarks, NewJob};

use crate::world::{KINDS, LEASE};
use crate::{World, ada, omar, on_both_databases, seconds};

on_both_databases!(
    an_owners_jobs_come_by_priority_and_age,
    a_claim_takes_what_its_worker_knows_and_no_more_than_it_asked_for,
    a_claim_counts_the_attempt_and_begins_the_lease,
    owners_share_a_claim_whatever_the_length_of_their_queues,
    an_owner_that_comes_late_is_next_and_gets_nothing_for_having_waited,
    owners_get_work_by_their_weights,
    work_that_is_estimated_is_the_price_of_a_turn,
    an_unreadable_job_is_deferred_and_costs_no_attempt,
    claims_at_once_never_give_a_job_twice,
);

async fn an_owners_jobs_come_by_priority_and_age(world: &World) {
    let with = async |priority| NewJob { priority, ..world.new_job().await };
    let usual = world.enqueue(with(0).await).await;
    let urgent = world.enqueue(with(-1).await).await;
    let later = world.enqueue(with(0).await).await;
    let whenever = world.enqueue(with(5).await).await;
    // Priority 5 is as five minutes later, and it waited for six.
    world.advance(seconds(360)).await;
    let urgent_now = world.enqueue(with(-1).await).await;
    let last = world.enqueue(with(0).await).await;
    assert_eq!(world.claimed_ids(9).await, [urgent, usual, later, whenever, urgent_now, last]);
}

async fn a_claim_takes_what_its_worker_knows_and_no_more_than_it_asked_for(world: &World) {
    let now = world.now().await;
    for kind in ["test.other", "test.unknown", "test.work", "test.work"] {
        world.enqueue(NewJob { kind: kind.to_owned(), ..world.new_job_at(now) }).await;
    }
    world.enqueue(NewJob { pool: "video".to_owned(), ..world.new_job_at(now) }).await;
    world.enqueue(NewJob { delay: seconds(1), ..world.new_job_at(now) }).await;
    let kinds = async |limit, kinds: &[&'static str]| {
        let claims = world.store.write(async |tx| world.claim_in(tx, limit, kinds).await).await.unwrap();
        claims.jobs.into_iter().map(|claimed| claimed.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(0, KINDS).await, [] as [&str; 0]);
    assert_eq!(kinds(9, &[]).await, [] as [&str; 0]);
    assert_eq!(kinds(1, &["test.work"]).await, ["test.work"]);
    assert_eq!(kinds(9, KINDS).await, ["test.other", "test.work"]);
    assert_eq!(kinds(9, KINDS).await, [] as [&str; 0]);
    assert_eq!(kinds(9, &["test.unknown"]).await, ["test.unknown"], "it stayed for a worker that knows it");
}

async fn a_claim_counts_the_attempt_and_begins_the_lease(world: &World) {
    let job = world.enqueue(NewJob { idle_ttl: Some(seconds(100)), ..world.new_job().await }).await;
    world.advance(seconds(50)).await;
    let claimed = world.claim_one().await;
    let row = world.row(&job).await;
    assert_eq!((row.state, row.attempt, row.held()), (JobState::Running, 1, Some(claimed.lease.clone())));
    assert_eq!(row.lease_worker.as_deref(), Some("worker"));
    assert_eq!(row.lease_until.unwrap().since(claimed.claimed_at), LEASE);
    assert_eq!(row.started_at, Some(claimed.started_at));
    assert_eq!(row.expires_at.unwrap().since(claimed.claimed_at), seconds(100), "its time to live begins anew");
    assert_eq!((claimed.payload.as_str(), claimed.owner, claimed.max_attempts), ("{}", ada(), 3));
}

async fn owners_share_a_claim_whatever_the_length_of_their_queues(world: &World) {
    world.add_of(ada(), 100).await;
    world.add_of(omar(), 5).await;
    let eve: OwnerId = "eve".parse().unwrap();
    world.add_of(eve.clone(), 40).await;
    let of = |owner: &OwnerId, claimed: &[jobs::Claimed]| claimed.iter().filter(|job| job.owner == *owner).count();
    let first = world.claim(12).await;
    assert_eq!([&ada(), &omar(), &eve].map(|owner| of(owner, &first)), [4, 4, 4]);
    let second = world.claim(12).await;
    assert_eq!(of(&omar(), &second), 1, "all that is left of it");
    let others = [of(&ada(), &second), of(&eve, &second)];
    assert!(others.iter().sum::<usize>() == 11 && others[0].abs_diff(others[1]) <= 1, "{others:?}");
}

async fn an_owner_that_comes_late_is_next_and_gets_nothing_for_having_waited(world: &World) {
    world.add_of(ada(), 40).await;
    for _ in 0..10 {
        world.claim_one().await;
    }
    world.add_of(omar(), 20).await;
    let mut turns = Vec::new();
    for _ in 0..10 {
        turns.push(world.claim_one().await.owner);
    }
    assert_eq!(turns[0], omar(), "its first job waits for one slot");
    let of_omar = turns.iter().filter(|owner| **owner == omar()).count();
    assert!((5..=6).contains(&of_omar), "ten turns that it did not ask for are not made up for: {turns:?}");
}

async fn owners_get_work_by_their_weights(world: &World) {
    world.store.write(async |tx| controls::set_weight(tx, "omar", 3).await).await.unwrap();
    world.add_of(ada(), 60).await;
    world.add_of(omar(), 60).await;
    let mut of_omar = 0;
    for _ in 0..40 {
        of_omar += u32::from(world.claim_one().await.owner == omar());
    }
    assert!((29..=31).contains(&of_omar), "three of four turns, and not {of_omar} of 40");
}

async fn work_that_is_estimated_is_the_price_of_a_turn(world: &World) {
    let now = world.now().await;
    for _ in 0..20 {
        let need = jobs::Need { work: seconds(4), ..jobs::Need::default() };
        world.enqueue(NewJob { need, ..world.new_job_at(now) }).await;
    }
    world.add_of(omar(), 40).await;
    let mut of_ada = 0;
    for _ in 0..25 {
        of_ada += u32::from(world.claim_one().await.owner == ada());
    }
    // A job without an estimate counts as one second.
    assert!((4..=6).contains(&of_ada), "one for four of the other's, and not {of_ada} of 25");
}

async fn an_unreadable_job_is_deferred_and_costs_no_attempt(world: &World) {
    let jobs = world.add_of(ada(), 3).await;
    world.set_readable(&jobs[1], false).await;
    let claims = world.try_claim(9).await.unwrap();
    let claimed: Vec<_> = claims.jobs.iter().map(|claimed| claimed.lease.job.clone()).collect();
    assert_eq!((claimed, claims.deferred), (vec![jobs[0].clone(), jobs[2].clone()], 1));
    assert_eq!(world.try_claim(9).await.unwrap().deferred, 0, "and left alone for a minute");
    world.set_readable(&jobs[1], true).await;
    let row = world.row(&jobs[1]).await;
    assert_eq!((row.state, row.attempt), (JobState::Scheduled, 0));
    world.advance(seconds(61)).await;
    for claimed in &claims.jobs {
        // Their leases lapsed in that minute.
        assert_eq!(
            world.settle(claimed, jobs::Settlement::Succeed("late".into())).await.unwrap_err().code(),
            "lease_lost"
        );
    }
    world.maintain().await;
    assert_eq!(world.claim(9).await.len(), 3);
    assert_eq!(world.row(&jobs[1]).await.attempt, 1);
}

async fn claims_at_once_never_give_a_job_twice(world: &World) {
    let mut all = world.add_of(ada(), 60).await;
    all.extend(world.add_of(omar(), 60).await);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..4 {
        let world = if n % 2 == 0 { world.clone() } else { world.another_process().await };
        tasks.spawn(async move {
            let mut mine = Vec::new();
            let mut floors = LowWaterMarks::default();
            loop {
                let lease = world.lease_id();
                let claim =
                    Claim { pool: "default", kinds: KINDS, limit: 7, worker: "w", lease: &lease, lease_time: LEASE };
                let claims = world.store.write(async |tx| jobs::claim(tx, &claim, &floors).await).await.unwrap();
                if claims.jobs.is_empty() {
                    return mine;
                }
                floors = claims.low_water_marks;
                mine.extend(claims.jobs.into_iter().map(|claimed| claimed.lease.job));
            }
        });
    }
    let mut claimed: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    // A claim passes by what another has locked, and may find nothing for a moment.
    claimed.extend(world.claimed_ids(200).await);
    claimed.sort();
    all.sort();
    assert_eq!(claimed, all);
}
