//! What the engine offers beside its contracts: dependencies, ageing, pauses, limits, fair shares, schedules, redrive,
//! and the answer to "why is it waiting?". Contract 12 is here, too.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{JobId, LeaseId, OwnerId};
use sluice_domain::job::JobState;
use sluice_engine::{CatchUp, EnqueueOptions, Next, Reason};
use sluice_store::jobs::{self, Claim, Claims, Redrive};
use sluice_store::{StoreError, controls};

use crate::support::{Do, Play, World, local, of};

/// Claims so many as a worker does, and gives the owners in their order.
async fn claim(world: &World, limit: u32) -> Vec<String> {
    let claims: Claims = world
        .test
        .store()
        .write(async |tx| {
            let lease = LeaseId::new(tx.now().await?, world.engine.randomness().id_bytes());
            let (kinds, lease_time) = (&["test.play"], Duration::from_secs(15));
            jobs::claim(
                tx,
                &Claim { pool: "default", kinds, limit, worker: "w", lease: &lease, lease_time },
                &jobs::LowWaterMarks::default(),
            )
            .await
        })
        .await
        .unwrap();
    world.test.store().write(async |tx| jobs::charge(tx, &claims.charges).await).await.unwrap();
    claims.jobs.into_iter().map(|job| job.owner.to_string()).collect()
}

async fn finish_all(world: &World) {
    let left = world.test.store().read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap();
    for job in left {
        world.test.store().write(async |tx| world.engine.cancel(tx, &job.owner, &job.id).await).await.unwrap();
    }
    world.advance(16).await;
    world.run().await;
}

async fn reasons(world: &World, job: &JobId) -> Vec<Reason> {
    world.engine.operator().why(job).await.unwrap().reasons
}

