//! Calls whose price is not known: counted, capped by the day, and never taken for free.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::{Plans, UNPRICED_CALLS};
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{self, NewCall, OfSubject, Outcome, Paid, Started};
use sluice_store::jobs::spend::Over;
use sluice_store::jobs::{Claimed, Need, NewJob};
use sluice_store::{events, limits};

use crate::calls::{end, new_call, start};
use crate::{World, ada, omar, on_both_databases};

on_both_databases!(
    so_many_calls_of_unknown_price_are_made_on_a_day,
    many_at_once_make_exactly_as_many_as_there_may_be,
    without_a_plan_there_is_a_cap,
    a_cost_that_is_not_known_is_not_nothing,
    a_subject_costs_what_the_calls_of_all_its_jobs_have_cost,
);

const DAY: Duration = Duration::from_hours(24);

async fn set(world: &World, cap: serde_json::Value) {
    let plans: Plans =
        serde_json::from_value(json!({ "visitor": { "user": { "unpriced_calls_per_day": cap } } })).unwrap();
    world.store.write(async |tx| limits::set_plans(tx, &plans).await).await.unwrap();
}

fn unpriced(world: &World, owner: OwnerId) -> NewCall {
    NewCall { owner, is_unpriced: true, ..new_call(world, &world.name(), Some("studio")) }
}

async fn used(world: &World) -> u64 {
    world.store.read(async |tx| limits::unpriced_calls(tx, &ada()).await).await.unwrap()
}

async fn end_unknown(world: &World, call: &NewCall, outcome: Outcome) {
    world.store.write(async |tx| calls::end(tx, &call.id, outcome, None, None).await).await.unwrap();
}

async fn so_many_calls_of_unknown_price_are_made_on_a_day(world: &World) {
    set(world, json!({ "hard": 3, "soft": 2 })).await;
    world.add().await;
    let claimed = world.claim_one().await;
    let first = unpriced(world, ada());
    assert_eq!(start(world, &claimed, &first).await, Started::Yes);
    end_unknown(world, &first, Outcome::Succeeded).await;
    // One that failed cost nothing, and of another the provider says what it cost: both are no longer of unknown cost.
    for (outcome, cost) in [(Outcome::Failed, 0), (Outcome::Succeeded, 5)] {
        let call = unpriced(world, ada());
        assert_eq!(start(world, &claimed, &call).await, Started::Yes);
        end(world, &call, outcome, cost).await;
    }
    assert_eq!(used(world).await, 1);
    for _ in 0..2 {
        assert_eq!(start(world, &claimed, &unpriced(world, ada())).await, Started::Yes);
    }
    let refused = unpriced(world, ada());
    let Started::TooManyUnpriced { hard, until } = start(world, &claimed, &refused).await else { panic!("a fourth") };
    let left = until.since(world.now().await);
    assert!(hard == 3 && left > Duration::ZERO && left <= DAY, "{hard}, {left:?}");
    assert_eq!(used(world).await, 3, "what is refused leaves no call behind");
    let open = world.store.read(async |tx| calls::open_of_key(tx, &refused.key).await).await.unwrap();
    assert_eq!(open, None);
    let priced = new_call(world, &world.name(), Some("studio"));
    assert_eq!(start(world, &claimed, &priced).await, Started::Yes, "money caps that one");
    assert_eq!(start(world, &claimed, &unpriced(world, omar())).await, Started::Yes, "another one has their own");
    let warned = world.store.read(async |tx| events::after(tx, &ada(), 0, 100).await).await.unwrap();
    let warned: Vec<_> = warned.iter().filter(|event| event.kind == "limit.near").collect();
    assert_eq!((warned.len(), &warned[0].data["limit"]), (1, &json!("unpriced_calls")));
    set(world, json!({ "hard": 4 })).await;
    assert_eq!(start(world, &claimed, &unpriced(world, ada())).await, Started::Yes, "more are allowed at once");
    world.advance(DAY).await;
    assert_eq!(used(world).await, 0);
    assert_eq!(start(world, &claimed, &unpriced(world, ada())).await, Started::Yes, "it is another day");
    let of_job = async |owner: OwnerId| {
        world.store.read(async |tx| calls::unpriced(tx, &owner, &claimed.lease.job).await).await.unwrap()
    };
    assert_eq!(of_job(ada()).await, [("voice".to_owned(), 1)].into(), "those that have ended");
    assert!(of_job(omar()).await.is_empty());
}

