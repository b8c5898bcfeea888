//! Why a document is not stored.

use sluice_capability::CapabilityError;
use sluice_local::reading::ReadError;
use sluice_store::StoreError;

use crate::facts::Refusal;
use crate::intake::TakeError;
use crate::limits::{Exceeded, LimitError};
use crate::media::MediaError;

/// Why a document is not stored.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// No implementation could read it.
    #[error(transparent)]
    NotRead(#[from] CapabilityError),
    /// It was read, but no app can use it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The blob store failed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its owner has no room for it.
    #[error(transparent)]
    Limit(Exceeded),
    /// The stored results of reading it cannot be decoded.
    #[error("what was kept of the document cannot be understood")]
    Kept(#[from] serde_json::Error),
    /// Another request has taken over the upload that the document came by.
    #[error("another request continues this upload")]
    UploadLost,
}

impl From<LimitError> for IngestError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => Self::Limit(exceeded),
            LimitError::Store(error) => error.into(),
        }
    }
}

impl From<TakeError> for IngestError {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Refused(refusal) => refusal.into(),
            TakeError::NotJudged(error) => error.into(),
            TakeError::Limit(exceeded) => Self::Limit(exceeded),
            TakeError::Media(error) => error.into(),
            TakeError::Store(error) => error.into(),
            TakeError::UploadLost => Self::UploadLost,
        }
    }
}
