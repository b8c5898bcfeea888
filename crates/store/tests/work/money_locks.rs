//! Units of work that lock the budgets of several owners, jobs and providers: none of them ends in a deadlock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::Outcome;
use sluice_store::jobs::spend::Over;
use sluice_store::jobs::{self, Claim, Claimed, Claims, LowWaterMarks, Need, NewJob, Settlement};
use sluice_store::{StoreError, Tx};
use tokio::sync::Barrier;

use crate::calls::{end, new_call, start};
use crate::world::{KINDS, LEASE, finish};
use crate::{Random, World, ada, omar, on_both_databases, then};

on_both_databases!(
    attempts_of_several_owners_end_in_any_order,
    claims_that_meet_over_two_owners_leave_a_job_for_the_next_one,
    the_first_claim_of_a_day_and_another_one_never_wait_for_each_other,
    a_claim_does_not_wait_for_the_parent_of_a_job_that_is_over_its_budget,
    workers_that_claim_and_end_priced_jobs_never_deadlock,
);

/// Nothing here takes as long, unless it waits for what it should pass by.
const SOON: Duration = Duration::from_secs(5);

/// A claim that checks each job locks up to twenty of an owner's; of so many, another one finds the rest.
const MANY: usize = 25;

fn priced(cost: i64, provider: &str) -> Need {
    Need { cost: MicroUsd(cost), provider: Some(provider.to_owned()), ..Need::default() }
}

/// A claim as a worker of `PostgreSQL` makes it: the owners' tags are charged in another unit of work.
async fn claim(world: &World, tx: &mut Tx, limit: u32, kinds: &[&'static str]) -> Result<Claims, StoreError> {
    let lease = world.lease_id();
    let claim = Claim { pool: "default", kinds, limit, worker: "worker", lease: &lease, lease_time: LEASE };
    jobs::claim(tx, &claim, &LowWaterMarks::default()).await
}

/// A priced job of each of two owners, of a kind of its own.
async fn two_owners(world: &World, jobs_of_each: usize) {
    for (owner, kind) in [(ada(), KINDS[0]), (omar(), KINDS[1])] {
        for _ in 0..jobs_of_each {
            let (kind, owner) = (kind.to_owned(), owner.clone());
            world.enqueue(NewJob { kind, owner, need: priced(10, "studio"), ..world.new_job().await }).await;
        }
    }
}

async fn attempts_of_several_owners_end_in_any_order(world: &World) {
    world.set_budget("owner", "*", 1_000, Over::Wait).await;
    two_owners(world, 2).await;
    let claimed = world.claim(4).await;
    let of = |owner: OwnerId| claimed.iter().filter(move |job| job.owner == owner).collect::<Vec<_>>();
    let (of_ada, of_omar) = (of(ada()), of(omar()));
    // SQLite's units come one after the other.
    let (both, runs) = (Barrier::new(if world.is_postgres() { 2 } else { 1 }), AtomicUsize::new(0));
    let settle = async |first: &Claimed, second: &Claimed| {
        world
            .store
            .write(async |tx| {
                jobs::settle(tx, &first.lease, Settlement::Succeed(json!(1))).await?;
                if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                    both.wait().await;
                }
                jobs::settle(tx, &second.lease, Settlement::Succeed(json!(1))).await
            })
            .await
    };
    let (one, other) = tokio::join!(settle(of_ada[0], of_omar[0]), settle(of_omar[1], of_ada[1]));
    one.unwrap();
    other.unwrap();
    assert_eq!(runs.into_inner(), 2, "neither was run again");
}

async fn claims_that_meet_over_two_owners_leave_a_job_for_the_next_one(world: &World) {
    world.set_budget("owner", "*", 1_000, Over::Wait).await;
    two_owners(world, MANY).await;
    // The budgets of both are there.
    assert_eq!(world.claim(2).await.len(), 2);
    meet(world).await;
}

/// The budgets are inserted by the claims that meet.
async fn the_first_claim_of_a_day_and_another_one_never_wait_for_each_other(world: &World) {
    world.set_budget("owner", "*", 1_000, Over::Wait).await;
    two_owners(world, MANY).await;
    meet(world).await;
}

