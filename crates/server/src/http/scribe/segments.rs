//! Segments: begun, closed, read.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use sluice_app::scribe::keeping::{self, Restored};
use sluice_app::scribe::view::SegmentView;
use sluice_app::scribe::{ScribeApp, audio, segment};
use sluice_domain::time::Timestamp;
use sluice_store::scribe::NewSegment;
use utoipa::ToSchema;

use super::sessions::id_of;
use crate::http::bounds::Integer;
use crate::http::extract::{Json, Path};
use crate::http::identity::Owner;
use crate::http::media::FileBytes;
use crate::http::problem::Problem;
use crate::http::{Api, Opened, media};

/// What the clock of a browser can say, however wrong it is.
type ClockTime = Integer<-8_640_000_000_000_000, 8_640_000_000_000_000>;

/// A segment that begins.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSegmentOf {
    /// The recorder's own name for it: the same key gives the same segment.
    #[schema(min_length = 1, max_length = 100)]
    key: String,
    /// What is recorded.
    source: Source,
    /// What its bytes are, such as `audio/webm;codecs=opus`.
    #[schema(max_length = 200)]
    media_type: String,
    /// When it began, by the recorder's clock, in milliseconds since 1970.
    #[serde(default = "epoch")]
    #[schema(value_type = i64, minimum = -8_640_000_000_000_000_i64, maximum = 8_640_000_000_000_000_i64)]
    started_at: ClockTime,
}

const fn epoch() -> ClockTime {
    Integer(0)
}

/// What is recorded.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    Microphone,
    Tab,
    Mixed,
    File,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Tab => "tab",
            Self::Mixed => "mixed",
            Self::File => "file",
        }
    }
}

/// The end of a segment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Close {
    /// How many chunks it has.
    #[schema(maximum = 86400)]
    chunks: u32,
}

/// Begins a segment of a recording.
#[utoipa::path(post, path = "/api/v1/sessions/{id}/segments", operation_id = "begin_segment", tag = "sessions",
    params(("id" = String, Path)), request_body = NewSegmentOf,
    responses((status = 201, body = SegmentView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn begin(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
    Json(new): Json<NewSegmentOf>,
) -> Result<(StatusCode, Json<SegmentView>), Problem> {
    let new = NewSegment {
        key: new.key,
        source: new.source.as_str().to_owned(),
        media_type: new.media_type,
        started_at: Timestamp::from_millis(new.started_at.0),
    };
    Ok((StatusCode::CREATED, Json(segment::begin(&app, &owner, &id_of(&id)?, &new).await?)))
}

/// Says how many chunks a segment has: no more will come. Those that are missing may still be sent.
#[utoipa::path(post, path = "/api/v1/sessions/{id}/segments/{segment}/close", operation_id = "close_segment", tag = "sessions",
    params(("id" = String, Path), ("segment" = u32, Path)), request_body = Close,
    responses((status = 200, body = SegmentView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn close(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path((id, number)): Path<(String, u32)>,
    Json(close): Json<Close>,
) -> Result<Json<SegmentView>, Problem> {
    Ok(Json(segment::close(&app, &owner, &id_of(&id)?, number, close.chunks).await?))
}

/// The bytes of a segment: its chunks, joined in order. Ranges are served. If they are in an archive, they are restored first,
/// and the response has `Sluice-Restored: archive`; `410` if the sound was deleted by the rules of keeping.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/segments/{segment}/audio", operation_id = "segment_audio", tag = "sessions",
    params(("id" = String, Path), ("segment" = u32, Path)),
    responses((status = 200, content((inline(FileBytes) = "audio/webm"), (inline(FileBytes) = "video/webm"),
                  (inline(FileBytes) = "audio/ogg"), (inline(FileBytes) = "audio/mp4"),
                  (inline(FileBytes) = "audio/wav"), (inline(FileBytes) = "audio/flac"),
                  (inline(FileBytes) = "audio/mpeg"))),
              (status = 206, content((inline(FileBytes) = "audio/webm"), (inline(FileBytes) = "video/webm"),
                  (inline(FileBytes) = "audio/ogg"), (inline(FileBytes) = "audio/mp4"),
                  (inline(FileBytes) = "audio/wav"), (inline(FileBytes) = "audio/flac"),
                  (inline(FileBytes) = "audio/mpeg"), (inline(FileBytes) = "multipart/byteranges"))),
              (status = 304),
              (status = 404, body = Problem), (status = 410, body = Problem), (status = 416, body = Problem)))]
pub(crate) async fn audio(
    State(api): State<Api>,
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path((id, number)): Path<(String, u32)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let restored = keeping::restore(&app, &owner, &id).await?;
    let joined = audio::joined(&app, &owner, &id, number).await?;
    let joined = joined.ok_or_else(|| Problem::not_found("segment"))?;
    let name = (joined.media_type, joined.name.as_str());
    let mut response = media::joined(&api.app.platform.media, joined.parts, name, &method, &headers)?;
    if restored == Restored::Yes {
        response.headers_mut().insert("sluice-restored", HeaderValue::from_static("archive"));
    }
    Ok(response)
}
