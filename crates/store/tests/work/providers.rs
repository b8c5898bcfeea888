//! A provider's health drives who is claimed.

use std::time::Duration;

use sluice_store::jobs::{self, Need, NewJob, Reason};
use sluice_store::providers::{self, Circuit, Health, Quota};

use crate::{World, ada, on_both_databases, seconds};

on_both_databases!(
    failures_in_a_row_open_the_circuit_and_one_call_tries_it_again,
    a_provider_that_says_when_is_left_alone_for_as_long,
    the_number_of_calls_at_once_halves_on_trouble_and_grows_back,
    a_quota_is_not_passed_and_ends,
    one_provider_that_is_ill_holds_up_no_other,
);

async fn health(world: &World) -> Option<Health> {
    world.store.read(async |tx| providers::health(tx, "loud").await).await.unwrap()
}

async fn failed(world: &World, retry_after: Option<Duration>) -> Duration {
    world.store.write(async |tx| providers::failed(tx, "loud", retry_after, "it rains").await).await.unwrap()
}

async fn succeeded(world: &World) {
    world.store.write(async |tx| providers::succeeded(tx, "loud").await).await.unwrap();
}

async fn quota(world: &World, left: u32, resets_in: Duration) {
    let quota = Quota { left, resets_in };
    world.store.write(async |tx| providers::note_quota(tx, "loud", quota).await).await.unwrap();
}

async fn add(world: &World, provider: &str, count: usize) {
    let now = world.now().await;
    let need = Need { provider: Some(provider.to_owned()), ..Need::default() };
    let new: Vec<_> = (0..count).map(|_| NewJob { need: need.clone(), ..world.new_job_at(now) }).collect();
    world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
}

async fn failures_in_a_row_open_the_circuit_and_one_call_tries_it_again(world: &World) {
    assert_eq!(health(world).await, None);
    succeeded(world).await;
    assert_eq!(health(world).await, None, "one of which nothing bad is known needs no row");
    add(world, "loud", 9).await;
    for _ in 0..4 {
        assert_eq!(failed(world, None).await, Duration::ZERO);
    }
    assert_eq!(health(world).await.unwrap().circuit, Circuit::Closed);
    assert_eq!(failed(world, None).await, seconds(5));
    let ill = health(world).await.unwrap();
    assert_eq!((ill.circuit, ill.failures, &*ill.reason), (Circuit::Open, 5, "it rains"));
    assert_eq!(world.claim(9).await.len(), 0);
    world.advance(seconds(5)).await;
    let tries = world.claim(9).await;
    assert_eq!((tries.len(), world.claim(9).await.len()), (1, 0), "one call tries");
    assert_eq!(failed(world, None).await, seconds(10), "twice as long each time");
    world.succeed(&tries[0]).await;
    assert_eq!(world.claim(9).await.len(), 0);
    for _ in 0..12 {
        failed(world, None).await;
    }
    assert_eq!(failed(world, None).await, Duration::from_mins(5), "and at most so long");
    succeeded(world).await;
    let well = health(world).await.unwrap();
    assert_eq!((well.circuit, well.failures, well.until, &*well.reason), (Circuit::Closed, 0, None, ""));
    assert_eq!(world.claim(9).await.len(), 8);
}

async fn a_provider_that_says_when_is_left_alone_for_as_long(world: &World) {
    add(world, "loud", 1).await;
    assert_eq!(failed(world, Some(seconds(100))).await, seconds(100));
    assert_eq!(failed(world, Some(seconds(20))).await, seconds(20));
    let until = health(world).await.unwrap().until.unwrap();
    world.advance(seconds(98)).await;
    assert_eq!(world.claim(1).await.len(), 0, "several fail at once: the longest rest counts");
    let job = world.store.read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap().remove(0);
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &job.id).await).await.unwrap();
    let (name, reason) = ("loud".to_owned(), "it rains".to_owned());
    assert!(why.reasons.contains(&Reason::Provider { name, why: reason, until: Some(until) }), "{why:?}");
    world.advance(seconds(2)).await;
    assert_eq!(world.claim(1).await.len(), 1);
}

async fn the_number_of_calls_at_once_halves_on_trouble_and_grows_back(world: &World) {
    add(world, "loud", 60).await;
    failed(world, None).await;
    assert_eq!(health(world).await.unwrap().window, 16_000);
    failed(world, None).await;
    failed(world, None).await;
    let claimed = world.claim(60).await;
    assert_eq!(claimed.len(), 4, "32, halved three times");
    for claimed in &claimed {
        succeeded(world).await;
        world.succeed(claimed).await;
    }
    let window = health(world).await.unwrap().window;
    assert!((4_900..=5_000).contains(&window), "one more for a round of successes: {window}");
    for _ in 0..20 {
        failed(world, None).await;
    }
    assert_eq!(health(world).await.unwrap().window, 1_000, "never less than one");
}

async fn a_quota_is_not_passed_and_ends(world: &World) {
    add(world, "loud", 40).await;
    quota(world, 7, seconds(60)).await;
    quota(world, 3, seconds(60)).await;
    quota(world, 5, seconds(60)).await;
    assert_eq!(health(world).await.unwrap().quota.unwrap().0, 3, "answers come in any order: the least counts");
    let claimed = world.claim(40).await;
    assert_eq!(claimed.len(), 3);
    for claimed in &claimed {
        world.succeed(claimed).await;
    }
    quota(world, 0, seconds(60)).await;
    assert_eq!(world.claim(40).await.len(), 0);
    quota(world, 10, seconds(120)).await;
    assert_eq!(world.claim(40).await.len(), 10, "another window");
    quota(world, 0, Duration::from_hours(999)).await;
    let next = world.store.read(async |tx| jobs::next_due(tx).await).await.unwrap();
    assert!(next.is_some());
    world.advance(Duration::from_hours(24)).await;
    world.maintain().await;
    assert_eq!(world.claim(40).await.len(), 37, "it is believed for a day at most");
}

async fn one_provider_that_is_ill_holds_up_no_other(world: &World) {
    add(world, "loud", 30).await;
    add(world, "quiet", 3).await;
    world.add().await;
    failed(world, Some(seconds(60))).await;
    let claimed = world.claim(9).await;
    let providers: Vec<_> = claimed.iter().map(|job| job.need.provider.as_deref()).collect();
    assert_eq!(providers, [Some("quiet"), Some("quiet"), Some("quiet"), None]);
    let all = world.store.read(async |tx| providers::all(tx).await).await.unwrap();
    assert_eq!(all.into_iter().map(|health| health.name).collect::<Vec<_>>(), ["loud"]);
}
