//! Owners: another owner's job is not found, and nothing of it changes; and an owner's own lists.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_engine::{EnqueueOptions, JobRow, Next};
use sluice_store::jobs::{self, Filter, Redrive};
use sluice_store::{StoreError, Tx, events};

use crate::support::{Act, Do, Play, World, of};

/// Everything that there is of an owner.
async fn all_of(world: &World, owner: &OwnerId) -> (Vec<JobRow>, i64) {
    let filter = Filter { limit: 100, ..Filter::default() };
    let rows = world.engine.operator().list(&filter).await.unwrap();
    let last = world.test.store().read(async |tx| events::last(tx, owner).await).await.unwrap();
    (rows.into_iter().filter(|row| row.owner == *owner).collect(), last)
}

async fn refused<T: std::fmt::Debug>(
    world: &World,
    work: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError>,
) -> &'static str {
    world.test.store().write_once(work).await.unwrap_err().code()
}

/// A job of Ada's that waits, with a step, a child that has died, and a job that depends on it.
async fn jobs_of_ada(world: &World) -> [JobId; 3] {
    let wait = Next::Wait {
        then: Act::Second,
        signal: "go".into(),
        deadline: std::time::Duration::from_hours(1),
        poll_every: None,
    };
    world.stage.plan_for("whole", [Do::Progress(0.5), Do::Next(wait)]);
    world.stage.plan_for("child", [Do::Progress(0.5), Do::Fail]);
    let about = |options: EnqueueOptions| EnqueueOptions { subject: Some("a subject".into()), ..options };
    let whole = world.enqueue_with("whole", about(of("ada"))).await;
    let child = EnqueueOptions { parent: Some(whole.clone()), ..about(of("ada")) };
    let child = world.enqueue_with("child", child).await;
    let after = EnqueueOptions { after: vec![whole.clone()], ..about(of("ada")) };
    let after = world.enqueue_with("after", after).await;
    world.run().await;
    [whole, child, after]
}

#[tokio::test]
async fn another_owners_job_is_not_found_by_any_function_and_nothing_of_it_changes() {
    let world = World::new([]).await;
    let (ada, grace) = (of("ada").owner, of("grace").owner);
    let jobs = jobs_of_ada(&world).await;
    let before = all_of(&world, &ada).await;
    let engine = &world.engine;
    for job in &jobs {
        assert!(engine.job(&ada, job).await.unwrap().is_some());
        assert!(engine.job(&grace, job).await.unwrap().is_none());
        assert!(engine.progress(&grace, job).await.unwrap().is_none());
        assert!(engine.log(&grace, job, 100).await.unwrap().is_empty());
        assert_eq!(engine.why(&grace, job).await.unwrap_err().code(), "no_such_job");
        assert_eq!(refused(&world, async |tx| engine.cancel(tx, &grace, job).await).await, "no_such_job");
        assert_eq!(refused(&world, async |tx| engine.retry(tx, &grace, job).await).await, "no_such_job");
        let signal = refused(&world, async |tx| engine.signal(tx, &grace, job, "go", &json!(1)).await).await;
        assert_eq!(signal, "no_such_job");
        assert_eq!(refused(&world, async |tx| jobs::get(tx, &grace, job).await).await, "no_such_job");
        let play = Play { name: "stranger".into() };
        let child = EnqueueOptions { parent: Some(job.clone()), ..of("grace") };
        assert_eq!(engine.submit(&play, child.clone()).await.unwrap_err().code(), "no_such_job");
        assert_eq!(refused(&world, async |tx| engine.enqueue(tx, &play, child).await).await, "no_such_job");
        let after = EnqueueOptions { after: vec![job.clone()], ..of("grace") };
        assert_eq!(engine.submit(&play, after.clone()).await.unwrap_err().code(), "no_such_dependency");
        assert_eq!(refused(&world, async |tx| engine.enqueue(tx, &play, after).await).await, "no_such_dependency");
        let found = world.test.store().read(async |tx| {
            assert!(jobs::find(tx, &grace, job).await?.is_none());
            let rows = (jobs::children(tx, &grace, job).await?, jobs::dependencies_of(tx, &grace, job).await?);
            Ok::<_, StoreError>((rows, jobs::steps_of(tx, &grace, job).await?, jobs::log_of(tx, &grace, job, 9).await?))
        });
        let ((children, needs), steps, log) = found.await.unwrap();
        assert!(children.is_empty() && needs.is_empty() && steps.is_empty() && log.is_empty());
    }
    let all = Redrive { limit: 100, ..Redrive::default() };
    assert_eq!(world.test.store().write(async |tx| jobs::redrive(tx, &grace, &all).await).await.unwrap(), 0);
    for subject in [None, Some("a subject".to_owned())] {
        let filter = Filter { subject, limit: 100, ..Filter::default() };
        assert!(engine.list(&grace, &filter).await.unwrap().is_empty());
    }
    assert!(engine.events_after(&grace, 0, 100).await.unwrap().is_empty());
    let log = world
        .test
        .store()
        .read(async |tx| Ok::<_, StoreError>((events::last(tx, &grace).await?, events::first(tx, &grace).await?)));
    assert_eq!(log.await.unwrap(), (0, None));
    assert_eq!(all_of(&world, &ada).await, before, "nothing of Ada's has changed");
    // What is refused to a stranger is done for the owner.
    assert_eq!(world.test.store().write(async |tx| engine.cancel(tx, &ada, &jobs[0]).await).await.unwrap(), 1);
    assert_eq!(engine.job(&ada, &jobs[2]).await.unwrap().unwrap().job.state, JobState::Dead);
    world.test.end().await;
}

