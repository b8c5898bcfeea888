//! Maps the errors of use cases to responses. The codes are stable.

use axum::http::{HeaderValue, StatusCode, header};
use sluice_app::library::IngestError;
use sluice_app::media::MediaError;
use sluice_app::module::RetryError;
use sluice_app::uploads::{NO_APP_FOR_FILE, UploadError};
use sluice_blobs::BlobError;
use sluice_local::reading::ReadError;
use sluice_store::StoreError;

use super::problem::Problem;
use super::{extract, forms};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::disk_full(),
            StoreError::ReadOnly | StoreError::Unreachable(_) | StoreError::BlobGone { .. } => {
                Self::unavailable(&error)
            }
            StoreError::Contended(_) => Self::contended(&error),
            StoreError::AlreadyExists(_) => conflict("already_exists", &error),
            StoreError::NotStorable { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_storable", "This cannot be stored", error.to_string())
            }
            StoreError::BadRate { .. } => invalid("invalid_limit", error.to_string()),
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
            )
            .header(header::RETRY_AFTER, HeaderValue::from_static("10")),
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
                let of_no_kind = refusal.code == NO_APP_FOR_FILE;
                let status =
                    if of_no_kind { StatusCode::UNSUPPORTED_MEDIA_TYPE } else { StatusCode::UNPROCESSABLE_ENTITY };
                Self::new(status, refusal.code, refusal.title, refusal.detail)
            }
            IngestError::Media(error) => error.into(),
            IngestError::Store(error) => error.into(),
            IngestError::Limit(exceeded) => exceeded.into(),
            IngestError::Kept(error) => Self::internal(&error),
            IngestError::UploadLost => UploadError::Locked.into(),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        let text = error.to_string();
        let gone = |code: &'static str, title: &'static str| Self::new(StatusCode::GONE, code, title, text.clone());
        match error {
            UploadError::Unknown => Self::not_found("upload"),
            UploadError::Gone => gone("upload_expired", "This upload has expired"),
            UploadError::Removed => gone("upload_removed", "This upload was discarded"),
            UploadError::Ended(refused) => {
                gone("upload_refused", "This upload was refused").with("reason", refused.code)
            }
            UploadError::Locked => {
                Self::new(StatusCode::LOCKED, "upload_locked", "Another request is sending this file", text)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("2"))
            }
            UploadError::WrongOffset { expected } => {
                Self::new(StatusCode::CONFLICT, "wrong_upload_offset", "The upload continues elsewhere", text)
                    .with("expected_offset", expected)
            }
            UploadError::TooLarge { limit } => forms::too_large(limit),
            UploadError::Exceeds { length } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "upload_exceeds_length", "More bytes than announced", text)
                    .with("length", length)
            }
            UploadError::TooMany => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_uploads", "Too many unfinished uploads", text)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("60"))
            }
            UploadError::Limit(exceeded) => exceeded.into(),
            UploadError::WrongChecksum => {
                let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
                Self::new(status, "checksum_mismatch", "The checksum does not match", text)
            }
            UploadError::Interrupted { received, source } => {
                let timed_out = extract::timed_out(&*source);
                let status = if timed_out { StatusCode::REQUEST_TIMEOUT } else { StatusCode::BAD_REQUEST };
                Self::new(status, "upload_interrupted", "The request ended early", text).with("offset", received)
            }
            UploadError::Stopping { received } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "server_stopping", "The server is stopping", text)
                    .with("offset", received)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
            }
            UploadError::Ingest(error) => error.into(),
            UploadError::Media(error) => error.into(),
            UploadError::Store(error) => error.into(),
        }
    }
}

impl From<RetryError> for Problem {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NothingToRetry => conflict("not_retryable", &error),
            RetryError::Limit(exceeded) => exceeded.into(),
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