#[tokio::test]
async fn a_job_is_blocked_until_what_it_depends_on_has_succeeded() {
    let world = World::new([]).await;
    let first = world.enqueue("first").await;
    let later = EnqueueOptions { delay: Duration::from_secs(100), ..local() };
    let second = world.enqueue_with("second", later).await;
    let options = EnqueueOptions { after: vec![first.clone(), second.clone()], ..local() };
    let last = world.enqueue_with("last", options).await;
    assert_eq!(world.state(&last).await, JobState::Blocked);
    let why = reasons(&world, &last).await;
    assert!(matches!(&why[..], [Reason::Dependency { jobs }] if jobs.len() == 2), "{why:?}");
    world.run().await;
    assert_eq!(world.state(&last).await, JobState::Blocked, "one of the two is not enough");
    world.advance(101).await;
    world.run().await;
    assert_eq!(world.state(&last).await, JobState::Succeeded);
    let order: Vec<_> = world.stage.seen().into_iter().map(|seen| seen.name).collect();
    assert_eq!(order.last().map(String::as_str), Some("last"));
    let late = EnqueueOptions { after: vec![first], ..local() };
    let late = world.enqueue_with("late", late).await;
    assert_eq!(world.state(&late).await, JobState::Ready, "what has succeeded before blocks nothing");
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn a_job_whose_dependency_fails_is_dead_and_so_is_what_depends_on_it() {
    let world = World::new([]).await;
    world.stage.plan_for("fails", [Do::Fail]);
    let fails = world.enqueue("fails").await;
    let next = world.enqueue_with("next", EnqueueOptions { after: vec![fails.clone()], ..local() }).await;
    let last = world.enqueue_with("last", EnqueueOptions { after: vec![next.clone()], ..local() }).await;
    world.run().await;
    for job in [&next, &last] {
        let job = world.view(job).await.job;
        assert_eq!((job.state, job.error.unwrap().code.as_str()), (JobState::Dead, "dependency_failed"));
    }
    let after = world.enqueue_with("after", EnqueueOptions { after: vec![fails], ..local() }).await;
    assert_eq!(world.state(&after).await, JobState::Dead, "also when it had failed before");
    let nobody = JobId::new(world.test.store().now().await.unwrap(), [9; 10]);
    let play = Play { name: "x".into() };
    let options = EnqueueOptions { after: vec![nobody], ..local() };
    let refused = world.test.store().write(async |tx| world.engine.enqueue(tx, &play, options).await).await;
    assert_eq!(refused.unwrap_err().code(), "no_such_dependency");
    world.test.end().await;
}

#[tokio::test]
async fn a_job_after_one_that_does_not_exist_is_refused_and_leaves_nothing() {
    let world = World::new([]).await;
    let nobody = JobId::new(world.test.store().now().await.unwrap(), [9; 10]);
    let after = EnqueueOptions { after: vec![nobody], ..local() };
    // Made on its own, it shares its unit of work with others that are not refused.
    let refused = world.engine.submit(&Play { name: "a".into() }, after).await;
    assert_eq!(refused.unwrap_err().code(), "no_such_dependency");
    assert!(world.test.store().read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap().is_empty());
    world.test.end().await;
}

#[tokio::test]
async fn a_job_that_waits_ages_past_a_better_priority_that_comes_later() {
    let world = World::new([]).await;
    world.enqueue_with("low", EnqueueOptions { priority: 3, ..local() }).await;
    world.enqueue_with("high", local()).await;
    world.advance(240).await;
    world.enqueue_with("late and high", local()).await;
    world.run().await;
    let order: Vec<_> = world.stage.seen().into_iter().map(|seen| seen.name).collect();
    assert_eq!(order, ["high", "low", "late and high"]);
    world.test.end().await;
}

#[tokio::test]
async fn an_owner_with_very_many_jobs_delays_anothers_first_job_by_one_slot() {
    let world = World::new([]).await;
    let plays: Vec<_> = (0..500).map(|n| Play { name: format!("crowd {n}") }).collect();
    world.engine.submit_many(&plays, &of("crowd")).await.unwrap();
    assert_eq!(claim(&world, 2).await, ["crowd", "crowd"]);
    world.enqueue_with("one", of("newcomer")).await;
    assert_eq!(claim(&world, 1).await, ["newcomer"], "the next free slot is the newcomer's");
    for n in 0..8 {
        world.enqueue_with(&format!("more {n}"), of("newcomer")).await;
    }
    let mut next = Vec::new();
    for _ in 0..8 {
        next.extend(claim(&world, 1).await);
    }
    let theirs = next.iter().filter(|owner| *owner == "newcomer").count();
    assert!((3..=5).contains(&theirs), "then they share: {next:?}");
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn an_owner_of_twice_the_weight_gets_twice_the_work() {
    let world = World::new([]).await;
    world.test.store().write(async |tx| controls::set_weight(tx, "heavy", 2).await).await.unwrap();
    for owner in ["heavy", "light"] {
        let plays: Vec<_> = (0..60).map(|n| Play { name: format!("{owner} {n}") }).collect();
        world.engine.submit_many(&plays, &of(owner)).await.unwrap();
    }
    let mut served = Vec::new();
    for _ in 0..30 {
        served.extend(claim(&world, 1).await);
    }
    let heavy = served.iter().filter(|owner| *owner == "heavy").count();
    assert!((19..=21).contains(&heavy), "{heavy} of 30");
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_limit_is_never_passed_and_its_slot_comes_back_once() {
    let world = World::new([]).await;
    world.test.store().write(async |tx| controls::set_limit(tx, "owner", "*", Some(2)).await).await.unwrap();
    for n in 0..4 {
        world.enqueue_with(&format!("a{n}"), of("a")).await;
    }
    let b = world.enqueue_with("b", of("b")).await;
    let mut first = claim(&world, 10).await;
    first.sort();
    assert_eq!(first, ["a", "a", "b"]);
    assert!(claim(&world, 10).await.is_empty(), "every slot of a is taken");
    let waiting = world.test.store().read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap();
    let waiting = waiting.iter().find(|job| job.state == JobState::Ready).unwrap();
    let why = reasons(&world, &waiting.id).await;
    assert!(
        why.iter().any(|it| matches!(it, Reason::Limit { scope, most: 2, running: 2, .. } if scope == "owner")),
        "{why:?}"
    );
    // A lease that runs out gives its slot back, whoever looks first, and a cancel beside it does not give another.
    world.advance(16).await;
    let owner = "b".parse().unwrap();
    world.test.store().write(async |tx| world.engine.cancel(tx, &owner, &b).await).await.unwrap();
    world.test.store().write(async |tx| jobs::perform_all(tx).await).await.unwrap();
    assert_eq!(claim(&world, 10).await, ["a", "a"]);
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn limits_by_kind_leave_the_rest_of_the_queue_alone() {
    let world = World::new([]).await;
    world.test.store().write(async |tx| controls::set_limit(tx, "kind", "test.play", Some(1)).await).await.unwrap();
    world.enqueue("one").await;
    world.enqueue("two").await;
    assert_eq!(claim(&world, 10).await.len(), 1);
    assert_eq!(claim(&world, 10).await.len(), 0);
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn what_is_paused_waits_and_says_so_and_goes_on() {
    for (scope, name) in [("queue", "default"), ("kind", "test.play"), ("owner", "local")] {
        let world = World::new([]).await;
        let store = world.test.store();
        store.write(async |tx| controls::pause(tx, scope, name, "a repair").await).await.unwrap();
        let job = world.enqueue("a").await;
        assert_eq!(world.run().await, 0, "{scope}");
        let why = reasons(&world, &job).await;
        let paused =
            |it: &Reason| matches!(it, Reason::Paused { scope: it, why, .. } if it == scope && why == "a repair");
        assert!(why.iter().any(paused), "{why:?}");
        assert!(store.write(async |tx| controls::resume(tx, scope, name).await).await.unwrap());
        assert_eq!(world.run().await, 1);
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_schedule_fires_once_per_tick_across_processes_and_catches_up_as_it_says() {
    let world = World::new([]).await;
    let other = crate::support::engine_on(world.test.open_again().await, &world.stage);
    for (name, catch_up) in [("latest", CatchUp::Latest), ("all", CatchUp::All), ("none", CatchUp::None)] {
        let play = Play { name: name.into() };
        let scheduled = world
            .test
            .store()
            .write(async |tx| world.engine.schedule(tx, name, "*/10 * * * *", &play, local(), catch_up).await);
        scheduled.await.unwrap();
    }
    // Ten minutes later, within the first minute of the tick: both processes look.
    let now = world.test.store().now().await.unwrap().as_millis();
    let to_tick = 600_000 - now % 600_000 + 1_000;
    world.test.advance(Duration::from_millis(u64::try_from(to_tick).unwrap())).await;
    let (a, b) = tokio::join!(world.engine.run_until_idle(), other.run_until_idle());
    assert_eq!(a.unwrap() + b.unwrap(), 3, "one job for each schedule");
    // Half an hour in which nobody was there, and two minutes.
    world.advance(1_920).await;
    let (a, b) = tokio::join!(world.engine.run_until_idle(), other.run_until_idle());
    assert_eq!(a.unwrap() + b.unwrap(), 1 + 3, "the latest tick once, all of them, none");
    let play = Play { name: "bad".into() };
    let refused: Result<(), StoreError> = world
        .test
        .store()
        .write(async |tx| world.engine.schedule(tx, "bad", "every day", &play, local(), CatchUp::Latest).await)
        .await;
    assert_eq!(refused.unwrap_err().code(), "bad_schedule");
    world.test.end().await;
}

#[tokio::test]
async fn dead_jobs_are_redriven_by_filter() {
    let world = World::new([]).await;
    for (name, plan) in
        [("broken", Do::Fail), ("panics", Do::Panic), ("advances", Do::Next(Next::Stage(crate::support::Act::Second)))]
    {
        world.stage.plan_for(name, [plan, Do::Fail, Do::Fail, Do::Fail]);
        world.enqueue(name).await;
    }
    for _ in 0..4 {
        world.run().await;
        world.advance(20).await;
    }
    let redrive = async |filter: Redrive| {
        world.test.store().write(async |tx| jobs::operator::redrive(tx, None, &filter).await).await.unwrap()
    };
    let all = Redrive { limit: 100, ..Redrive::default() };
    assert_eq!(redrive(Redrive { error: Some("nothing".into()), ..all.clone() }).await, 0);
    assert_eq!(redrive(Redrive { kind: Some("other".into()), ..all.clone() }).await, 0);
    world.stage.plan_for("advances", std::iter::empty());
    let dead = redrive(Redrive { from_start: true, ..all.clone() }).await;
    assert_eq!(dead, 3);
    let rows = world.test.store().read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap();
    assert!(rows.iter().all(|row| row.stage == "first" && row.attempt == 0), "from the start, with all attempts");
    finish_all(&world).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_job_without_a_worker_says_so() {
    let world = World::new([]).await;
    let job = world.enqueue("a").await;
    let why = world.engine.why(&OwnerId::local(), &job).await.unwrap();
    assert!(why.reasons.iter().any(|it| matches!(it, Reason::NoWorker { pool, .. } if pool == "default")), "{why:?}");
    assert_eq!(why.position, Some(1));
    world.run().await;
    let done = world.engine.why(&OwnerId::local(), &job).await.unwrap();
    assert_eq!(done.reasons, [Reason::Ended { state: JobState::Succeeded, error: None }]);
    assert_eq!(world.view(&job).await.job.result, Some(json!("done")));
    world.test.end().await;
}
