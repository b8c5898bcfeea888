//! Several claims at once, and where a worker's claims begin.

use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId};
use sluice_engine::{Engine, EnqueueOptions, Settings};
use sluice_store::controls::{Rate, Unit};
use sluice_store::jobs::{self, Claim, Claims, Filter, LowWaterMarks};
use sluice_store::{Store, StoreError, Tx, controls};
use sluice_testkit::TestStore;
use tokio::sync::oneshot;

use crate::support::{Play, Stage, World, engine_on, is_kept, local, of};
use crate::{ON, SOON, all_succeed, make};

async fn claim(tx: &mut Tx, lease: [u8; 10], limit: u32) -> Result<Claims, StoreError> {
    claim_beginning(tx, lease, limit, &LowWaterMarks::default()).await
}

async fn claim_beginning(
    tx: &mut Tx,
    lease: [u8; 10],
    limit: u32,
    marks: &LowWaterMarks,
) -> Result<Claims, StoreError> {
    let lease = LeaseId::new(tx.now().await?, lease);
    let (kinds, lease_time) = (&["test.play"], Duration::from_secs(15));
    let claim = Claim { pool: "default", kinds, limit, worker: "w", lease: &lease, lease_time };
    jobs::claim(tx, &claim, marks).await
}

fn names(claims: &Claims) -> Vec<JobId> {
    claims.jobs.iter().map(|job| job.lease.job.clone()).collect()
}

/// Two claims at once: the second begins and ends while the first one's transaction is still open.
async fn two_at_once(world: &World, limit: u32) -> (Vec<JobId>, Claims) {
    let (other, store) = (world.test.open_again().await, world.test.store().clone());
    let (claimed, is_claimed) = oneshot::channel();
    let (go, may_go) = oneshot::channel::<()>();
    let first = tokio::spawn(async move {
        store
            .write_once(async |tx| {
                let claims = claim(tx, [1; 10], limit).await?;
                claimed.send(()).unwrap();
                may_go.await.unwrap();
                Ok::<_, StoreError>(claims)
            })
            .await
            .unwrap()
    });
    is_claimed.await.unwrap();
    let second = tokio::time::timeout(SOON, other.write(async |tx| claim(tx, [2; 10], limit).await));
    let second = second.await.expect("a claim that waits for nobody").unwrap();
    go.send(()).unwrap();
    (names(&first.await.unwrap()), second)
}

async fn finish_all(world: &World) {
    world.advance(16).await;
    world.run().await;
}