#[tokio::test]
async fn a_child_job_has_its_parents_owner_and_subject() {
    let world = World::new([Do::Spawn("child"), Do::Next(Next::WaitForChildren { then: Act::Second })]).await;
    let parent = EnqueueOptions { subject: Some("a subject".into()), ..of("ada") };
    let parent = world.enqueue_with("parent", parent).await;
    world.run().await;
    let ada = of("ada").owner;
    let child = &world.test.store().read(async |tx| jobs::children(tx, &ada, &parent).await).await.unwrap()[0];
    assert_eq!((&child.owner, child.subject.as_str(), child.parent.as_ref()), (&ada, "a subject", Some(&parent)));
    world.test.end().await;
}

#[tokio::test]
async fn an_owners_jobs_are_listed_by_state_kind_and_subject_a_page_at_a_time() {
    let world = World::new([]).await;
    let mut made = Vec::new();
    for n in 0..6 {
        let about = EnqueueOptions { subject: Some(format!("subject {}", n % 2)), ..of("ada") };
        made.push(world.enqueue_with(&n.to_string(), about).await);
        let other = EnqueueOptions { subject: Some("subject 0".into()), ..of("grace") };
        world.enqueue_with("other", other).await;
        world.enqueue_with("the engine's own business", of("ada")).await;
    }
    made.reverse();
    let ada = of("ada").owner;
    let list = async |filter: Filter| -> Vec<JobId> {
        world.engine.list(&ada, &filter).await.unwrap().into_iter().map(|row| row.id).collect()
    };
    let page = Filter { limit: 4, ..Filter::default() };
    assert_eq!(list(page.clone()).await, made[..4]);
    assert_eq!(list(Filter { before: Some(made[3].clone()), ..page.clone() }).await, made[4..]);
    let of_one = list(Filter { subject: Some("subject 1".into()), ..page.clone() }).await;
    assert_eq!(of_one, [made[0].clone(), made[2].clone(), made[4].clone()]);
    let kind = |kind: &str| Filter { kind: Some(kind.to_owned()), ..page.clone() };
    assert_eq!(list(kind("test.play")).await, made[..4]);
    assert!(list(kind("other")).await.is_empty());
    let state = |state| Filter { state: Some(state), ..page.clone() };
    assert_eq!(list(state(JobState::Ready)).await, made[..4]);
    world.test.store().write(async |tx| world.engine.cancel(tx, &ada, &made[1]).await).await.unwrap();
    assert_eq!(list(state(JobState::Cancelled)).await, [made[1].clone()]);
    world.run().await;
    let succeeded = list(state(JobState::Succeeded)).await;
    assert_eq!(succeeded, [made[0].clone(), made[2].clone(), made[3].clone(), made[4].clone()]);
    for other in [JobState::Ready, JobState::Running, JobState::Waiting, JobState::Dead, JobState::Expired] {
        assert!(list(state(other)).await.is_empty());
    }
    world.test.end().await;
}