async fn many_at_once_make_exactly_as_many_as_there_may_be(world: &World) {
    set(world, json!({ "hard": 5 })).await;
    world.add_of(ada(), 12).await;
    let processes = [world.clone(), world.another_process().await, world.another_process().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (n, claimed) in world.claim(12).await.into_iter().enumerate() {
        let world = processes[n % 3].clone();
        tasks.spawn(async move {
            let call = unpriced(&world, ada());
            start(&world, &claimed, &call).await == Started::Yes
        });
    }
    let begun = tasks.join_all().await.into_iter().filter(|begun| *begun).count();
    assert_eq!((begun, used(world).await), (5, 5));
}

async fn without_a_plan_there_is_a_cap(world: &World) {
    world.add().await;
    let claimed = world.claim_one().await;
    for _ in 0..UNPRICED_CALLS.hard {
        assert_eq!(start(world, &claimed, &unpriced(world, ada())).await, Started::Yes);
    }
    assert!(matches!(start(world, &claimed, &unpriced(world, ada())).await, Started::TooManyUnpriced { .. }));
}

async fn a_cost_that_is_not_known_is_not_nothing(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let reserve = async || -> Claimed {
        let need = Need { cost: MicroUsd(40), provider: Some("studio".to_owned()), ..Need::default() };
        world.enqueue(NewJob { need, ..world.new_job().await }).await;
        world.claim_one().await
    };
    let spent = async || world.budgets().await.iter().find(|budget| budget.scope == "owner").unwrap().spent;
    let claimed = reserve().await;
    let call = unpriced(world, ada());
    start(world, &claimed, &call).await;
    end_unknown(world, &call, Outcome::Succeeded).await;
    world.succeed(&claimed).await;
    assert_eq!(spent().await, MicroUsd(40), "all that was reserved for it");
    let costs = world.store.read(async |tx| calls::costs(tx, &ada(), &claimed.lease.job).await).await.unwrap();
    assert!(costs.is_empty(), "{costs:?}");
    // What an engine of this program does has no cost, and is not unknown.
    let claimed = reserve().await;
    let call = new_call(world, &world.name(), None);
    start(world, &claimed, &call).await;
    end_unknown(world, &call, Outcome::Succeeded).await;
    world.succeed(&claimed).await;
    assert_eq!(spent().await, MicroUsd(40));
    let unknown = world.store.read(async |tx| calls::unpriced(tx, &ada(), &claimed.lease.job).await).await.unwrap();
    assert!(unknown.is_empty());
}

async fn a_subject_costs_what_the_calls_of_all_its_jobs_have_cost(world: &World) {
    let of = async |owner: OwnerId| {
        world.store.read(async |tx| calls::of_subjects(tx, &owner, &["card 1", "card 2"]).await).await.unwrap()
    };
    assert!(of(ada()).await.is_empty());
    let claim = async |subject: &str| {
        world.enqueue(NewJob { subject: subject.to_owned(), ..world.new_job().await }).await;
        world.claim_one().await
    };
    for (cost, own_key) in [(7, false), (5, true)] {
        let claimed = claim("card 1").await;
        let call = NewCall { own_key, ..new_call(world, &world.name(), Some("studio")) };
        start(world, &claimed, &call).await;
        end(world, &call, Outcome::Succeeded, cost).await;
        world.succeed(&claimed).await;
    }
    let claimed = claim("card 1").await;
    let unknown = unpriced(world, ada());
    start(world, &claimed, &unknown).await;
    end_unknown(world, &unknown, Outcome::Succeeded).await;
    // Neither is what an engine of this program did, nor what is not over, nor another subject's.
    let (engine, open) = (new_call(world, &world.name(), None), new_call(world, &world.name(), Some("studio")));
    start(world, &claimed, &engine).await;
    end_unknown(world, &engine, Outcome::Succeeded).await;
    start(world, &claimed, &open).await;
    let other = claim("card 3").await;
    let call = new_call(world, &world.name(), Some("studio"));
    start(world, &other, &call).await;
    end(world, &call, Outcome::Succeeded, 100).await;

    let paid = |own_key, known, unpriced| Paid { kind: "voice".to_owned(), own_key, known: MicroUsd(known), unpriced };
    let card = OfSubject { jobs: 3, paid: vec![paid(false, 7, 1), paid(true, 5, 0)] };
    assert_eq!(of(ada()).await, [("card 1".to_owned(), card)].into());
    assert!(of(omar()).await.is_empty());
    // Its answer is lost, and it may have been paid.
    world.store.write(async |tx| calls::mark_unknown(tx, &open.id).await).await.unwrap();
    assert_eq!(of(ada()).await["card 1"].paid[0], paid(false, 7, 2));
    end(world, &open, Outcome::Succeeded, 1).await;
    assert_eq!(of(ada()).await["card 1"].paid[0], paid(false, 8, 1));
}
