//! Contract 16: a full disk fails closed, says so, and is left behind without a restart. Contract 15 on SQLite.

use std::time::Duration;

use sluice_domain::job::JobState;
use sluice_store::{StoreError, controls, jobs};
use tokio::sync::oneshot;

use crate::support::{Do, Play, World, local};

#[tokio::test]
async fn a_full_disk_is_said_and_work_goes_on_when_there_is_space_again() {
    let world = World::new([Do::Pause]).await;
    let held = world.enqueue("held").await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    world.test.store().limit_free_pages(0).await.unwrap();
    // Each of these needs a page; the first that finds none is refused whole.
    let play = Play { name: "x".repeat(100_000) };
    let refused = world.test.store().write(async |tx| world.engine.enqueue(tx, &play, local()).await).await;
    let error = refused.unwrap_err();
    assert_eq!(error.code(), "disk_full");
    assert!(error.to_string().contains("free some space"));
    let left = world.test.store().read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap();
    assert_eq!(left.len(), 1, "nothing of it was kept");
    // What runs meanwhile cannot settle, and does not end: it tries until there is space.
    world.stage.go.notify_one();
    world.test.store().limit_free_pages(100_000).await.unwrap();
    world.until(&held, JobState::Succeeded).await;
    let later = world.enqueue("later").await;
    world.until(&later, JobState::Succeeded).await;
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}

#[tokio::test]
async fn a_writer_waits_behind_another_process_for_as_long_as_it_takes() {
    let world = World::new([]).await;
    let other = world.test.open_again().await;
    let (locked, is_locked) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let holder = tokio::spawn(async move {
        other
            .write_once(async |_| {
                locked.send(()).unwrap();
                released.await.unwrap();
                Ok::<_, StoreError>(())
            })
            .await
    });
    is_locked.await.unwrap();
    let enqueue = world.enqueue("a");
    let mut enqueue = Box::pin(enqueue);
    // Far more than SQLite's own timeout passes (5 ms in tests): the write still waits, without an error.
    let waited = tokio::time::timeout(Duration::from_millis(100), &mut enqueue).await;
    assert!(waited.is_err(), "it waits");
    release.send(()).unwrap();
    holder.await.unwrap().unwrap();
    let job = enqueue.as_mut().await;
    drop(enqueue);
    world.run().await;
    assert_eq!(world.state(&job).await, JobState::Succeeded);
    world.test.end().await;
}

#[tokio::test]
async fn of_those_that_share_a_commit_one_that_fails_is_undone_alone() {
    let world = World::new([]).await;
    let (inside, is_inside) = oneshot::channel();
    let (go, gone) = oneshot::channel::<()>();
    let store = world.test.store().clone();
    let first = tokio::spawn(async move {
        store
            .write_once(async |tx| {
                controls::pause(tx, "kind", "first", "").await?;
                inside.send(()).unwrap();
                gone.await.unwrap();
                Ok::<_, StoreError>(())
            })
            .await
    });
    is_inside.await.unwrap();
    // They come while the first has the writer, so that all three are one transaction.
    let others = ["fails", "last"].map(|name| {
        let store = world.test.store().clone();
        tokio::spawn(async move {
            store
                .write(async |tx| {
                    controls::pause(tx, "kind", name, "").await?;
                    if name == "fails" { Err(StoreError::Interrupted) } else { Ok(()) }
                })
                .await
        })
    });
    tokio::task::yield_now().await;
    go.send(()).unwrap();
    first.await.unwrap().unwrap();
    let [failed, last] = others;
    assert!(matches!(failed.await.unwrap(), Err(StoreError::Interrupted)));
    last.await.unwrap().unwrap();
    let kept = world.test.store().read(async |tx| controls::pauses(tx).await).await.unwrap();
    assert_eq!(kept.iter().map(|pause| pause.name.as_str()).collect::<Vec<_>>(), ["first", "last"]);
    world.test.end().await;
}

#[tokio::test]
async fn the_write_ahead_log_is_checkpointed_while_work_goes_on() {
    const ROUNDS: usize = 4;
    const MOST: u64 = 16 << 20;
    let world = World::new([]).await;
    let worker = world.engine.start();
    let log = world.test.path().with_extension("db-wal");
    let long = "x".repeat(20_000);
    for round in 0..ROUNDS {
        let jobs: Vec<Play> = (0..500).map(|n| Play { name: format!("{round}/{n} {long}") }).collect();
        for made in world.engine.submit_many(&jobs, &local()).await.unwrap() {
            made.unwrap();
        }
        assert!(std::fs::metadata(&log).unwrap().len() < MOST, "in round {round}");
    }
    // 40 MB of payload have gone through it by now, and go through it again with each change of a job.
    let mut news = world.test.store().events_hint();
    let done = async || {
        world.test.store().read(async |tx| jobs::operator::count_in_state(tx, "succeeded").await).await.unwrap()
    };
    while done().await < (ROUNDS * 500) as u64 {
        news.changed().await.unwrap();
        assert!(std::fs::metadata(&log).unwrap().len() < MOST, "while the jobs end");
    }
    worker.shutdown(Duration::from_secs(3)).await;
    world.test.end().await;
}
