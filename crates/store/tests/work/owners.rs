//! Whoever asks for a job says who asks, and finds nothing of another owner.

use serde_json::json;
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_store::StoreError;
use sluice_store::jobs::{self, Filter, JobRow, NewJob, Redrive, Settlement, StepChange};

use crate::{World, ada, error, omar, on_both_databases};

on_both_databases!(
    every_lookup_refuses_another_owner,
    every_change_refuses_another_owner_and_changes_nothing,
    a_list_goes_from_page_to_page_without_gaps_or_repetitions,
    lists_are_filtered_by_state_kind_and_subject,
);

/// A dead job of Ada's with a child, a step, a line and something that it needed.
async fn job_with_everything(world: &World) -> (JobId, JobId) {
    let needed = world.add().await;
    world.succeed(&world.claim_one().await).await;
    let new = NewJob { subject: "reel".to_owned(), after: vec![needed], ..world.new_job().await };
    let job = world.enqueue(new).await;
    let child = world.add_child(&job).await;
    let claimed = world.claim(2).await;
    let step = [StepChange { name: "draw".to_owned(), fraction: 0.5 }];
    let lines = ["a line".to_owned()];
    let saved = world.store.write(async |tx| jobs::save_progress(tx, &claimed[0].lease, &step, &lines).await);
    saved.await.unwrap();
    for claimed in &claimed {
        world.die(claimed).await;
    }
    (job, child)
}

async fn every_lookup_refuses_another_owner(world: &World) {
    let (job, child) = job_with_everything(world).await;
    let missing = world.job_id(world.now().await);
    // His look at hers, and his look at what is not there, cannot be told apart.
    for (owner, job, there) in [(ada(), &job, true), (omar(), &job, false), (omar(), &missing, false)] {
        let refused = |outcome: Result<(), StoreError>| match outcome {
            Ok(()) => assert!(there),
            Err(StoreError::NoSuchJob { job: named }) => assert!(!there && named == *job),
            Err(other) => panic!("{other:?}"),
        };
        world
            .store
            .read(async |tx| {
                refused(jobs::get(tx, &owner, job).await.map(drop));
                refused(jobs::why(tx, &owner, job).await.map(drop));
                assert_eq!(jobs::find(tx, &owner, job).await?.is_some(), there);
                let children: Vec<_> = jobs::children(tx, &owner, job).await?.into_iter().map(|row| row.id).collect();
                assert_eq!(children, if there { vec![child.clone()] } else { Vec::new() });
                assert_eq!(jobs::steps_of(tx, &owner, job).await?.len(), usize::from(there));
                assert_eq!(jobs::log_of(tx, &owner, job, 9).await?.len(), usize::from(there));
                assert_eq!(jobs::dependencies_of(tx, &owner, job).await?.len(), usize::from(there));
                let all = Filter { limit: 9, ..Filter::default() };
                assert_eq!(jobs::list(tx, &owner, &all).await?.len(), usize::from(there));
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        // With a lock, too.
        let locked = world.store.write(async |tx| jobs::find(tx, &owner, job).await).await.unwrap();
        assert_eq!(locked.is_some(), there);
    }
}

async fn every_change_refuses_another_owner_and_changes_nothing(world: &World) {
    let (job, child) = job_with_everything(world).await;
    let waits = world.add().await;
    let before = [world.row(&job).await, world.row(&child).await, world.row(&waits).await];
    let owner = omar();
    let is_refused = |outcome: Result<(), StoreError>| {
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), "no_such_job", "{error}");
    };
    for job in [&job, &child, &waits] {
        let store = &world.store;
        is_refused(store.write(async |tx| jobs::cancel(tx, &owner, job).await).await.map(drop));
        is_refused(store.write(async |tx| jobs::retry(tx, &owner, job).await).await.map(drop));
        let payload = json!(1);
        let sent = store.write(async |tx| jobs::send_signal(tx, &owner, job, "go", &payload).await).await;
        is_refused(sent.map(drop));
    }
    let all = Redrive { limit: 9, ..Redrive::default() };
    assert_eq!(world.store.write(async |tx| jobs::redrive(tx, &owner, &all).await).await.unwrap(), 0);
    let after = [world.row(&job).await, world.row(&child).await, world.row(&waits).await];
    assert_eq!(after, before);
    assert_eq!(world.store.write(async |tx| jobs::retry(tx, &ada(), &job).await).await.unwrap(), 2);
    assert_eq!(world.store.write(async |tx| jobs::cancel(tx, &ada(), &waits).await).await.unwrap(), 1);
}