#[tokio::test]
async fn an_operator_lists_the_jobs_of_one_owner_with_and_without_a_subject_and_whether_or_not_they_have_ended() {
    let world = World::new([]).await;
    let mut made = Vec::new();
    let mut make = async |n: u64| {
        let delay = if n % 3 == 2 { Duration::from_hours(n) } else { Duration::ZERO };
        let subject = n.is_multiple_of(2).then(|| format!("subject {n}"));
        made.push(world.enqueue_with(&n.to_string(), EnqueueOptions { subject, delay, ..of("ada") }).await);
        world.enqueue_with("another's", of("grace")).await;
    };
    for n in 0..6 {
        make(n).await;
    }
    world.run().await;
    for n in 6..12 {
        make(n).await;
    }
    made.reverse();
    let everyone = Filter { limit: 5, ..Filter::default() };
    let hers = Filter { owner: Some(of("ada").owner), ..everyone.clone() };
    let list = async |filter: Filter| -> Vec<JobId> {
        world.engine.operator().list(&filter).await.unwrap().into_iter().map(|row| row.id).collect()
    };
    let mut pages = list(hers.clone()).await;
    while pages.len() < made.len() {
        let before = pages.last().cloned();
        pages.extend(list(Filter { before, ..hers.clone() }).await);
    }
    assert_eq!(pages, made, "each once, the newest first");
    let state = |state, of: &Filter| Filter { state: Some(state), limit: 100, ..of.clone() };
    let picked = |wanted: &[usize]| wanted.iter().map(|n| made[11 - n].clone()).collect::<Vec<_>>();
    assert_eq!(list(state(JobState::Scheduled, &hers)).await, picked(&[11, 8, 5, 2]));
    assert_eq!(list(state(JobState::Ready, &hers)).await, picked(&[10, 9, 7, 6]));
    assert_eq!(list(state(JobState::Succeeded, &hers)).await, picked(&[4, 3, 1, 0]));
    let about = Filter { subject: Some("subject 8".into()), ..state(JobState::Scheduled, &everyone) };
    assert_eq!(list(about).await, picked(&[8]));
    assert_eq!(list(state(JobState::Ready, &everyone)).await.len(), 4 + 6);
    assert!(list(state(JobState::Waiting, &everyone)).await.is_empty());
    let store = world.test.store();
    for owner in [of("ada").owner, of("grace").owner] {
        let open = store.read(async |tx| jobs::unfinished_of(tx, &owner, 100).await).await.unwrap();
        let hers = if owner == of("ada").owner { picked(&[2, 5, 6, 7, 8, 9, 10, 11]) } else { open.clone() };
        assert_eq!(open, hers, "the oldest first");
        assert_eq!(store.write(async |tx| jobs::cancel_of(tx, &owner, 5).await).await.unwrap(), 5);
        assert_eq!(store.write(async |tx| jobs::cancel_of(tx, &owner, 5).await).await.unwrap(), open.len() - 5);
        assert!(store.read(async |tx| jobs::unfinished_of(tx, &owner, 100).await).await.unwrap().is_empty());
    }
    world.test.end().await;
}
