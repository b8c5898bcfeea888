//! How attempts end: one by one, and many in one unit of work.

use serde_json::json;
use sluice_domain::job::JobState;
use sluice_store::jobs::{self, Ended, Settlement, StepChange, Wake};
use sluice_store::{StoreError, storable};

use crate::world::{KINDS, LEASE, finish};
use crate::{World, ada, error, on_both_databases, seconds, then};

on_both_databases!(
    a_job_goes_from_stage_to_stage_and_keeps_its_result,
    a_failure_is_tried_again_until_there_are_no_attempts,
    a_snooze_gives_the_attempt_back,
    a_batch_ends_each_attempt_that_still_holds_its_job,
    one_ending_that_the_database_refuses_undoes_its_batch_and_then_costs_one_job,
    whatever_an_attempt_reports_can_be_stored,
    an_ending_brings_the_last_of_its_progress,
);

async fn a_job_goes_from_stage_to_stage_and_keeps_its_result(world: &World) {
    let job = world.add().await;
    let first = world.claim_one().await;
    let (lease, lease_time) = (world.lease_id(), LEASE);
    let advance = Settlement::Advance { then: then("second"), lease: lease.clone(), lease_time };
    let Ended::Advanced(second) = world.settle(&first, advance).await.unwrap() else { panic!("it goes on") };
    assert_eq!((&*second.stage, second.lease.attempt, &second.lease.id), ("second", 1, &lease));
    assert_eq!(world.settle(&first, Settlement::Succeed(json!(1))).await.unwrap_err().code(), "lease_lost");
    let queued = world.settle(&second, Settlement::Queue { then: then("third") }).await.unwrap();
    assert_eq!(queued, Ended::Released(JobState::Ready));
    assert_eq!(world.row(&job).await.attempt, 0, "the next stage has all its attempts");
    let third = world.claim_one().await;
    assert_eq!((&*third.stage, third.lease.attempt), ("third", 1));
    world.settle(&third, Settlement::Succeed(json!({ "scenes": 3 }))).await.unwrap();
    let row = world.row(&job).await;
    assert_eq!((row.state, row.result), (JobState::Succeeded, Some(json!({ "scenes": 3 }))));
    assert!(row.finished_at.is_some() && row.lease.is_none());
    assert_eq!(row.started_at, Some(first.started_at), "of its first attempt");
}

async fn a_failure_is_tried_again_until_there_are_no_attempts(world: &World) {
    let job = world.add().await;
    for attempt in 1..=3 {
        let claimed = world.claim_one().await;
        assert_eq!(claimed.lease.attempt, attempt);
        let ending = Settlement::Fail { error: error("rain"), delay: seconds(60) };
        let state = if attempt < 3 { JobState::Scheduled } else { JobState::Dead };
        assert_eq!(world.settle(&claimed, ending).await.unwrap(), Ended::Released(state));
        assert_eq!(world.claim(1).await, [], "not before its time, or never");
        world.advance(seconds(60)).await;
        world.maintain().await;
    }
    let row = world.row(&job).await;
    assert_eq!((row.error.unwrap().code.as_str(), row.attempt), ("rain", 3));
    let at_once = world.add().await;
    let claimed = world.claim_one().await;
    let ending = Settlement::Fail { error: error("rain"), delay: seconds(0) };
    assert_eq!(world.settle(&claimed, ending).await.unwrap(), Ended::Released(JobState::Ready));
    let claimed = world.claim_one().await;
    world.die(&claimed).await;
    assert_eq!(world.row(&at_once).await.attempt, 2, "it gave up with an attempt left");
}

async fn a_snooze_gives_the_attempt_back(world: &World) {
    let job = world.add().await;
    for n in 0..5 {
        let claimed = world.claim_one().await;
        assert_eq!(claimed.lease.attempt, 1);
        let error = (n == 2).then(|| error("busy"));
        world.settle(&claimed, Settlement::Snooze { delay: seconds(5), error }).await.unwrap();
        let row = world.row(&job).await;
        assert_eq!((row.state, row.attempt), (JobState::Scheduled, 0));
        let known = row.error.map(|error| error.code);
        assert_eq!(known.as_deref(), (n >= 2).then_some("busy"), "why it was put off stays known");
        world.advance(seconds(5)).await;
        assert_eq!(world.maintain().await, 1);
    }
}

