//! What an app writes: a job is data plus one function.

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
    /// Its name in the database: for ever.
    const KIND: &'static str;

    /// An enum without data, stored by its name: for ever, too.
    type Stage: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// What it needs to work, given once when it is registered.
    type Context: Clone + Send + Sync + 'static;

    /// Where it begins.
    fn first_stage() -> Self::Stage;

    /// How often each stage is tried.
    fn retry_rule() -> RetryRule {
        RetryRule::DEFAULT
    }

    /// What must be there before a stage is begun: a provider that is well, money, tokens and the like of which there
    /// are only so many at a time, and about how much work it is.
    /// By default nothing.
    fn need(&self, _stage: &Self::Stage) -> Need {
        Need::default()
    }

    /// At most so many jobs with the same key run at once, as `limits` says; without one by default.
    fn limit_key(&self) -> Option<String> {
        None
    }

    /// The worker pool that has what it needs.
    fn pool() -> &'static str {
        "default"
    }

    /// Does one stage. It may be run again after a crash at any point, so what it makes is either found again
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
    /// Wait, without holding a worker and without spending an attempt, for whichever comes first.
    Wait {
        /// The stage that follows; [`Run::wake`] tells it what came.
        then: S,
        /// The signal's name.
        signal: String,
        /// Longest wait, counted from the first wait for this signal.
        deadline: Duration,
        /// How often `then` is run to look for itself.
        poll_every: Option<Duration>,
    },
    /// Wait until every job that this one enqueued has ended, however it ended; see [`Run::children`].
    WaitForChildren {
        /// The stage that follows.
        then: S,
    },
    /// Wait for a call that is pending, without holding a worker and without spending an attempt; then the same stage
    /// again. See [`Run::call_async`].
    AwaitCall(Pending),
    /// The same stage again after a while; no attempt is spent.
    Snooze(Duration),
}

impl<S> Next<S> {
    /// The same with the stage put in another form.
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

/// What a stage that can not go on now holds for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Hold {
    /// A call of its own, or one that another job makes of the same.
    Await(Pending),
    /// All that its stage needs: it was claimed to look after a call, and wants to make another.
    Readmit(Need),
}

/// Why a stage was not done, and whether trying again can help.
#[derive(Debug)]
pub struct JobError {
    /// Try again, while there are attempts.
    pub retry: bool,
    /// It is not the job's fault, but a provider's: try again after this, and spend no attempt.
    pub put_off: Option<Duration>,
    /// It has not failed: it holds until something else has happened.
    pub(crate) hold: Option<Box<Hold>>,
    /// Stable, for programs.
    pub code: String,
    /// For the reader: what happened and what to do.
    pub message: String,
    /// What was behind it, for the log.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl JobError {
    /// Something that may heal by itself.
    pub fn retry(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { retry: true, put_off: None, hold: None, code: code.into(), message: message.into(), source: None }
    }

    /// Something that will be the same next time.
    pub fn fail(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { retry: false, put_off: None, hold: None, code: code.into(), message: message.into(), source: None }
    }

    /// Something that is not the job's fault, such as a provider in trouble: it is tried again after a while, and no
    /// attempt is spent.
    pub fn put_off(delay: Duration, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { put_off: Some(delay), ..Self::retry(code, message) }
    }

    /// Nothing failed: the stage runs again when what it holds for is there.
    pub(crate) fn hold(hold: Hold) -> Self {
        Self { hold: Some(Box::new(hold)), ..Self::put_off(Duration::ZERO, "call_pending", "it waits for a call") }
    }

    /// Nothing failed: the job waits for a call, and its stage runs again. Return such an error as it is.
    pub const fn is_waiting(&self) -> bool {
        self.hold.is_some()
    }

    /// Adds what was behind it.
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
        // The text is the error's own: what is behind it goes on as the source.
        match error {
            StoreError::Database(source) | StoreError::Damaged(source) => made.because(source),
            _ => made,
        }
    }
}
