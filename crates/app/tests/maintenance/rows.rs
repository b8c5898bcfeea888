//! Rows that have served their time go; the others stay.

use std::time::Duration;

use sluice_app::maintenance::retain;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::money::MicroUsd;
use sluice_store::jobs::{self, NewJob, spend};
use sluice_store::provider_keys::{self, SpendOf};
use sluice_store::retention::RetentionPeriods;
use sluice_store::{Tx, results, retention};

use crate::{World, on_both};

on_both! {
    expired_rows_of_every_table_are_deleted_and_others_stay
    what_was_paid_on_the_first_of_a_long_month_counts_until_its_end
    a_family_of_jobs_is_deleted_when_all_of_it_has_ended
    a_large_family_is_deleted_in_batches
    no_batch_exceeds_its_limit
    thousands_of_jobs_are_deleted_in_short_transactions
}

const YEARS: Duration = Duration::from_hours(24 * 800);

fn new_job(id: JobId, parent: Option<JobId>) -> NewJob {
    NewJob {
        id,
        kind: "test.row".into(),
        pool: "default".into(),
        stage: "first".into(),
        payload: "{}".into(),
        owner: "ada".parse::<OwnerId>().unwrap(),
        subject: "some reel".into(),
        parent,
        priority: 0,
        delay: Duration::ZERO,
        max_attempts: 3,
        idle_ttl: None,
        idempotency_key: None,
        after: Vec::new(),
        limit_key: None,
        need: jobs::Need::default(),
    }
}

async fn enqueue(world: &World, number: u8, parent: Option<&JobId>) -> JobId {
    let store = world.test.store();
    let id = JobId::new(store.now().await.unwrap(), [number; 10]);
    let new = new_job(id.clone(), parent.cloned());
    store.write(async |tx| jobs::enqueue(tx, &new).await).await.unwrap();
    id
}

async fn cancel(world: &World, job: &JobId) {
    let owner: OwnerId = "ada".parse().unwrap();
    world.test.store().write(async |tx| jobs::cancel(tx, &owner, job).await).await.unwrap();
}

async fn retain_all(world: &World) -> retain::Retained {
    let retained = retain::retain(&world.context, RetentionPeriods::default(), || false).await;
    assert!(retained.failed.is_empty(), "{retained:?}");
    retained
}

/// A row in every table that has an end, as old as the database's clock says now.
async fn fill(world: &World, name: &str) {
    let store = world.test.store();
    let now = store.now().await.unwrap().as_millis();
    let key = format!("clip:{name}");
    let value = serde_json::json!({});
    store.write(async |tx| results::store(tx, &key, "clip", &value).await).await.unwrap();
    for statement in [
        format!(
            "INSERT INTO calls (id, key, kind, owner, job, attempt, lease, askable, started_at, deadline_at, finished_at, outcome)
             VALUES ('{name}', 'k', 'voice', 'ada', 'j', 1, 'l', 0, {now}, {now}, {now}, 'succeeded')"
        ),
        format!(
            "INSERT INTO calls (id, key, kind, owner, provider, job, attempt, lease, askable, started_at, deadline_at, outcome)
             VALUES ('{name} unknown', '{name}', 'voice', 'ada', 'voices', 'gone', 1, 'l', 1, {now}, {now}, 'unknown')"
        ),
        format!("INSERT INTO streams (owner, last) VALUES ('{name}', 1)"),
        format!("INSERT INTO event_log (owner, seq, entries, at) VALUES ('{name}', 1, '[]', {now})"),
        format!(
            "INSERT INTO spend (job, lease, attempt, stage, owner, provider, day, reserved, spent, state, at)
             VALUES ('{name}', 'l', 1, 's', 'ada', NULL, '2026-01-01', 0, 5, 'settled', {now})"
        ),
        format!("INSERT INTO workers (name, pools, started_at, seen_at) VALUES ('{name}', '{{}}', {now}, {now})"),
    ] {
        world.run(&statement).await.unwrap();
    }
}

async fn expired_rows_of_every_table_are_deleted_and_others_stay(world: World) {
    fill(&world, "old").await;
    let budget = |scope: &str, name: &str, reserved: u32| {
        format!(
            "INSERT INTO budgets (scope, name, cap, reserved, spent, over)
             VALUES ('{scope}', '{name}', 100, {reserved}, 0, 'wait')"
        )
    };
    world.run(&budget("day", "2000-01-01", 0)).await.unwrap();
    world.run(&budget("day", "*", 0)).await.unwrap();
    world.run(&budget("job", "gone", 0)).await.unwrap();
    world.run(&budget("job", "reserved", 1)).await.unwrap();
    world.run(&budget("owner", "ada", 0)).await.unwrap();
    for (owner, used) in [("", 100), ("slow", 99), ("fast", 101)] {
        let share = format!("INSERT INTO shares (pool, owner, used) VALUES ('default', '{owner}', {used})");
        world.run(&share).await.unwrap();
    }
    world.test.advance(YEARS).await;
    fill(&world, "young").await;
    let retained = retain_all(&world).await;
    for rows in
        ["results", "unknown_calls", "calls", "events", "spend", "workers", "day_budgets", "job_budgets", "shares"]
    {
        assert_eq!(retained.removed.get(rows), Some(&1), "{rows}: {retained:?}");
    }
    for (table, left) in
        [("stage_results", 1), ("calls", 3), ("spend", 1), ("workers", 1), ("budgets", 3), ("shares", 2)]
    {
        assert_eq!(world.count(table).await, left, "{table}");
    }
    assert!(retain_all(&world).await.removed.is_empty(), "a second run finds nothing");
    world.test.advance(YEARS).await;
    assert_eq!(
        retain_all(&world).await.removed.get("calls"),
        Some(&2),
        "the call that was given up, and the young one"
    );
    world.test.end().await;
}

