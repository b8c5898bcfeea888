//! What `/metrics` says: each waiting job counts once, for the first thing that holds it back.

use std::collections::BTreeMap;
use std::time::Duration;

use sluice_domain::money::MicroUsd;
use sluice_store::gauges::{self, Blocked, Gauges};
use sluice_store::jobs::spend::Over;
use sluice_store::jobs::{Need, NewJob, Settlement};
use sluice_store::{StoreError, controls, providers};

use crate::{World, ada, omar, on_both_databases, seconds};

on_both_databases!(
    an_empty_database_has_nothing,
    each_job_counts_once_for_what_holds_it_back,
    a_limit_counts_what_runs,
    money_is_reserved_and_then_settled,
    what_is_committed_is_counted_and_what_is_rolled_back_is_not,
);

async fn read(world: &World) -> Gauges {
    world.store.read(async |tx| gauges::read(tx).await).await.unwrap()
}

async fn an_empty_database_has_nothing(world: &World) {
    assert_eq!(read(world).await, Gauges::default());
    assert_eq!(world.store.read(async |tx| gauges::stored_bytes(tx).await).await.unwrap(), 0);
}

async fn each_job_counts_once_for_what_holds_it_back(world: &World) {
    let need = Need { provider: Some("loud".to_owned()), ..Need::default() };
    let first = world.add().await;
    world.advance(seconds(7)).await;
    world.add().await;
    world.enqueue(NewJob { pool: "video".to_owned(), ..world.new_job().await }).await;
    world.enqueue(NewJob { owner: omar(), need: need.clone(), ..world.new_job().await }).await;
    world.enqueue(NewJob { need, ..world.new_job().await }).await;
    world.enqueue(NewJob { after: vec![first], ..world.new_job().await }).await;
    world.enqueue(NewJob { delay: seconds(60), ..world.new_job().await }).await;
    let found = read(world).await;
    assert_eq!(found.blocked, Blocked { dependency: 1, ..Blocked::default() });
    let jobs = |found: &Gauges| found.available.iter().map(|(pool, it)| (pool.clone(), it.jobs)).collect::<Vec<_>>();
    assert_eq!(jobs(&found), [("default".to_owned(), 4), ("video".to_owned(), 1)]);
    let oldest = found.available["default"].oldest;
    assert!(oldest >= seconds(7) && oldest < seconds(60), "{oldest:?}");
    assert!(found.available["video"].oldest < seconds(7));

    let rest = async |tx: &mut sluice_store::Tx| providers::failed(tx, "loud", Some(seconds(60)), "it rains").await;
    world.store.write(rest).await.unwrap();
    let found = read(world).await;
    assert_eq!(found.blocked, Blocked { dependency: 1, cooldown: 2, ..Blocked::default() });
    assert_eq!(found.cooldowns, BTreeMap::from([("loud".to_owned(), true)]));
    let pause = async |tx: &mut sluice_store::Tx| controls::pause(tx, "owner", "omar", "a repair").await;
    world.store.write::<_, StoreError, _>(pause).await.unwrap();
    let found = read(world).await;
    assert_eq!(found.blocked, Blocked { dependency: 1, cooldown: 1, paused: 1, ..Blocked::default() });
    let limit = async |tx: &mut sluice_store::Tx| controls::set_limit(tx, "kind", "test.work", Some(0)).await;
    world.store.write::<_, StoreError, _>(limit).await.unwrap();
    let found = read(world).await;
    assert_eq!(found.blocked, Blocked { dependency: 1, cooldown: 1, paused: 1, limit: 3, ..Blocked::default() });
    assert_eq!(found.available, BTreeMap::new());
    world.advance(seconds(120)).await;
    assert_eq!(read(world).await.cooldowns, BTreeMap::from([("loud".to_owned(), false)]));
}

async fn a_limit_counts_what_runs(world: &World) {
    let limit = async |tx: &mut sluice_store::Tx| controls::set_limit(tx, "owner", "*", Some(1)).await;
    world.store.write::<_, StoreError, _>(limit).await.unwrap();
    world.add_of(ada(), 3).await;
    assert_eq!(read(world).await.blocked, Blocked::default());
    let running = world.claim_one().await;
    world.add_of(omar(), 1).await;
    let found = read(world).await;
    assert_eq!((found.blocked.limit, found.available["default"].jobs), (2, 1));
    world.succeed(&running).await;
    assert_eq!(read(world).await.available["default"].jobs, 3);
}

async fn money_is_reserved_and_then_settled(world: &World) {
    let need = Need { cost: MicroUsd(700), ..Need::default() };
    world.enqueue(NewJob { need: need.clone(), ..world.new_job().await }).await;
    world.enqueue(NewJob { need, ..world.new_job().await }).await;
    world.set_budget("owner", "ada", 1_000, Over::Wait).await;
    let running = world.claim(2).await;
    assert_eq!(running.len(), 1);
    let found = read(world).await;
    assert_eq!((found.reserved, found.blocked.budget), (MicroUsd(700), 1));
    assert_eq!(found.available, BTreeMap::new());
    world.settle(&running[0], Settlement::Snooze { delay: Duration::ZERO, error: None }).await.unwrap();
    let found = read(world).await;
    assert_eq!((found.reserved, found.blocked.budget), (MicroUsd(0), 0), "no call was made, so nothing is spent");
    assert_eq!(world.store.counts().settled, MicroUsd(0));
}

async fn what_is_committed_is_counted_and_what_is_rolled_back_is_not(world: &World) {
    assert_eq!(world.store.counts().enqueued, BTreeMap::new());
    let job = NewJob { idempotency_key: Some("once".to_owned()), ..world.new_job().await };
    world.enqueue(job.clone()).await;
    world.enqueue(NewJob { id: world.job_id(world.now().await), ..job }).await;
    world.add_of(omar(), 3).await;
    let new = world.new_job().await;
    let fails = async |tx: &mut sluice_store::Tx| {
        sluice_store::jobs::enqueue(tx, &new).await?;
        Err::<(), _>(StoreError::ReadOnly)
    };
    world.store.write(fails).await.unwrap_err();
    assert_eq!(world.store.counts().enqueued, BTreeMap::from([("test.work".to_owned(), 4)]));
}
