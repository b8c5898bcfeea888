//! One claimed job, from the claim until it is released: run its stage, write its progress, settle, run the next stage.

use std::any::Any;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use sluice_domain::ids::LeaseId;
use sluice_domain::job::JobState;
use sluice_store::jobs::{self, Claimed, Ended, Finish, Settlement, Then};
use sluice_store::{StoreError, storable};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::backoff::Backoff;
use crate::call::Pending;
use crate::engine::Shared;
use crate::job::{Hold, JobError, Next};
use crate::live::{Live, Stop};
use crate::run::Run;
use crate::timings::Timing;

/// Runs the stages of a job until it is released or its lease is lost.
pub(crate) async fn supervise(shared: Arc<Shared>, claimed: Claimed, live: Arc<Live>) {
    let mut claimed = claimed;
    loop {
        let run = Run::new(Arc::clone(&shared), claimed, live.token().clone());
        let begun = Instant::now();
        let outcome = attempt(&shared, &run, &live).await;
        let ran = begun.elapsed();
        if matches!(outcome, Outcome::Returned(Ok(_))) {
            shared.measure(&run.claimed().kind, &run.claimed().stage, begun.elapsed());
        }
        let settlement = decide(&shared, &run, &live, outcome);
        let outcome = settlement.as_ref().map_or("lease_lost", outcome_of);
        let settling = Instant::now();
        let ended = match settlement {
            Some(settlement) => settle(&shared, &run, settlement).await,
            None => None,
        };
        let row = run.claimed();
        if row.claimed_at == row.started_at
            && let Some(made) = row.lease.job.created_at()
        {
            shared.timings.add(Timing::QueueWait, &row.kind, row.started_at.since(made));
        }
        shared.timings.add(Timing::Run, &row.kind, ran);
        if let Some(Ended::Released(state)) = &ended
            && state.is_final()
        {
            shared.timings.finished(state.as_str());
        }
        log(&run, if ended.is_some() { outcome } else { "lease_lost" }, ran, settling.elapsed());
        match ended {
            Some(Ended::Advanced(next)) => claimed = *next,
            Some(Ended::Released(JobState::Succeeded)) => {
                let row = run.claimed();
                let whole = row.claimed_at.since(row.started_at) + begun.elapsed();
                return shared.measure(&row.kind, "", whole);
            }
            Some(Ended::Released(_)) | None => return,
        }
    }
}

/// The word for a settlement in the log.
fn outcome_of(settlement: &Settlement) -> &'static str {
    match settlement {
        Settlement::Advance { .. } | Settlement::Queue { .. } => "next_stage",
        Settlement::Succeed(_) => "succeeded",
        Settlement::Die(_) => "failed",
        Settlement::Fail { .. } => "retry",
        Settlement::Snooze { .. } | Settlement::Readmit { .. } => "put_off",
        Settlement::Wait { .. } | Settlement::WaitForChildren { .. } | Settlement::AwaitCall { .. } => "waits",
    }
}

/// One line per attempt, with what passed between its steps: the job was enqueued, it was claimed for the first time, this stage
/// ran, providers took a part of that, and its end was stored.
fn log(run: &Run, outcome: &'static str, ran: Duration, stored: Duration) {
    let row = run.claimed();
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let (provider, called) = run.called();
    tracing::info!(
        target: "sluice::attempt",
        job = %row.lease.job,
        owner = %row.owner,
        kind = %row.kind,
        stage = %row.stage,
        attempt = row.lease.attempt,
        provider = provider.as_deref().unwrap_or_default(),
        outcome,
        waited_ms = millis(row.lease.job.created_at().map_or(Duration::ZERO, |made| row.started_at.since(made))),
        ran_ms = millis(ran),
        provider_ms = millis(called),
        stored_ms = millis(stored),
        "attempt"
    );
}

/// How a stage ended.
enum Outcome {
    Returned(Result<Next<Then>, JobError>),
    /// It was stopped before it returned.
    Stopped,
}