async fn a_batch_ends_each_attempt_that_still_holds_its_job(world: &World) {
    let jobs = world.add_of(ada(), 300).await;
    let lapsed = world.claim(1).await;
    world.advance(LEASE).await;
    let claimed = world.claim(299).await;
    world.cancel(&claimed[5].lease.job).await;
    let mut finishes: Vec<_> = claimed.iter().map(|claimed| finish(claimed, Settlement::Succeed(json!(1)))).collect();
    finishes[8].settlement = Settlement::Die(error("broken"));
    finishes[9].settlement = Settlement::Snooze { delay: seconds(0), error: None };
    finishes.insert(3, finish(&lapsed[0], Settlement::Succeed(json!(1))));
    let ended = world.store.write(async |tx| jobs::settle_many(tx, &finishes).await).await.unwrap();
    let state = |ended: &Result<Ended, StoreError>| match ended {
        Ok(Ended::Released(state)) => state.as_str(),
        Ok(Ended::Advanced(_)) => "advanced",
        Err(error) => error.code(),
    };
    let others: Vec<_> = ended.iter().map(state).enumerate().filter(|(_, state)| *state != "succeeded").collect();
    assert_eq!(others, [(3, "lease_lost"), (6, "cancelled"), (9, "dead"), (10, "ready")]);
    let count =
        async |state: &str| world.store.read(async |tx| jobs::operator::count_in_state(tx, state).await).await.unwrap();
    assert_eq!((count("succeeded").await, count("running").await), (296, 1));
    assert_eq!(world.state(&jobs[0]).await, JobState::Running, "its lease lapsed, and it is not taken back yet");
    let again = world.store.write(async |tx| jobs::settle_many(tx, &finishes).await).await.unwrap();
    assert!(again.iter().all(|ended| state(ended) == "lease_lost"), "nothing ends twice");
}

async fn one_ending_that_the_database_refuses_undoes_its_batch_and_then_costs_one_job(world: &World) {
    world
        .store
        .execute(if world.is_postgres() {
            "ALTER TABLE jobs ADD CONSTRAINT refuse CHECK (result <> '\"poison\"')"
        } else {
            "CREATE TRIGGER refuse BEFORE UPDATE ON jobs WHEN NEW.result = '\"poison\"'
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        })
        .await
        .unwrap();
    world.add_of(ada(), 20).await;
    let claimed = world.claim(20).await;
    let mut finishes: Vec<_> =
        claimed.iter().map(|claimed| finish(claimed, Settlement::Succeed(json!("good")))).collect();
    finishes[11].settlement = Settlement::Succeed(json!("poison"));
    let batch = world.store.write(async |tx| jobs::settle_many(tx, &finishes).await).await;
    let refused = batch.unwrap_err();
    assert_eq!((refused.code(), refused.is_outage()), ("database_failed", false));
    for claimed in &claimed {
        assert_eq!(world.row(&claimed.lease.job).await.held().as_ref(), Some(&claimed.lease), "nothing has ended");
    }
    let mut bad = Vec::new();
    for half in finishes.chunks(5) {
        let ended = world.store.write(async |tx| jobs::settle_many(tx, half).await).await;
        if ended.is_err() {
            bad.extend(half);
        }
    }
    assert_eq!(bad.len(), 5, "the others have ended");
    for one in bad {
        let ended = world.store.write(async |tx| jobs::settle_many(tx, std::slice::from_ref(one)).await).await;
        assert_eq!(ended.is_err(), one.settlement == finishes[11].settlement);
    }
    let poisoned = &claimed[11];
    assert_eq!(world.state(&poisoned.lease.job).await, JobState::Running);
    world.die(poisoned).await;
}

