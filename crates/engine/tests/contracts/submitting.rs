//! Calls that a provider works on while nobody waits for it here: submit, wait without a worker, look, fetch.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_engine::{EnqueueOptions, Notified, Reason};
use sluice_store::calls::Outcome;
use sluice_store::faults::Fault;

use crate::studio::{ATTEMPTS, BeforePoll, Film, LOOK_AFTER, PRICE, RESERVED, Work, World, engine};
use crate::support::local;

#[tokio::test]
async fn submitted_work_holds_no_worker_and_its_reservation_until_it_is_fetched() {
    let world = World::new().await;
    let job = world.film("a").await;
    world.run().await;
    let row = world.row(&job).await;
    assert_eq!((row.state, row.attempt, row.stage.as_str()), (JobState::Waiting, 0, "Make"));
    assert_eq!(world.figures().await, (RESERVED.0, 0), "what it may cost stays reserved");
    let why = world.engine.why(&OwnerId::local(), &job).await.unwrap().reasons;
    let says = |it: &Reason| matches!(it, Reason::Call { provider: Some(name), job: Some(of), .. } if name == "studio" && *of == job);
    assert!(why.iter().any(says), "{why:?}");
    for _ in 0..3 {
        world.pass(20).await;
        assert_eq!(world.state(&job).await.0, JobState::Waiting, "it is looked at, and is not done");
        assert_eq!(world.figures().await, (RESERVED.0, 0));
    }
    world.studio.set(0, Work::Done);
    world.pass(20).await;
    assert_eq!(world.result(&job).await.as_deref(), Some("video of w-0"));
    assert_eq!(world.figures().await, (0, PRICE.0), "what it cost, and not what was reserved");
    assert_eq!(world.studio.submitted(), 1);
    let polls = world.studio.books.lock().unwrap().polls;
    assert_eq!(polls, 4, "as often as the provider asked for");
    world.end().await;
}

#[tokio::test]
async fn a_webhook_ends_the_wait_and_a_repeated_late_or_unknown_one_changes_nothing() {
    let world = World::new().await;
    let job = world.film("a").await;
    world.run().await;
    assert_eq!(world.webhook("w-7").await, Notified::Ignored, "of no call that is known");
    world.run().await;
    assert_eq!(world.studio.books.lock().unwrap().polls, 0);
    // Before it is done: what it says is not believed, the provider is asked.
    assert_eq!(world.webhook("w-0").await, Notified::Noted);
    world.run().await;
    assert_eq!(world.state(&job).await.0, JobState::Waiting);
    world.studio.set(0, Work::Done);
    for _ in 0..3 {
        assert_eq!(world.webhook("w-0").await, Notified::Noted);
    }
    world.run().await;
    assert_eq!(world.state(&job).await.0, JobState::Succeeded, "without a poll");
    let fetched = || world.studio.books.lock().unwrap().fetched;
    assert_eq!(fetched(), 1);
    assert_eq!(world.webhook("w-0").await, Notified::Ignored, "it is over");
    world.pass(3_600).await;
    assert_eq!((fetched(), world.studio.submitted(), world.state(&job).await.0), (1, 1, JobState::Succeeded));
    world.end().await;
}

#[tokio::test]
async fn a_webhook_that_comes_before_the_job_waits_is_not_lost() {
    let world = World::new().await;
    let store = world.test.store().clone();
    world.studio.books.lock().unwrap().before_poll.push(BeforePoll::IsDoneAfter(store));
    let job = world.film("a").await;
    world.run().await;
    world.pass(20).await;
    assert_eq!(world.state(&job).await.0, JobState::Succeeded, "without waiting for the next poll");
    world.end().await;
}

#[tokio::test]
async fn whatever_write_fails_the_work_is_submitted_once() {
    for point in ["call.start", "call.submitted", "call.finish", "settle"] {
        for fault in [Fault::BeforeCommit, Fault::LostReply] {
            // After a reply that was lost the write is there, and is not made again.
            for times in 1..=(if fault == Fault::LostReply { 1 } else { 2 }) {
                let world = World::new().await;
                for _ in 0..times {
                    world.test.faults().plan(point, fault);
                }
                let job = world.film("a").await;
                world.run().await;
                for step in 0..20 {
                    if step == 8 && world.studio.submitted() > 0 {
                        world.studio.set(0, Work::Done);
                    }
                    world.pass(30).await;
                }
                let (found, submitted) = (world.state(&job).await, world.studio.submitted());
                assert_eq!(
                    (found.0, submitted),
                    (JobState::Succeeded, 1),
                    "{point}, {fault:?}, {times} times: {found:?}"
                );
                assert_eq!(world.figures().await, (0, PRICE.0), "{point}, {fault:?}, {times} times");
                world.end().await;
            }
        }
    }
}

