//! Maps the errors of use cases to responses. The codes are stable.

use axum::http::StatusCode;
use sluice_app::library::IngestError;
use sluice_app::media::MediaError;
use sluice_app::module::RetryError;
use sluice_blobs::BlobError;
use sluice_local::reading::ReadError;
use sluice_store::StoreError;

use super::problem::Problem;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::disk_full(),
            StoreError::ReadOnly
            | StoreError::Unreachable(_)
            | StoreError::Contended(_)
            | StoreError::BlobGone { .. } => Self::unavailable(&error),
            StoreError::AlreadyExists(_) => conflict("already_exists", &error),
            StoreError::NotStorable { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_storable", "This cannot be stored", error.to_string())
            }
            StoreError::NoSuchJob { .. } => Self::not_found("job"),
            StoreError::NotRetryable { .. } => conflict("not_retryable", &error),
            _ => Self::internal(&error),
        }
    }
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Blobs(BlobError::DiskFull { .. }) => Self::disk_full(),
            MediaError::Blobs(error) => Self::internal(&error),
            MediaError::Store(error) => error.into(),
            MediaError::Collecting => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "media_collecting",
                "These bytes are being deleted",
                error.to_string(),
            ),
        }
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Unreadable(error) => error.into(),
            IngestError::NotRead(error) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "document_not_read",
                "The document cannot be read",
                error.message,
            ),
            IngestError::Refused(refusal) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.code, refusal.title, refusal.detail)
            }
            IngestError::Media(error) => error.into(),
            IngestError::Store(error) => error.into(),
            IngestError::Kept(error) => Self::internal(&error),
        }
    }
}

impl From<RetryError> for Problem {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NothingToRetry => conflict("not_retryable", &error),
            RetryError::Store(error) => error.into(),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        let (code, text) = (error.code(), error.to_string());
        match error {
            ReadError::NotAPdf => Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code, "This is not a PDF", text),
            ReadError::Scanned { pages, ocr_available } => {
                unfit(code, text).with("pages", pages).with("ocr_available", ocr_available)
            }
            ReadError::Portfolio { files } => unfit(code, text).with("files", files),
            ReadError::TooManyPages { found, limit } | ReadError::TooManyScans { found, limit } => {
                unfit(code, text).with("pages", found).with("limit_pages", limit)
            }
            ReadError::DiskFull => Self::disk_full(),
            ReadError::Io(_) | ReadError::ToolMissing { .. } => Self::internal(&error),
            _ => unfit(code, text),
        }
    }
}

fn unfit(code: &'static str, text: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, "This document cannot be used", text)
}

pub(super) fn invalid(code: &'static str, text: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, "The request cannot be fulfilled", text)
}

pub(super) fn conflict(code: &'static str, error: &dyn std::error::Error) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, "Not possible in the current state", error.to_string())
}
