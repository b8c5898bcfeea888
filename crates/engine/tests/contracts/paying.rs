//! Money and providers: spend reserved with the claim, calls that are never paid twice, health that drives scheduling.

// Named, because `contracts_postgres.rs` includes this file by its path too.
#[path = "paying/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Engine, Progress, Quota, Randomness, Reason};
use sluice_store::calls;
use sluice_store::faults::Fault;
use sluice_store::jobs::spend::Over;
use sluice_store::providers;

use self::world::{Act, Look, PRICE, Speak, World};
use crate::support::local;

#[tokio::test]
async fn what_a_call_costs_is_reserved_before_and_settled_after() {
    let world = World::new(&[]).await;
    world.budget("owner", "local", 5_000, Over::Wait).await;
    let job = world.enqueue("a", 3_000).await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    assert_eq!(world.figures("owner", "local").await, (0, PRICE.0), "what it cost, and not what was reserved");
    assert_eq!(world.test.store().counts().settled, PRICE);
    assert_eq!(world.requests(), [("loud", "ok", 1)]);
    world.end().await;
}

#[tokio::test]
async fn what_the_calls_of_a_job_cost_is_part_of_its_progress() {
    let world = World::new(&[Act::Busy(1), Act::Answers]).await;
    let job = world.enqueue("a", 3_000).await;
    let progress = async || world.engine.progress(&OwnerId::local(), &job).await.unwrap().unwrap();
    assert_eq!(progress().await.costs, BTreeMap::new(), "nobody was asked yet");
    world.run().await;
    assert_eq!(progress().await.spent(), MicroUsd(0), "who was busy is paid nothing");
    world.test.advance(Duration::from_mins(1)).await;
    world.run().await;
    let after = progress().await;
    assert_eq!(after.costs, BTreeMap::from([("speech".to_owned(), PRICE)]));
    let store = world.test.store();
    let foreign = store.read(async |tx| calls::costs(tx, &"omar".parse().unwrap(), &job).await).await.unwrap();
    assert_eq!(foreign, BTreeMap::new());
    let whole = Progress { children: vec![after.clone(), after.clone()], ..after };
    assert_eq!(whole.spent(), MicroUsd(3 * PRICE.0), "its own and its child jobs'");
    world.end().await;
}

#[tokio::test]
async fn over_the_cap_a_job_waits_until_there_is_money() {
    let world = World::new(&[]).await;
    world.budget("day", "*", 4_000, Over::Wait).await;
    let first = world.enqueue("a", 3_500).await;
    world.run().await;
    assert_eq!(world.state(&first).await, JobState::Succeeded);
    let second = world.enqueue("b", 3_500).await;
    world.run().await;
    assert_eq!(world.state(&second).await, JobState::Scheduled);
    let why = world.engine.why(&OwnerId::local(), &second).await.unwrap().reasons;
    let poor = |it: &Reason| matches!(it, Reason::Budget { scope, left: MicroUsd(3_000), .. } if scope == "day");
    assert!(why.iter().any(poor), "{why:?}");
    world.test.advance(Duration::from_hours(24)).await;
    world.run().await;
    assert_eq!(world.state(&second).await, JobState::Succeeded, "the next day has its own money");
    world.end().await;
}

#[tokio::test]
async fn over_the_cap_a_job_fails_where_its_owner_chose_so() {
    let world = World::new(&[]).await;
    world.budget("owner", "*", 2_000, Over::Fail).await;
    let job = world.enqueue("a", 3_000).await;
    world.run().await;
    let row = world.engine.job(&OwnerId::local(), &job).await.unwrap().unwrap().job;
    assert_eq!((row.state, row.error.unwrap().code.as_str()), (JobState::Dead, "over_budget"));
    assert_eq!(world.provider.asked(), 0, "nothing was asked");
    assert_eq!(world.figures("owner", "local").await, (0, 0));
    world.end().await;
}

#[tokio::test]
async fn racing_claims_never_overspend_and_refuse_nothing_that_fits() {
    let world = World::new(&[]).await;
    world.budget("owner", "local", 50 * PRICE.0, Over::Fail).await;
    let texts: Vec<_> = (0..80).map(|n| Speak { text: format!("t{n}"), cost: PRICE.0 }).collect();
    world.engine.submit_many(&texts, &local()).await.unwrap();
    let engines = three_more(&world).await;
    let runs = engines.iter().map(Engine::run_until_idle);
    for done in futures::future::join_all(runs).await {
        done.unwrap();
    }
    assert_eq!(world.figures("owner", "local").await, (0, 50 * PRICE.0));
    assert_eq!(world.provider.done(), 50, "what fitted was done, and nothing more");
    world.end().await;
}

async fn three_more(world: &World) -> Vec<Engine> {
    let mut engines = Vec::new();
    for seed in 0..3 {
        let store = world.test.open_again().await;
        let builder = Engine::builder(store).register::<Speak>(world.provider.clone());
        engines.push(builder.randomness(Randomness::seeded(seed)).build());
    }
    engines
}

