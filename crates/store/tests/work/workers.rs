//! Who works here, how long things take, how much there is to do.

use std::collections::BTreeMap;
use std::time::Duration;

use sluice_domain::job::JobState;
use sluice_store::jobs::{self, NewJob, Reason};
use sluice_store::workers::{self, Capability, Measured};
use sluice_store::{controls, providers};

use crate::{World, ada, on_both_databases, seconds};

on_both_databases!(
    a_worker_lives_for_as_long_as_it_is_heard_of,
    the_mean_of_what_was_measured_follows_a_change,
    useful_work_is_what_a_further_worker_could_do,
    whoever_asks_hears_when_a_job_should_begin,
);

fn pools(slots: usize) -> BTreeMap<String, Capability> {
    BTreeMap::from([("default".to_owned(), Capability { kinds: vec!["test.work".to_owned()], slots })])
}

async fn seen(world: &World, name: &str, slots: usize) {
    let pools = pools(slots);
    world.store.write(async |tx| workers::seen(tx, name, &pools).await).await.unwrap();
}

async fn alive(world: &World) -> Vec<String> {
    let alive = world.store.read(async |tx| workers::alive(tx).await).await.unwrap();
    alive.into_iter().map(|worker| worker.name).collect()
}

async fn learn(world: &World, stage: &str, count: u64, sum_ms: u64) {
    let measured = BTreeMap::from([(("test.work".to_owned(), stage.to_owned()), Measured { count, sum_ms })]);
    world.store.write(async |tx| workers::learn(tx, &measured).await).await.unwrap();
}

async fn a_worker_lives_for_as_long_as_it_is_heard_of(world: &World) {
    seen(world, "one", 1).await;
    seen(world, "two", 2).await;
    world.advance(seconds(25)).await;
    seen(world, "two", 8).await;
    assert_eq!(alive(world).await, ["one", "two"]);
    world.advance(seconds(6)).await;
    assert_eq!(alive(world).await, ["two"]);
    let two = world.store.read(async |tx| workers::alive(tx).await).await.unwrap().remove(0);
    assert_eq!(two.pools, pools(8), "what it said last");
    world.store.write(async |tx| workers::left(tx, "two").await).await.unwrap();
    assert_eq!(alive(world).await, [] as [&str; 0]);
    seen(world, "one", 1).await;
    assert_eq!(alive(world).await, ["one"], "it was only slow");
}

async fn the_mean_of_what_was_measured_follows_a_change(world: &World) {
    let usual =
        async |stage: &str| world.store.read(async |tx| workers::usual(tx, "test.work", stage).await).await.unwrap();
    assert_eq!(usual("first").await, None);
    learn(world, "first", 4, 4_000).await;
    let known = usual("first").await.unwrap();
    assert_eq!((known.count, known.mean, known.spread), (4, seconds(1), Duration::ZERO));
    learn(world, "first", 4, 12_000).await;
    let known = usual("first").await.unwrap();
    assert_eq!((known.count, known.mean, known.spread), (8, seconds(2), seconds(1)));
    assert_eq!(usual("second").await, None);
    for _ in 0..10 {
        learn(world, "first", 100, 1_000_000).await;
    }
    let mean = usual("first").await.unwrap().mean;
    assert!(mean > Duration::from_millis(9_900), "the machine became slower long ago: {mean:?}");
}

async fn useful_work_is_what_a_further_worker_could_do(world: &World) {
    let useful = async || world.store.read(async |tx| workers::useful_work(tx).await).await.unwrap();
    assert!(useful().await.is_empty());
    world.add().await;
    let runs = world.claim_one().await;
    world.add().await;
    world.enqueue(NewJob { delay: seconds(60), ..world.new_job().await }).await;
    world.enqueue(NewJob { pool: "video".to_owned(), ..world.new_job().await }).await;
    let need = jobs::Need { provider: Some("loud".to_owned()), ..jobs::Need::default() };
    world.enqueue(NewJob { need, ..world.new_job().await }).await;
    let of = |default, video| BTreeMap::from([("default".to_owned(), default), ("video".to_owned(), video)]);
    assert_eq!(useful().await, of(3, 1), "what runs and what is ready");
    let fails = async |after| {
        let failed = async |tx: &mut sluice_store::Tx| providers::failed(tx, "loud", Some(after), "it rains").await;
        world.store.write::<_, sluice_store::StoreError, _>(failed).await.unwrap();
    };
    fails(seconds(60)).await;
    assert_eq!(useful().await, of(2, 1), "its provider rests");
    world.store.write(async |tx| controls::pause(tx, "kind", "test.work", "").await).await.unwrap();
    assert!(useful().await.is_empty(), "nothing of it may begin");
    world.store.write(async |tx| controls::resume(tx, "kind", "test.work").await).await.unwrap();
    world.advance(seconds(60)).await;
    world.maintain().await;
    // The lease has lapsed, so that what ran is ready, and what was put off is so, too.
    assert_eq!(useful().await, of(4, 1));
    assert_eq!(world.state(&runs.lease.job).await, JobState::Ready);
}

async fn whoever_asks_hears_when_a_job_should_begin(world: &World) {
    let jobs = world.add_of(ada(), 5).await;
    let why = async || world.store.read(async |tx| jobs::why(tx, &ada(), &jobs[4]).await).await.unwrap();
    let nobody = Reason::NoWorker { pool: "default".to_owned(), kind: "test.work".to_owned() };
    assert_eq!(why().await.reasons[0], nobody);
    seen(world, "one", 2).await;
    learn(world, "first", 10, 100_000).await;
    let now = world.now().await;
    let told = why().await;
    assert_eq!((told.state, told.position), (JobState::Ready, Some(5)));
    assert_eq!(told.reasons, [Reason::Share { ahead: 4, others: 0, slots: 2 }]);
    let (from, to) = told.eta.unwrap();
    // Four before it on two slots, of ten seconds each.
    assert!(from.since(now) >= seconds(20) && from.since(now) < seconds(25), "{:?}", from.since(now));
    assert!(to >= from && to.since(now) < seconds(40), "{:?}", to.since(now));
    let claimed = world.claim(5).await;
    assert_eq!(why().await.reasons, [Reason::Running { worker: "worker".to_owned() }]);
    world.die(&claimed[4]).await;
    let (state, error) = (JobState::Dead, Some("broken: what broken says".to_owned()));
    assert_eq!(why().await.reasons, [Reason::Ended { state, error }]);
}
