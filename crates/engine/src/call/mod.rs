//! Calls of paid or slow providers: the intent is stored before, the outcome after. What a crash leaves between the two is
//! unknown, and is asked about before anything is asked for again.
//!
//! A provider answers in one of two ways, each with a trait: at once ([`Ask`], [`Run::call`]), or by doing the work while
//! nobody waits for it here ([`Submit`], [`Run::call_async`]). Of a key at most one call is open, in all processes.

mod asking;
mod open;
mod submitting;

use std::future::Future;
use std::time::Duration;

use sluice_domain::money::MicroUsd;
use sluice_store::providers::Quota;

pub(crate) use open::CallState;
pub use sluice_domain::call::CallProgress;

/// What a provider gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The result.
    pub value: T,
    /// The provider's own id of the call.
    pub provider_id: Option<String>,
    /// What it cost.
    pub cost: MicroUsd,
    /// What it said of how many more requests it takes.
    pub quota: Option<Quota>,
}

/// Why a provider gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// It is overloaded, out of order or cannot be reached, and did nothing: another time. With what it said itself
    /// about when (`Retry-After`).
    Trouble {
        /// How long to stay away.
        retry_after: Option<Duration>,
        /// What happened.
        message: String,
    },
    /// It will not do this, now or later.
    Refused {
        /// Stable, for programs.
        code: String,
        /// What it said.
        message: String,
    },
    /// It was asked and the answer was lost: it may have done it, and charged for it.
    Unknown {
        /// What happened.
        message: String,
    },
}

/// What a provider that answers at once knows of a call that was asked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// It was done: here is the result.
    Done(Answer<T>),
    /// It is still being done: look again after this.
    Pending(Duration),
    /// It never came, or failed: nothing was charged.
    Nothing,
    /// It cannot be told.
    CannotTell,
}

/// How long a call is looked after, unless its provider says otherwise.
const CALL_TIMEOUT: Duration = Duration::from_hours(6);

/// A call of a provider that answers at once.
pub trait Ask<T>: Send + Sync {
    /// The provider's name, as in [`sluice_store::jobs::Need`].
    fn provider(&self) -> &str;

    /// Asks. `key` is the same for the same question, also after a crash: providers that know idempotency keys take it.
    fn ask(&self, key: &str) -> impl Future<Output = Result<Answer<T>, CallError>> + Send;

    /// Looks what became of a call that was asked with this key.
    fn look(&self, key: &str, provider_id: Option<&str>) -> impl Future<Output = Result<Found<T>, CallError>> + Send;

    /// How long a call whose outcome cannot be told is asked about. Then the job fails, and a retry by hand asks anew.
    fn timeout(&self) -> Duration {
        CALL_TIMEOUT
    }
}

/// What a provider said when work was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted<T> {
    /// It is at work on it.
    Accepted {
        /// Its id of the work.
        provider_id: String,
        /// When to look for the first time, unless it says something before.
        poll_after: Duration,
    },
    /// It had nothing to do for it: here is the result.
    Done(Answer<T>),
}

/// What became of a request to stop work that was submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It is stopped, and this was charged.
    Stopped {
        /// What it charged.
        cost: MicroUsd,
    },
    /// It goes on, and may be charged in full.
    GoesOn,
}

/// A call of a provider that works while nobody waits: it is given the work, says when it is done or is asked now and
/// then, and keeps the result until it is fetched.
pub trait Submit<T>: Send + Sync {
    /// The provider's name, as in [`sluice_store::jobs::Need`] and [`crate::Engine::call_changed`].
    fn provider(&self) -> &str;

    /// Gives it the work. `key` is the same for the same work, also after a crash: providers that know idempotency keys or
    /// echo a name take it.
    fn submit(&self, key: &str) -> impl Future<Output = Result<Submitted<T>, CallError>> + Send;

    /// Looks how far it is. Without its id, by the key: the answer to [`Submit::submit`] was lost.
    fn poll(
        &self,
        key: &str,
        provider_id: Option<&str>,
    ) -> impl Future<Output = Result<CallProgress, CallError>> + Send;

    /// Fetches a result that is ready. May be called again after a crash.
    fn fetch(&self, provider_id: &str) -> impl Future<Output = Result<Answer<T>, CallError>> + Send;

    /// Stops work that nobody wants any more. A provider that cannot be stopped goes on.
    fn cancel(&self, _provider_id: &str) -> impl Future<Output = Result<Cancelled, CallError>> + Send {
        async { Ok(Cancelled::GoesOn) }
    }

    /// How long it may take. Then it is cancelled, the job fails, and a retry by hand asks anew.
    fn timeout(&self) -> Duration {
        CALL_TIMEOUT
    }
}

/// Where an asynchronous call stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a call that is pending is waited for with Next::AwaitCall"]
pub enum Called<T> {
    /// It is over, and this is its result.
    Done(T),
    /// It is not. Return [`crate::Next::AwaitCall`] with this: the stage runs again when more is known.
    Pending(Pending),
}

/// A call that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub(crate) call: String,
    pub(crate) poll_after: Duration,
    pub(crate) deadline: Duration,
}
