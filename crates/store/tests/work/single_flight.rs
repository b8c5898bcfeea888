//! Of a key at most one call is open, whatever the number of processes that want it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{self, Outcome, Started};
use sluice_store::jobs::{self, Settlement};
use sluice_store::{StoreError, results};
use tokio::sync::Barrier;

use crate::calls::{new_call, start};
use crate::{World, ada, on_both_databases, seconds};

on_both_databases!(
    of_many_that_ask_at_once_one_asks_and_all_get_the_result,
    whoever_waits_for_a_call_is_woken_however_it_ends,
    who_waits_and_the_end_of_the_call_never_miss_each_other,
);

/// Eight workers of three processes want the same; each goes on until it has it.
async fn of_many_that_ask_at_once_one_asks_and_all_get_the_result(world: &World) {
    let (asked, begin) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(8)));
    world.add_of(ada(), 8).await;
    let mut tasks = tokio::task::JoinSet::new();
    let processes = [world.clone(), world.another_process().await, world.another_process().await];
    for (n, claimed) in world.claim(8).await.into_iter().enumerate() {
        let (world, asked, begin) = (processes[n % 3].clone(), Arc::clone(&asked), Arc::clone(&begin));
        tasks.spawn(async move {
            begin.wait().await;
            loop {
                let call = new_call(&world, "key", None);
                match start(&world, &claimed, &call).await {
                    Started::AlreadyStored => break,
                    Started::AlreadyOpen => tokio::task::yield_now().await,
                    Started::Yes => {
                        let now = asked.fetch_add(1, Ordering::SeqCst);
                        // The first two fail, and somebody else asks.
                        let outcome = if now < 2 { Outcome::Failed } else { Outcome::Succeeded };
                        let ended = world.store.write(async |tx| {
                            if outcome == Outcome::Succeeded {
                                results::store(tx, "key", "voice", &json!({ "by": now })).await?;
                            }
                            calls::end(tx, &call.id, outcome, None, Some(MicroUsd(0))).await
                        });
                        ended.await.unwrap();
                    }
                    refused => panic!("{refused:?}"),
                }
            }
            let found = world.store.read(async |tx| results::find(tx, "key").await).await;
            found.map_err(|error: StoreError| error.code()).unwrap().unwrap()
        });
    }
    let found = tasks.join_all().await;
    assert_eq!(found, vec![json!({ "by": 2 }); 8]);
    assert_eq!(asked.load(Ordering::SeqCst), 3, "asked until it worked, and not once more");
    drop(processes);
}

async fn whoever_waits_for_a_call_is_woken_however_it_ends(world: &World) {
    for outcome in [Outcome::Succeeded, Outcome::Failed, Outcome::Rejected, Outcome::Expired, Outcome::Lost] {
        world.add_of(ada(), 4).await;
        let claimed = world.claim(4).await;
        let call = new_call(world, &world.name(), Some("studio"));
        assert_eq!(start(world, &claimed[0], &call).await, Started::Yes);
        for claimed in &claimed[1..] {
            let same = new_call(world, &call.key, Some("studio"));
            assert_eq!(start(world, claimed, &same).await, Started::AlreadyOpen);
            let (deadline, poll_after) = (seconds(600), seconds(60));
            let wait = Settlement::AwaitCall { call: call.id.clone(), deadline, poll_after };
            world.settle(claimed, wait).await.unwrap();
        }
        world.store.write(async |tx| calls::end(tx, &call.id, outcome, None, None).await).await.unwrap();
        let woken = world.claim(9).await;
        assert_eq!(woken.len(), 3, "{outcome:?}");
        assert!(woken.iter().all(|job| job.call.as_ref() == Some(&call.id) && job.lease.attempt == 1));
        for claimed in claimed[..1].iter().chain(&woken) {
            world.succeed(claimed).await;
        }
    }
}

async fn who_waits_and_the_end_of_the_call_never_miss_each_other(world: &World) {
    let other = world.another_process().await;
    for _ in 0..20 {
        world.add_of(ada(), 2).await;
        let claimed = world.claim(2).await;
        let call = new_call(world, &world.name(), Some("studio"));
        start(world, &claimed[0], &call).await;
        let (deadline, poll_after) = (seconds(600), seconds(60));
        let wait = Settlement::AwaitCall { call: call.id.clone(), deadline, poll_after };
        let ends = other.store.write(async |tx| {
            calls::end(tx, &call.id, Outcome::Failed, None, None).await?;
            jobs::settle(tx, &claimed[0].lease, Settlement::Succeed(json!(1))).await
        });
        let (waits, ended) = tokio::join!(world.settle(&claimed[1], wait), ends);
        waits.unwrap();
        ended.unwrap();
        let row = world.row(&claimed[1].lease.job).await;
        assert_eq!(row.state, JobState::Ready, "either it saw the end, or the end saw it: {row:?}");
        world.succeed(&world.claim_one().await).await;
    }
}
