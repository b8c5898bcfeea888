//! The state of work at asynchronous providers.

use std::time::Duration;

use crate::money::MicroUsd;

/// What a provider knows of submitted work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallProgress {
    /// It is working on it.
    Pending {
        /// Its id of the work.
        provider_id: String,
        /// When to poll again, unless it notifies us before.
        poll_after: Duration,
    },
    /// It is done, and can be fetched.
    Ready {
        /// Its id of the work.
        provider_id: String,
    },
    /// It failed. Submitted again, it may succeed.
    Failed {
        /// Its message.
        message: String,
        /// What it charged nevertheless.
        cost: MicroUsd,
    },
    /// It rejected the work, and would reject it again.
    Rejected {
        /// Stable, for programs.
        code: String,
        /// Its message.
        message: String,
        /// What it charged nevertheless.
        cost: MicroUsd,
    },
    /// There is no such work: it never arrived, or has been deleted.
    NotFound,
    /// The provider cannot tell.
    CannotTell,
}
