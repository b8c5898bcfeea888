//! Sessions: begun, listed, changed, ended, deleted.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Deserializer};
use sluice_app::scribe::export::Format;
use sluice_app::scribe::live::LiveTranscript;
use sluice_app::scribe::session::{self, Change, NewRecording, RecordingPage, Spoken};
use sluice_app::scribe::transcript::Transcription;
use sluice_app::scribe::view::{Accepted, Gaps, RecordingView, missing_chunks, open_segments};
use sluice_app::scribe::{RecordingId, ScribeApp, live, segment};
use utoipa::{IntoParams, ToSchema};

use super::words::etag;
use crate::http::extract::{IdempotencyKey, Json, NoBody, Path, Query};
use crate::http::identity::Owner;
use crate::http::limits::{self, Asking};
use crate::http::media::FileBytes;
use crate::http::paging::{Limit, Text};
use crate::http::problem::Problem;
use crate::http::{Api, Opened, media};

/// A recording that begins.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSession {
    /// Its title; may be empty.
    #[serde(default)]
    #[schema(max_length = 300)]
    title: String,
    /// ISO 639-1 code of what is spoken, or a tag that begins with it, such as `en-US`; null, the default, to have it found out.
    #[schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")]
    language: Option<String>,
    /// `false` only records; it can be transcribed later.
    #[serde(default = "yes")]
    #[schema(default = true)]
    transcribe: bool,
    /// What those who are recorded were told.
    #[serde(default)]
    #[schema(max_length = 4000)]
    consent: String,
}

const fn yes() -> bool {
    true
}

/// What is to be changed of a session; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionChange {
    /// Its title.
    #[schema(max_length = 300)]
    title: Option<String>,
    /// ISO 639-1 code of what is spoken, or a tag that begins with it; null to have it found out.
    #[serde(default, deserialize_with = "chosen")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")]
    language: Option<Spoken>,
    /// Whether it is to be transcribed.
    transcribe: Option<bool>,
    /// `paused`, or `recording` to go on.
    state: Option<Going>,
}

/// Null is a choice too. What is missing is none.
fn chosen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Spoken>, D::Error> {
    let code = Option::<String>::deserialize(deserializer)?;
    Ok(Some(given(code).map_or(Spoken::FoundOut, Spoken::Language)))
}

/// A language that was chosen: an empty one, as a form sends it in which nobody chose any, is none.
pub(super) fn given(code: Option<String>) -> Option<String> {
    code.filter(|code| !code.is_empty())
}

/// Whether a session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Going {
    Recording,
    Paused,
}

/// How a session is ended.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finish {
    /// Ends it although chunks are missing: they are gaps for good. With `missing` or `open` only if no others are.
    #[serde(default)]
    #[schema(default = false)]
    accept_gaps: bool,
    /// Those that the person was told of, as the gaps name them: if others are missing by now, it does not end.
    #[schema(schema_with = missing_chunks)]
    missing: Option<Vec<[Numbers; 2]>>,
    /// The segments of which the person was told that they have not ended; without `missing` no chunk is.
    #[serde(default)]
    #[schema(schema_with = open_segments)]
    open: Vec<u32>,
}

impl Finish {
    fn accepted(self) -> Accepted {
        match (self.accept_gaps, self.missing) {
            (false, _) => Accepted::Nothing,
            (true, None) if self.open.is_empty() => Accepted::Everything,
            (true, missing) => {
                let missing = missing.unwrap_or_default().into_iter().filter_map(Numbers::of_segment).collect();
                Accepted::Named { missing, open: self.open }
            }
        }
    }
}

/// A number, or several. The description of the API has no pairs of different types: whatever it allows is understood.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Numbers {
    One(u32),
    Several(Vec<u32>),
}