async fn what_was_paid_on_the_first_of_a_long_month_counts_until_its_end(world: World) {
    const DAY: Duration = Duration::from_hours(24);
    let store = world.test.store();
    let long = ["01", "03", "05", "07", "08", "10", "12"];
    let is_long = |day: &str| day.get(5..7).is_some_and(|month| long.contains(&month));
    let mut today = spend::day(store.now().await.unwrap());
    while !(today.ends_with("-01") && is_long(&today)) {
        world.test.advance(DAY).await;
        today = spend::day(store.now().await.unwrap());
    }
    let now = store.now().await.unwrap().as_millis();
    let since_midnight = now.rem_euclid(86_400_000);
    let first = now - since_midnight;
    let paid = format!(
        "INSERT INTO calls (id, key, kind, owner, provider, job, attempt, lease, askable, started_at, deadline_at,
             finished_at, outcome, own_key, cost)
         VALUES ('first', 'k', 'voice', 'ada', 'voices', 'j', 1, 'l', 1, {first}, {first}, {first}, 'succeeded', 1, 7)"
    );
    world.run(&paid).await.unwrap();
    let begun = Duration::from_hours(1) + Duration::from_millis(since_midnight.unsigned_abs());
    let until_last_hour = (31 * DAY).saturating_sub(begun);
    world.test.advance(until_last_hour).await;
    let ada: OwnerId = "ada".parse().unwrap();
    let spent = async || store.read(async |tx| provider_keys::spent(tx, SpendOf::Owner(&ada)).await).await.unwrap();
    retain_all(&world).await;
    let this_month: Vec<MicroUsd> = spent().await.iter().map(|spent| spent.this_month).collect();
    assert_eq!(this_month, [MicroUsd(7)]);
    world.test.advance(2 * DAY).await;
    retain_all(&world).await;
    assert!(spent().await.is_empty(), "it was last month's");
    assert_eq!(world.count("calls").await, 0);
    world.test.end().await;
}

async fn a_family_of_jobs_is_deleted_when_all_of_it_has_ended(world: World) {
    let root = enqueue(&world, 1, None).await;
    let child = enqueue(&world, 2, Some(&root)).await;
    enqueue(&world, 3, Some(&child)).await;
    let alone = enqueue(&world, 4, None).await;
    cancel(&world, &alone).await;
    world.test.advance(YEARS).await;
    retain_all(&world).await;
    assert_eq!(world.count("jobs").await, 3, "the family has not ended");
    cancel(&world, &root).await;
    retain_all(&world).await;
    assert_eq!(world.count("jobs").await, 3, "it has just ended");
    world.test.advance(YEARS).await;
    assert_eq!(retain_all(&world).await.removed.get("jobs"), Some(&3));
    assert_eq!(world.count("jobs").await, 0);
    world.test.end().await;
}

async fn a_large_family_is_deleted_in_batches(world: World) {
    let root = enqueue(&world, 1, None).await;
    for number in 2..60 {
        let child = enqueue(&world, number, Some(&root)).await;
        if number % 10 == 0 {
            enqueue(&world, number + 100, Some(&child)).await;
        }
    }
    cancel(&world, &root).await;
    world.test.advance(YEARS).await;
    let before = world.test.store().now().await.unwrap();
    let mut batches = 0;
    loop {
        let forget = async |tx: &mut Tx| retention::forget_family(tx, root.as_str(), before, 10).await;
        let batch = world.test.store().write(forget).await.unwrap();
        assert!(batch.removed <= 11, "{batch:?}");
        batches += 1;
        if batch.next.is_none() {
            break;
        }
    }
    assert!(batches >= 6, "{batches}");
    assert_eq!(world.count("jobs").await, 0);
    world.test.end().await;
}

async fn no_batch_exceeds_its_limit(world: World) {
    for number in 0..30 {
        fill(&world, &format!("old {number:02}")).await;
    }
    world.test.advance(YEARS).await;
    let store = world.test.store();
    let now = store.now().await.unwrap();
    let removed = [
        store.write(async |tx| retention::forget_results(tx, now, 10).await).await.unwrap(),
        store.write(async |tx| retention::forget_calls(tx, now, 10).await).await.unwrap(),
        store.write(async |tx| retention::forget_events(tx, "", now, 10).await).await.unwrap().removed,
        store.write(async |tx| retention::forget_spend(tx, now, 10).await).await.unwrap(),
        store.write(async |tx| retention::forget_workers(tx, now, 10).await).await.unwrap(),
    ];
    assert_eq!(removed, [10; 5]);
    world.test.end().await;
}

async fn thousands_of_jobs_are_deleted_in_short_transactions(world: World) {
    let live = enqueue(&world, 9, None).await;
    world
        .run(
            "INSERT INTO jobs (id, kind, pool, state, stage, first_stage, payload, owner, subject, priority, sort_key, run_at,
                 attempt, max_attempts, result, created_at, updated_at, finished_at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             SELECT '01900000-0000-7000-8000-' || CAST(100000000000 + i AS TEXT), 'test.row', 'default', 'succeeded', 'first',
                 'first', '{}', 'ada', '', 0, 0, 0, 1, 3, 'null', 0, 0, 0 FROM n",
        )
        .await
        .unwrap();
    world.test.advance(YEARS).await;
    let retained = retain_all(&world).await;
    assert_eq!(retained.removed.get("jobs"), Some(&5000));
    assert_eq!(world.count("jobs").await, 1, "the unfinished one");
    cancel(&world, &live).await;
    world.test.end().await;
}
