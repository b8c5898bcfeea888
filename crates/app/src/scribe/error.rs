//! What is wrong with a session.

use sluice_store::StoreError;

use super::export::ExportError;
use super::view::Gaps;
use crate::limits::{Exceeded, LimitError};
use crate::media::MediaError;

/// Why something is not done with a session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// This owner has no such session.
    #[error("there is no such session")]
    Unknown,
    /// A text is too long.
    #[error("the {what} has more than {most} characters: shorten it")]
    TooLong {
        /// `title` or `consent`.
        what: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// Nothing here writes down a language of this code.
    #[error(
        "\"{code}\" is no language that is written down here: leave it out to have it found out, or give one of {}",
        known.join(", ")
    )]
    Language {
        /// What was given.
        code: String,
        /// What may be.
        known: Vec<&'static str>,
    },
    /// The key was used for a different request.
    #[error("this Idempotency-Key was used before for another request: make a new one")]
    KeyReused,
    /// Chunks are missing.
    #[error(
        "parts of the recording have not arrived: send them, or accept that they are missing, each that is missing now"
    )]
    HasGaps(Gaps),
    /// It has ended.
    #[error("this session has ended: begin another one")]
    Ended,
    /// It has not ended.
    #[error("this session goes on: finish it first")]
    GoesOn,
    /// Its sound was deleted by the rules of keeping.
    #[error("the sound of this session was deleted, as the rules of keeping say: its transcript is left")]
    AudioDeleted,
    /// It is held.
    #[error("this session is held, and cannot be deleted: end the hold first")]
    Held,
    /// It has no transcript.
    #[error(
        "this session has no transcript: one is made once a session with sound has ended, unless it is only recorded"
    )]
    NoTranscript,
    /// It was not drawn.
    #[error("this session has no waveform yet")]
    NoWaveform,
    /// The cursor is invalid.
    #[error("the cursor is not one that this server gave: begin again without it")]
    Cursor,
    /// A limit is reached.
    #[error(transparent)]
    Limit(Exceeded),
    /// The file cannot be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The same, because of a fault of ours.
    #[error("the file could not be written: try another format")]
    NotExported,
    /// Its bytes cannot be read.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LimitError> for SessionError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => Self::Limit(exceeded),
            LimitError::Store(error) => error.into(),
        }
    }
}