impl Numbers {
    /// The number of a segment, and those of chunks in it; none where there is no single number.
    fn of_segment(pair: [Self; 2]) -> Option<(u32, Vec<u32>)> {
        match pair {
            [Self::One(segment), Self::One(chunk)] => Some((segment, vec![chunk])),
            [Self::One(segment), Self::Several(chunks)] | [Self::Several(chunks), Self::One(segment)] => {
                Some((segment, chunks))
            }
            [Self::Several(_), Self::Several(_)] => None,
        }
    }
}

/// An id from an address: what is none names nothing.
pub(super) fn id_of(text: &str) -> Result<RecordingId, Problem> {
    text.parse().map_err(|_| Problem::not_found("session"))
}

/// Begins a recording. Its segments and chunks follow: see `docs/recording.md`.
#[utoipa::path(post, path = "/api/v1/sessions", operation_id = "begin_recording", tag = "sessions", request_body = NewSession,
    params(IdempotencyKey),
    responses((status = 201, body = RecordingView), (status = 422, body = Problem), (status = 429, body = Problem),
              (status = 507, body = Problem)))]
pub(crate) async fn create(
    Asking(asker): Asking,
    Opened(app): Opened<ScribeApp>,
    IdempotencyKey { key: request_key }: IdempotencyKey,
    Json(new): Json<NewSession>,
) -> Result<Response, Problem> {
    let NewSession { title, language, transcribe, consent } = new;
    let new = NewRecording { title, language: given(language), transcribe, consent, request_key };
    let (view, standings) = session::begin(&app, &asker, new).await?;
    let location = HeaderValue::from_str(&format!("/api/v1/sessions/{}", view.session.id))
        .map_err(|error| Problem::internal(&error))?;
    Ok(limits::with(&standings, (StatusCode::CREATED, [(header::LOCATION, location)], Json(view))))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Page size.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Only those whose title contains this, ignoring case.
    #[param(value_type = Option<String>, max_length = 200)]
    q: Option<Text<200>>,
}

/// Recordings, the newest first.
#[utoipa::path(get, path = "/api/v1/sessions", operation_id = "list_recordings", tag = "sessions", params(ListQuery),
    responses((status = 200, body = RecordingPage)))]
pub(crate) async fn list(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Query(query): Query<ListQuery>,
) -> Result<Json<RecordingPage>, Problem> {
    let words = query.q.map(|Text(words)| words).unwrap_or_default();
    Ok(Json(session::page(&app, &owner, &words, query.cursor.as_deref(), query.limit.get()).await?))
}

/// A recording with its segments.
#[utoipa::path(get, path = "/api/v1/sessions/{id}", operation_id = "show_recording", tag = "sessions",
    params(("id" = String, Path)), responses((status = 200, body = RecordingView), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
) -> Result<Json<RecordingView>, Problem> {
    Ok(Json(session::show(&app, &owner, &id_of(&id)?).await?))
}

/// Changes a recording's title, its language, or whether it is paused.
#[utoipa::path(patch, path = "/api/v1/sessions/{id}", operation_id = "change_recording", tag = "sessions",
    params(("id" = String, Path)), request_body = SessionChange,
    responses((status = 200, body = RecordingView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn change(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
    Json(change): Json<SessionChange>,
) -> Result<Json<RecordingView>, Problem> {
    let SessionChange { title, language, transcribe, state } = change;
    let change = Change { title, language, transcribe, paused: state.map(|state| state == Going::Paused) };
    Ok(Json(session::change(&app, &owner, &id_of(&id)?, &change).await?))
}

/// Deletes a recording with everything of it; refused while it is held.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", operation_id = "delete_recording", tag = "sessions",
    params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn delete(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if session::delete(&app, &owner, &id_of(&id)?).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("session"))
}

/// Which chunks are missing. A segment that has not been closed is not complete, since more may come.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/gaps", operation_id = "show_gaps", tag = "sessions",
    params(("id" = String, Path)), responses((status = 200, body = Gaps), (status = 404, body = Problem)))]
pub(crate) async fn gaps(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
) -> Result<Json<Gaps>, Problem> {
    segment::gaps(&app, &owner, &id_of(&id)?).await?.map(Json).ok_or_else(|| Problem::not_found("session"))
}

