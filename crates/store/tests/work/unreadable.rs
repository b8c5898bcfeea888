//! A limit, a rate or a pause that cannot be read holds back what it is for, says why, and stops nothing else.

use std::time::Duration;

use sluice_domain::ids::JobId;
use sluice_store::controls::{self, Rate, Unit};
use sluice_store::jobs::{self, Claims, NewJob, Reason, Unreadable};
use sluice_store::workers;

use crate::{World, ada, omar, on_both_databases};

on_both_databases!(
    a_limit_that_cannot_be_read_holds_back_its_own_kind,
    a_rate_that_cannot_be_counted_holds_back_its_own_key,
    a_rate_of_each_that_cannot_be_read_leaves_those_that_have_their_own,
    a_rate_of_an_unknown_unit_holds_back_its_own_provider,
    a_pause_of_which_the_reason_cannot_be_read_still_holds,
    what_a_bucket_cannot_hold_stops_no_claim,
    a_weight_that_cannot_be_is_the_usual_one,
    names_that_cannot_be_read_concern_nobody,
);

/// Runs statements that no version of ours would.
async fn damage(world: &World, statements: &[&str]) {
    for statement in statements {
        world.store.execute(statement).await.unwrap();
    }
}

async fn of_kind(world: &World, kind: &str) -> JobId {
    world.enqueue(NewJob { kind: kind.to_owned(), ..world.new_job().await }).await
}

fn ids(claims: &Claims) -> Vec<JobId> {
    claims.jobs.iter().map(|claimed| claimed.lease.job.clone()).collect()
}

fn rows(claims: &Claims) -> Vec<(&'static str, &str)> {
    claims.unreadable.iter().map(|Unreadable { table, row, .. }| (*table, &**row)).collect()
}

/// What holds a job back, as whoever asks is told.
async fn held_back(world: &World, job: &JobId) -> Vec<(String, String, String)> {
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), job).await).await.unwrap();
    let paused = |reason| match reason {
        Reason::Paused { scope, name, why } => Some((scope, name, why)),
        _ => None,
    };
    why.reasons.into_iter().filter_map(paused).collect()
}

async fn set_rate(world: &World, scope: &str, name: &str, unit: Unit, burst: u64) {
    let rate = Rate { amount: 1, per: Duration::from_hours(1), burst };
    world.store.write(async |tx| controls::set_rate(tx, scope, name, unit, Some(rate)).await).await.unwrap();
}

/// More than 64 bits hold, once it is multiplied by the period.
const HUGE: &str = "UPDATE rates SET burst = 9223372036854775807 WHERE name = ";

async fn a_limit_that_cannot_be_read_holds_back_its_own_kind(world: &World) {
    damage(
        world,
        &[
            "DROP TABLE limits",
            "CREATE TABLE limits (scope TEXT, name TEXT, concurrency TEXT, weight BIGINT DEFAULT 1)",
            "INSERT INTO limits (scope, name, concurrency) VALUES ('kind', 'test.work', 'many')",
        ],
    )
    .await;
    let held = of_kind(world, "test.work").await;
    let free = of_kind(world, "test.other").await;
    let claims = world.try_claim(9).await.unwrap();
    assert_eq!((ids(&claims), rows(&claims)), (vec![free], vec![("limits", "kind test.work")]));
    let reasons = held_back(world, &held).await;
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert_eq!((&*reasons[0].0, &*reasons[0].1), ("kind", "test.work"));
    assert!(reasons[0].2.starts_with("its limit cannot be read, set it again: "), "{reasons:?}");
    let listed = world.store.read(async |tx| controls::limits(tx).await).await.unwrap();
    assert_eq!(listed, [], "what cannot be read is not listed, and does not hide the others");
    damage(world, &["DELETE FROM limits"]).await;
    let claims = world.try_claim(9).await.unwrap();
    assert_eq!((ids(&claims), rows(&claims)), (vec![held], vec![]));
}

