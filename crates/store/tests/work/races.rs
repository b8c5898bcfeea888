//! Units of work that meet, fail before or after their commit, or lose their connection.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use sluice_domain::job::JobState;
use sluice_store::faults::Fault;
use sluice_store::jobs::{self, Settlement};
use sluice_store::{StoreError, Tx, controls, events};
use sluice_testkit::postgres::Server;
use tokio::sync::Barrier;

use crate::{World, ada, on_both_databases};

on_both_databases!(
    a_unit_that_fails_before_its_commit_leaves_nothing_and_one_whose_reply_is_lost_is_kept,
    two_units_that_wait_for_each_other_both_succeed,
    a_unit_that_cannot_be_run_again_says_that_it_lost_a_race,
    a_unit_that_loses_every_race_gives_up_in_the_end,
    connections_that_are_cut_cost_the_units_that_had_them_and_no_other,
    a_connection_that_is_cut_within_a_unit_undoes_it,
    what_is_written_while_another_reads_is_not_seen_by_it,
);

async fn a_unit_that_fails_before_its_commit_leaves_nothing_and_one_whose_reply_is_lost_is_kept(world: &World) {
    let job = world.add().await;
    let claimed = world.claim_one().await;
    let settle = async |tx: &mut Tx| {
        tx.at("settle");
        jobs::settle(tx, &claimed.lease, Settlement::Succeed(json!(1))).await
    };
    world.test().faults().plan("settle", Fault::BeforeCommit);
    world.test().faults().plan("settle", Fault::LostReply);
    let failed = world.store.write(settle).await.unwrap_err();
    assert_eq!((failed.code(), failed.is_outage()), ("planned_failure", true));
    assert_eq!(world.row(&job).await.held(), Some(claimed.lease.clone()), "nothing of it was kept");
    let told = async || world.store.read(async |tx| events::last(tx, &ada()).await).await.unwrap();
    let before = told().await;
    assert_eq!(world.store.write(settle).await.unwrap_err().code(), "planned_failure");
    assert_eq!((world.state(&job).await, told().await), (JobState::Succeeded, before + 1));
    assert_eq!(world.store.write(settle).await.unwrap_err().code(), "lease_lost", "whoever tries again hears of it");
}

async fn pause(tx: &mut Tx, kind: &str, why: &str) -> Result<(), StoreError> {
    controls::pause(tx, "kind", kind, why).await
}

async fn two_units_that_wait_for_each_other_both_succeed(world: &World) {
    if !world.is_postgres() {
        // SQLite's units come one after the other.
        return;
    }
    world.store.write(async |tx| pause(tx, "a", "").await).await.unwrap();
    world.store.write(async |tx| pause(tx, "b", "").await).await.unwrap();
    let (both, runs) = (Barrier::new(2), AtomicUsize::new(0));
    let change = async |first: &str, second: &str| {
        world
            .store
            .write(async |tx| {
                pause(tx, first, second).await?;
                if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                    both.wait().await;
                }
                pause(tx, second, second).await
            })
            .await
    };
    let (one, other) = tokio::join!(change("a", "b"), change("b", "a"));
    one.unwrap();
    other.unwrap();
    assert_eq!(runs.into_inner(), 3, "one gave way, and was run again");
    let reasons = world.store.read(async |tx| controls::pauses(tx).await).await.unwrap();
    assert_eq!(reasons[0].reason, reasons[1].reason, "whoever came last wrote both");
}

async fn a_unit_that_cannot_be_run_again_says_that_it_lost_a_race(world: &World) {
    let new = world.new_job().await;
    world.enqueue(new.clone()).await;
    let once = world.store.write_once(async |tx: &mut Tx| jobs::enqueue(tx, &new).await).await;
    assert_eq!(once.unwrap_err().code(), "already_exists", "the id, which nobody may use again");
    let runs = AtomicUsize::new(0);
    let again = world.store.write(async |tx: &mut Tx| {
        // On the second run it finds what the first one lost to.
        if runs.fetch_add(1, Ordering::SeqCst) == 0 {
            return jobs::enqueue(tx, &new).await;
        }
        Ok(jobs::operator::find(tx, &new.id).await?.expect("it is there").id)
    });
    let again = again.await.map_err(|error| error.code());
    // Nobody comes between the statements of a unit of SQLite: the key was there before, and will be.
    let right = if world.is_postgres() { (Ok(new.id), 2) } else { (Err("already_exists"), 1) };
    assert_eq!((again, runs.into_inner()), right);
}

async fn a_unit_that_loses_every_race_gives_up_in_the_end(world: &World) {
    let new = world.new_job().await;
    world.enqueue(new.clone()).await;
    let runs = AtomicUsize::new(0);
    let lost = world.store.write(async |tx: &mut Tx| {
        runs.fetch_add(1, Ordering::SeqCst);
        pause(tx, "a", "").await?;
        jobs::enqueue(tx, &new).await
    });
    assert_eq!(lost.await.unwrap_err().code(), "already_exists");
    let runs = runs.into_inner();
    assert!(if world.is_postgres() { (2..=10).contains(&runs) } else { runs == 1 }, "{runs}");
    assert_eq!(world.store.read(async |tx| controls::pauses(tx).await).await.unwrap(), [], "and nothing was kept");
    let runs = AtomicUsize::new(0);
    let refused: Result<(), StoreError> = world
        .store
        .write(async |_| {
            runs.fetch_add(1, Ordering::SeqCst);
            Err(StoreError::ReadOnly)
        })
        .await;
    assert_eq!((refused.unwrap_err().code(), runs.into_inner()), ("read_only", 1), "any other error is an answer");
}

async fn connections_that_are_cut_cost_the_units_that_had_them_and_no_other(world: &World) {
    if !world.is_postgres() {
        return;
    }
    for round in 0..3 {
        // Several connections that are idle.
        let _ = tokio::join!(world.now(), world.now(), world.now());
        Server::shared().cut(world.test().database());
        let job = world.add().await;
        assert_eq!(world.state(&job).await, JobState::Ready, "round {round}");
    }
    assert_eq!(world.claim(9).await.len(), 3);
}

async fn a_connection_that_is_cut_within_a_unit_undoes_it(world: &World) {
    if !world.is_postgres() {
        return;
    }
    let new = world.new_job().await;
    let cut = world
        .store
        .write_once(async |tx: &mut Tx| {
            jobs::enqueue(tx, &new).await?;
            Server::shared().cut(world.test().database());
            jobs::operator::find(tx, &new.id).await
        })
        .await;
    let error = cut.unwrap_err();
    assert_eq!((error.code(), error.is_outage()), ("database_unreachable", true), "{error:?}");
    let found = world.store.read(async |tx| jobs::operator::find(tx, &new.id).await).await.unwrap();
    assert_eq!(found, None);
    assert_eq!(world.enqueue(new.clone()).await, new.id, "and the next one has another connection");
}

async fn what_is_written_while_another_reads_is_not_seen_by_it(world: &World) {
    let first = world.add().await;
    let other = world.another_process().await;
    world
        .store
        .read(async |tx| {
            let before = jobs::operator::unfinished(tx).await?;
            let claimed = other.claim_one().await;
            other.succeed(&claimed).await;
            other.add().await;
            assert_eq!(jobs::operator::unfinished(tx).await?, before, "one moment, to its end");
            let found = jobs::operator::find(tx, &first).await?.expect("it is there");
            assert_eq!(found.state, JobState::Ready);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    assert_eq!(world.state(&first).await, JobState::Succeeded);
}
