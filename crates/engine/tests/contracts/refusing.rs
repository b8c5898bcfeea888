//! Contract 16 on both databases: one that takes no writes says so, and is left behind without a restart. A full disk is
//! in `storage.rs` for SQLite, and in `postgres.rs`.

use std::time::Duration;

use sluice_domain::job::JobState;
use sluice_store::jobs;

use crate::support::{Do, Play, World, local};

#[tokio::test]
async fn a_read_only_database_is_said_and_work_goes_on_when_it_can_be_written_again() {
    let world = World::new([Do::Pause]).await;
    let held = world.enqueue("held").await;
    let worker = world.engine.start();
    world.stage.arrival().await;
    world.test.set_read_only(true).await;
    // What runs meanwhile cannot settle, and does not end: it tries until it can.
    world.stage.go.notify_one();
    for _ in 0..5 {
        let play = Play { name: "refused".to_owned() };
        let error = world.engine.submit(&play, local()).await.unwrap_err();
        assert_eq!(error.code(), "read_only");
        assert!(error.to_string().contains("read-only"), "{error}");
    }
    let left = world.test.store().read(async |tx| jobs::operator::unfinished(tx).await).await.unwrap();
    assert_eq!(left.iter().map(|job| &job.id).collect::<Vec<_>>(), [&held], "nothing was kept of what was refused");
    world.test.set_read_only(false).await;
    world.until(&held, JobState::Succeeded).await;
    let later = world.enqueue("later").await;
    world.until(&later, JobState::Succeeded).await;
    worker.shutdown(Duration::ZERO).await;
    world.test.end().await;
}
