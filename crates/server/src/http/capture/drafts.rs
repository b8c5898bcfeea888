//! Phrases on a theme.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use sluice_app::capture::drafts::{self, DraftsView, Wanted};
use sluice_app::capture::{CaptureApp, DraftId};
use utoipa::ToSchema;

use super::phrases::PhrasesAdded;
use crate::http::bounds::Integer;
use crate::http::extract::{Json, Path};
use crate::http::identity::Owner;
use crate::http::limits::{self, Asking};
use crate::http::problem::Problem;
use crate::http::{Api, Opened};

fn id_of(text: &str) -> Result<DraftId, Problem> {
    text.parse().map_err(|_| Problem::not_found("draft"))
}

/// Asks a language model for phrases on a theme. They are drafts: nothing is in the review queue before it is kept.
#[utoipa::path(post, path = "/api/v1/phrase-drafts", operation_id = "draft_phrases", tag = "phrases", request_body = Wanted,
    responses((status = 202, body = DraftsView), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
pub(crate) async fn create(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Json(wanted): Json<Wanted>,
) -> Result<Response, Problem> {
    let (view, standings) = drafts::ask(&app, &api.app.engine, &asker, &wanted).await?;
    Ok(limits::with(&standings, (StatusCode::ACCEPTED, Json(view))))
}

/// Drafts, once they are there.
#[utoipa::path(get, path = "/api/v1/phrase-drafts/{id}", operation_id = "show_drafts", tag = "phrases",
    params(("id" = String, Path)), responses((status = 200, body = DraftsView), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
) -> Result<Json<DraftsView>, Problem> {
    Ok(Json(drafts::show(&app, &owner, &id_of(&id)?).await?))
}

/// A place among at most 50 drafts.
type Place = Integer<0, 49>;

/// Which drafts are kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// Their places in `texts`, from 0.
    #[schema(inline, min_items = 1, max_items = 50)]
    places: Vec<Place>,
    /// ISO 639-1 code of what they are translated into; English by default.
    #[schema(min_length = 2, max_length = 3, pattern = "^[a-z]+$")]
    translate_to: Option<String>,
}

/// Keeps drafts: their cards are made.
#[utoipa::path(post, path = "/api/v1/phrase-drafts/{id}/keep", operation_id = "keep_drafts", tag = "phrases", request_body = Kept,
    params(("id" = String, Path)),
    responses((status = 200, body = PhrasesAdded, description = "All of them were there."),
              (status = 201, body = PhrasesAdded), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn keep(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    Json(kept): Json<Kept>,
) -> Result<Response, Problem> {
    let Kept { places, translate_to } = kept;
    let places: Vec<usize> = places.into_iter().filter_map(|place| usize::try_from(place.0).ok()).collect();
    let added = drafts::keep(&app, &api.app.engine, &asker, &id_of(&id)?, &places, translate_to).await?;
    Ok(PhrasesAdded::answer(added, Vec::new()))
}
