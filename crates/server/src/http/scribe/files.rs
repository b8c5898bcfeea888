//! Files with sound: each becomes a session that has ended, and is transcribed.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use sluice_app::scribe::file::{self, FILE_BYTES, NewFile};
use sluice_app::scribe::session::{self, SessionError, TITLE_CHARACTERS};
use sluice_app::scribe::view::RecordingView;
use sluice_app::scribe::{ScribeApp, languages};
use utoipa::ToSchema;

use crate::http::extract::{IdempotencyKey, Json};
use crate::http::limits::{self, Asking};
use crate::http::problem::Problem;
use crate::http::{Api, Opened, forms};

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the handler reads its fields one by one")]
struct FileForm {
    /// The sound or the video: MP3, M4A, WAV, OGG, `WebM`, FLAC or MP4, at most 2 GiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The session's title; without it the file's name.
    #[schema(value_type = Option<String>, nullable = false, max_length = 300)]
    title: Option<String>,
    /// ISO 639-1 code of what is spoken, or a tag that begins with it, such as `en-US`; found out without it.
    #[schema(value_type = Option<String>, nullable = false, min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")]
    language: Option<String>,
}

/// Uploads a sound or a video, which becomes a session that has ended, and is transcribed. A large one is better sent by
/// `/api/v1/uploads`, which can be continued.
#[utoipa::path(post, path = "/api/v1/sessions/files", operation_id = "upload_recording", tag = "sessions",
    params(IdempotencyKey),
    request_body(content = inline(FileForm), content_type = "multipart/form-data"),
    responses((status = 201, body = RecordingView), (status = 413, body = Problem), (status = 415, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn create(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<ScribeApp>,
    IdempotencyKey { key: request_key }: IdempotencyKey,
    request: Request,
) -> Result<Response, Problem> {
    let (standings, request) = limits::begin_upload(&api, &asker, request).await?;
    let mut form = forms::receive_within(&api, request, &["title", "language"], FILE_BYTES).await?;
    let Some((path, name)) = form.file.take() else {
        return Err(Problem::bad_request("The form has no field \"file\" with a sound or a video in it."));
    };
    let field = |name| form.field(name).map(str::to_owned).filter(|text| !text.is_empty());
    let (title, language) = (field("title"), field("language"));
    if title.as_ref().is_some_and(|title| title.chars().count() > TITLE_CHARACTERS) {
        return Err(SessionError::TooLong { what: "title", most: TITLE_CHARACTERS }.into());
    }
    let language = languages::chosen(&app, &asker.owner, language).await?;
    let new = NewFile { file: path, name, title, language, request_key };
    let id = file::take(&app, &api.app.engine, &asker.owner, new, None).await?;
    let view = session::show(&app, &asker.owner, &id).await?;
    let location =
        HeaderValue::from_str(&format!("/api/v1/sessions/{id}")).map_err(|error| Problem::internal(&error))?;
    Ok(limits::with(&standings, (StatusCode::CREATED, [(header::LOCATION, location)], Json(view))))
}
