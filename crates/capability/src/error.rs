//! Errors of implementations, and whether a retry helps.

use std::error::Error;
use std::time::Duration;

/// What can be done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// A retry: the error is transient, and nothing was charged.
    Retry,
    /// A retry later: the provider is overloaded, down or unreachable, and did nothing. With the time that it sent, if any.
    PutOff(Option<Duration>),
    /// Nothing: the same request would fail again.
    Fail,
    /// Asking for the outcome ([`crate::Does::look`]): the response was lost, and the work may have been done and charged.
    Look,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CapabilityError {
    /// What can be done about it.
    pub remedy: Remedy,
    /// Stable, for programs.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// The cause, for the log.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl CapabilityError {
    fn new(remedy: Remedy, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { remedy, code: code.into(), message: message.into(), source: None }
    }

    /// A transient error.
    pub fn retry(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Remedy::Retry, code, message)
    }

    /// A permanent error.
    pub fn fail(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Remedy::Fail, code, message)
    }

    /// An outage of a provider, with its retry-after.
    pub fn put_off(after: Option<Duration>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Remedy::PutOff(after), code, message)
    }

    /// A lost response.
    pub fn lost(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Remedy::Look, code, message)
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
