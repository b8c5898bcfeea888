//! Jobs come into being: once per key, all of them or nothing, and refused when they could not be stored.

use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_store::jobs::{self, NewJob};
use sluice_store::{PAYLOAD_LIMIT, StoreError, events, storable};

use crate::world::KINDS;
use crate::{World, ada, omar, on_both_databases, seconds};

on_both_databases!(
    a_job_is_stored_as_it_was_made,
    what_is_made_in_a_unit_of_work_that_fails_is_not_there,
    a_key_is_used_once_for_each_owner_and_kind,
    a_key_that_many_use_at_once_makes_one_job,
    of_many_jobs_each_that_cannot_be_made_is_refused_by_itself,
    names_are_bounded_and_refused_before_anything_is_written,
    every_change_of_a_job_is_in_its_owners_log_and_in_no_other,
);

async fn a_job_is_stored_as_it_was_made(world: &World) {
    let new = NewJob {
        payload: r#"{"text":"مدّ وجزر"}"#.to_owned(),
        subject: "reel 7".to_owned(),
        priority: -2,
        delay: seconds(30),
        idle_ttl: Some(seconds(600)),
        limit_key: Some("scene".to_owned()),
        ..world.new_job().await
    };
    let job = world.enqueue(new.clone()).await;
    let row = world.row(&job).await;
    assert_eq!((&row.id, &row.owner, &*row.kind, &*row.pool), (&new.id, &ada(), "test.work", "default"));
    assert_eq!((row.state, &*row.stage, &row.payload), (JobState::Scheduled, "first", &new.payload));
    assert_eq!((&*row.subject, row.priority, row.limit_key.as_deref()), ("reel 7", -2, Some("scene")));
    assert_eq!(row.run_at.since(row.created_at), seconds(30));
    assert_eq!(row.expires_at.unwrap().since(row.run_at), seconds(600), "it lives on from when it may run");
    assert_eq!((row.attempt, row.max_attempts, row.lease, row.started_at), (0, 3, None, None));
}

async fn what_is_made_in_a_unit_of_work_that_fails_is_not_there(world: &World) {
    let new = world.new_job().await;
    let failed: Result<(), StoreError> = world
        .store
        .write(async |tx| {
            jobs::enqueue(tx, &new).await?;
            assert!(jobs::operator::find(tx, &new.id).await?.is_some(), "it is there for this unit of work");
            Err(StoreError::ReadOnly)
        })
        .await;
    assert_eq!(failed.unwrap_err().code(), "read_only");
    let found = world.store.read(async |tx| jobs::operator::find(tx, &new.id).await).await.unwrap();
    assert_eq!(found, None);
    assert_eq!(world.claim(9).await, []);
}

async fn a_key_is_used_once_for_each_owner_and_kind(world: &World) {
    let keyed = async || NewJob { idempotency_key: Some("key".to_owned()), ..world.new_job().await };
    let first = world.enqueue(keyed().await).await;
    assert_eq!(world.enqueue(keyed().await).await, first, "the same again is the same job");
    let other_data = NewJob { payload: "[]".to_owned(), ..keyed().await };
    assert_eq!(world.try_enqueue(&other_data).await.unwrap_err().code(), "idempotency_conflict");
    let of_omar = world.enqueue(NewJob { owner: omar(), ..keyed().await }).await;
    let other_kind = world.enqueue(NewJob { kind: "test.other".to_owned(), ..keyed().await }).await;
    let mut all = [&first, &of_omar, &other_kind];
    all.sort();
    assert!(all.windows(2).all(|two| two[0] != two[1]), "three jobs: {all:?}");
    for claimed in world.claim(9).await {
        world.succeed(&claimed).await;
    }
    assert_eq!(world.enqueue(keyed().await).await, first, "also when it has ended");
    assert_eq!(world.state(&first).await, JobState::Succeeded);
}

