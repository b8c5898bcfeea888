//! The state machine of a job: every transition but the claim (one statement, in `claim.rs`), as a pure function of
//! the row and the time. The `CHECK`s of the table refuse what is not drawn in `docs/engine.md`.

use std::time::Duration;

use serde_json::Value;
use sluice_domain::ids::LeaseId;
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use crate::calls;
use crate::jobs::row::{JobError, JobRow, Need, Wake};
use crate::storable;

/// The next stage, and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Then {
    /// Its name.
    pub stage: String,
    /// What must be available before it starts.
    pub need: Need,
}

/// What a job waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) then: Then,
    pub(crate) signal: String,
    pub(crate) deadline: Option<Duration>,
    pub(crate) poll_every: Option<Duration>,
}

impl JobRow {
    /// running → running: the next stage, under a new lease, with its first attempt counted.
    pub(crate) fn advance(&mut self, then: Then, lease: LeaseId, until: Timestamp, now: Timestamp) {
        self.enter(then, now);
        self.attempt = 1;
        self.lease = Some(lease);
        self.lease_until = Some(until);
    }

    /// running → ready: the next stage runs on any worker that claims it.
    pub(crate) fn queue(&mut self, then: Then, now: Timestamp) {
        self.enter(then, now);
        self.release(JobState::Ready);
        self.attempt = 0;
        self.run_at = now;
    }

    fn enter(&mut self, then: Then, now: Timestamp) {
        self.stage = then.stage;
        self.need = then.need;
        self.error = None;
        self.put_off_since = None;
        self.call = None;
        self.clear_wait();
        self.touch(now);
    }

    /// running → succeeded.
    pub(crate) fn succeed(&mut self, result: Value, now: Timestamp) {
        self.finish(JobState::Succeeded, now);
        self.error = None;
        self.result = Some(result);
    }

    /// running → scheduled or ready, or dead after the last attempt.
    pub(crate) fn fail(&mut self, error: JobError, delay: Duration, now: Timestamp) {
        if self.attempt >= self.max_attempts {
            return self.die(error, now);
        }
        self.error = Some(error);
        self.put_off_since = None;
        self.reschedule(delay, now);
    }

    /// running → dead.
    pub(crate) fn die(&mut self, error: JobError, now: Timestamp) {
        self.finish(JobState::Dead, now);
        self.error = Some(error);
    }

    /// Notes why an attempt does not count, and since when that has been so. A stage that snoozes on purpose is not put off.
    pub(crate) fn note_put_off(&mut self, error: Option<JobError>, delay: Duration, now: Timestamp) {
        match error {
            Some(error) => {
                self.error = Some(error);
                self.put_off_since.get_or_insert(now);
            }
            None if delay.is_zero() => {}
            None => self.put_off_since = None,
        }
    }

    /// running → scheduled or ready: the attempt does not count.
    pub(crate) fn snooze(&mut self, delay: Duration, now: Timestamp) {
        self.attempt = self.attempt.saturating_sub(1);
        self.reschedule(delay, now);
    }

    fn reschedule(&mut self, delay: Duration, now: Timestamp) {
        let delay = storable::span(delay);
        self.release(if delay.is_zero() { JobState::Ready } else { JobState::Scheduled });
        self.run_at = now + delay;
        self.touch(now);
        self.expires_at = self.expires_at.map(|at| at + delay);
    }

    /// running → waiting. The present stage is done, so the next one has all its attempts. Another wait for the same signal,
    /// after a poll that found nothing, keeps the deadline of the first wait.
    pub(crate) fn wait(&mut self, wait: Wait, now: Timestamp) {
        let same = self.wait_signal.as_deref() == Some(wait.signal.as_str());
        let kept = if same { self.wait_deadline } else { None };
        self.enter(wait.then, now);
        self.release(JobState::Waiting);
        self.attempt = 0;
        self.wait_signal = Some(wait.signal);
        self.wait_deadline = kept.or(wait.deadline.map(|deadline| now + storable::span(deadline)));
        self.next_poll = wait.poll_every.map(|every| now + storable::span(every));
    }

    /// waiting → ready. After a poll the signal stays stored, so that the deadline still counts from the first wait.
    pub(crate) fn wake_up(&mut self, wake: Wake, now: Timestamp) {
        self.state = JobState::Ready;
        self.run_at = now;
        self.next_poll = None;
        if wake != Wake::Poll {
            self.wait_signal = None;
            self.wait_deadline = None;
        }
        self.wake = Some(wake);
        self.touch(now);
    }

    /// running → waiting, for a call: the same stage runs again when the call changes. The attempt does not count, and what
    /// ended the previous wait stays stored.
    pub(crate) fn await_call(&mut self, call: String, deadline: Duration, poll_after: Duration, now: Timestamp) {
        self.release(JobState::Waiting);
        self.attempt = self.attempt.saturating_sub(1);
        self.wait_signal = Some(calls::signal(&call));
        self.wait_deadline = Some(now + deadline);
        self.next_poll = Some(now + poll_after);
        self.put_off_since = None;
        self.attach_call(call);
        self.touch(now);
    }

    /// Sets the call that the next attempt handles first. That attempt is claimed without the stage's need, which was admitted
    /// when the call began: a paid result is fetched, whatever the budget and the provider's health.
    pub(crate) fn attach_call(&mut self, call: String) {
        self.call = Some(call);
        self.need = Need { work: self.need.work, ..Need::default() };
    }