async fn whatever_an_attempt_reports_can_be_stored(world: &World) {
    let job = world.add().await;
    let claimed = world.claim_one().await;
    let steps = [f64::NAN, f64::INFINITY, -3.0, 0.25].map(|fraction| StepChange { name: world.name(), fraction });
    let mut lines = vec!["a\0b".to_owned(), "ü".repeat(storable::TEXT_LIMIT), String::new()];
    lines.extend((0..5).map(|n| format!("line {n}")));
    let saved = world.store.write(async |tx| jobs::save_progress(tx, &claimed.lease, &steps, &lines).await).await;
    saved.unwrap();
    let found = world.store.read(async |tx| jobs::steps_of(tx, &ada(), &job).await).await.unwrap();
    let fractions: Vec<_> = found.iter().map(|step| format!("{}", step.fraction)).collect();
    assert_eq!(fractions, ["0", "1", "0", "0.25"]);
    assert_eq!(found.iter().map(|step| step.finished_at.is_some()).collect::<Vec<_>>(), [false, true, false, false]);
    let log = world.store.read(async |tx| jobs::log_of(tx, &ada(), &job, 100).await).await.unwrap();
    assert_eq!((log.len(), &*log[0].line), (8, "a\u{fffd}b"));
    assert!(log[1].line.len() <= storable::TEXT_LIMIT && log[1].line.ends_with('…'));
    let last = world.store.read(async |tx| jobs::log_of(tx, &ada(), &job, 2).await).await.unwrap();
    assert_eq!(last.iter().map(|line| &*line.line).collect::<Vec<_>>(), ["line 3", "line 4"]);
    let message = format!("NUL \0 and {}", "x".repeat(100_000));
    let code = "c\0".repeat(storable::NAME_LIMIT);
    world.settle(&claimed, Settlement::Die(jobs::JobError { code, message })).await.unwrap();
    let error = world.row(&job).await.error.unwrap();
    assert!(error.message.starts_with("NUL \u{fffd} and x") && error.message.len() <= storable::TEXT_LIMIT);
    assert!(error.code.len() <= storable::NAME_LIMIT);
}

async fn an_ending_brings_the_last_of_its_progress(world: &World) {
    let job = world.add().await;
    let claimed = world.claim_one().await;
    let step = |fraction| StepChange { name: "draw".to_owned(), fraction };
    let half = [step(0.5)];
    world.store.write(async |tx| jobs::save_progress(tx, &claimed.lease, &half, &[]).await).await.unwrap();
    let wait =
        Settlement::Wait { then: then("second"), signal: "go".to_owned(), deadline: seconds(60), poll_every: None };
    let mut last = finish(&claimed, wait);
    (last.steps, last.lines) = (vec![step(1.0)], vec!["drawn".to_owned()]);
    let finishes = [last];
    let ended = world.store.write(async |tx| jobs::settle_many(tx, &finishes).await).await.unwrap();
    assert_eq!(ended.into_iter().next().unwrap().unwrap(), Ended::Released(JobState::Waiting));
    let steps = world.store.read(async |tx| jobs::steps_of(tx, &ada(), &job).await).await.unwrap();
    assert_eq!(steps.len(), 1, "one step, which went on: {steps:?}");
    assert!(steps[0].finished_at.is_some());
    let again = world.store.write(async |tx| jobs::settle_many(tx, &finishes).await).await.unwrap();
    assert_eq!(again[0].as_ref().unwrap_err().code(), "lease_lost");
    let log = world.store.read(async |tx| jobs::log_of(tx, &ada(), &job, 9).await).await.unwrap();
    assert_eq!(log.len(), 1, "a late ending brings nothing");
    world.advance(seconds(60)).await;
    world.maintain().await;
    let claims = world.store.write(async |tx| world.claim_in(tx, 1, KINDS).await).await.unwrap();
    assert_eq!(claims.jobs[0].wake, Some(Wake::Deadline));
}
