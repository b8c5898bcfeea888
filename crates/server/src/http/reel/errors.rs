//! Maps the errors of Reel's use cases to responses. The codes are stable.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use sluice_app::reel::Limits;
use sluice_app::reel::edit::EditError;
use sluice_app::reel::start::StartReelError;
use sluice_app::reel::view::list::ListError;

use crate::http::errors::{conflict, invalid};
use crate::http::problem::Problem;

impl From<StartReelError> for Problem {
    fn from(error: StartReelError) -> Self {
        let text = error.to_string();
        match error {
            StartReelError::NoSuchDocument => Self::not_found("document"),
            StartReelError::BeingRead { ref document, ref job } => {
                let (document, job) = (document.to_string(), job.to_string());
                conflict("document_being_read", &error).with("document_id", document).with("job_id", job)
            }
            StartReelError::Refused(refused) => {
                invalid("document_refused", refused.detail).with("reason", refused.code)
            }
            StartReelError::TooMany { limit, retry_after } => rate_limited(limit, retry_after.as_secs(), text),
            StartReelError::NoSuchVoice { .. } => invalid("no_such_voice", text),
            StartReelError::VoiceNotInstalled { .. } => invalid("voice_not_installed", text),
            StartReelError::NoSuchPresenter { .. } => invalid("no_such_presenter", text),
            StartReelError::KeyReused => invalid("idempotency_key_reused", text),
            StartReelError::Store(error) => error.into(),
        }
    }
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Cursor => Self::bad_request(error.to_string()),
            ListError::Store(error) => error.into(),
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
