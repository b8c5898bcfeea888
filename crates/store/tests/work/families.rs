//! A job and its child jobs are cancelled and run again together, and never over a claim that runs.

use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_store::StoreError;
use sluice_store::jobs::{self, Ended, NewJob, Redrive, Settlement, Wake};

use crate::{Random, World, ada, error, omar, on_both_databases, seconds, then};

on_both_databases!(
    a_parent_is_woken_by_the_last_of_its_children,
    a_cancelled_family_stops_what_runs_and_cancels_the_rest,
    a_child_that_is_made_after_the_request_is_cancelled_with_its_parent,
    a_family_that_stopped_runs_again_from_its_leaves,
    only_what_has_stopped_can_be_run_again,
    dead_jobs_are_redriven_by_kind_error_time_and_owner,
    changes_of_a_family_at_once_lose_no_lease_and_no_ending,
);

/// A parent that waits for two children.
async fn family(world: &World) -> (JobId, [JobId; 2]) {
    let parent = world.add().await;
    let claimed = world.claim_one().await;
    let children = [world.add_child(&parent).await, world.add_child(&parent).await];
    let waits = world.settle(&claimed, Settlement::WaitForChildren { then: then("join") }).await.unwrap();
    assert_eq!(waits, Ended::Released(JobState::Waiting));
    (parent, children)
}

async fn a_parent_is_woken_by_the_last_of_its_children(world: &World) {
    let (parent, _) = family(world).await;
    let claimed = world.claim(2).await;
    world.die(&claimed[1]).await;
    assert_eq!(world.state(&parent).await, JobState::Waiting);
    world.succeed(&claimed[0]).await;
    let joined = world.claim_one().await;
    assert_eq!((&joined.lease.job, &*joined.stage, &joined.wake), (&parent, "join", &Some(Wake::Children)));
    let children = world.store.read(async |tx| jobs::children(tx, &ada(), &parent).await).await.unwrap();
    assert_eq!(children.iter().map(|row| row.state).collect::<Vec<_>>(), [JobState::Succeeded, JobState::Dead]);
    let again = world.settle(&joined, Settlement::WaitForChildren { then: then("end") }).await.unwrap();
    assert_eq!(again, Ended::Released(JobState::Ready), "there is nobody to wait for");
}

async fn a_cancelled_family_stops_what_runs_and_cancels_the_rest(world: &World) {
    let (parent, children) = family(world).await;
    let grandchild = world
        .enqueue(NewJob { delay: seconds(9), ..NewJob { parent: Some(children[1].clone()), ..world.new_job().await } })
        .await;
    let claimed = world.claim_one().await;
    assert_eq!(claimed.lease.job, children[0]);
    assert_eq!(world.cancel(&parent).await, 4);
    let states = world.states([&parent, &children[0], &children[1], &grandchild]).await;
    assert_eq!(states, [JobState::Cancelled, JobState::Running, JobState::Cancelled, JobState::Cancelled]);
    let row = world.row(&children[0]).await;
    assert_eq!((row.held(), row.attempt), (Some(claimed.lease.clone()), 1), "its lease is as it was");
    assert!(row.cancel_requested_at.is_some());
    assert_eq!(world.cancel(&parent).await, 0, "once is enough");
    let ended = world.settle(&claimed, Settlement::Fail { error: error("rain"), delay: seconds(1) }).await.unwrap();
    assert_eq!(ended, Ended::Released(JobState::Cancelled));
}

async fn a_child_that_is_made_after_the_request_is_cancelled_with_its_parent(world: &World) {
    let parent = world.add().await;
    let claimed = world.claim_one().await;
    world.cancel(&parent).await;
    let child = world.add_child(&parent).await;
    let dependent = world.enqueue(NewJob { after: vec![child.clone()], ..world.new_job().await }).await;
    assert_eq!(world.state(&child).await, JobState::Ready);
    world.settle(&claimed, Settlement::WaitForChildren { then: then("join") }).await.unwrap();
    let states = world.states([&parent, &child, &dependent]).await;
    assert_eq!(states, [JobState::Cancelled, JobState::Cancelled, JobState::Dead]);
}

async fn a_family_that_stopped_runs_again_from_its_leaves(world: &World) {
    let (parent, [one, two]) = family(world).await;
    let claimed = world.claim(2).await;
    world.succeed(&claimed[0]).await;
    world.die(&claimed[1]).await;
    let joined = world.claim_one().await;
    world.die(&joined).await;
    assert_eq!(world.retry(&parent).await.unwrap(), 2, "the parent and what had stopped of it");
    assert_eq!(world.states([&parent, &one, &two]).await, [JobState::Waiting, JobState::Succeeded, JobState::Ready]);
    let again = world.claim_one().await;
    assert_eq!((&again.lease.job, again.lease.attempt), (&two, 1), "with all its attempts");
    world.succeed(&again).await;
    let joined = world.claim_one().await;
    assert_eq!((&joined.lease.job, &*joined.stage), (&parent, "join"), "the stage where it stopped");
    world.succeed(&joined).await;
}