async fn a_key_that_many_use_at_once_makes_one_job(world: &World) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..8 {
        let world = if n % 2 == 0 { world.clone() } else { world.another_process().await };
        tasks.spawn(async move {
            let new = NewJob { idempotency_key: Some("key".to_owned()), ..world.new_job().await };
            world.try_enqueue(&new).await.unwrap()
        });
    }
    let mut made = tasks.join_all().await;
    made.dedup();
    assert_eq!(made.len(), 1, "all got the same");
    assert_eq!(world.claimed_ids(9).await, made);
}

async fn of_many_jobs_each_that_cannot_be_made_is_refused_by_itself(world: &World) {
    let now = world.now().await;
    let plain = || world.new_job_at(now);
    let keyed =
        |payload: &str| NewJob { idempotency_key: Some("key".to_owned()), payload: payload.to_owned(), ..plain() };
    let missing = world.job_id(now);
    let new = [
        plain(),
        NewJob { payload: "x".repeat(PAYLOAD_LIMIT + 1), ..plain() },
        keyed("1"),
        keyed("2"),
        NewJob { parent: Some(missing.clone()), ..plain() },
        NewJob { after: vec![missing], ..plain() },
        NewJob { stage: "s".repeat(storable::NAME_LIMIT + 1), ..plain() },
        keyed("1"),
        plain(),
    ];
    let made = world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
    let codes: Vec<_> = made.iter().map(|made| made.as_ref().map_or_else(StoreError::code, |_| "made")).collect();
    let refused = ["payload_too_large", "idempotency_conflict", "no_such_job", "no_such_dependency", "not_storable"];
    let [large, conflict, parent, dependency, name] = refused;
    assert_eq!(codes, ["made", large, "made", conflict, parent, dependency, name, "made", "made"]);
    let mut there: Vec<JobId> = made.into_iter().flatten().collect();
    there.sort();
    there.dedup();
    assert_eq!(there, [&new[0], &new[2], &new[8]].map(|job| job.id.clone()), "a key that is used again is one job");
    let mut claimed = world.claimed_ids(20).await;
    claimed.sort();
    assert_eq!(claimed, there, "and nothing of the others is left");
}

async fn names_are_bounded_and_refused_before_anything_is_written(world: &World) {
    let long = || "n".repeat(storable::NAME_LIMIT + 1);
    let now = world.now().await;
    for bad in [
        NewJob { subject: long(), ..world.new_job_at(now) },
        NewJob { idempotency_key: Some(long()), ..world.new_job_at(now) },
        NewJob { limit_key: Some(long()), ..world.new_job_at(now) },
        NewJob { need: jobs::Need { provider: Some(long()), ..jobs::Need::default() }, ..world.new_job_at(now) },
    ] {
        assert_eq!(jobs::check(&bad).unwrap_err().code(), "not_storable");
        assert_eq!(world.try_enqueue(&bad).await.unwrap_err().code(), "not_storable");
    }
    let longest = NewJob {
        subject: "n".repeat(storable::NAME_LIMIT),
        idempotency_key: Some("ü".repeat(storable::NAME_LIMIT / 2)),
        limit_key: Some("k".repeat(storable::NAME_LIMIT)),
        payload: "x".repeat(PAYLOAD_LIMIT),
        ..world.new_job_at(now)
    };
    let job = world.enqueue(longest.clone()).await;
    assert_eq!(world.row(&job).await.subject, longest.subject);
    let nul = NewJob { subject: "a\0b".to_owned(), ..world.new_job_at(now) };
    let job = world.enqueue(nul).await;
    assert_eq!(world.row(&job).await.subject, "a\u{fffd}b", "what PostgreSQL cannot store is replaced on both");
}

async fn every_change_of_a_job_is_in_its_owners_log_and_in_no_other(world: &World) {
    let job = world.add().await;
    let claimed = world.store.write(async |tx| world.claim_in(tx, 1, KINDS).await).await.unwrap().jobs;
    world.succeed(&claimed[0]).await;
    let told = async |owner| {
        let log = world.store.read(async |tx| events::after(tx, &owner, 0, 100).await).await.unwrap();
        log.into_iter().map(|event| (event.kind, event.subject)).collect::<Vec<_>>()
    };
    assert_eq!(told(ada()).await, vec![("job.changed".to_owned(), job.to_string()); 3]);
    assert_eq!(told(omar()).await, []);
}