async fn attempt(shared: &Arc<Shared>, run: &Run, live: &Live) -> Outcome {
    let row = run.claimed();
    let Some(handler) = shared.registry.handler(&row.kind) else { return Outcome::Stopped };
    let future = handler.start(&row.payload, &row.stage, run.clone());
    // A task of its own, which contains panics, and can be aborted at an await.
    let mut task = AbortOnDropHandle::new(tokio::spawn(future));
    let stopped = stopped(shared, live);
    tokio::pin!(stopped);
    let mut next_write = Instant::now();
    loop {
        tokio::select! {
            biased;
            result = &mut task => return Outcome::Returned(result.unwrap_or_else(|error| Err(panicked(error)))),
            () = &mut stopped => break,
            () = reports_are_due(run, next_write) => {}
        }
        // Not in the select: if the write were cancelled, it would lose the reports that it has taken.
        write_reports(shared, run, live).await;
        next_write = Instant::now() + shared.settings.progress_every;
    }
    task.abort();
    match task.await {
        // It ended before the abort reached it.
        Ok(result) => Outcome::Returned(result),
        Err(_) => Outcome::Stopped,
    }
}

/// Returns when the grace period of a stage that was asked to stop is over.
async fn stopped(shared: &Shared, live: &Live) {
    live.token().cancelled().await;
    if live.reason() != Some(Stop::Shutdown) {
        tokio::time::sleep(shared.settings.cancel_grace).await;
    }
}

async fn reports_are_due(run: &Run, not_before: Instant) {
    run.reports().news.notified().await;
    tokio::time::sleep_until(not_before).await;
}

async fn write_reports(shared: &Shared, run: &Run, live: &Live) {
    match flush(shared, run).await {
        Ok(()) => {}
        Err(StoreError::LeaseLost { .. }) => {
            shared.tally.stale_write("progress");
            live.lost();
        }
        Err(error) => tracing::warn!(job = %run.job_id(), code = error.code(), "progress was not written"),
    }
}

async fn flush(shared: &Shared, run: &Run) -> Result<(), StoreError> {
    let pending = run.reports().take();
    if pending.is_empty() {
        return Ok(());
    }
    let written = shared
        .store
        .write(async |tx| {
            tx.at("progress");
            jobs::save_progress(tx, run.lease(), &pending.steps, &pending.lines).await
        })
        .await;
    if written.is_err() {
        run.reports().put_back(pending);
    }
    written
}

/// The settlement of an outcome; `None` if the lease is lost.
fn decide(shared: &Shared, run: &Run, live: &Live, outcome: Outcome) -> Option<Settlement> {
    let reason = live.reason();
    let next = match outcome {
        _ if reason == Some(Stop::LeaseLost) => return None,
        Outcome::Stopped => return Some(Settlement::Snooze { delay: Duration::ZERO, error: None }),
        // An error after a request to stop does not count as a failure of the stage.
        Outcome::Returned(Err(_)) if reason.is_some() => {
            return Some(Settlement::Snooze { delay: Duration::ZERO, error: None });
        }
        Outcome::Returned(Err(JobError { hold: Some(hold), .. })) => {
            return Some(match *hold {
                Hold::Await(pending) => awaiting(pending),
                Hold::Readmit(need) => Settlement::Readmit { need },
            });
        }
        Outcome::Returned(Err(error)) => return Some(failed(shared, run, &error)),
        Outcome::Returned(Ok(next)) => next,
    };
    Some(match next {
        // A stage with a need has to be admitted by a claim.
        Next::Stage(then) if live.is_draining() || !then.need.is_free() => Settlement::Queue { then },
        Next::Stage(then) => {
            let lease = run.new_id(LeaseId::new);
            live.expect(run.job_id(), &lease);
            Settlement::Advance { then, lease, lease_time: shared.settings.lease }
        }
        Next::Done(result) => match storable::json("its result", &result) {
            Ok(()) => Settlement::Succeed(result),
            Err(error) => Settlement::Die(unwritable(run, &error)),
        },
        Next::Wait { then, signal, deadline, poll_every } => match storable::name("the name of its signal", &signal) {
            Ok(()) => Settlement::Wait { then, signal, deadline, poll_every },
            Err(error) => Settlement::Die(unwritable(run, &error)),
        },
        Next::WaitForChildren { then } => Settlement::WaitForChildren { then },
        Next::AwaitCall(pending) => awaiting(pending),
        Next::Snooze(delay) => Settlement::Snooze { delay, error: None },
    })
}

