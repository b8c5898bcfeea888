//! SQLite's write-ahead log is moved into the database while others write.

use sluice_domain::job::JobState;
use sluice_store::jobs::{self, NewJob};
use sluice_store::{Store, StoreError};

use crate::{World, ada, on_both_databases};

on_both_databases!(
    however_much_is_written_the_log_stays_short_and_nothing_is_lost,
    a_reader_that_stays_sees_its_moment_and_stops_no_writer,
);

/// Five jobs of 100 kB in one unit of work: about 130 pages.
async fn write_much(world: &World) {
    let now = world.now().await;
    let new: Vec<_> = (0..5).map(|_| NewJob { payload: "x".repeat(100_000), ..world.new_job_at(now) }).collect();
    world.store.write(async |tx| jobs::enqueue_many(tx, &new).await).await.unwrap();
}

async fn ready(store: &Store) -> u64 {
    store.read(async |tx| jobs::operator::count_in_state(tx, JobState::Ready.as_str()).await).await.unwrap()
}

async fn however_much_is_written_the_log_stays_short_and_nothing_is_lost(world: &World) {
    let log = world.test().folder().join("sluice.db-wal");
    for _ in 0..50 {
        write_much(world).await;
        if !world.is_postgres() {
            // At most 1,400 pages of 4 kB and one commit, with 24 bytes for each page.
            let bytes = log.metadata().unwrap().len();
            assert!(bytes < 1_700 * (4_096 + 24), "{bytes}");
        }
    }
    assert_eq!(ready(&world.another_process().await.store).await, 250);
}

async fn a_reader_that_stays_sees_its_moment_and_stops_no_writer(world: &World) {
    write_much(world).await;
    world
        .store
        .read(async |tx| {
            let before = jobs::operator::count_in_state(tx, "ready").await?;
            for _ in 0..20 {
                write_much(world).await;
            }
            assert_eq!(jobs::operator::count_in_state(tx, "ready").await?, before);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    assert_eq!(ready(&world.store).await, 105);
    write_much(world).await;
    let claimed = world.claim(200).await;
    assert!(claimed.len() == 110 && claimed.iter().all(|job| job.payload.len() == 100_000 && job.owner == ada()));
}