#[tokio::test]
async fn a_worker_that_dies_while_it_looks_is_followed_by_one_that_needs_no_money() {
    let world = World::new().await;
    world.budget(RESERVED.0).await;
    world.studio.books.lock().unwrap().before_poll.push(BeforePoll::Hang);
    let job = world.film("a").await;
    world.run().await;
    world.test.advance(LOOK_AFTER).await;
    let worker = world.engine.start();
    world.studio.there.notified().await;
    drop(worker);
    world.studio.set(0, Work::Done);
    // All the money there is is reserved for the call; a provider in trouble is asked about what it has all the same.
    let fail =
        async |tx: &mut _| sluice_store::providers::failed(tx, "studio", Some(Duration::from_hours(2)), "503").await;
    world.test.store().write(fail).await.unwrap();
    let other = engine(world.test.open_again().await, &world.studio);
    world.test.advance(Duration::from_secs(15)).await;
    other.run_until_idle().await.unwrap();
    assert_eq!(world.state(&job).await.0, JobState::Succeeded);
    assert_eq!((world.studio.submitted(), world.figures().await), (1, (0, PRICE.0)));
    world.end().await;
}

#[tokio::test]
async fn work_that_fails_is_submitted_again_while_there_are_attempts_and_money() {
    let world = World::new().await;
    world.studio.books.lock().unwrap().at_once = Some(Work::Failed);
    let job = world.film("a").await;
    world.run().await;
    world.pass(20).await;
    assert_eq!(world.figures().await, (0, 100), "what the provider charged all the same");
    // What is submitted again is reserved again: not without money.
    world.budget(0).await;
    world.pass(2).await;
    assert_eq!((world.state(&job).await.0, world.studio.submitted()), (JobState::Scheduled, 1));
    world.budget(10_000).await;
    for _ in 0..20 {
        world.pass(20).await;
    }
    assert_eq!(world.state(&job).await, (JobState::Dead, "call_failed".into()));
    assert_eq!(world.studio.submitted(), ATTEMPTS as usize, "one for each attempt");
    assert_eq!((world.figures().await, world.calls().await), ((0, 300), BTreeMap::from([("failed", 3)])));
    world.end().await;
}

#[tokio::test]
async fn rejected_work_fails_the_job_and_is_not_submitted_again() {
    let world = World::new().await;
    world.studio.books.lock().unwrap().at_once = Some(Work::Rejected);
    let job = world.film("a").await;
    world.run().await;
    world.pass(20).await;
    assert_eq!(world.state(&job).await, (JobState::Dead, "moderated".into()));
    assert_eq!((world.studio.submitted(), world.figures().await), (1, (0, 0)));
    world.end().await;
}

#[tokio::test]
async fn a_result_that_the_provider_no_longer_has_is_paid_for_again_only_by_hand() {
    let world = World::new().await;
    let job = world.film("a").await;
    world.run().await;
    world.studio.set(0, Work::Gone);
    world.pass(20).await;
    assert_eq!(world.state(&job).await, (JobState::Dead, "call_expired".into()));
    assert_eq!(world.figures().await, (0, RESERVED.0), "it may have been charged: nobody can tell how much");
    world.test.store().write(async |tx| world.engine.retry(tx, &OwnerId::local(), &job).await).await.unwrap();
    world.run().await;
    assert_eq!(world.studio.submitted(), 2);
    assert_eq!(world.figures().await, (RESERVED.0, RESERVED.0), "with money of its own");
    world.studio.set(1, Work::Done);
    world.pass(20).await;
    assert_eq!(world.result(&job).await.as_deref(), Some("video of w-1"));
    world.end().await;
}

#[tokio::test]
async fn work_that_takes_too_long_is_cancelled_and_fails_the_job() {
    for (stops, spent, outcome) in [(true, 200, Outcome::Failed), (false, RESERVED.0, Outcome::Lost)] {
        let world = World::new().await;
        world.studio.books.lock().unwrap().stops = stops;
        let job = world.film("a").await;
        world.run().await;
        world.pass(601).await;
        assert_eq!(world.state(&job).await, (JobState::Dead, "call_timed_out".into()));
        assert_eq!((world.figures().await, world.calls().await), ((0, spent), BTreeMap::from([(outcome.as_str(), 1)])));
        world.end().await;
    }
}