    /// waiting → ready: the call that it waits for may have changed.
    pub(crate) fn call_changed(&mut self, now: Timestamp) {
        self.state = JobState::Ready;
        self.run_at = now;
        self.wait_signal = None;
        self.wait_deadline = None;
        self.next_poll = None;
        self.touch(now);
    }

    /// Whether it waits for a call.
    pub(crate) fn awaits_call(&self) -> bool {
        self.state == JobState::Waiting && self.call.as_deref().map(calls::signal) == self.wait_signal
    }

    /// running → ready: its call has ended, and it has to make another one, for which the stage's need must be admitted again.
    /// The attempt does not count.
    pub(crate) fn readmit(&mut self, need: Need, now: Timestamp) {
        self.call = None;
        self.need = need;
        self.snooze(Duration::ZERO, now);
    }

    /// running → ready, after its lease expired; dead after the last attempt, cancelled if that was requested.
    pub(crate) fn rescue(&mut self, now: Timestamp) {
        if self.cancel_requested_at.is_some() {
            return self.finish(JobState::Cancelled, now);
        }
        let message = format!("its worker stopped answering in attempt {} of {}", self.attempt, self.max_attempts);
        self.fail(JobError { code: "worker_died".into(), message }, Duration::ZERO, now);
    }

    /// scheduled → ready.
    pub(crate) fn become_due(&mut self, now: Timestamp) {
        self.state = JobState::Ready;
        self.updated_at = now;
    }

    /// blocked → ready or scheduled: all its dependencies have succeeded.
    pub(crate) fn unblock(&mut self, now: Timestamp) {
        self.state = if self.run_at > now { JobState::Scheduled } else { JobState::Ready };
        self.run_at = self.run_at.max(now);
        self.touch(now);
    }

    /// blocked → dead: a dependency has failed.
    pub(crate) fn fail_dependency(&mut self, dependency: &JobRow, now: Timestamp) {
        let message = format!("job {}, which it depends on, is {}", dependency.id, dependency.state.as_str());
        self.die(JobError { code: "dependency_failed".into(), message }, now);
    }

    /// ready → scheduled: no budget has enough for its need before then.
    pub(crate) fn put_off(&mut self, delay: Duration, now: Timestamp) {
        // What went wrong before is not what it waits for now.
        self.error = None;
        self.put_off_since.get_or_insert(now);
        self.reschedule(delay, now);
    }

    /// scheduled → dead: it was put off again and again.
    pub(crate) fn give_up(&mut self, now: Timestamp) {
        let hours = now.since(self.put_off_since.unwrap_or(now)).as_secs() / 3_600;
        let long = if hours < 48 { format!("{hours} hours") } else { format!("{} days", hours / 24) };
        let of_budget = || "a budget had less left than it may cost".to_owned();
        let why = self.error.take().map_or_else(of_budget, |error| format!("{} ({})", error.message, error.code));
        let message =
            format!("it could not go on for {long}, and waits no longer: {why}. Retry it when that is mended");
        self.die(JobError { code: "waited_too_long".into(), message }, now);
    }

    /// Any state but final and running → cancelled; a running job, or one with an open call, is asked to stop.
    pub(crate) fn request_cancel(&mut self, has_open_call: bool, now: Timestamp) {
        self.cancel_requested_at = Some(now);
        self.updated_at = now;
        match self.state {
            JobState::Running => {}
            // One more attempt runs, which cancels the call at its provider.
            JobState::Waiting if self.awaits_call() => self.call_changed(now),
            JobState::Ready | JobState::Scheduled if has_open_call => {
                self.state = JobState::Ready;
                self.run_at = now;
            }
            _ => self.finish(JobState::Cancelled, now),
        }
    }

    /// dead, cancelled or expired → ready, with all attempts of the stage where it stopped.
    pub(crate) fn start_again(&mut self, now: Timestamp) {
        self.state = JobState::Ready;
        self.attempt = 0;
        self.run_at = now;
        self.cancel_requested_at = None;
        self.error = None;
        self.put_off_since = None;
        self.finished_at = None;
        self.touch(now);
    }

    /// dead, cancelled or expired → waiting, for child jobs that are retried as well; then the stage where it stopped.
    pub(crate) fn start_again_after(&mut self, signal: &str, now: Timestamp) {
        self.start_again(now);
        self.state = JobState::Waiting;
        self.wait_signal = Some(signal.to_owned());
        self.wait_deadline = None;
    }

    /// Whether it ended without a result, so that it can be retried.
    pub(crate) fn has_stopped(&self) -> bool {
        self.state.is_final() && self.state != JobState::Succeeded
    }

    /// → a final state.
    pub(crate) fn finish(&mut self, state: JobState, now: Timestamp) {
        self.release(state);
        self.next_poll = None;
        self.finished_at = Some(now);
        self.updated_at = now;
    }

    fn release(&mut self, state: JobState) {
        self.state = state;
        self.lease = None;
        self.lease_until = None;
        self.lease_worker = None;
    }

    fn clear_wait(&mut self) {
        self.wait_signal = None;
        self.wait_deadline = None;
        self.next_poll = None;
        self.wake = None;
    }

    fn touch(&mut self, now: Timestamp) {
        self.updated_at = now;
        self.renew_ttl(now);
    }
}
