//! Maps the errors of Scribe's use cases to responses. The codes are stable.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::json;
use sluice_app::intake::TakeError;
use sluice_app::library::IngestError;
use sluice_app::media::MediaError;
use sluice_app::scribe::chunk::ChunkError;
use sluice_app::scribe::segment::SegmentError;
use sluice_app::scribe::session::SessionError;
use sluice_app::scribe::words::WordsError;
use sluice_app::tiers::MoveError;
use sluice_store::StoreError;

use crate::http::errors::{conflict, invalid};
use crate::http::extract;
use crate::http::problem::Problem;

/// When a chunk for which there was no file may be sent again.
const PAUSE: Duration = Duration::from_secs(2);

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        let text = error.to_string();
        match error {
            SessionError::Unknown => Self::not_found("session"),
            SessionError::TooLong { what, most } => {
                invalid("text_too_long", text).with("pointer", format!("/{what}")).with("most", most)
            }
            SessionError::Language { known, .. } => {
                invalid("no_such_language", text).with("pointer", "/language").with("languages", json!(known))
            }
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

/// What of an archive is wrong is said to the operator.
const DAMAGED: &str = "The archive that has the sound of this session is missing or cannot be read, and nothing of it was deleted. A \
    transcript, if there is one, is not touched. Whoever runs this server can put the archive back from a backup: `sluice storage verify` \
    names it.";

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
            MoveError::Differs { .. } | MoveError::Archive { .. } => {
                tracing::error!(%error, "an archive cannot be read");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "bad_archive",
                    "The archive is missing or damaged",
                    DAMAGED,
                )
            }
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
            ChunkError::Busy { waiting } => {
                busy("session_busy", "Too much at once", text, 1).with("can_accept", false).with("waiting", waiting)
            }
            ChunkError::ServerBusy { waiting, pause } => {
                server_busy(text, pause).with("can_accept", false).with("waiting", waiting)
            }
            ChunkError::TooLarge { most } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "chunk_too_large", "The chunk is too large", text)
                    .with("most_bytes", most)
            }
            ChunkError::Empty => invalid("empty_chunk", text),
            ChunkError::NoLength => invalid("chunk_without_length", text),
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
            ChunkError::TooSlow { .. } => Self::timeout().because(text),
            ChunkError::Interrupted(source) if extract::timed_out(&*source) => Self::timeout(),
            ChunkError::Interrupted(_) => Self::bad_request(text),
            ChunkError::Limit(exceeded) => exceeded.into(),
            ChunkError::Media(MediaError::Blobs(error)) if error.is_out_of_files() => {
                tracing::warn!(%error, "a chunk was not stored: allow more open files");
                server_busy("the server has too many files open: send the chunk again in a moment".to_owned(), PAUSE)
                    .with("can_accept", false)
            }
            ChunkError::Media(MediaError::Store(error)) | ChunkError::Store(error) => of_store(error),
            ChunkError::Media(error) => error.into(),
        }
    }
}

/// A chunk can always be sent again, so what may pass is never an internal error.
fn of_store(error: StoreError) -> Problem {
    match error {
        StoreError::CannotOpen { .. } => Problem::unavailable(&error),
        StoreError::Interrupted => Problem::unavailable(&error)
            .because("It is not known whether the chunk was stored: send it again, it is stored once.".to_owned()),
        error => error.into(),
    }
}

fn server_busy(text: String, pause: Duration) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "server_busy", "Too much at once", text)
        .header(header::RETRY_AFTER, HeaderValue::from(pause.as_secs()))
}

fn busy(code: &'static str, title: &'static str, text: String, seconds: u64) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, title, text)
        .header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum::response::IntoResponse as _;
    use sluice_blobs::BlobError;
    use sluice_store::Cause;

    use super::*;

    #[test]
    fn what_may_pass_tells_the_client_when_to_send_a_chunk_again() {
        let cause = || Cause::from("all connections were in use");
        let of_database = [
            ChunkError::Store(StoreError::Unreachable(cause())),
            ChunkError::Store(StoreError::Contended(cause())),
            ChunkError::Store(StoreError::CannotOpen { path: "sluice.db".into(), source: cause() }),
            ChunkError::Store(StoreError::ReadOnly),
            ChunkError::Store(StoreError::Interrupted),
            ChunkError::Media(MediaError::Store(StoreError::Unreachable(cause()))),
            ChunkError::Media(MediaError::Store(StoreError::Interrupted)),
        ];
        for error in of_database {
            let text = format!("{error:?}");
            assert_eq!(status_and_pause(error), (503, "2".to_owned()), "{text}");
        }
        let out_of_files = BlobError::Io { path: "incoming".into(), source: io::Error::from_raw_os_error(24) };
        assert_eq!(status_and_pause(ChunkError::Media(out_of_files.into())), (503, "2".to_owned()));
        let full = ChunkError::ServerBusy { waiting: 1, pause: Duration::from_secs(4) };
        assert_eq!(status_and_pause(full), (503, "4".to_owned()));
        let broken = BlobError::Io { path: "incoming".into(), source: io::Error::from_raw_os_error(5) };
        assert_eq!(status_and_pause(ChunkError::Media(broken.into())), (500, String::new()));
        assert_eq!(status_and_pause(ChunkError::TooSlow { seconds: 60 }), (408, String::new()));
    }

    fn status_and_pause(error: ChunkError) -> (u16, String) {
        let response = Problem::from(error).into_response();
        let pause = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        (response.status().as_u16(), pause.unwrap_or_default().to_owned())
    }
}
