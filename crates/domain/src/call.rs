//! Calls of providers that work while nobody waits.

use std::time::Duration;

use crate::money::MicroUsd;

/// What a provider knows of work that it was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallProgress {
    /// It is at work on it.
    Pending {
        /// Its id of the work.
        provider_id: String,
        /// When to look again, unless it says something before.
        poll_after: Duration,
    },
    /// It is done, and can be fetched.
    Ready {
        /// Its id of the work.
        provider_id: String,
    },
    /// It failed. Asked for again, it may succeed.
    Failed {
        /// What it said.
        message: String,
        /// What it charged all the same.
        cost: MicroUsd,
    },
    /// It will not do this, now or later.
    Rejected {
        /// Stable, for programs.
        code: String,
        /// What it said.
        message: String,
        /// What it charged all the same.
        cost: MicroUsd,
    },
    /// There is no such work: it never came, or is no longer kept.
    NotFound,
    /// It cannot be told.
    CannotTell,
}
