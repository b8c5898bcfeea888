//! Maps the errors of Scribe's use cases to responses. The codes are stable.

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::json;
use sluice_app::intake::TakeError;
use sluice_app::library::IngestError;
use sluice_app::scribe::chunk::ChunkError;
use sluice_app::scribe::segment::SegmentError;
use sluice_app::scribe::session::SessionError;
use sluice_app::scribe::words::WordsError;
use sluice_app::tiers::MoveError;

use crate::http::errors::{conflict, invalid};
use crate::http::extract;
use crate::http::problem::Problem;

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        let text = error.to_string();
        match error {
            SessionError::Unknown => Self::not_found("session"),
            SessionError::TooLong { what, most } => {
                invalid("text_too_long", text).with("pointer", format!("/{what}")).with("most", most)
            }
            SessionError::Language { .. } => invalid("no_such_language", text).with("pointer", "/language"),
            SessionError::KeyReused => invalid("idempotency_key_reused", text),
            SessionError::HasGaps(ref gaps) => conflict("session_has_gaps", &error).with("gaps", json!(gaps)),
            SessionError::Ended => conflict("session_ended", &error),
            SessionError::GoesOn => conflict("session_goes_on", &error),
            SessionError::AudioDeleted => gone(text),
            SessionError::Held => conflict("session_held", &error),
            SessionError::NoTranscript => conflict("no_transcript", &error),
            SessionError::NoWaveform => conflict("no_waveform", &error),
            SessionError::Export(_) | SessionError::NotExported => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "not_exported", "The file could not be written", text)
            }
            SessionError::Media(error) => error.into(),
            SessionError::Cursor => Self::bad_request(text),
            SessionError::Limit(exceeded) => exceeded.into(),
            SessionError::Store(error) => error.into(),
        }
    }
}

impl From<WordsError> for Problem {
    fn from(error: WordsError) -> Self {
        let text = error.to_string();
        match error {
            WordsError::Session(error) => error.into(),
            WordsError::NoPassage => Self::not_found("passage"),
            WordsError::NoSpeaker => Self::not_found("speaker"),
            WordsError::Changed { revision } => {
                let title = "Somebody else changed it first";
                Self::new(StatusCode::PRECONDITION_FAILED, "transcript_changed", title, text).with("revision", revision)
            }
            WordsError::Nothing => invalid("nothing_to_change", text),
            WordsError::GivenToNobody { .. } => invalid("no_such_speaker", text).with("pointer", "/speaker"),
        }
    }
}

fn gone(text: String) -> Problem {
    Problem::new(StatusCode::GONE, "audio_deleted", "The sound was deleted", text)
}

impl From<MoveError> for Problem {
    fn from(error: MoveError) -> Self {
        let text = error.to_string();
        match error {
            MoveError::Unknown => Self::not_found("session"),
            MoveError::Deleted => gone(text),
            MoveError::NotDue => conflict("not_due", &error),
            MoveError::Differs { .. } | MoveError::Archive { .. } => Self::internal(&error),
            MoveError::Media(error) => error.into(),
            MoveError::Store(error) => error.into(),
        }
    }
}

impl From<TakeError> for Problem {
    fn from(error: TakeError) -> Self {
        IngestError::from(error).into()
    }
}

impl From<SegmentError> for Problem {
    fn from(error: SegmentError) -> Self {
        let text = error.to_string();
        match error {
            SegmentError::Unknown => Self::not_found("session or segment"),
            SegmentError::Key => invalid("bad_key", text).with("pointer", "/key"),
            SegmentError::MediaType { .. } => invalid("unknown_media_type", text).with("pointer", "/media_type"),
            SegmentError::TooMany { most } => conflict("too_many_segments", &error).with("most", most),
            SegmentError::Ended => conflict("session_ended", &error),
            SegmentError::Differs { chunks } => conflict("segment_differs", &error).with("chunks", chunks),
            SegmentError::TooManyChunks { most } => invalid("too_many_chunks", text).with("most", most),
            SegmentError::Store(error) => error.into(),
        }
    }
}

impl From<ChunkError> for Problem {
    fn from(error: ChunkError) -> Self {
        let text = error.to_string();
        match error {
            ChunkError::Unknown => Self::not_found("session or segment"),
            ChunkError::Busy { waiting } => busy("session_busy", "Too much at once", text, 1).with("waiting", waiting),
            ChunkError::TooLarge { most } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "chunk_too_large", "The chunk is too large", text)
                    .with("most_bytes", most)
            }
            ChunkError::Empty => invalid("empty_chunk", text),
            ChunkError::WrongDigest => invalid("wrong_digest", text),
            ChunkError::NotAudio { .. } => invalid("not_audio", text),
            ChunkError::Differs => conflict("chunk_differs", &error),
            ChunkError::TooOften { until, now } => {
                let seconds = until.since(now).as_secs() + 1;
                busy("chunk_repeated", "Sent again too often", text, seconds)
            }
            ChunkError::TooFar { most } => invalid("chunk_too_far", text).with("most", most),
            ChunkError::SegmentClosed { chunks } => conflict("segment_closed", &error).with("chunks", chunks),
            ChunkError::Ended => conflict("session_ended", &error),
            ChunkError::Interrupted(source) if extract::timed_out(&*source) => Self::timeout(),
            ChunkError::Interrupted(_) => Self::bad_request(text),
            ChunkError::Limit(exceeded) => exceeded.into(),
            ChunkError::Media(error) => error.into(),
            ChunkError::Store(error) => error.into(),
        }
    }
}

fn busy(code: &'static str, title: &'static str, text: String, seconds: u64) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, title, text)
        .header(header::RETRY_AFTER, HeaderValue::from(seconds))
}
