//! Jobs that wait for other jobs.

use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_store::jobs::{self, NewJob, Reason};

use crate::{World, ada, omar, on_both_databases, seconds};

on_both_databases!(
    a_job_is_blocked_until_all_that_it_needs_has_succeeded,
    what_fails_fails_all_that_depends_on_it,
    what_depends_on_a_job_that_has_ended_goes_on_or_fails_at_once,
    nobody_depends_on_another_owners_job,
    jobs_that_end_at_once_unblock_once_what_needs_both,
);

async fn after(world: &World, needs: &[&JobId]) -> JobId {
    let after = needs.iter().map(|job| (*job).clone()).collect();
    world.enqueue(NewJob { after, ..world.new_job().await }).await
}

async fn a_job_is_blocked_until_all_that_it_needs_has_succeeded(world: &World) {
    let (one, two) = (world.add().await, world.add().await);
    let both = after(world, &[&two, &one, &one]).await;
    let delay = seconds(60);
    let later = world.enqueue(NewJob { after: vec![one.clone()], delay, ..world.new_job().await }).await;
    let needs = world.store.read(async |tx| jobs::dependencies_of(tx, &ada(), &both).await).await.unwrap();
    assert_eq!(needs, [one.clone(), two.clone()]);
    let claimed = world.claim(9).await;
    assert_eq!(claimed.len(), 2, "what is blocked is not claimed");
    world.succeed(&claimed[0]).await;
    assert_eq!(world.states([&both, &later]).await, [JobState::Blocked, JobState::Scheduled], "its delay goes on");
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &both).await).await.unwrap();
    assert_eq!(why.reasons, [Reason::Dependency { jobs: vec![two] }]);
    world.succeed(&claimed[1]).await;
    let claimed = world.claim_one().await;
    assert_eq!(claimed.lease.job, both);
    world.succeed(&claimed).await;
    world.advance(delay).await;
    world.maintain().await;
    assert_eq!(world.claimed_ids(9).await, [later]);
}

async fn what_fails_fails_all_that_depends_on_it(world: &World) {
    let first = world.add().await;
    let second = after(world, &[&first]).await;
    let third = after(world, &[&second]).await;
    let other = world.add().await;
    let mixed = after(world, &[&other, &third]).await;
    world.die(&world.claim_one().await).await;
    assert_eq!(world.states([&first, &second, &third, &mixed]).await, [JobState::Dead; 4]);
    let error = world.row(&third).await.error.unwrap();
    assert_eq!(error.code, "dependency_failed");
    assert!(error.message.contains(second.as_str()), "{}", error.message);
    let claimed = world.claim_one().await;
    world.succeed(&claimed).await;
    assert_eq!(world.state(&mixed).await, JobState::Dead, "and stays so");
    let cancelled = world.add().await;
    let needs_it = after(world, &[&cancelled]).await;
    world.cancel(&cancelled).await;
    assert_eq!(world.state(&needs_it).await, JobState::Dead);
}

async fn what_depends_on_a_job_that_has_ended_goes_on_or_fails_at_once(world: &World) {
    let (good, bad) = (world.add().await, world.add().await);
    let claimed = world.claim(2).await;
    world.succeed(&claimed[0]).await;
    world.die(&claimed[1]).await;
    let goes_on = after(world, &[&good]).await;
    let fails = after(world, &[&good, &bad]).await;
    let falls = after(world, &[&fails]).await;
    assert_eq!(world.states([&goes_on, &fails, &falls]).await, [JobState::Ready, JobState::Dead, JobState::Dead]);
    assert_eq!(world.retry(&fails).await.unwrap(), 1, "by hand it runs without what it needed");
    assert_eq!(world.state(&fails).await, JobState::Ready);
}

async fn nobody_depends_on_another_owners_job(world: &World) {
    let job = world.add().await;
    let his = NewJob { owner: omar(), after: vec![job.clone()], ..world.new_job().await };
    assert_eq!(world.try_enqueue(&his).await.unwrap_err().code(), "no_such_dependency");
    let child = NewJob { owner: omar(), parent: Some(job.clone()), ..world.new_job().await };
    assert_eq!(world.try_enqueue(&child).await.unwrap_err().code(), "no_such_job");
    let needs = world.store.read(async |tx| jobs::dependencies_of(tx, &omar(), &job).await).await.unwrap();
    assert_eq!(needs, []);
    assert_eq!(world.claimed_ids(9).await, [job], "and nothing was made");
}

async fn jobs_that_end_at_once_unblock_once_what_needs_both(world: &World) {
    for _ in 0..8 {
        let (one, two) = (world.add().await, world.add().await);
        let both = after(world, &[&one, &two]).await;
        let claimed = world.claim(2).await;
        let other = world.another_process().await;
        tokio::join!(world.succeed(&claimed[0]), other.succeed(&claimed[1]));
        let last = world.claim_one().await;
        assert_eq!((&last.lease.job, last.lease.attempt), (&both, 1), "whoever was second saw the first");
        world.succeed(&last).await;
    }
}
