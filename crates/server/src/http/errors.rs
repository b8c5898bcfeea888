//! Which answer each failure of a use case gets. The codes are stable.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use sluice_app::library::IntakeError;
use sluice_app::platform::Limits;
use sluice_app::reel::edit::EditError;
use sluice_app::reel::start::StartReelError;
use sluice_blobs::BlobError;
use sluice_local::reading::ReadError;
use sluice_store::StoreError;

use super::problem::Problem;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::disk_full(),
            StoreError::ReadOnly | StoreError::Unreachable(_) => Self::unavailable(&error),
            StoreError::NoSuchJob { .. } => Self::not_found("job"),
            StoreError::NotRetryable { .. } => conflict("not_retryable", &error),
            _ => Self::internal(&error),
        }
    }
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::DiskFull { .. } => Self::disk_full(),
            _ => Self::internal(&error),
        }
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Unreadable(error) => error.into(),
            IntakeError::Unfit(error) => unfit(error.code(), error.to_string()),
            IntakeError::Script(error) => unfit(error.code(), error.to_string()),
            IntakeError::Blobs(error) => error.into(),
            IntakeError::Store(error) => error.into(),
            IntakeError::Kept(error) => Self::internal(&error),
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
            ReadError::TooManyPages { found, limit } => {
                unfit(code, text).with("pages", found).with("limit_pages", limit)
            }
            ReadError::DiskFull => Self::disk_full(),
            ReadError::Io(_) | ReadError::ToolMissing { .. } => Self::internal(&error),
            _ => unfit(code, text),
        }
    }
}

impl From<StartReelError> for Problem {
    fn from(error: StartReelError) -> Self {
        let text = error.to_string();
        match error {
            StartReelError::NoSuchDocument => Self::not_found("document"),
            StartReelError::TooMany { limit, retry_after } => rate_limited(limit, retry_after.as_secs(), text),
            StartReelError::NoSuchVoice { .. } => invalid("no_such_voice", text),
            StartReelError::VoiceNotInstalled { .. } => invalid("voice_not_installed", text),
            StartReelError::NoSuchPresenter { .. } => invalid("no_such_presenter", text),
            StartReelError::KeyReused => invalid("idempotency_key_reused", text),
            StartReelError::Store(error) => error.into(),
        }
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        let text = error.to_string();
        match error {
            EditError::NoSuchReel => Self::not_found("video"),
            EditError::NoSuchScene { .. } => Self::not_found("scene"),
            EditError::Text(problem) => invalid(problem.code(), text),
            EditError::Heading => invalid("bad_heading", text),
            EditError::Position { .. } => invalid("bad_position", text),
            EditError::NothingToRetry => conflict("not_retryable", &error),
            EditError::Store(error) => error.into(),
        }
    }
}

fn unfit(code: &'static str, text: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, "No video can be made of this document", text)
}

fn invalid(code: &'static str, text: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, "This cannot be done as asked", text)
}

fn conflict(code: &'static str, error: &dyn std::error::Error) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, "Not now", error.to_string())
}

/// The fields `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers of 2025-09.
fn rate_limited(limit: u32, seconds: u64, text: String) -> Problem {
    let header_value = |text: String| HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    let window = Limits::WINDOW.as_secs();
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many videos at once", text)
        .with("retry_after_seconds", seconds)
        .header(header::RETRY_AFTER, HeaderValue::from(seconds))
        .header(HeaderName::from_static("ratelimit-policy"), header_value(format!("\"reels\";q={limit};w={window}")))
        .header(HeaderName::from_static("ratelimit"), header_value(format!("\"reels\";r=0;t={seconds}")))
}
