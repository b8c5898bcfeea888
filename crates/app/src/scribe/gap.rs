//! Why something is not in a transcript.

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