#[tokio::test]
async fn a_provider_that_says_when_is_left_alone_until_then_and_no_attempt_is_spent() {
    let world = World::new(&[Act::Busy(60)]).await;
    let first = world.enqueue("a", 0).await;
    world.run().await;
    assert_eq!(world.provider.asked(), 1);
    let row = world.engine.job(&OwnerId::local(), &first).await.unwrap().unwrap().job;
    assert_eq!((row.state, row.attempt), (JobState::Scheduled, 0));
    let second = world.enqueue("b", 0).await;
    world.run().await;
    assert_eq!(world.state(&second).await, JobState::Ready, "the others are not tried in vain");
    let why = world.engine.why(&OwnerId::local(), &second).await.unwrap().reasons;
    assert!(why.iter().any(|it| matches!(it, Reason::Provider { name, .. } if name == "loud")), "{why:?}");
    world.test.advance(Duration::from_secs(61)).await;
    world.run().await;
    assert_eq!((world.state(&first).await, world.state(&second).await), (JobState::Succeeded, JobState::Succeeded));
    let health = world.test.store().read(async |tx| providers::health(tx, "loud").await).await.unwrap().unwrap();
    assert_eq!(health.circuit.as_str(), "closed");
    world.end().await;
}

#[tokio::test]
async fn failures_in_a_row_open_the_circuit_and_one_call_tries_it_again() {
    let world = World::new(&[Act::Breaks; 5]).await;
    for n in 0..6 {
        world.enqueue(&format!("{n}"), 0).await;
    }
    world.run().await;
    let asked = world.provider.asked();
    assert!(asked <= 6, "{asked}");
    for _ in 0..6 {
        world.test.advance(Duration::from_secs(10)).await;
        world.run().await;
    }
    let left = world.test.store().read(async |tx| sluice_store::jobs::operator::unfinished(tx).await).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(world.provider.done(), 6);
    world.end().await;
}

#[tokio::test]
async fn a_quota_that_a_provider_tells_of_is_not_passed_and_work_goes_on_when_it_is_over() {
    let world = World::new(&[]).await;
    *world.provider.quota.lock().unwrap() = Some(Quota { left: 4, resets_in: Duration::from_secs(40) });
    let mut jobs = Vec::new();
    for n in 0..6 {
        jobs.push(world.enqueue(&format!("{n}"), 0).await);
    }
    world.run().await;
    assert_eq!(world.provider.asked(), 4, "as many as it takes");
    let why = world.engine.why(&OwnerId::local(), jobs.last().unwrap()).await.unwrap().reasons;
    let quota = |it: &Reason| matches!(it, Reason::Provider { name, why, until: Some(_) } if name == "loud" && why.contains("0 more"));
    assert!(why.iter().any(quota), "{why:?}");
    let useful = world.test.store().read(async |tx| sluice_store::workers::useful_work(tx).await).await.unwrap();
    assert!(useful.is_empty(), "a further worker could do nothing: {useful:?}");
    *world.provider.quota.lock().unwrap() = Some(Quota { left: 100, resets_in: Duration::from_secs(40) });
    world.test.advance(Duration::from_secs(30)).await;
    world.run().await;
    assert_eq!(world.provider.asked(), 4, "it is not over yet");
    world.test.advance(Duration::from_secs(11)).await;
    world.run().await;
    assert_eq!(world.provider.asked(), 6);
    world.end().await;
}

