//! Decks that go out.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use sluice_app::capture::deck::Form;
use sluice_app::capture::pushing::{self, NotesToPush};
use sluice_app::capture::view::ExportView;
use sluice_app::capture::{CaptureApp, ExportId, PhraseId, exporting};
use sluice_domain::time::Timestamp;
use utoipa::{IntoParams, ToSchema};

use super::phrases::id_of as phrase_id;
use crate::http::Opened;
use crate::http::bounds::{Id, Moment};
use crate::http::extract::{Json, Path, Query};
use crate::http::identity::Owner;
use crate::http::media::{self, FileBytes};
use crate::http::problem::Problem;

/// How a deck is written.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FormName {
    /// `.apkg` as Anki has written it since 2.1.50.
    #[default]
    Package,
    /// `.apkg` for older programs, too.
    PackageLegacy,
    /// CSV with Anki's headers. Recordings are named, not contained.
    Csv,
    /// A ZIP of a text with six fields a line, and the recordings.
    Archive,
}

impl From<FormName> for Form {
    fn from(name: FormName) -> Self {
        match name {
            FormName::Package => Self::Package,
            FormName::PackageLegacy => Self::PackageLegacy,
            FormName::Csv => Self::Csv,
            FormName::Archive => Self::Archive,
        }
    }
}

/// A deck that is to be exported.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewExport {
    /// How it is written.
    #[serde(default)]
    form: FormName,
    /// Its name; `::` separates it from the deck that it is in.
    #[serde(default)]
    #[schema(max_length = 100)]
    deck: String,
    /// Also the cards that were exported before and have not changed since.
    #[serde(default)]
    #[schema(default = false)]
    all: bool,
}

fn id_of(text: &str) -> Result<ExportId, Problem> {
    text.parse().map_err(|_| Problem::not_found("export"))
}

/// Begins an export of the approved cards that are not excluded. Its file is at `href`; the cards are exported once it was received as
/// a whole. Imported again, it updates the cards of before, and never duplicates them.
#[utoipa::path(post, path = "/api/v1/phrase-exports", operation_id = "begin_export", tag = "phrases", request_body = NewExport,
    responses((status = 201, body = ExportView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Json(new): Json<NewExport>,
) -> Result<Response, Problem> {
    let view = exporting::begin(&app, &owner, new.form.into(), &new.deck, new.all).await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// An export, and whether its file was received.
#[utoipa::path(get, path = "/api/v1/phrase-exports/{id}", operation_id = "show_export", tag = "phrases",
    params(("id" = String, Path)), responses((status = 200, body = ExportView), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
) -> Result<Json<ExportView>, Problem> {
    Ok(Json(exporting::show(&app, &owner, &id_of(&id)?).await?))
}

/// The file of an export, with the cards as they are now. It is streamed while it is written.
#[utoipa::path(get, path = "/api/v1/phrase-exports/{id}/file", operation_id = "download_export", tag = "phrases",
    params(("id" = String, Path)),
    responses((status = 200, content((inline(FileBytes) = "application/octet-stream"), (inline(FileBytes) = "application/zip"),
                  (String = "text/csv"))),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn file(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let file = exporting::file(&app, &owner, &id_of(&id)?).await?;
    let (media_type, name) = (file.media_type, file.name.clone());
    let mut response = media::saved(Body::from_stream(file.ending_itself()), media_type, &name);
    // A part of a deck is no deck.
    response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("none"));
    Ok(response)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotesQuery {
    /// `next_after` of the previous page.
    #[param(max_length = 100)]
    after: Option<String>,
}

/// The notes of an export for a running Anki, 500 at most: the page pushes them by `AnkiConnect`, and says which arrived.
#[utoipa::path(get, path = "/api/v1/phrase-exports/{id}/notes", operation_id = "list_export_notes", tag = "phrases",
    params(("id" = String, Path), NotesQuery),
    responses((status = 200, body = NotesToPush), (status = 404, body = Problem)))]
pub(crate) async fn notes(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    Query(query): Query<NotesQuery>,
) -> Result<Json<NotesToPush>, Problem> {
    let id = id_of(&id)?;
    let wrong = |_| Problem::bad_request("The id after which notes are asked for is none that this server gave.");
    let after = query.after.as_deref().map(phrase_id).transpose().map_err(wrong)?;
    Ok(Json(pushing::notes(&app, &owner, &id, after.as_ref()).await?))
}

/// Notes that are to be in a package.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotesToPackage {
    /// Their ids.
    #[schema(value_type = Vec<Id>, inline, min_items = 1, max_items = 100)]
    ids: Vec<String>,
}

/// A package of some notes of an export, in the form that every Anki reads: the page has a running Anki import it by `AnkiConnect`, so
/// that the notes are the same as those of every other package. Nothing is exported by it; `…/arrived` says which notes are in Anki.
#[utoipa::path(post, path = "/api/v1/phrase-exports/{id}/package", operation_id = "package_export_notes", tag = "phrases",
    params(("id" = String, Path)), request_body = NotesToPackage,
    responses((status = 200, content((inline(FileBytes) = "application/octet-stream"))),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn package(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    Json(wanted): Json<NotesToPackage>,
) -> Result<Response, Problem> {
    let ids = wanted.ids.iter().map(|id| phrase_id(id)).collect::<Result<Vec<PhraseId>, Problem>>()?;
    let body = pushing::package(&app, &owner, &id_of(&id)?, &ids).await?;
    Ok(media::saved(Body::from_stream(body), Form::PackageLegacy.media_type(), "push.apkg"))
}

/// A note that is in Anki.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrived {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// `changed_at` of the note that was pushed.
    #[schema(value_type = i64, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    changed_at: Moment,
}

/// Notes that are in Anki.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArrivedNotes {
    /// Each of them.
    #[schema(max_items = 500)]
    notes: Vec<Arrived>,
}

/// What is exported now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Marked {
    /// Cards that did not change since they were pushed.
    count: u64,
}

/// Says which notes arrived in Anki: their cards are exported, unless they changed since.
#[utoipa::path(post, path = "/api/v1/phrase-exports/{id}/arrived", operation_id = "mark_export_notes", tag = "phrases",
    params(("id" = String, Path)), request_body = ArrivedNotes,
    responses((status = 200, body = Marked), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn arrived(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    Json(arrived): Json<ArrivedNotes>,
) -> Result<Json<Marked>, Problem> {
    let id = id_of(&id)?;
    let mut cards: Vec<(PhraseId, Timestamp)> = Vec::with_capacity(arrived.notes.len());
    for note in arrived.notes {
        cards.push((phrase_id(&note.id)?, Timestamp::from_millis(note.changed_at.0)));
    }
    Ok(Json(Marked { count: pushing::arrived(&app, &owner, &id, &cards).await? }))
}