/// Ends a recording. While chunks are missing, or a segment is not closed, it is refused with what is missing (`gaps`), unless that is
/// accepted: by `accept_gaps` whatever it is, with `missing` and `open` no more than these. Ending it again changes nothing.
#[utoipa::path(post, path = "/api/v1/sessions/{id}/finish", operation_id = "finish_recording", tag = "sessions",
    params(("id" = String, Path)), request_body = Finish,
    responses((status = 200, body = RecordingView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn finish(
    State(api): State<Api>,
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
    Json(finish): Json<Finish>,
) -> Result<Json<RecordingView>, Problem> {
    Ok(Json(session::finish(&app, &api.app.engine, &owner, &id_of(&id)?, &finish.accepted()).await?))
}

/// Transcribes a recording that has ended: again, or for the first time if it was only recorded.
#[utoipa::path(post, path = "/api/v1/sessions/{id}/transcribe", operation_id = "transcribe_recording", tag = "sessions",
    params(("id" = String, Path)),
    responses((status = 202, body = RecordingView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 410, body = Problem), (status = 429, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn transcribe(
    State(api): State<Api>,
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<(StatusCode, Json<RecordingView>), Problem> {
    let view = session::transcribe(&app, &api.app.engine, &owner, &id_of(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// What was said and by whom, with the times of the words, what was left out, and where there is no sound. `ETag` is its revision.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/transcript", operation_id = "show_transcript", tag = "sessions",
    params(("id" = String, Path)),
    responses((status = 200, body = Transcription, headers(("ETag" = String))), (status = 404, body = Problem),
              (status = 409, body = Problem)))]
pub(crate) async fn transcript(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transcript = session::transcript(&app, &owner, &id_of(&id)?).await?;
    Ok(([(header::ETAG, etag(transcript.revision)?)], Json(transcript)).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiveQuery {
    /// Only passages that end after this moment, in milliseconds from the session's beginning.
    #[serde(default)]
    #[param(default = 0, maximum = 9_007_199_254_740_991_u64)]
    after_ms: u64,
}

/// What is heard while a recording goes on. Passages that are certain stay as they are; the others are replaced by the next
/// hearing, of which the event `scribe.heard` tells. When the recording has its transcript, there is nothing here any more.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/live", operation_id = "show_live_transcript", tag = "sessions",
    params(("id" = String, Path), LiveQuery),
    responses((status = 200, body = LiveTranscript), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn live(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
    Query(query): Query<LiveQuery>,
) -> Result<Json<LiveTranscript>, Problem> {
    let after_ms = query.after_ms.min(i64::MAX.unsigned_abs());
    let found = live::show(&app, &owner, &id_of(&id)?, after_ms).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("session"))
}

/// The format of a file.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormatName {
    Txt,
    Srt,
    Vtt,
    Json,
    Md,
    Docx,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Txt => Self::Txt,
            FormatName::Srt => Self::Srt,
            FormatName::Vtt => Self::Vtt,
            FormatName::Json => Self::Json,
            FormatName::Md => Self::Md,
            FormatName::Docx => Self::Docx,
        }
    }
}

/// The transcript as a file: text, captions (`srt`, `vtt`), `json`, Markdown (`md`) or a Word document (`docx`).
#[utoipa::path(get, path = "/api/v1/sessions/{id}/transcript/{format}", operation_id = "export_transcript", tag = "sessions",
    params(("id" = String, Path), ("format" = inline(FormatName), Path)),
    responses((status = 200, content((String = "text/plain"), (String = "application/x-subrip"), (String = "text/vtt"),
                  (inline(Value) = "application/json"), (String = "text/markdown"),
                  (inline(FileBytes) = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn export(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path((id, format)): Path<(String, FormatName)>,
) -> Result<Response, Problem> {
    let exported = session::export(&app, &owner, &id_of(&id)?, format.into()).await?;
    Ok(media::generated(exported.bytes, exported.media_type, &exported.name))
}
