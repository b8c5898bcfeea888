//! What a person decides about phrases, and what is made again.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use sluice_app::capture::redo::{self, Redo};
use sluice_app::capture::view::PhraseView;
use sluice_app::capture::{Acted, Action, ActionId, CaptureApp, PhraseError, PhraseId, act, act_on_seen, phrases};
use sluice_app::limits::Asker;
use utoipa::ToSchema;

use super::phrases::id_of;
use crate::http::bounds::Id;
use crate::http::entity_tags;
use crate::http::extract::{Json, NoBody, Path};
use crate::http::limits::{self, Asking};
use crate::http::problem::Problem;
use crate::http::{Api, Opened};

/// An action on several phrases.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    /// What is done.
    action: Action,
    /// To which phrases.
    #[schema(value_type = Vec<Id>, inline, max_items = 500)]
    ids: Vec<String>,
}

/// What is undone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Undo {
    /// `undo` of the action's answer.
    #[schema(max_length = 100)]
    undo: String,
}

/// A phrase after an action.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhraseActed {
    /// As it is now.
    phrase: PhraseView,
    /// What undoes the action, by `/api/v1/phrases/undo`; null if nothing can be undone.
    undo: Option<String>,
}

/// Acts on up to 500 phrases. Each for which it is not possible is skipped, and says why. All but a retry can be undone for a day.
#[utoipa::path(post, path = "/api/v1/phrases/batch", operation_id = "act_on_phrases", tag = "phrases", request_body = Batch,
    responses((status = 200, body = Acted), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn batch(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Json(Batch { action, ids }): Json<Batch>,
) -> Result<Response, Problem> {
    let ids: Vec<PhraseId> = ids
        .iter()
        .map(|id| id_of(id))
        .collect::<Result<_, _>>()
        .map_err(|_| Problem::bad_request("An id is that of a phrase, as this server gave it."))?;
    let (acted, standings) = act(&app, &api.app.engine, &asker, action, &ids).await?;
    Ok(limits::with(&standings, Json(acted)))
}

/// Undoes an action, each phrase once. One that was changed since is skipped; one of which there is another card by now is left for later.
#[utoipa::path(post, path = "/api/v1/phrases/undo", operation_id = "undo_phrase_action", tag = "phrases", request_body = Undo,
    responses((status = 200, body = Acted), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn undo(
    Asking(asker): Asking,
    Opened(app): Opened<CaptureApp>,
    Json(Undo { undo }): Json<Undo>,
) -> Result<Json<Acted>, Problem> {
    let id: ActionId = undo.parse().map_err(|_| Problem::not_found("action"))?;
    Ok(Json(sluice_app::capture::undo(&app, &asker, &id).await?))
}

/// One phrase: what is skipped in a batch is an error.
async fn one(
    api: &Api,
    app: &CaptureApp,
    asker: &Asker,
    action: Action,
    id: &str,
    tags: Option<&[String]>,
) -> Result<Response, Problem> {
    let id = id_of(id)?;
    let view = phrases::show(app, &asker.owner, &id).await?;
    // What is refused here does not count as an approval; whether it is still the same is checked again when it is changed.
    if tags.is_some_and(|tags| !tags.contains(&view.etag)) {
        return Err(PhraseError::Changed { etag: view.etag }.into());
    }
    let (mut acted, standings) = act_on_seen(app, &api.app.engine, asker, action, &id, tags).await?;
    if let Some(phrase) = acted.changed.pop() {
        return Ok(limits::with(&standings, Json(PhraseActed { phrase, undo: acted.undo })));
    }
    let skipped = acted.skipped.pop().ok_or_else(|| Problem::not_found("phrase"))?;
    let (code, title) = match skipped.code {
        "not_found" => return Err(Problem::not_found("phrase")),
        "changed" => {
            let now = phrases::show(app, &asker.owner, &id).await?;
            return Err(PhraseError::Changed { etag: now.etag }.into());
        }
        "working" => ("phrase_working", "It is being worked on"),
        _ => ("wrong_status", "Not possible in the current state"),
    };
    let problem = Problem::new(StatusCode::CONFLICT, code, title, skipped.detail);
    Err(problem.with("phrase_status", serde_json::json!(view.status)))
}

/// Approves a card that is to be reviewed. With `If-Match` only as the person saw it.
#[utoipa::path(post, path = "/api/v1/phrases/{id}/approve", operation_id = "approve_phrase", tag = "phrases",
    params(("id" = String, Path),
           ("If-Match" = Option<String>, Header, nullable = false, description = "The `etag` of the phrase that is approved: refused if it is not the current one.")),
    responses((status = 200, body = PhraseActed), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 412, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn approve(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    headers: HeaderMap,
    _: NoBody,
) -> Result<Response, Problem> {
    let tags = entity_tags::if_match(&headers, "a phrase")?;
    one(&api, &app, &asker, Action::Approve, &id, tags.as_deref()).await
}

/// Sends an approved or exported card back to be reviewed.
#[utoipa::path(post, path = "/api/v1/phrases/{id}/send-back", operation_id = "send_phrase_back", tag = "phrases",
    params(("id" = String, Path)),
    responses((status = 200, body = PhraseActed), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn send_back(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Response, Problem> {
    one(&api, &app, &asker, Action::SendBack, &id, None).await
}

/// Leaves a card out of decks.
#[utoipa::path(post, path = "/api/v1/phrases/{id}/exclude", operation_id = "exclude_phrase", tag = "phrases",
    params(("id" = String, Path)), responses((status = 200, body = PhraseActed), (status = 404, body = Problem)))]
pub(crate) async fn exclude(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Response, Problem> {
    one(&api, &app, &asker, Action::Exclude, &id, None).await
}

/// Takes a card into decks again.
#[utoipa::path(post, path = "/api/v1/phrases/{id}/include", operation_id = "include_phrase", tag = "phrases",
    params(("id" = String, Path)), responses((status = 200, body = PhraseActed), (status = 404, body = Problem)))]
pub(crate) async fn include(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Response, Problem> {
    one(&api, &app, &asker, Action::Include, &id, None).await
}

/// Makes a card that failed once more.
#[utoipa::path(post, path = "/api/v1/phrases/{id}/retry", operation_id = "retry_phrase", tag = "phrases",
    params(("id" = String, Path)),
    responses((status = 202, body = PhraseView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 429, body = Problem)))]
pub(crate) async fn retry(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Response, Problem> {
    again(&api, &app, &asker, &id, &Redo::Retry).await
}

/// What is to be made again: one of these.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum RedoRequest {
    /// The card, in another language.
    Language {
        /// ISO 639-1 code of the language.
        #[schema(min_length = 2, max_length = 3, pattern = "^[a-z]+$")]
        language: String,
    },
    /// One field, and nothing else.
    Field {
        /// `transliteration`, `translation`, `grammar` or `vocabulary`.
        #[schema(pattern = "^(transliteration|translation|grammar|vocabulary)$")]
        field: String,
    },
    /// The sound, and nothing else.
    Voice,
}

/// Makes a card again in another language, or one field of it, or its sound. What was being made of it ends.
#[utoipa::path(post, path = "/api/v1/phrases/{id}/redo", operation_id = "redo_phrase", tag = "phrases", request_body = RedoRequest,
    params(("id" = String, Path)),
    responses((status = 202, body = PhraseView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn redo(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    Json(request): Json<RedoRequest>,
) -> Result<Response, Problem> {
    let redo = match request {
        RedoRequest::Language { language } => Redo::Language(language),
        RedoRequest::Field { field } => Redo::Field(field),
        RedoRequest::Voice => Redo::Voice,
    };
    again(&api, &app, &asker, &id, &redo).await
}

async fn again(api: &Api, app: &CaptureApp, asker: &Asker, id: &str, redo: &Redo) -> Result<Response, Problem> {
    let (view, standings) = redo::redo(app, &api.app.engine, asker, &id_of(id)?, redo).await?;
    Ok(limits::with(&standings, (StatusCode::ACCEPTED, Json(view))))
}
