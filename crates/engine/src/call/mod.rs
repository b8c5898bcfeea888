//! Calls of paid or slow providers: the intent is stored before the call, the outcome after it. After a crash in between the
//! outcome is unknown, and the provider is asked for it before the call is made again.
//!
//! There is a trait for synchronous providers ([`Ask`], [`Run::call`]) and one for asynchronous ones ([`Submit`],
//! [`Run::call_async`]). At most one call per key is open, across all processes.

mod asking;
mod open;
mod submitting;

use std::future::Future;
use std::time::Duration;

use sluice_domain::money::MicroUsd;
use sluice_store::providers::Quota;

pub(crate) use open::CallState;
pub use sluice_domain::call::CallProgress;

/// A provider's response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The result.
    pub value: T,
    /// The provider's own id of the call.
    pub provider_id: Option<String>,
    /// What it cost; none if that is not known.
    pub cost: Option<MicroUsd>,
    /// The quota that it reported.
    pub quota: Option<Quota>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// The provider is overloaded, down or unreachable, and did nothing: retry later, perhaps after the time that it sent
    /// (`Retry-After`).
    Trouble {
        /// How long not to call it.
        retry_after: Option<Duration>,
        /// What happened.
        message: String,
    },
    /// It refused, and would refuse again.
    Refused {
        /// Stable, for programs.
        code: String,
        /// Its message.
        message: String,
    },
    /// The response was lost: the provider may have done the work, and charged for it.
    Unknown {
        /// What happened.
        message: String,
    },
}

/// What a synchronous provider knows of an earlier call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// It was done, with this result.
    Done(Answer<T>),
    /// It is still running: ask again after this.
    Pending(Duration),
    /// It never arrived, or failed: nothing was charged.
    Nothing,
    /// The provider cannot tell.
    CannotTell,
}

/// The default timeout of a call.
const CALL_TIMEOUT: Duration = Duration::from_hours(6);

/// A call of a synchronous provider.
pub trait Ask<T>: Send + Sync {
    /// The provider's name, as in [`sluice_store::jobs::Need`].
    fn provider(&self) -> &str;

    /// Makes the call. `key` is the same for the same input, also after a crash: use it as the provider's idempotency key.
    fn ask(&self, key: &str) -> impl Future<Output = Result<Answer<T>, CallError>> + Send;

    /// Asks for the outcome of an earlier call with this key.
    fn look(&self, key: &str, provider_id: Option<&str>) -> impl Future<Output = Result<Found<T>, CallError>> + Send;

    /// How long an unknown outcome is asked for. Then the job fails, and a manual retry makes the call again.
    fn timeout(&self) -> Duration {
        CALL_TIMEOUT
    }
}

/// Who is charged for a call, and how much at most; none if its price is not known. Of calls of unknown price an owner may make
/// so many on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// Nobody, or the stage has reserved it ([`crate::Job::need`]).
    Covered,
    /// The installation: it is reserved in the ledger, and the call is not made if a budget has less left.
    Installation(Option<MicroUsd>),
    /// The owner, whose own key is used: it counts towards no budget.
    Owner(Option<MicroUsd>),
}

/// A provider's response to submitted work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted<T> {
    /// It has accepted the work.
    Accepted {
        /// Its id of the work.
        provider_id: String,
        /// When to poll first, unless it notifies us before.
        poll_after: Duration,
    },
    /// It had the result already.
    Done(Answer<T>),
}

/// A provider's response to a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It is stopped, and this was charged.
    Stopped {
        /// What it charged.
        cost: MicroUsd,
    },
    /// It continues, and may be charged in full.
    GoesOn,
}

/// A call of an asynchronous provider: work is submitted, the provider sends a webhook or is polled, and it stores the result
/// until that is fetched.
pub trait Submit<T>: Send + Sync {
    /// The provider's name, as in [`sluice_store::jobs::Need`] and [`crate::Engine::call_changed`].
    fn provider(&self) -> &str;

    /// Submits the work. `key` is the same for the same work, also after a crash: use it as the provider's idempotency key, or as
    /// a name that it echoes.
    fn submit(&self, key: &str) -> impl Future<Output = Result<Submitted<T>, CallError>> + Send;

    /// Asks for its progress. If the response to [`Submit::submit`] was lost, the provider's id is unknown, and only the key is known.
    fn poll(
        &self,
        key: &str,
        provider_id: Option<&str>,
    ) -> impl Future<Output = Result<CallProgress, CallError>> + Send;

    /// Fetches a ready result. May be called again after a crash.
    fn fetch(&self, provider_id: &str) -> impl Future<Output = Result<Answer<T>, CallError>> + Send;

    /// Cancels work that is no longer wanted, if the provider can.
    fn cancel(&self, _provider_id: &str) -> impl Future<Output = Result<Cancelled, CallError>> + Send {
        async { Ok(Cancelled::GoesOn) }
    }

    /// The account that is asked, as far as it can be told from another: work that was submitted under one is not known under
    /// another, and is not submitted again because of that.
    fn account(&self) -> Option<&str> {
        None
    }

    /// Who is charged for the work, and how much at most.
    fn charge(&self) -> Charge {
        Charge::Covered
    }

    /// How long it may take. Then it is cancelled, the job fails, and a manual retry submits it again.
    fn timeout(&self) -> Duration {
        CALL_TIMEOUT
    }
}

/// The state of an asynchronous call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a call that is pending is waited for with Next::AwaitCall"]
pub enum Called<T> {
    /// It has ended, with this result.
    Done(T),
    /// It is open. Return [`crate::Next::AwaitCall`] with this: the stage runs again when the call changes.
    Pending(Pending),
}

/// An open call to wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub(crate) call: String,
    pub(crate) poll_after: Duration,
    pub(crate) deadline: Duration,
}