#[tokio::test]
async fn claims_pass_by_rows_that_another_claim_holds() {
    let world = World::new([]).await;
    for n in 0..6 {
        world.enqueue(&n.to_string()).await;
    }
    let (first, second) = two_at_once(&world, 3).await;
    let second = names(&second);
    assert_eq!((first.len(), second.len()), (3, 3));
    assert!(first.iter().all(|job| !second.contains(job)), "no job is claimed twice");
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn processes_that_claim_at_once_never_count_the_same_slot_of_a_limit() {
    let world = World::new([]).await;
    world.test.store().write(async |tx| controls::set_limit(tx, "owner", "*", Some(3)).await).await.unwrap();
    for n in 0..6 {
        world.enqueue(&n.to_string()).await;
    }
    let (first, second) = two_at_once(&world, 3).await;
    assert_eq!((first.len(), second.jobs.len()), (3, 0), "three may run");
    assert!(second.contended, "and the second looks again soon");
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn processes_that_claim_at_once_never_take_the_same_token() {
    let world = World::new([]).await;
    let few = Some(Rate { amount: 1, per: Duration::from_hours(1), burst: 2 });
    for scope in ["owner", "kind"] {
        world
            .test
            .store()
            .write(async |tx| controls::set_rate(tx, scope, "*", Unit::Requests, few).await)
            .await
            .unwrap();
    }
    for n in 0..6 {
        world.enqueue(&n.to_string()).await;
    }
    let (first, second) = two_at_once(&world, 3).await;
    assert_eq!((first.len(), second.jobs.len()), (2, 0), "two may begin");
    assert!(second.contended, "and the second looks again soon");
    for scope in ["owner", "kind"] {
        world
            .test
            .store()
            .write(async |tx| controls::set_rate(tx, scope, "*", Unit::Requests, None).await)
            .await
            .unwrap();
    }
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_together_never_pass_a_rate_and_use_it_up() {
    const JOBS: usize = 80;
    for scope in ["owner", "kind"] {
        let test = TestStore::open_on(ON).await;
        let kept = Rate { amount: 40, per: Duration::from_secs(1), burst: 10 };
        let set = test.store().write(async |tx| controls::set_rate(tx, scope, "*", Unit::Requests, Some(kept)).await);
        set.await.unwrap();
        let stage = Stage::new([]);
        let maker = engine_on(test.store().clone(), &stage);
        let mut workers = Vec::new();
        for _ in 0..3 {
            workers.push(engine_on(test.open_again().await, &stage).start());
        }
        for n in 0..JOBS {
            make(&maker, n).await;
        }
        all_succeed(test.store(), JOBS).await;
        for worker in workers {
            worker.shutdown(SOON).await;
        }
        let filter = Filter { limit: 1_000, ..Filter::default() };
        let rows = test.store().read(async |tx| jobs::operator::list(tx, &filter).await).await.unwrap();
        let mut begun: Vec<_> = rows.iter().map(|row| row.started_at.unwrap()).collect();
        begun.sort_unstable();
        assert!(is_kept(kept, &begun), "{scope}: {begun:?}");
        // 70 came at 40 per second; who looks only once a second would have lost half of them.
        let took = begun[JOBS - 1].since(begun[0]);
        assert!(took < Duration::from_secs(4), "{scope}: {took:?}");
        test.end().await;
    }
}

/// What a walk over the ready jobs gives when it begins at these low-water marks.
async fn claim_from(world: &World, marks: &LowWaterMarks) -> (Vec<String>, LowWaterMarks) {
    let claims = world.test.store().write(async |tx| claim_beginning(tx, [9; 10], 10, marks).await).await.unwrap();
    let mut owners: Vec<_> = claims.jobs.into_iter().map(|job| job.owner.to_string()).collect();
    owners.sort();
    (owners, claims.low_water_marks)
}

#[tokio::test]
async fn a_claim_begins_where_the_last_one_ended_for_each_owner() {
    let world = World::new([]).await;
    let make = async |owner: &str, early: bool| {
        let job = Play { name: "x".to_owned() };
        let id = world.engine.submit(&job, of(owner));
        let id = id.await.unwrap();
        if early {
            let text = format!("UPDATE jobs SET sort_key = sort_key - 3600000 WHERE id = '{id}'");
            world.test.store().execute(&text).await.unwrap();
        }
    };
    for owner in ["b", "b", "d:e", "f"] {
        make(owner, false).await;
    }
    let (owners, marks) = claim_from(&world, &LowWaterMarks::default()).await;
    assert_eq!(owners, ["b", "b", "d:e", "f"]);
    // Before, between and after those that it knows, and one of them.
    for owner in ["a", "c", "d", "e", "e", "g", "d:e"] {
        make(owner, false).await;
    }
    let (owners, marks) = claim_from(&world, &marks).await;
    assert_eq!(owners, ["a", "c", "d", "d:e", "e", "e", "g"]);
    // Below what was passed by nothing is looked for, but where nothing was passed by.
    make("b", true).await;
    make("c", true).await;
    make("h", true).await;
    let (owners, mut marks) = claim_from(&world, &marks).await;
    assert_eq!(owners, ["h"]);
    // Until it begins at the start.
    marks.reset();
    let (owners, marks) = claim_from(&world, &marks).await;
    assert_eq!(owners, ["b", "c"]);
    // A clock that was set back gives places that are below all of them.
    world.test.store().execute("UPDATE clock SET offset_ms = -3600000").await.unwrap();
    make("b", false).await;
    let (owners, _) = claim_from(&world, &marks).await;
    assert_eq!(owners, ["b"]);
    world.test.store().execute("UPDATE clock SET offset_ms = 0").await.unwrap();
    finish_all(&world).await;
    world.test.end().await;
}

/// An engine whose jobs begin in time only if it is told of them, or looks of its own accord as often as that.
fn engine_that_looks_every(poll: Duration, store: Store, stage: &Stage) -> Engine {
    let settings = Settings { poll, lease: Duration::from_mins(1), ..Settings::default() };
    Engine::builder(store).register::<Play>(stage.clone()).settings(settings).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_urgent_job_below_the_low_water_mark_is_started_at_once() {
    let test = TestStore::open_on(ON).await;
    let stage = Stage::new([]);
    let engine = engine_that_looks_every(Duration::from_secs(20), test.store().clone(), &stage);
    let worker = engine.start();
    let elsewhere = test.open_again().await;
    let others = engine_on(elsewhere.clone(), &stage);
    // As if it had become ready a minute ago, made by this process and by another one.
    let urgent = EnqueueOptions { priority: -1, ..local() };
    let mut made = 0;
    for (maker, options) in [(&engine, local()), (&engine, urgent.clone()), (&others, local()), (&others, urgent)] {
        maker.submit(&Play { name: made.to_string() }, options).await.unwrap();
        made += 1;
        tokio::time::timeout(SOON, all_succeed(test.store(), made)).await.expect("it is begun at once");
    }
    worker.shutdown(SOON).await;
    elsewhere.close().await;
    test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_without_a_notification_is_found_below_the_low_water_mark() {
    let test = TestStore::open_on(ON).await;
    let stage = Stage::new([]);
    let engine = engine_that_looks_every(Duration::from_millis(100), test.store().clone(), &stage);
    let worker = engine.start();
    let job = Play { name: "x".to_owned() };
    engine.submit(&job, local()).await.unwrap();
    let later = EnqueueOptions { delay: Duration::from_hours(1), ..local() };
    let late = engine.submit(&job, later).await.unwrap();
    all_succeed(test.store(), 1).await;
    // As a transaction that took long and whose process ended before it told of it.
    let text = format!("UPDATE jobs SET state = 'ready', sort_key = sort_key - 7200000 WHERE id = '{late}'");
    test.store().execute(&text).await.unwrap();
    tokio::time::timeout(SOON, all_succeed(test.store(), 2)).await.expect("it is found");
    worker.shutdown(SOON).await;
    test.end().await;
}