async fn a_rate_that_cannot_be_counted_holds_back_its_own_key(world: &World) {
    set_rate(world, "key", "gpu", Unit::Requests, 5).await;
    set_rate(world, "kind", "test.other", Unit::Requests, 5).await;
    damage(world, &[&format!("{HUGE} 'gpu'")]).await;
    let held = world.enqueue(NewJob { limit_key: Some("gpu".to_owned()), ..world.new_job().await }).await;
    let free = of_kind(world, "test.other").await;
    let claims = world.try_claim(9).await.unwrap();
    assert_eq!((ids(&claims), rows(&claims)), (vec![free.clone()], vec![("rates", "key gpu")]));
    let reasons = held_back(world, &held).await;
    assert!(reasons.len() == 1 && reasons[0].2.contains("burst of 9223372036854775807"), "{reasons:?}");
    let useful = world.store.read(async |tx| workers::useful_work(tx).await).await.unwrap();
    assert_eq!(useful.get("default"), Some(&1), "what runs, and not what nobody may begin");
    let listed = world.store.read(async |tx| controls::rates(tx).await).await.unwrap();
    assert_eq!(listed.iter().map(|it| &*it.name).collect::<Vec<_>>(), ["test.other"]);
    set_rate(world, "key", "gpu", Unit::Requests, 5).await;
    assert_eq!(world.claimed_ids(9).await, [held], "set again, it can be read");
    world.store.write(async |tx| jobs::cancel(tx, &ada(), &free).await).await.unwrap();
}

async fn a_rate_of_each_that_cannot_be_read_leaves_those_that_have_their_own(world: &World) {
    set_rate(world, "owner", "*", Unit::Requests, 5).await;
    set_rate(world, "owner", "omar", Unit::Requests, 2).await;
    damage(world, &[&format!("{HUGE} '*'")]).await;
    let hers = world.add_of(ada(), 3).await;
    let his = world.add_of(omar(), 3).await;
    let claims = world.try_claim(9).await.unwrap();
    assert_eq!((ids(&claims), rows(&claims)), (his[..2].to_vec(), vec![("rates", "owner *")]), "two, by his own");
    assert_eq!(held_back(world, &hers[0]).await.len(), 1);
    set_rate(world, "owner", "ada", Unit::Requests, 1).await;
    assert_eq!(world.claimed_ids(9).await, hers[..1].to_vec(), "now she has one, too");
}

async fn a_rate_of_an_unknown_unit_holds_back_its_own_provider(world: &World) {
    // As a later version may have written it.
    damage(
        world,
        &[
            "DROP TABLE rates",
            "CREATE TABLE rates (scope TEXT, name TEXT, unit TEXT, amount BIGINT, period_ms BIGINT, burst BIGINT)",
            "INSERT INTO rates VALUES ('provider', 'loud', 'pages', 1, 1000, 1)",
            "INSERT INTO rates VALUES ('planet', 'earth', 'requests', 1, 1000, 1)",
            "INSERT INTO buckets VALUES ('planet', 'earth', 'requests', 0, 0, 0)",
        ],
    )
    .await;
    let of = async |provider: &str| {
        let need = jobs::Need { provider: Some(provider.to_owned()), ..jobs::Need::default() };
        world.enqueue(NewJob { need, ..world.new_job().await }).await
    };
    let held = of("loud").await;
    let free = of("quiet").await;
    let claims = world.try_claim(9).await.unwrap();
    assert_eq!(ids(&claims), [free]);
    assert_eq!(rows(&claims), [("rates", "planet earth"), ("rates", "provider loud")]);
    let reasons = held_back(world, &held).await;
    assert!(reasons.len() == 1 && reasons[0].2.contains("pages"), "{reasons:?}");
    assert!(world.store.read(async |tx| workers::useful_work(tx).await).await.is_ok());
}

