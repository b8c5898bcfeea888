//! What is not in a transcript, and why.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why there is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// No recorder ran.
    NotRecorded,
    /// Its chunks never arrived.
    NotReceived,
    /// Its chunks arrived, and cannot be read: they are damaged, or no sound, or without the first one, which says how to read
    /// the others.
    Unreadable,
    /// Somebody speaks, and what is said was not written down: it is in another language, unclear, or among others' voices.
    NotWritten,
}

/// A stretch of which nothing is in the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gap {
    /// Start.
    pub start_ms: u64,
    /// End, exclusive.
    pub end_ms: u64,
    /// Why.
    pub reason: GapReason,
    /// Its end is an estimate: chunks are missing at the end of a segment, and nobody knows how long they were.
    #[serde(default)]
    #[schema(required = true)]
    pub estimated: bool,
}

impl Gap {
    /// The same on a time line on which what it is of begins then.
    pub(super) fn on_line(self, from: u64) -> Self {
        Self { start_ms: from + self.start_ms, end_ms: from + self.end_ms, ..self }
    }
}
