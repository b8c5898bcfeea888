//! Maps the errors of Reel's use cases to responses. The codes are stable.

use axum::http::{HeaderValue, StatusCode, header};
use sluice_app::reel::edit::EditError;
use sluice_app::reel::previews::PreviewError;
use sluice_app::reel::script::TextProblem;
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
            StartReelError::Limit(exceeded) => exceeded.into(),
            StartReelError::NoSuchVoice { .. } => invalid("no_such_voice", text),
            StartReelError::VoiceNotInstalled { .. } => invalid("voice_not_installed", text),
            StartReelError::NoSuchPresenter { .. } => invalid("no_such_presenter", text),
            StartReelError::NoModel { .. } => invalid("no_script_model", text),
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
            EditError::SceneChanged { .. } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "scene_changed",
                "The scene was changed by somebody else",
                text,
            ),
            EditError::Text { n, problem } => text_refused(n, &problem, text),
            EditError::Heading => invalid("bad_heading", text).with("pointer", "/heading"),
            EditError::Position { .. } => invalid("bad_position", text).with("pointer", "/position"),
            EditError::After { .. } => invalid("bad_position", text).with("pointer", "/after"),
            EditError::LastScene => conflict("last_scene", &error),
            EditError::NoStoryboard => conflict("no_storyboard", &error),
            EditError::TooManyScenes => conflict("too_many_scenes", &error),
            EditError::NothingToRetry => conflict("not_retryable", &error),
            EditError::Limit(exceeded) => exceeded.into(),
            EditError::Store(error) => error.into(),
        }
    }
}

/// The text of a scene breaks a rule: which scene it is, and what the limit is, for clients that say it in their own words.
fn text_refused(n: u32, problem: &TextProblem, text: String) -> Problem {
    let refused = invalid(problem.code(), text).with("scene", n).with("pointer", "/text");
    match problem {
        TextProblem::TooLong { words, most } => refused.with("words", *words).with("most", *most),
        TextProblem::TooManyCharacters { characters, most } => {
            refused.with("characters", *characters).with("most", *most)
        }
        TextProblem::Empty => refused.with("words", 0),
        TextProblem::ControlCharacters => refused,
    }
}

impl From<PreviewError> for Problem {
    fn from(error: PreviewError) -> Self {
        let text = error.to_string();
        match error {
            PreviewError::NoSuchPage => Self::not_found("page in this video"),
            PreviewError::NoSuchVoice { .. } => Self::not_found("voice"),
            PreviewError::NoSuchFace { .. } => Self::not_found("presenter"),
            PreviewError::Face(unavailable) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "picture_unavailable",
                "The picture cannot be shown now",
                text,
            )
            .header(header::RETRY_AFTER, HeaderValue::from(unavailable.again_in.as_secs())),
            PreviewError::VoiceNotInstalled { .. } => conflict("voice_not_installed", &error),
            PreviewError::NotLocal { .. } => conflict("voice_not_local", &error),
            PreviewError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once", text)
                .header(header::RETRY_AFTER, HeaderValue::from_static("5")),
            PreviewError::Page(error) => error.into(),
            PreviewError::Voice(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "voice_failed", "The voice cannot be heard now", text)
            }
            PreviewError::Provider(error) => error.into(),
            PreviewError::Media(error) => error.into(),
            PreviewError::Store(error) => error.into(),
        }
    }
}