async fn list(world: &World, filter: Filter) -> Vec<JobRow> {
    world.store.read(async |tx| jobs::list(tx, &ada(), &filter).await).await.unwrap()
}

async fn a_list_goes_from_page_to_page_without_gaps_or_repetitions(world: &World) {
    let mut made = Vec::new();
    for n in 0..23 {
        // What has no subject is the engine's own business, and Omar's jobs are none of hers.
        let subject = if n % 4 == 3 { String::new() } else { format!("subject {n}") };
        let owner = if n % 5 == 4 { omar() } else { ada() };
        let is_listed = !subject.is_empty() && owner == ada();
        let job = world.enqueue(NewJob { subject, owner, ..world.new_job().await }).await;
        made.extend(is_listed.then_some(job));
    }
    made.reverse();
    let (mut met, mut before) = (Vec::new(), None);
    loop {
        let page = list(world, Filter { before: before.clone(), limit: 4, ..Filter::default() }).await;
        let Some(last) = page.last() else { break };
        before = Some(last.id.clone());
        met.extend(page.into_iter().map(|row| row.id));
        // Jobs that are made meanwhile are newer than all that follow.
        world.enqueue(NewJob { subject: "new".to_owned(), ..world.new_job().await }).await;
    }
    assert_eq!(met, made);
    let everyones = Filter { limit: 100, ..Filter::default() };
    let everyones = world.store.read(async |tx| jobs::operator::list(tx, &everyones).await).await.unwrap();
    assert!(everyones.len() > 23, "an operator sees all");
}

async fn lists_are_filtered_by_state_kind_and_subject(world: &World) {
    let about = async |subject: &str, kind: &str| {
        let (subject, kind) = (subject.to_owned(), kind.to_owned());
        world.enqueue(NewJob { subject, kind, ..world.new_job().await }).await
    };
    let dead = about("a", "test.work").await;
    let done = about("a", "test.other").await;
    let claimed = world.claim(2).await;
    world.settle(&claimed[0], Settlement::Die(error("rain"))).await.unwrap();
    world.succeed(&claimed[1]).await;
    let ready = about("b", "test.work").await;
    let cancelled = about("b", "test.other").await;
    world.cancel(&cancelled).await;
    let ids = async |filter: Filter| {
        list(world, Filter { limit: 9, ..filter }).await.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let state = |state| Filter { state: Some(state), ..Filter::default() };
    assert_eq!(ids(state(JobState::Dead)).await, std::slice::from_ref(&dead));
    assert_eq!(ids(state(JobState::Succeeded)).await, std::slice::from_ref(&done));
    assert_eq!(ids(state(JobState::Ready)).await, std::slice::from_ref(&ready));
    assert_eq!(ids(state(JobState::Cancelled)).await, std::slice::from_ref(&cancelled));
    assert_eq!(ids(state(JobState::Running)).await, []);
    let kind = |kind: &str| Filter { kind: Some(kind.to_owned()), ..Filter::default() };
    assert_eq!(ids(kind("test.work")).await, [ready.clone(), dead.clone()]);
    assert_eq!(ids(kind("test")).await, [], "the whole of its name");
    let subject = Filter { subject: Some("b".to_owned()), ..Filter::default() };
    assert_eq!(ids(subject.clone()).await, [cancelled.clone(), ready.clone()]);
    assert_eq!(ids(Filter { kind: Some("test.other".to_owned()), ..subject }).await, [cancelled]);
    let dead_work = Filter { state: Some(JobState::Dead), ..kind("test.work") };
    assert_eq!(ids(Filter { before: Some(ready), ..dead_work }).await, [dead]);
}
