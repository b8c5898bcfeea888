//! What an operator sets: limits, weights, pauses.

use sluice_store::controls::{self, Limit};
use sluice_store::jobs::{self, NewJob, Reason};

use crate::{World, ada, omar, on_both_databases, seconds};

on_both_databases!(
    limits_and_weights_are_listed_until_they_say_nothing,
    what_is_paused_is_not_begun_and_what_runs_goes_on,
    a_pause_keeps_when_it_began,
    rates_of_what_is_not_known_are_refused,
);

async fn limits_and_weights_are_listed_until_they_say_nothing(world: &World) {
    let limits = async || world.store.read(async |tx| controls::limits(tx).await).await.unwrap();
    let limit = async |scope: &str, name: &str, most| {
        world.store.write(async |tx| controls::set_limit(tx, scope, name, most).await).await
    };
    let weight = async |owner: &str, weight| {
        world.store.write(async |tx| controls::set_weight(tx, owner, weight).await).await.unwrap();
    };
    limit("owner", "ada", Some(2)).await.unwrap();
    weight("ada", 3).await;
    limit("kind", "*", Some(0)).await.unwrap();
    weight("omar", 1).await;
    let of = |scope: &str, name: &str, concurrency, weight| {
        let (scope, name) = (scope.to_owned(), name.to_owned());
        Limit { scope, name, concurrency, weight }
    };
    assert_eq!(limits().await, [of("kind", "*", Some(0), 1), of("owner", "ada", Some(2), 3)]);
    limit("owner", "ada", None).await.unwrap();
    assert_eq!(limits().await, [of("kind", "*", Some(0), 1), of("owner", "ada", None, 3)]);
    weight("ada", 0).await;
    limit("kind", "*", None).await.unwrap();
    assert_eq!(limits().await, [], "a weight of nothing is one, and one is what each has");
    assert!(limit("planet", "earth", Some(1)).await.is_err());
    assert!(limit("owner", "ada", Some(-1)).await.is_err());
    assert_eq!(limits().await, []);
}

async fn what_is_paused_is_not_begun_and_what_runs_goes_on(world: &World) {
    let need = jobs::Need { provider: Some("loud".to_owned()), ..jobs::Need::default() };
    let new = async || NewJob { need: need.clone(), ..world.new_job().await };
    let before = world.enqueue(new().await).await;
    let runs = world.claim_one().await;
    assert_eq!(runs.lease.job, before);
    let other = world.enqueue(NewJob { owner: omar(), kind: "test.other".to_owned(), ..world.new_job().await }).await;
    for (scope, name) in [("owner", "ada"), ("kind", "test.work"), ("provider", "loud"), ("queue", "default")] {
        let job = world.enqueue(new().await).await;
        world.store.write(async |tx| controls::pause(tx, scope, name, "a repair").await).await.unwrap();
        let claimed = world.claim(9).await;
        if scope == "queue" {
            assert_eq!(claimed, [], "all of the pool is held back");
        }
        assert!(claimed.iter().all(|it| it.lease.job == other), "{scope}: {claimed:?}");
        let why = world.store.read(async |tx| jobs::why(tx, &ada(), &job).await).await.unwrap();
        let (of, which, reason) = (scope.to_owned(), name.to_owned(), "a repair".to_owned());
        assert_eq!(why.reasons[0], Reason::Paused { scope: of, name: which, why: reason });
        assert!(why.eta.is_none(), "nobody knows when");
        let resume = async || world.store.write(async |tx| controls::resume(tx, scope, name).await).await.unwrap();
        assert_eq!((resume().await, resume().await), (true, false));
        assert!(world.claimed_ids(9).await.contains(&job), "{scope}");
    }
    world.succeed(&runs).await;
    let refused = world.store.write(async |tx| controls::pause(tx, "planet", "earth", "").await).await;
    assert!(refused.is_err());
}

async fn a_pause_keeps_when_it_began(world: &World) {
    let pause = async |why: &str| {
        world.store.write(async |tx| controls::pause(tx, "kind", "test.work", why).await).await.unwrap();
    };
    pause("a repair").await;
    let pauses = async || world.store.read(async |tx| controls::pauses(tx).await).await.unwrap();
    let first = pauses().await;
    world.advance(seconds(60)).await;
    pause("it takes longer").await;
    let second = pauses().await;
    assert_eq!(second.len(), 1);
    assert_eq!((second[0].since, &*second[0].reason), (first[0].since, "it takes longer"));
}

async fn rates_of_what_is_not_known_are_refused(world: &World) {
    use sluice_store::controls::{Rate, Unit};
    let hour = std::time::Duration::from_hours(1);
    let rate = |amount, burst| Some(Rate { amount, per: hour, burst });
    for (scope, rate) in
        [("queue", rate(1, 1)), ("owner", rate(0, 1)), ("owner", rate(1, 0)), ("kind", rate(1, u64::MAX))]
    {
        let set = world.store.write(async |tx| controls::set_rate(tx, scope, "x", Unit::Tokens, rate).await).await;
        assert_eq!(set.unwrap_err().code(), "bad_rate", "{scope} {rate:?}");
    }
    assert_eq!(world.store.read(async |tx| controls::rates(tx).await).await.unwrap(), []);
    let units: Vec<_> = Unit::ALL.into_iter().filter_map(|unit| Unit::parse(unit.as_str())).collect();
    assert_eq!((units, Unit::parse("pages")), (Unit::ALL.to_vec(), None));
}