async fn a_pause_of_which_the_reason_cannot_be_read_still_holds(world: &World) {
    damage(
        world,
        &[
            "DROP TABLE pauses",
            "CREATE TABLE pauses (scope TEXT, name TEXT, reason TEXT, since TEXT)",
            "INSERT INTO pauses VALUES ('kind', 'test.work', NULL, 'yesterday')",
        ],
    )
    .await;
    let held = of_kind(world, "test.work").await;
    let free = of_kind(world, "test.other").await;
    assert_eq!(world.claimed_ids(9).await, [free]);
    assert_eq!(held_back(world, &held).await[0].2, "the reason cannot be read");
    let useful = world.store.read(async |tx| workers::useful_work(tx).await).await.unwrap();
    assert_eq!(useful.get("default"), Some(&1));
    assert!(world.store.write(async |tx| controls::resume(tx, "kind", "test.work").await).await.unwrap());
    assert_eq!(world.claimed_ids(9).await, [held]);
}

async fn what_a_bucket_cannot_hold_stops_no_claim(world: &World) {
    set_rate(world, "owner", "ada", Unit::Requests, 2).await;
    set_rate(world, "owner", "omar", Unit::Requests, 2).await;
    damage(
        world,
        &[
            "INSERT INTO buckets VALUES ('owner', 'ada', 'pages', 1, 1, 1)",
            "INSERT INTO buckets VALUES ('owner', 'ada', 'requests', 9223372036854775807, 0, 0)",
            "INSERT INTO buckets VALUES ('owner', 'omar', 'requests', -9223372036854775807, 9223372036854775807, 0)",
        ],
    )
    .await;
    world.add_of(ada(), 5).await;
    world.add_of(omar(), 5).await;
    let claimed = world.claim(9).await;
    assert!(claimed.len() == 2 && claimed.iter().all(|job| job.owner == ada()), "a burst, and a debt: {claimed:?}");
    let closed = world.store.read(async |tx| workers::useful_work(tx).await).await.unwrap();
    assert_eq!(closed.get("default"), Some(&2), "what runs");
    set_rate(world, "owner", "omar", Unit::Requests, 3).await;
    let unset = world.store.write(async |tx| controls::set_rate(tx, "owner", "omar", Unit::Requests, None).await);
    unset.await.unwrap();
    assert_eq!(world.claim(9).await.len(), 5);
}

async fn a_weight_that_cannot_be_is_the_usual_one(world: &World) {
    damage(
        world,
        &[
            "DROP TABLE limits",
            "CREATE TABLE limits (scope TEXT, name TEXT, concurrency BIGINT, weight BIGINT)",
            "INSERT INTO limits VALUES ('owner', 'ada', NULL, 0)",
            "INSERT INTO shares VALUES ('default', 'omar', 9223372036854775807)",
        ],
    )
    .await;
    world.add_of(ada(), 5).await;
    world.add_of(omar(), 5).await;
    assert_eq!(world.claim(20).await.len(), 10, "neither a division by nothing nor a sum that overflows");
}

async fn names_that_cannot_be_read_concern_nobody(world: &World) {
    if world.is_postgres() {
        // It stores no text that is not UTF-8.
        return;
    }
    let lost = world.add_of(omar(), 1).await;
    damage(
        world,
        &[
            "INSERT INTO limits (scope, name, concurrency) VALUES ('kind', CAST(X'ff' AS TEXT), 0)",
            "INSERT INTO rates VALUES ('owner', CAST(X'ff' AS TEXT), 'requests', 1, 1, 1)",
            "INSERT INTO pauses VALUES ('queue', CAST(X'ff' AS TEXT), '', 0)",
            "INSERT INTO buckets VALUES ('owner', CAST(X'ff' AS TEXT), 'requests', 0, 0, 0)",
            "UPDATE jobs SET owner = CAST(X'ff' AS TEXT)",
        ],
    )
    .await;
    let job = world.add().await;
    let claims = world.try_claim(9).await.unwrap();
    assert_eq!(ids(&claims), [job]);
    let mut tables: Vec<_> = rows(&claims).into_iter().map(|(table, _)| table).collect();
    tables.sort_unstable();
    assert_eq!(tables, ["jobs", "limits", "pauses", "rates"], "each is said");
    assert!(world.store.read(async |tx| workers::useful_work(tx).await).await.is_ok());
    assert!(world.store.read(async |tx| jobs::operator::find(tx, &lost[0]).await).await.is_err());
}
