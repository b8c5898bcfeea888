//! Changes of a parent and its child jobs, while another process changes one of them.

use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId, OwnerId};
use sluice_domain::job::JobState;
use sluice_engine::EnqueueOptions;
use sluice_store::jobs::{self, Claim, LowWaterMarks, Redrive};
use sluice_store::{Store, StoreError, Tx};
use tokio::sync::oneshot;

use crate::SOON;
use crate::support::{World, local};

async fn claim(tx: &mut Tx) -> Result<Vec<JobId>, StoreError> {
    let lease = LeaseId::new(tx.now().await?, [5; 10]);
    let (kinds, lease_time) = (&["test.play"], Duration::from_secs(15));
    let claim = Claim { pool: "default", kinds, limit: 1, worker: "w", lease: &lease, lease_time };
    let claims = jobs::claim(tx, &claim, &LowWaterMarks::default()).await?;
    Ok(claims.jobs.into_iter().map(|job| job.lease.job).collect())
}

/// A parent that comes later than its child among the ready jobs, so that a claim of one takes the child.
async fn family(world: &World) -> (JobId, JobId) {
    let parent = world.enqueue_with("parent", EnqueueOptions { priority: 9, ..local() }).await;
    let child = EnqueueOptions { parent: Some(parent.clone()), ..local() };
    (parent, world.enqueue_with("child", child).await)
}

/// Does `first` in one unit of work and `second` in another, which begins before the first one commits and waits for
/// it.
async fn second_meets_first<T: Send + 'static>(
    world: &World,
    first: impl AsyncFnOnce(&mut Tx) -> Result<(), StoreError>,
    second: impl AsyncFnOnce(Store) -> T,
) -> T {
    let (other, store) = (world.test.open_again().await, world.test.store());
    let (begun, has_begun) = oneshot::channel();
    let first = store.write_once(async |tx: &mut Tx| {
        first(tx).await?;
        begun.send(()).unwrap();
        // The other connection waits for a row that this one holds.
        while waiting_for_locks(store).await == 0 {
            tokio::task::yield_now().await;
        }
        Ok::<_, StoreError>(())
    });
    let second = async {
        has_begun.await.unwrap();
        second(other).await
    };
    let both = async { tokio::join!(first, second) };
    let (first, second) = tokio::time::timeout(SOON, both).await.expect("one waits for the other, and then goes on");
    first.unwrap();
    second
}

async fn waiting_for_locks(store: &Store) -> u64 {
    let text = "UPDATE clock SET offset_ms = offset_ms WHERE EXISTS (SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock')";
    store.execute(text).await.unwrap()
}

async fn end(world: World, job: &JobId) {
    world.cancel(job).await;
    world.advance(16).await;
    world.run().await;
    world.test.end().await;
}

#[tokio::test]
async fn a_child_that_is_claimed_while_its_parent_is_cancelled_is_asked_to_stop_and_keeps_its_lease() {
    let world = World::new([]).await;
    let (parent, child) = family(&world).await;
    let (claimed, stopped) = (child.clone(), parent.clone());
    let concerned = second_meets_first(
        &world,
        async |tx| {
            assert_eq!(claim(tx).await?, [claimed]);
            Ok(())
        },
        async |other| other.write(async |tx| jobs::cancel(tx, &OwnerId::local(), &stopped).await).await.unwrap(),
    )
    .await;
    assert_eq!(concerned, 2);
    let row = world.view(&child).await.job;
    assert_eq!((row.state, row.attempt, row.lease.is_some()), (JobState::Running, 1, true), "{row:?}");
    assert!(row.cancel_requested_at.is_some());
    assert_eq!(world.state(&parent).await, JobState::Cancelled);
    end(world, &parent).await;
}

#[tokio::test]
async fn a_child_that_runs_again_while_its_parent_is_retried_keeps_its_lease() {
    let world = World::new([]).await;
    let (parent, child) = family(&world).await;
    world.cancel(&parent).await;
    let (again, whole) = (child.clone(), parent.clone());
    second_meets_first(
        &world,
        async |tx| {
            jobs::retry(tx, &OwnerId::local(), &again).await?;
            assert_eq!(claim(tx).await?, [again]);
            Ok(())
        },
        async |other| other.write(async |tx| jobs::retry(tx, &OwnerId::local(), &whole).await).await.unwrap(),
    )
    .await;
    let row = world.view(&child).await.job;
    assert_eq!((row.state, row.attempt, row.lease.is_some()), (JobState::Running, 1, true), "{row:?}");
    assert_eq!(world.state(&parent).await, JobState::Waiting);
    end(world, &parent).await;
}

#[tokio::test]
async fn dead_jobs_that_another_redrive_has_taken_are_passed_by() {
    let world = World::new([crate::support::Do::Fail, crate::support::Do::Fail]).await;
    let (one, two) = (world.enqueue("one").await, world.enqueue("two").await);
    world.run().await;
    let all = Redrive { limit: 10, ..Redrive::default() };
    let taken = one.clone();
    let again = second_meets_first(
        &world,
        async |tx| {
            jobs::retry(tx, &OwnerId::local(), &taken).await?;
            assert_eq!(claim(tx).await?, [taken]);
            Ok(())
        },
        async |other| other.write(async |tx| jobs::redrive(tx, &OwnerId::local(), &all).await).await.unwrap(),
    )
    .await;
    assert_eq!(again, 1, "the other one");
    assert_eq!(world.state(&one).await, JobState::Running);
    assert_eq!(world.state(&two).await, JobState::Ready);
    end(world, &one).await;
}