#[tokio::test]
async fn a_refusal_fails_the_job_and_says_nothing_about_the_providers_health() {
    let world = World::new(&[Act::Refuses]).await;
    let job = world.enqueue("a", 500).await;
    world.run().await;
    let row = world.engine.job(&OwnerId::local(), &job).await.unwrap().unwrap().job;
    assert_eq!((row.state, row.error.unwrap().code.as_str()), (JobState::Dead, "bad_text"));
    assert!(world.test.store().read(async |tx| providers::health(tx, "loud").await).await.unwrap().is_none());
    assert_eq!(world.requests(), [("loud", "refused", 1)]);
    world.end().await;
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_looked_up_and_not_paid_again() {
    let world = World::new(&[Act::LosesTheAnswer]).await;
    world.budget("owner", "*", 10_000, Over::Wait).await;
    let job = world.enqueue("a", 2_000).await;
    world.run().await;
    assert_eq!(world.figures("owner", "local").await, (0, 2_000), "until it is known, all that was reserved is spent");
    world.test.advance(Duration::from_secs(30)).await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    assert_eq!((world.provider.done(), world.provider.asked()), (1, 1));
    assert_eq!(world.figures("owner", "local").await, (0, PRICE.0), "and what it cost is put right");
    assert_eq!(world.requests(), [("loud", "ok", 1), ("loud", "unknown", 1)]);
    world.end().await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_asked_again_and_one_that_cannot_tell_is_not_waited_for() {
    for (look, state, said) in
        [(Look::Breaks, JobState::Waiting, "spoken"), (Look::CannotTell, JobState::Succeeded, "nothing")]
    {
        let world = World::new(&[Act::LosesTheAnswer]).await;
        *world.provider.look.lock().unwrap() = look;
        let job = world.enqueue("impatient", 0).await;
        world.run().await;
        world.test.advance(Duration::from_secs(30)).await;
        world.run().await;
        assert_eq!(world.state(&job).await, state, "{look:?}");
        *world.provider.look.lock().unwrap() = Look::Remembers;
        world.test.advance(Duration::from_secs(31)).await;
        world.run().await;
        let row = world.engine.job(&OwnerId::local(), &job).await.unwrap().unwrap().job;
        assert_eq!((row.state, row.result), (JobState::Succeeded, Some(json!(said))), "{look:?}");
        assert_eq!(world.provider.asked(), 1, "{look:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_crash_between_asking_and_noting_the_answer_pays_once() {
    let world = World::new(&[]).await;
    world.test.faults().plan("call.finish", Fault::BeforeCommit);
    let job = world.enqueue("a", 0).await;
    world.run().await;
    // The attempt failed for want of a database; its call is unknown.
    assert_eq!(world.provider.done(), 1);
    world.test.advance(Duration::from_mins(2)).await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    assert_eq!((world.provider.done(), world.provider.asked()), (1, 1));
    world.end().await;
}

#[tokio::test]
async fn the_same_words_are_paid_for_once_for_all_jobs() {
    let world = World::new(&[]).await;
    for _ in 0..3 {
        world.enqueue("same", 0).await;
    }
    world.run().await;
    assert_eq!(world.provider.asked(), 1);
    world.end().await;
}

#[tokio::test]
async fn what_another_process_asks_at_this_moment_is_waited_for_without_a_worker_and_asked_once() {
    let world = World::new(&[Act::TakesItsTime]).await;
    world.budget("owner", "local", 2_000, Over::Wait).await;
    let first = world.enqueue("same", 2_000).await;
    let worker = world.engine.start();
    world.provider.there.notified().await;
    let other = three_more(&world).await.remove(0);
    let second = world.enqueue("same", 0).await;
    // The worker at work may have claimed it as well as the other engine.
    other.run_until_idle().await.unwrap();
    while world.state(&second).await != JobState::Waiting {
        tokio::task::yield_now().await;
    }
    let why = other.why(&OwnerId::local(), &second).await.unwrap().reasons;
    assert!(why.iter().any(|it| matches!(it, Reason::Call { job: Some(job), .. } if *job == first)), "{why:?}");
    assert_eq!(world.provider.asked(), 1);
    world.provider.go.notify_one();
    worker.shutdown(Duration::from_secs(10)).await;
    other.run_until_idle().await.unwrap();
    assert_eq!((world.state(&first).await, world.state(&second).await), (JobState::Succeeded, JobState::Succeeded));
    assert_eq!((world.provider.asked(), world.figures("owner", "local").await), (1, (0, PRICE.0)));
    world.end().await;
}

#[tokio::test]
async fn a_lost_call_is_looked_up_even_when_all_the_money_counts_as_spent_for_it() {
    let world = World::new(&[Act::LosesTheAnswer]).await;
    world.budget("job", "*", 2_000, Over::Wait).await;
    let job = world.enqueue("a", 2_000).await;
    world.run().await;
    world.test.advance(Duration::from_secs(30)).await;
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded, "to look it up costs nothing");
    assert_eq!(world.provider.asked(), 1);
    world.end().await;
}

#[tokio::test]
async fn what_is_paid_needs_no_more_money_when_its_attempt_fails_or_dies_after_the_call() {
    for (text, over) in
        [("stumbles", Over::Fail), ("stumbles", Over::Wait), ("hangs", Over::Fail), ("hangs", Over::Wait)]
    {
        let world = World::new(&[]).await;
        world.budget("owner", "*", PRICE.0, over).await;
        let job = world.enqueue(text, PRICE.0).await;
        tokio::select! {
            _ = world.run() => {}
            () = world.provider.there.notified() => {}
        }
        if text == "stumbles" {
            // It waits for its next attempt, with no call to cancel.
            let engine = &world.engine;
            let owner = OwnerId::local();
            world.test.store().write(async |tx| engine.cancel(tx, &owner, &job).await).await.unwrap();
            assert_eq!(world.state(&job).await, JobState::Cancelled);
            world.test.store().write(async |tx| engine.retry(tx, &owner, &job).await).await.unwrap();
        }
        world.test.advance(Duration::from_mins(2)).await;
        world.run().await;
        assert_eq!(world.state(&job).await, JobState::Succeeded, "{text}, {over:?}");
        assert_eq!((world.provider.asked(), world.figures("owner", "local").await), (1, (0, PRICE.0)));
        // Another call is refused as ever.
        let second = world.enqueue("b", PRICE.0).await;
        world.run().await;
        let refused = if over == Over::Fail { JobState::Dead } else { JobState::Scheduled };
        assert_eq!((world.state(&second).await, world.provider.asked()), (refused, 1));
        world.budget("owner", "*", 2 * PRICE.0, over).await;
        world.test.advance(Duration::from_mins(1)).await;
        world.run().await;
        assert_eq!(world.provider.asked(), if over == Over::Fail { 1 } else { 2 });
        world.end().await;
    }
}
