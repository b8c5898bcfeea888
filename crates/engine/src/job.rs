//! What an app implements: a job is data plus one function.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sluice_domain::job::RetryRule;
use sluice_store::StoreError;
use sluice_store::jobs::Need;

use crate::call::Pending;
use crate::run::Run;

/// A kind of job. The value is its data, stored as JSON when it is enqueued.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the database, which must never change.
    const KIND: &'static str;

    /// An enum without data, stored by the names of its variants, which must not change either.
    type Stage: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// What it needs to run, given once when it is registered.
    type Context: Clone + Send + Sync + 'static;

    /// The stage that it starts with.
    fn first_stage() -> Self::Stage;

    /// How often each stage is tried.
    fn retry_rule() -> RetryRule {
        RetryRule::DEFAULT
    }

    /// What must be available before a stage starts: a healthy provider, money, rate-limited tokens and the like; and the
    /// estimated work. By default nothing.
    fn need(&self, _stage: &Self::Stage) -> Need {
        Need::default()
    }

    /// The key of a concurrency limit, which an operator sets. By default none.
    fn limit_key(&self) -> Option<String> {
        None
    }

    /// The worker pool that runs it.
    fn pool() -> &'static str {
        "default"
    }

    /// The steps of all its stages with the share of the work that each has, so that those that have not begun count, too. By default none:
    /// then it has come as far as the mean of the steps that have begun and of its child jobs.
    fn phases() -> &'static [(&'static str, f64)] {
        &[]
    }

    /// Runs one stage. After a crash at any point it may run again, so its results must be either found again
    /// ([`Run::result_or`]) or written in one unit of work ([`Run::write`]).
    fn run(
        &self,
        stage: Self::Stage,
        run: &Run,
        context: &Self::Context,
    ) -> impl Future<Output = Result<Next<Self::Stage>, JobError>> + Send;
}

/// What follows a stage.
#[derive(Debug, Clone, PartialEq)]
pub enum Next<S> {
    /// The next stage.
    Stage(S),
    /// The job is done, with this result.
    Done(Value),
    /// Wait for whichever comes first, without occupying a worker or spending an attempt.
    Wait {
        /// The next stage; [`Run::wake`] tells it what ended the wait.
        then: S,
        /// The signal's name.
        signal: String,
        /// Longest wait, counted from the first wait for this signal.
        deadline: Duration,
        /// The interval at which `then` runs to poll.
        poll_every: Option<Duration>,
    },
    /// Wait until all child jobs have ended, in whatever state; see [`Run::children`].
    WaitForChildren {
        /// The stage that follows.
        then: S,
    },
    /// Wait for a pending call, without occupying a worker or spending an attempt; then run the same stage again. See
    /// [`Run::call_async`].
    AwaitCall(Pending),
    /// Run the same stage again after a delay; no attempt is spent.
    Snooze(Duration),
}

impl<S> Next<S> {
    /// Converts the stage.
    pub(crate) fn map<T, E>(self, convert: impl FnOnce(S) -> Result<T, E>) -> Result<Next<T>, E> {
        Ok(match self {
            Self::Stage(stage) => Next::Stage(convert(stage)?),
            Self::Done(result) => Next::Done(result),
            Self::Wait { then, signal, deadline, poll_every } => {
                Next::Wait { then: convert(then)?, signal, deadline, poll_every }
            }
            Self::WaitForChildren { then } => Next::WaitForChildren { then: convert(then)? },
            Self::AwaitCall(pending) => Next::AwaitCall(pending),
            Self::Snooze(delay) => Next::Snooze(delay),
        })
    }
}

/// Why a stage cannot go on now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Hold {
    /// It waits for a call of its own, or for one of another job for the same result.
    Await(Pending),
    /// It needs admission: it was claimed to handle an open call, and now has to make another one.
    Readmit(Need),
}

/// The code of an error that says that the outcome of a call is not known.
pub const UNKNOWN: &str = "call_unknown";

/// Why a stage failed, and whether a retry can help.
#[derive(Debug)]
pub struct JobError {
    /// Retry, while there are attempts.
    pub retry: bool,
    /// The fault is a provider's: retry after this delay, without spending an attempt.
    pub put_off: Option<Duration>,
    /// Not a failure: the stage has to wait.
    pub(crate) hold: Option<Box<Hold>>,
    /// Stable, for programs.
    pub code: String,
    /// For people: what happened, and what to do.
    pub message: String,
    /// The cause, for the log.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl JobError {
    /// A transient error.
    pub fn retry(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { retry: true, put_off: None, hold: None, code: code.into(), message: message.into(), source: None }
    }

    /// A permanent error.
    pub fn fail(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { retry: false, put_off: None, hold: None, code: code.into(), message: message.into(), source: None }
    }

    /// An error that is not the job's fault, such as an outage of a provider: the stage is retried after a delay, and no attempt
    /// is spent.
    pub fn put_off(delay: Duration, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { put_off: Some(delay), ..Self::retry(code, message) }
    }

    /// Nothing failed: the stage runs again when its wait is over.
    pub(crate) fn hold(hold: Hold) -> Self {
        Self { hold: Some(Box::new(hold)), ..Self::put_off(Duration::ZERO, "call_pending", "it waits for a call") }
    }

    /// Nothing is known of a call: its answer was lost, and its provider was asked and cannot tell.
    pub(crate) fn untold(pending: Pending, provider: &str) -> Self {
        let minutes = pending.deadline.as_secs().div_ceil(60);
        let left = if minutes < 120 { format!("{minutes} minutes") } else { format!("{} hours", minutes.div_ceil(60)) };
        let message = format!(
            "the answer of {provider} was lost, and it cannot tell whether it did the work, and charged for it: it is not asked for \
             the same again for {left}, unless it tells before"
        );
        Self { code: UNKNOWN.to_owned(), message, ..Self::hold(Hold::Await(pending)) }
    }

    /// Whether the job waits for a call of which nobody can tell what became of it, until that is given up. What can do without the
    /// answer need not wait, as long as it pays nobody else for it.
    pub fn is_untold(&self) -> bool {
        self.is_waiting() && self.code == UNKNOWN
    }

    /// Whether nothing failed, and the job only waits for a call. Return such an error unchanged.
    pub const fn is_waiting(&self) -> bool {
        self.hold.is_some()
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for JobError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        let ours = matches!(
            error,
            StoreError::IdempotencyConflict { .. }
                | StoreError::PayloadTooLarge { .. }
                | StoreError::NotStorable { .. }
                | StoreError::NoSuchJob { .. }
                | StoreError::NoSuchDependency { .. }
        );
        let text = error.to_string();
        let made = if ours { Self::fail(error.code(), text) } else { Self::retry(error.code(), text) };
        // The message is the error's own, so only its source is passed on.
        match error {
            StoreError::Database(source) | StoreError::Damaged(source) => made.because(source),
            _ => made,
        }
    }
}