/// Two claims, each of which has the budgets of one owner when it comes to a job of the other one.
async fn meet(world: &World) {
    if !world.is_postgres() {
        return;
    }
    let (both, runs) = (Barrier::new(2), AtomicUsize::new(0));
    let claim_both = async |first: &'static str, second: &'static str| {
        world
            .store
            .write(async |tx| {
                let one = claim(world, tx, 1, &[first]).await?;
                if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                    both.wait().await;
                }
                let other = claim(world, tx, 1, &[second]).await?;
                both.wait().await;
                Ok::<_, StoreError>((one.jobs.len(), other.jobs.len(), other.contended))
            })
            .await
    };
    let met = async { tokio::join!(claim_both(KINDS[0], KINDS[1]), claim_both(KINDS[1], KINDS[0])) };
    let (one, other) = tokio::time::timeout(SOON, met).await.expect("neither waits for the other");
    assert_eq!((one.unwrap(), other.unwrap()), ((1, 0, true), (1, 0, true)));
    assert_eq!(world.claim(4).await.len(), 4, "the next claim has what they left");
}

async fn a_claim_does_not_wait_for_the_parent_of_a_job_that_is_over_its_budget(world: &World) {
    let parent = world.add().await;
    let held = world.claim_one().await;
    let sibling = world.add_child(&parent).await;
    let child = NewJob { parent: Some(parent.clone()), need: priced(10, "studio"), ..world.new_job().await };
    world.settle(&held, Settlement::WaitForChildren { then: then("second") }).await.unwrap();
    let first = world.claim_one().await;
    assert_eq!(first.lease.job, sibling);
    let child = world.enqueue(child).await;
    world.set_budget("provider", "studio", 5, Over::Fail).await;
    if world.is_postgres() {
        let other = world.another_process().await;
        let settled = world.store.write_once(async |tx: &mut Tx| {
            jobs::settle(tx, &first.lease, Settlement::Succeed(json!(1))).await?;
            // The parent is locked.
            let claimed = tokio::time::timeout(SOON, other.try_claim(1)).await.expect("it does not wait")?;
            assert_eq!((claimed.jobs.len(), claimed.contended), (0, true));
            Ok::<_, StoreError>(())
        });
        settled.await.unwrap();
        assert_eq!(world.state(&child).await, JobState::Ready);
    } else {
        world.succeed(&first).await;
    }
    assert_eq!(world.claim(1).await.len(), 0);
    assert_eq!(world.states([&child, &parent]).await, [JobState::Dead, JobState::Ready], "and its parent goes on");
}

/// Four workers, eight owners and three providers; each worker claims several jobs at once and ends them in another order.
async fn workers_that_claim_and_end_priced_jobs_never_deadlock(world: &World) {
    const JOBS: usize = 240;
    for scope in ["owner", "job", "provider"] {
        world.set_budget(scope, "*", 1_000_000, Over::Wait).await;
    }
    let now = world.now().await;
    let new = |n: usize| NewJob {
        owner: format!("owner-{}", n * 5 % 8).parse().unwrap(),
        need: priced(10, &format!("studio {}", n * 7 % 3)),
        ..world.new_job_at(now)
    };
    let new: Vec<_> = (0..JOBS).map(new).collect();
    world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
    let (done, lost) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut workers = tokio::task::JoinSet::new();
    for n in 0..4 {
        let (done, lost, world) = (Arc::clone(&done), Arc::clone(&lost), world.another_process().await);
        workers.spawn(async move {
            let mut random = Random(n);
            while done.load(Ordering::SeqCst) < JOBS {
                let claims = world.store.write_once(async |tx| claim(&world, tx, 6, KINDS).await).await;
                let Some(claims) = counted(claims, &lost) else { continue };
                world.store.write(async |tx| jobs::charge(tx, &claims.charges).await).await.unwrap();
                let mut ends = claims.jobs;
                for index in (1..ends.len()).rev() {
                    ends.swap(index, usize::try_from(random.below(index as u64 + 1)).unwrap());
                }
                for claimed in ends.iter().filter(|_| random.below(4) == 0) {
                    let call = new_call(&world, &world.name(), Some("studio"));
                    start(&world, claimed, &call).await;
                    end(&world, &call, Outcome::Succeeded, 7).await;
                }
                let finishes: Vec<_> =
                    ends.iter().map(|claimed| finish(claimed, Settlement::Succeed(json!(1)))).collect();
                while !finishes.is_empty() {
                    let ended = world.store.write_once(async |tx| jobs::settle_many(tx, &finishes).await).await;
                    if let Some(ended) = counted(ended, &lost) {
                        done.fetch_add(ended.into_iter().flatten().count(), Ordering::SeqCst);
                        break;
                    }
                }
            }
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker.unwrap();
    }
    assert_eq!(lost.load(Ordering::SeqCst), 0, "units of work that ended in a deadlock");
}

/// What a unit of work returned, unless it lost a race, which is counted.
fn counted<T>(result: Result<T, StoreError>, lost: &AtomicUsize) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            assert_eq!(error.code(), "contended", "{error:?}");
            lost.fetch_add(1, Ordering::SeqCst);
            None
        }
    }
}
