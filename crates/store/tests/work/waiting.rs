//! Jobs that wait: for a signal, a poll, a deadline; and what is kept of signals.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::ids::JobId;
use sluice_domain::job::JobState;
use sluice_store::jobs::{self, CHILDREN, Claimed, Ended, Reason, Settlement, Signalled, Wake};
use sluice_store::{StoreError, storable};

use crate::{World, ada, on_both_databases, seconds, then};

on_both_databases!(
    a_signal_ends_the_wait_for_it_and_no_other,
    signals_before_a_wait_are_kept_in_their_order,
    a_poll_that_finds_nothing_keeps_the_first_deadline,
    a_signal_to_a_job_that_has_ended_is_late,
    signals_that_could_not_be_stored_or_mean_something_else_are_refused,
    of_a_signal_and_a_deadline_that_come_at_once_one_ends_the_wait,
);

async fn send(world: &World, job: &JobId, name: &str, payload: &Value) -> Result<Signalled, StoreError> {
    world.store.write(async |tx| jobs::send_signal(tx, &ada(), job, name, payload).await).await
}

async fn wait(world: &World, claimed: &Claimed, signal: &str, poll_every: Option<Duration>) -> JobState {
    let deadline = seconds(100);
    let wait = Settlement::Wait { then: then("woken"), signal: signal.to_owned(), deadline, poll_every };
    let Ended::Released(state) = world.settle(claimed, wait).await.unwrap() else { panic!("it lets go") };
    state
}

async fn a_signal_ends_the_wait_for_it_and_no_other(world: &World) {
    let job = world.add().await;
    assert_eq!(wait(world, &world.claim_one().await, "go", None).await, JobState::Waiting);
    let why = world.store.read(async |tx| jobs::why(tx, &ada(), &job).await).await.unwrap();
    let row = world.row(&job).await;
    let (name, deadline) = ("go".to_owned(), row.wait_deadline);
    assert_eq!(why.reasons, [Reason::Signal { name, deadline, next_poll: None }]);
    assert_eq!(send(world, &job, "stop", &json!(0)).await.unwrap(), Signalled::Kept);
    assert_eq!(world.state(&job).await, JobState::Waiting);
    assert_eq!(send(world, &job, "go", &json!({ "n": 1 })).await.unwrap(), Signalled::Woke);
    assert_eq!(send(world, &job, "go", &json!(2)).await.unwrap(), Signalled::Kept, "once");
    let claimed = world.claim_one().await;
    assert_eq!((&*claimed.stage, &claimed.wake), ("woken", &Some(Wake::Signal(json!({ "n": 1 })))));
    let again = Settlement::Snooze { delay: Duration::ZERO, error: None };
    world.settle(&claimed, again).await.unwrap();
    assert_eq!(world.claim_one().await.wake, claimed.wake, "each attempt of the stage knows it");
}

async fn signals_before_a_wait_are_kept_in_their_order(world: &World) {
    let job = world.add().await;
    for n in 0..3 {
        assert_eq!(send(world, &job, "go", &json!(n)).await.unwrap(), Signalled::Kept);
    }
    for n in 0..3 {
        let claimed = world.claim_one().await;
        assert_eq!(wait(world, &claimed, "go", None).await, JobState::Ready, "it need not wait");
        assert_eq!(world.row(&job).await.wake, Some(Wake::Signal(json!(n))));
    }
    let claimed = world.claim_one().await;
    assert_eq!(wait(world, &claimed, "go", None).await, JobState::Waiting, "each is used once");
    let row = world.row(&job).await;
    assert_eq!((row.attempt, row.wake), (0, None));
}

async fn a_poll_that_finds_nothing_keeps_the_first_deadline(world: &World) {
    let job = world.add().await;
    let every = Some(seconds(30));
    let claimed = world.claim_one().await;
    wait(world, &claimed, "go", every).await;
    let first = world.row(&job).await.wait_deadline.unwrap();
    for _ in 0..3 {
        world.advance(seconds(30)).await;
        assert_eq!(world.maintain().await, 1);
        let claimed = world.claim_one().await;
        assert_eq!(claimed.wake, Some(Wake::Poll));
        wait(world, &claimed, "go", every).await;
        assert_eq!(world.row(&job).await.wait_deadline, Some(first));
    }
    world.advance(seconds(11)).await;
    assert_eq!(world.maintain().await, 1);
    let claimed = world.claim_one().await;
    assert_eq!(claimed.wake, Some(Wake::Deadline));
    wait(world, &claimed, "another", every).await;
    assert!(world.row(&job).await.wait_deadline.unwrap() > first, "another wait has its own");
}

async fn a_signal_to_a_job_that_has_ended_is_late(world: &World) {
    let job = world.add().await;
    world.succeed(&world.claim_one().await).await;
    assert_eq!(send(world, &job, "go", &json!(1)).await.unwrap(), Signalled::Late);
    let unknown = world.job_id(world.now().await);
    assert_eq!(send(world, &unknown, "go", &json!(1)).await.unwrap_err().code(), "no_such_job");
}

async fn signals_that_could_not_be_stored_or_mean_something_else_are_refused(world: &World) {
    let job = world.add().await;
    let long = "n".repeat(storable::NAME_LIMIT + 1);
    assert_eq!(send(world, &job, &long, &json!(1)).await.unwrap_err().code(), "not_storable");
    let deep = (0..101).fold(Value::Null, |inner, _| json!([inner]));
    assert_eq!(send(world, &job, "go", &deep).await.unwrap_err().code(), "not_storable");
    let child = world.add_child(&job).await;
    let claimed = world.claim_one().await;
    world.settle(&claimed, Settlement::WaitForChildren { then: then("join") }).await.unwrap();
    assert_eq!(send(world, &job, CHILDREN, &json!(1)).await.unwrap_err().code(), "not_storable");
    world.succeed(&world.claim_one().await).await;
    assert_eq!(world.state(&child).await, JobState::Succeeded);
    let joined = world.claim_one().await;
    assert_eq!((joined.lease.job, joined.wake), (job, Some(Wake::Children)));
}

async fn of_a_signal_and_a_deadline_that_come_at_once_one_ends_the_wait(world: &World) {
    let (mut by_signal, mut by_deadline) = (0, 0);
    for _ in 0..8 {
        let job = world.add().await;
        wait(world, &world.claim_one().await, "go", None).await;
        world.advance(seconds(100)).await;
        let other = world.another_process().await;
        let payload = json!(1);
        let (signalled, moved) = tokio::join!(send(world, &job, "go", &payload), other.maintain());
        let claimed = world.claim(9).await;
        assert_eq!(claimed.len(), 1, "woken once");
        match (signalled.unwrap(), moved, claimed[0].wake.as_ref().unwrap()) {
            (Signalled::Woke, 0, Wake::Signal(_)) => by_signal += 1,
            (Signalled::Kept, 1, Wake::Deadline) => by_deadline += 1,
            other => panic!("{other:?}"),
        }
        world.succeed(&claimed[0]).await;
    }
    assert_eq!(by_signal + by_deadline, 8);
}
