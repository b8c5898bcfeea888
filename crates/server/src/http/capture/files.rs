//! Pictures and sounds, each of which becomes a phrase; and decks that are to be avoided.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use sluice_app::capture::originals::{self, NewFile};
use sluice_app::capture::phrases::{self, Adding};
use sluice_app::capture::view::PhraseView;
use sluice_app::capture::{CaptureApp, FILE_BYTES, drafts};
use sluice_app::limits::admit;
use sluice_domain::limits::Limited;
use utoipa::ToSchema;

use crate::http::extract::{IdempotencyKey, Json};
use crate::http::identity::Owner;
use crate::http::limits::{self, Asking};
use crate::http::problem::Problem;
use crate::http::{Api, Opened, forms};

/// Most bytes of a deck that is to be avoided.
const DECK_BYTES: u64 = 100 * 1024 * 1024;

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the handler reads its fields one by one")]
struct PhraseForm {
    /// A picture (JPEG, PNG, WebP) or a sound of at most 30 s (MP3, M4A, WAV, OGG, `WebM`, FLAC); at most 20 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// ISO 639-1 code of its language; found out without it.
    #[schema(value_type = Option<String>, nullable = false, min_length = 2, max_length = 3, pattern = "^[a-z]+$")]
    language: Option<String>,
    /// ISO 639-1 code of what it is translated into; English without it.
    #[schema(value_type = Option<String>, nullable = false, min_length = 2, max_length = 3, pattern = "^[a-z]+$")]
    translate_to: Option<String>,
}

/// Uploads a picture or a sound; a card is made of it in the background. What was sent is kept, and a recording is the card's sound.
#[utoipa::path(post, path = "/api/v1/phrases/files", operation_id = "upload_phrase", tag = "phrases",
    params(IdempotencyKey),
    request_body(content = inline(PhraseForm), content_type = "multipart/form-data"),
    responses((status = 201, body = PhraseView, headers(("Location" = String))), (status = 413, body = Problem),
              (status = 415, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
              (status = 507, body = Problem)))]
pub(crate) async fn create(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    IdempotencyKey { key: request_key }: IdempotencyKey,
    request: Request,
) -> Result<Response, Problem> {
    let (mut standings, request) = limits::begin_upload(&api, &asker, request).await?;
    let mut form = forms::receive_within(&api, request, &["language", "translate_to"], FILE_BYTES).await?;
    let Some((file, name)) = form.file.take() else {
        return Err(Problem::bad_request("The form has no field \"file\" with a picture or a sound in it."));
    };
    let field = |name| form.field(name).map(str::to_owned).filter(|text| !text.is_empty());
    let adding = Adding { language: field("language"), translate_to: field("translate_to"), request_key, again: false };
    originals::check(&adding)?;
    let platform = &api.app.platform;
    let count = async |tx: &mut sluice_store::Tx| admit::one(tx, &platform.limits, &asker, Limited::Entries).await;
    standings.extend(platform.store.write(count).await?);
    let id = originals::take(&app, &api.app.engine, &asker.owner, NewFile { file, name }, &adding, None).await?;
    let view = phrases::show(&app, &asker.owner, &id).await?;
    let location =
        HeaderValue::from_str(&format!("/api/v1/phrases/{id}")).map_err(|error| Problem::internal(&error))?;
    Ok(limits::with(&standings, (StatusCode::CREATED, [(header::LOCATION, location)], Json(view))))
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the handler reads its fields one by one")]
struct DeckForm {
    /// A deck: `.apkg` or `.colpkg` of Anki, its export as text or CSV, or a list with a phrase on each line; at most 100 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The fronts of a deck.
#[derive(Serialize, ToSchema)]
pub(crate) struct FrontsView {
    /// Each once, as plain text, in the order of the deck; at most 5,000.
    #[schema(max_items = 5000)]
    texts: Vec<String>,
}

/// Reads the fronts of a deck, so that phrases on a theme can avoid them. Nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/phrases/fronts", operation_id = "read_fronts", tag = "phrases",
    request_body(content = inline(DeckForm), content_type = "multipart/form-data"),
    responses((status = 200, body = FrontsView), (status = 413, body = Problem), (status = 415, body = Problem),
              (status = 422, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn fronts(
    _owner: Owner,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    request: Request,
) -> Result<Json<FrontsView>, Problem> {
    let form = forms::receive_within(&api, request, &[], DECK_BYTES).await?;
    let Some((file, name)) = &form.file else {
        return Err(Problem::bad_request("The form has no field \"file\" with a deck in it."));
    };
    Ok(Json(FrontsView { texts: drafts::fronts(&app, file, name).await? }))
}
