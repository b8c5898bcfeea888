//! Why nothing was done, and what helps.

use std::error::Error;
use std::time::Duration;

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Asking again: it may heal by itself. Nothing was charged.
    Retry,
    /// Asking again later: it is overloaded, out of order or cannot be reached, and did nothing. With what it said itself
    /// about when.
    PutOff(Option<Duration>),
    /// Nothing that asking the same again could do.
    Fail,
    /// Asking what became of it ([`crate::Does::look`]): the answer was lost, and it may have been done and charged.
    Look,
}

/// Why nothing was done, for the person who asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CapabilityError {
    /// What helps.
    pub remedy: Remedy,
    /// Stable, for programs.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// What was behind it, for the log.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl CapabilityError {
    fn new(remedy: Remedy, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { remedy, code: code.into(), message: message.into(), source: None }
    }

    /// Something that may heal by itself.
    pub fn retry(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Remedy::Retry, code, message)
    }

    /// Something that will be the same next time.
    pub fn fail(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Remedy::Fail, code, message)
    }

    /// A provider's trouble, with what it said about when to come back.
    pub fn put_off(after: Option<Duration>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Remedy::PutOff(after), code, message)
    }

    /// An answer that was lost.
    pub fn lost(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Remedy::Look, code, message)
    }

    /// Adds what was behind it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