#[tokio::test]
async fn a_provider_that_cannot_be_asked_is_asked_later_and_no_attempt_is_spent() {
    let world = World::new().await;
    let job = world.film("a").await;
    world.run().await;
    world.studio.books.lock().unwrap().out_of_order = true;
    for _ in 0..10 {
        world.pass(30).await;
    }
    assert_eq!(world.state(&job).await.0, JobState::Waiting);
    world.studio.books.lock().unwrap().out_of_order = false;
    world.studio.set(0, Work::Done);
    world.pass(300).await;
    assert_eq!((world.state(&job).await.0, world.studio.submitted()), (JobState::Succeeded, 1));
    world.end().await;
}

#[tokio::test]
async fn a_call_has_one_open_row_across_processes_and_who_comes_second_finds_its_result() {
    let world = World::new().await;
    let first = world.film("a").await;
    world.run().await;
    let other = engine(world.test.open_again().await, &world.studio);
    let second = other.submit(&Film { key: "a".into(), on_word: false }, local()).await.unwrap();
    other.run_until_idle().await.unwrap();
    assert_eq!(world.state(&second).await.0, JobState::Waiting);
    let why = other.why(&OwnerId::local(), &second).await.unwrap().reasons;
    assert!(why.iter().any(|it| matches!(it, Reason::Call { job: Some(job), .. } if *job == first)), "{why:?}");
    assert_eq!(world.figures().await, (RESERVED.0, 0), "the second has reserved nothing");
    world.studio.set(0, Work::Done);
    assert_eq!(world.webhook("w-0").await, Notified::Noted);
    other.run_until_idle().await.unwrap();
    for job in [&first, &second] {
        assert_eq!(world.result(job).await.as_deref(), Some("video of w-0"));
    }
    assert_eq!((world.studio.submitted(), world.figures().await), (1, (0, PRICE.0)));
    world.end().await;
}

#[tokio::test]
async fn cancelling_the_job_cancels_the_work_unless_another_waits_for_it() {
    let world = World::new().await;
    world.studio.books.lock().unwrap().stops = true;
    let (first, second) = (world.film("a").await, world.film("a").await);
    world.run().await;
    let cancel = async |job: &sluice_domain::ids::JobId| {
        world.test.store().write(async |tx| world.engine.cancel(tx, &OwnerId::local(), job).await).await.unwrap();
        world.run().await;
    };
    cancel(&first).await;
    assert_eq!(world.state(&first).await.0, JobState::Cancelled);
    assert_eq!(world.studio.works(), [Work::Pending], "the other wants it");
    cancel(&second).await;
    assert_eq!(world.state(&second).await.0, JobState::Cancelled);
    world.end().await;

    let world = World::new().await;
    world.studio.books.lock().unwrap().stops = true;
    let job = world.film("a").await;
    world.run().await;
    world.test.store().write(async |tx| world.engine.cancel(tx, &OwnerId::local(), &job).await).await.unwrap();
    world.run().await;
    assert_eq!((world.state(&job).await.0, world.studio.works()), (JobState::Cancelled, vec![Work::Stopped]));
    assert_eq!(world.figures().await, (0, 200), "what the provider charged for it");
    world.end().await;
}

#[tokio::test]
async fn a_job_that_ends_leaves_its_work_to_whoever_wants_the_same() {
    let world = World::new().await;
    let ttl = EnqueueOptions { ttl: Some(Duration::from_secs(10)), ..local() };
    let first = world.engine.submit(&Film { key: "a".into(), on_word: false }, ttl).await.unwrap();
    world.run().await;
    world.pass(11).await;
    assert_eq!(world.state(&first).await.0, JobState::Expired);
    assert_eq!(
        world.figures().await,
        (0, RESERVED.0),
        "its provider is at work on it, and nobody waits: it may be charged"
    );
    world.studio.set(0, Work::Done);
    let second = world.film("a").await;
    world.run().await;
    assert_eq!(world.result(&second).await.as_deref(), Some("video of w-0"));
    assert_eq!((world.studio.submitted(), world.figures().await), (1, (0, PRICE.0)));
    world.end().await;
}

#[tokio::test]
async fn what_ended_the_wait_before_stays_known_while_a_call_is_awaited() {
    let world = World::new().await;
    let job = world.engine.submit(&Film { key: "a".into(), on_word: true }, local()).await.unwrap();
    world.run().await;
    let signal = async |tx: &mut _| world.engine.signal(tx, &OwnerId::local(), &job, "go", &json!("the word")).await;
    world.test.store().write(signal).await.unwrap();
    world.run().await;
    world.studio.set(0, Work::Done);
    world.pass(20).await;
    assert_eq!(world.row(&job).await.result, Some(json!(["video of w-0", "the word"])));
    world.end().await;
}