fn awaiting(pending: Pending) -> Settlement {
    let Pending { call, poll_after, deadline } = pending;
    Settlement::AwaitCall { call, deadline, poll_after }
}

fn failed(shared: &Shared, run: &Run, error: &JobError) -> Settlement {
    let row = run.claimed();
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::warn!(job = %run.job_id(), kind = %row.kind, stage = %row.stage, attempt = run.attempt(), code = %error.code,
        retry = error.retry, "a stage failed: {chain}");
    run.log(format!("attempt {} at \"{}\" failed: {chain}", run.attempt(), row.stage));
    let stored = jobs::JobError {
        code: storable::cut(&error.code, storable::NAME_LIMIT),
        message: storable::cut(&error.message, storable::TEXT_LIMIT),
    };
    if let Some(delay) = error.put_off {
        return Settlement::Snooze { delay, error: Some(stored) };
    }
    if !error.retry {
        return Settlement::Die(stored);
    }
    let rule = shared.registry.handler(&row.kind).map(|handler| handler.retry_rule());
    let delay = rule.and_then(|rule| rule.delay_after(run.attempt(), shared.randomness.fraction()));
    Settlement::Fail { error: stored, delay: delay.unwrap_or_default() }
}

fn panicked(error: tokio::task::JoinError) -> JobError {
    let text = match error.try_into_panic() {
        Ok(panic) => panic_text(&*panic),
        Err(error) => error.to_string(),
    };
    JobError::retry("panicked", format!("a fault in the program stopped this stage: {text}"))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "no message".to_owned(),
    }
}

/// The first and the longest pause between two attempts to settle.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// After so many refusals of a settlement by the database, the job dies instead.
const MOST_REFUSALS: u32 = 3;

/// Settles the attempt, with the rest of its progress. A write that fails is retried for as long as the lease could last;
/// then it expires, and the job is rescued. If the database refuses the settlement, the job dies, and its result is lost.
async fn settle(shared: &Arc<Shared>, run: &Run, settlement: Settlement) -> Option<Ended> {
    let give_up = Instant::now() + shared.settings.lease;
    let (mut backoff, mut refusals) = (Backoff::new(FIRST_PAUSE, LONGEST_PAUSE), 0);
    let pending = run.reports().take();
    let mut finish = Finish {
        claimed: run.shared_claim(),
        settlement,
        steps: pending.steps,
        lines: pending.lines,
        no_external_calls: !run.made_external_calls(),
    };
    loop {
        let writer = Arc::clone(shared);
        let write = move |finishes: Arc<Vec<Finish>>| {
            let shared = Arc::clone(&writer);
            async move { shared.settle(&finishes).await }
        };
        match shared.finishes.run(finish.clone(), write).await {
            Ok(ended) => return Some(ended),
            Err(StoreError::LeaseLost { .. }) => {
                shared.tally.stale_write("settlement");
                return None;
            }
            Err(error) => {
                tracing::error!(job = %run.job_id(), code = error.code(), %error, "a finishing write failed");
                refusals += u32::from(!error.is_outage());
                if refusals == MOST_REFUSALS {
                    (finish.steps, finish.lines) = (Vec::new(), Vec::new());
                    finish.settlement = Settlement::Die(unwritable(run, &error));
                }
            }
        }
        if Instant::now() >= give_up {
            return None;
        }
        tokio::time::sleep(backoff.pause(&shared.randomness)).await;
    }
}

fn unwritable(run: &Run, error: &StoreError) -> jobs::JobError {
    run.count_unwritable_ending();
    let message = format!("how it ended could not be stored, and trying again would not help: {error}");
    jobs::JobError { code: "unwritable_ending".into(), message: storable::cut(&message, storable::TEXT_LIMIT) }
}