async fn only_what_has_stopped_can_be_run_again(world: &World) {
    let job = world.add().await;
    let refused = async || match world.retry(&job).await.unwrap_err() {
        StoreError::NotRetryable { job: named, state } => {
            assert_eq!(named, job);
            state
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(refused().await, "ready");
    let claimed = world.claim_one().await;
    let before = world.row(&job).await;
    assert_eq!(refused().await, "running");
    assert_eq!(world.row(&job).await, before, "the claim that runs is as it was");
    world.succeed(&claimed).await;
    assert_eq!(refused().await, "succeeded");
    let unknown = world.job_id(world.now().await);
    assert_eq!(world.retry(&unknown).await.unwrap_err().code(), "no_such_job");
    let cancelled = world.store.write(async |tx| jobs::operator::cancel(tx, &unknown).await).await;
    assert_eq!(cancelled.unwrap_err().code(), "no_such_job");
}

async fn dead_jobs_are_redriven_by_kind_error_time_and_owner(world: &World) {
    let die = async |owner, kind: &str, code: &str| {
        let job = world.enqueue(NewJob { owner, kind: kind.to_owned(), ..world.new_job().await }).await;
        let claimed = world.claim_one().await;
        let settled = Settlement::Advance { then: then("second"), lease: world.lease_id(), lease_time: seconds(15) };
        let Ended::Advanced(second) = world.settle(&claimed, settled).await.unwrap() else { panic!("it goes on") };
        world.settle(&second, Settlement::Die(error(code))).await.unwrap();
        job
    };
    let old = die(ada(), "test.work", "rain").await;
    world.advance(seconds(3600)).await;
    let since = world.now().await;
    let rain = die(ada(), "test.work", "rain").await;
    let snow = die(ada(), "test.other", "snow").await;
    let of_omar = die(omar(), "test.work", "rain").await;
    let redrive = async |owner, filter: Redrive| {
        world.store.write(async |tx| jobs::redrive(tx, &owner, &filter).await).await.unwrap()
    };
    let all = Redrive { limit: 10, ..Redrive::default() };
    assert_eq!(redrive(ada(), Redrive { error: Some("hail".to_owned()), ..all.clone() }).await, 0);
    assert_eq!(redrive(ada(), Redrive { kind: Some("test.other".to_owned()), ..all.clone() }).await, 1);
    assert_eq!(world.row(&snow).await.stage, "second", "where it stopped");
    let again = Redrive { since: Some(since), error: Some("rain".to_owned()), from_start: true, ..all.clone() };
    assert_eq!(redrive(ada(), again).await, 1);
    assert_eq!(world.row(&rain).await.stage, "first");
    let states = world.states([&old, &rain, &snow, &of_omar]).await;
    assert_eq!(states, [JobState::Dead, JobState::Ready, JobState::Ready, JobState::Dead]);
    assert_eq!(redrive(ada(), Redrive { limit: 0, ..all.clone() }).await, 0);
    let everyones = world.store.write(async |tx| jobs::operator::redrive(tx, None, &all).await).await.unwrap();
    assert_eq!(everyones, 2);
}

/// Claims, endings, requests to stop and retries of ten families from several processes at once.
async fn changes_of_a_family_at_once_lose_no_lease_and_no_ending(world: &World) {
    let mut families = Vec::new();
    for _ in 0..10 {
        let parent = world.add().await;
        families.push((parent.clone(), [world.add_child(&parent).await, world.add_child(&parent).await]));
    }
    let parents: Vec<JobId> = families.iter().map(|(parent, _)| parent.clone()).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for seed in 0..4 {
        let world = if seed % 2 == 0 { world.clone() } else { world.another_process().await };
        let parents = parents.clone();
        tasks.spawn(async move {
            let mut random = Random(seed);
            let mut succeeded = Vec::new();
            for _ in 0..25 {
                let job = random.pick(&parents).unwrap();
                match random.below(4) {
                    0 => drop(world.cancel(job).await),
                    1 => match world.retry(job).await {
                        Ok(_) | Err(StoreError::NotRetryable { .. }) => {}
                        Err(other) => panic!("{other:?}"),
                    },
                    _ => {
                        for claimed in world.claim(2).await {
                            // Nobody but its worker ends what is claimed.
                            let ended = world.settle(&claimed, Settlement::Succeed("done".into())).await.unwrap();
                            match ended {
                                Ended::Released(JobState::Succeeded) => succeeded.push(claimed.lease.job),
                                Ended::Released(JobState::Cancelled) => {}
                                other => panic!("{other:?}"),
                            }
                        }
                    }
                }
            }
            succeeded
        });
    }
    let mut succeeded: Vec<JobId> = tasks.join_all().await.into_iter().flatten().collect();
    succeeded.sort();
    let mut stored = Vec::new();
    for (parent, children) in &families {
        for job in std::iter::once(parent).chain(children) {
            let row = world.row(job).await;
            assert!(row.state != JobState::Running, "every claim was ended: {row:?}");
            if row.state == JobState::Succeeded {
                stored.push(job.clone());
            }
        }
    }
    stored.sort();
    assert_eq!(succeeded, stored, "each that was heard to succeed did so, once");
}
