//! Contract 1, idempotency, and what is refused or left alone at the door.

use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_engine::{EnqueueOptions, JobError};
use sluice_store::jobs::{self, NewJob};
use sluice_store::{PAYLOAD_LIMIT, StoreError, events};

use crate::support::{Play, World, local, of};

#[tokio::test]
async fn an_enqueue_that_is_rolled_back_leaves_nothing() {
    let world = World::new([]).await;
    let play = Play { name: "a".into() };
    let outcome: Result<(), JobError> = world
        .test
        .store()
        .write(async |tx| {
            let job = world.engine.enqueue(tx, &play, local()).await?;
            assert!(jobs::operator::find(tx, &job).await?.is_some(), "inside, the job is there");
            Err(JobError::fail("changed_my_mind", "the caller's own write failed"))
        })
        .await;
    assert_eq!(outcome.unwrap_err().code, "changed_my_mind");
    let (left, told) = world
        .test
        .store()
        .read(async |tx| {
            Ok::<_, StoreError>((jobs::operator::unfinished(tx).await?, events::last(tx, &OwnerId::local()).await?))
        })
        .await
        .unwrap();
    assert!(left.is_empty());
    assert_eq!(told, 0, "no event tells of what did not happen");
    assert_eq!(world.run().await, 0);
    world.test.end().await;
}

#[tokio::test]
async fn an_enqueue_is_seen_by_nobody_before_its_commit_and_by_all_after_it() {
    let world = World::new([]).await;
    let other = world.test.open_again().await;
    let play = Play { name: "a".into() };
    let job = world
        .test
        .store()
        .write(async |tx| {
            let job = world.engine.enqueue(tx, &play, local()).await?;
            let outside = other.read(async |tx| jobs::operator::find(tx, &job).await).await?;
            assert!(outside.is_none(), "not committed, not seen");
            Ok::<_, StoreError>(job)
        })
        .await
        .unwrap();
    assert!(other.read(async |tx| jobs::operator::find(tx, &job).await).await.unwrap().is_some());
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn the_same_key_gives_the_same_job_in_its_present_state_and_refuses_other_data() {
    let world = World::new([]).await;
    let options = || EnqueueOptions { idempotency_key: Some("key".into()), ..local() };
    let job = world.enqueue_with("a", options()).await;
    assert_eq!(world.enqueue_with("a", options()).await, job);
    assert_eq!(world.run().await, 1, "it is one job");
    assert_eq!(world.enqueue_with("a", options()).await, job);
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    assert_eq!(world.run().await, 0, "a finished job is not run again");

    let other = Play { name: "b".into() };
    let refused = world.test.store().write(async |tx| world.engine.enqueue(tx, &other, options()).await).await;
    assert!(matches!(refused, Err(StoreError::IdempotencyConflict { .. })));
    let someone = EnqueueOptions { owner: of("someone-else").owner, ..options() };
    assert_ne!(world.enqueue_with("b", someone).await, job, "keys of other owners are other keys");
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn a_job_is_not_claimed_before_its_time() {
    let world = World::new([]).await;
    let options = EnqueueOptions { delay: Duration::from_mins(1), ..local() };
    let job = world.enqueue_with("a", options).await;
    assert_eq!(world.run().await, 0);
    world.advance(59).await;
    assert_eq!(world.run().await, 0);
    world.advance(1).await;
    assert_eq!(world.run().await, 1);
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn lower_priority_numbers_go_first() {
    let world = World::new([]).await;
    for (name, priority) in [("last", 5), ("second", 0), ("first", -1)] {
        world.enqueue_with(name, EnqueueOptions { priority, ..local() }).await;
    }
    world.run().await;
    let names: Vec<_> = world.stage.seen().into_iter().map(|seen| seen.name).collect();
    assert_eq!(names, ["first", "second", "last"]);
    world.test.end().await;
}

#[tokio::test]
async fn a_payload_that_is_too_large_is_refused_with_a_pointer_to_blobs() {
    let world = World::new([]).await;
    let play = Play { name: "x".repeat(PAYLOAD_LIMIT) };
    let refused = world.test.store().write(async |tx| world.engine.enqueue(tx, &play, local()).await).await;
    let error = refused.unwrap_err();
    assert_eq!(error.code(), "payload_too_large");
    assert!(error.to_string().contains("blob"));
    world.test.end().await;
}

/// A job as another version of the program might have stored it.
async fn enqueue_raw(world: &World, kind: &str, stage: &str, payload: &str) -> JobId {
    world
        .test
        .store()
        .write(async |tx| {
            let new = NewJob {
                id: JobId::new(tx.now().await?, world.engine.randomness().id_bytes()),
                kind: kind.into(),
                pool: "default".into(),
                stage: stage.into(),
                payload: payload.into(),
                owner: OwnerId::local(),
                subject: String::new(),
                parent: None,
                priority: 0,
                delay: Duration::ZERO,
                max_attempts: 3,
                idle_ttl: None,
                idempotency_key: None,
                after: Vec::new(),
                limit_key: None,
                need: sluice_store::jobs::Need::default(),
            };
            jobs::enqueue(tx, &new).await
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn stored_data_that_no_longer_parses_goes_to_the_dead_letter_queue_with_the_parse_error() {
    let world = World::new([]).await;
    let data = enqueue_raw(&world, "test.play", "first", r#"{"title":"a"}"#).await;
    let stage = enqueue_raw(&world, "test.play", "zeroth", r#"{"name":"a"}"#).await;
    world.run().await;
    for (job, code, word) in [(data, "poison_payload", "name"), (stage, "unknown_stage", "zeroth")] {
        let view = world.view(&job).await;
        assert_eq!(view.job.state, JobState::Dead);
        let error = view.job.error.unwrap();
        assert_eq!(error.code, code);
        assert!(error.message.contains(word), "{}", error.message);
    }
    world.test.end().await;
}

#[tokio::test]
async fn an_unknown_kind_stays_ready_for_a_worker_that_knows_it() {
    let world = World::new([]).await;
    let job = enqueue_raw(&world, "of.the.future", "first", "{}").await;
    assert_eq!(world.run().await, 0);
    assert_eq!(world.state(&job).await, JobState::Ready);
    world.cancel(&job).await;
    world.test.end().await;
}
