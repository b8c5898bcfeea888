//! Reels: started, shown, edited, rendered again, deleted.

use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sluice_app::limits::Asker;
use sluice_app::reel::ReelApp;
use sluice_app::reel::ReelId;
use sluice_app::reel::choices::{self, CaptionsPlace, PresenterChoice, ScriptChoice};
use sluice_app::reel::edit;
use sluice_app::reel::script::Mode;
use sluice_app::reel::start::{self, StartReel, Started};
use sluice_app::reel::view::list::{self, ReelPage, ReelQuery};
use sluice_app::reel::view::{self, ReelState, ReelView, ResultView};
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_local::render::Shape;
use utoipa::{IntoParams, ToSchema};

use crate::http::extract::{IdempotencyKey, Json, NoBody, Path, Query};
use crate::http::identity::Owner;
use crate::http::limits::{self, Asking};
use crate::http::paging::{Limit, Text};
use crate::http::problem::Problem;
use crate::http::{Api, Opened, SMALL, documents, forms};

/// A request for a video of a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReel {
    /// From `POST /api/v1/documents`.
    #[schema(format = "uuid")]
    document_id: String,
    /// `summary` (60 to 90 s, the default) or `explanation` (90 to 150 s); less of a short document.
    #[serde(default)]
    mode: Option<Mode>,
    /// `16:9` (the default), `9:16` or `1:1`.
    #[serde(default)]
    #[schema(value_type = Option<ShapeName>)]
    shape: Option<Shape>,
    /// A voice's id; by default the best one for the document's language that fits the presenter.
    #[schema(max_length = 200)]
    voice: Option<String>,
    /// A presenter's id: one that is drawn, or one of a provider, whose price is in the offer of the document; null or `none` for a
    /// video without a presenter. By default the drawn one who fits the voice.
    #[serde(default, deserialize_with = "chosen")]
    #[schema(value_type = Option<String>, max_length = 200)]
    presenter: Option<PresenterChoice>,
    /// `burned` ("Burned in": part of the picture, the default) or `beside` ("Subtitle track": shown on request).
    #[serde(default)]
    captions: Option<CaptionsPlace>,
    /// `extract` (sentences of the document itself, the default) or `written` (by a language model, each sentence checked
    /// against its page); what it may cost is in the offer of the document.
    #[serde(default)]
    script: Option<ScriptChoice>,
}

/// Null chooses no presenter; a member that is left out chooses nothing.
fn chosen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PresenterChoice>, D::Error> {
    let id = Option::<String>::deserialize(deserializer)?;
    Ok(Some(id.map_or(PresenterChoice::Nobody, |id| PresenterChoice::of(&id))))
}

/// The aspect ratio of a video, width before height.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the values of a shape")]
enum ShapeName {
    #[schema(rename = "16:9")]
    Landscape,
    #[schema(rename = "9:16")]
    Portrait,
    #[schema(rename = "1:1")]
    Square,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; its fields are read one by one")]
struct ReelForm {
    /// The PDF.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `true` reads the pages by OCR (for scans).
    #[schema(nullable = false)]
    ocr: Option<bool>,
    /// `summary` (60 to 90 s, the default) or `explanation` (90 to 150 s); less of a short document.
    #[schema(value_type = Mode, required = false)]
    mode: Option<String>,
    /// `16:9` (the default), `9:16` or `1:1`.
    #[schema(value_type = ShapeName, required = false)]
    shape: Option<String>,
    /// A voice's id; by default the best one for the document's language that fits the presenter.
    #[schema(nullable = false, max_length = 200)]
    voice: Option<String>,
    /// A presenter's id: one that is drawn, or one of a provider; `none` for a video without a presenter. By default the drawn one
    /// who fits the voice.
    #[schema(nullable = false, max_length = 200)]
    presenter: Option<String>,
    /// `burned` ("Burned in": part of the picture, the default) or `beside` ("Subtitle track": shown on request).
    #[schema(value_type = CaptionsPlace, required = false)]
    captions: Option<String>,
    /// `extract` (sentences of the document itself, the default) or `written` (by a language model).
    #[schema(value_type = ScriptChoice, required = false)]
    script: Option<String>,
}

/// Starts a reel of a document, or of the file in a form. The work continues in the background.
#[utoipa::path(post, path = "/api/v1/reels", operation_id = "start_reel", tag = "reels",
    request_body(content((NewReel = "application/json"), (inline(ReelForm) = "multipart/form-data"))),
    params(IdempotencyKey),
    responses((status = 202, body = ReelView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
              (status = 507, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    Asking(asker): Asking,
    Opened(reel): Opened<ReelApp>,
    IdempotencyKey { key: request_key }: IdempotencyKey,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let owner = asker.owner.clone();
    let new = decode(&asker, &api, &headers, request).await?;
    let document = new.document_id.parse::<DocumentId>().map_err(|_| Problem::not_found("document"))?;
    let ask = StartReel {
        document,
        mode: new.mode.unwrap_or(choices::DEFAULT_MODE),
        shape: new.shape.unwrap_or(choices::DEFAULT_SHAPE),
        voice: new.voice,
        presenter: new.presenter.unwrap_or(PresenterChoice::Default),
        captions: new.captions.unwrap_or_default(),
        script: new.script.unwrap_or_default(),
        asker: Some(asker),
        request_key,
    };
    let Started { reel: started, standings } = start::start(&owner, &reel, &api.app.engine, ask).await?;
    let location =
        HeaderValue::from_str(&format!("/api/v1/reels/{}", started.id)).map_err(|error| Problem::internal(&error))?;
    let shown = shown(&owner, &reel, &started.id).await?;
    Ok(limits::with(&standings, (StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(shown))))
}

async fn decode(asker: &Asker, api: &Api, headers: &HeaderMap, mut request: Request) -> Result<NewReel, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        if !kind.starts_with("application/json") {
            return Err(Problem::unsupported_media_type("Send a form with a file, or application/json."));
        }
        // The route has no body limit, because of forms.
        DefaultBodyLimit::max(SMALL).apply(&mut request);
        let Json(new) = Json::from_request(request, &()).await?;
        return Ok(new);
    }
    let known = ["ocr", "mode", "shape", "voice", "presenter", "captions", "script"];
    let (_, request) = limits::begin_upload(api, asker, request).await?;
    let form = forms::receive(api, request, &known).await?;
    let mut fields = serde_json::Map::new();
    for (name, value) in form.fields.iter().filter(|(name, _)| name != "ocr") {
        fields.insert(name.clone(), Value::from(value.clone()));
    }
    // The choices are checked before the document is read, so that a mistake is reported at once.
    fields.insert("document_id".to_owned(), Value::from(""));
    let mut new: NewReel =
        serde_json::from_value(Value::Object(fields)).map_err(|error| Problem::bad_request(error.to_string()))?;
    new.document_id = documents::ingest(&asker.owner, api, form).await?.id.to_string();
    Ok(new)
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
    /// Only those whose title or document name contains this, ignoring case.
    #[param(value_type = Option<String>, max_length = 200)]
    q: Option<Text<200>>,
    /// Only those in this state.
    #[param(inline)]
    state: Option<ReelState>,
    /// `newest` first, which is the default, or `oldest`. A cursor goes on in the order that it came with.
    #[serde(default)]
    #[param(inline)]
    sort: Order,
}

/// The order of a list, by time of creation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    #[default]
    Newest,
    Oldest,
}

/// Reels, page by page.
#[utoipa::path(get, path = "/api/v1/reels", operation_id = "list_reels", tag = "reels", params(ListQuery),
    responses((status = 200, body = ReelPage), (status = 400, body = Problem)))]
pub(crate) async fn list(
    Owner(owner): Owner,
    Opened(app): Opened<ReelApp>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ReelPage>, Problem> {
    let text = query.q.map(|text| text.0).filter(|text| !text.trim().is_empty());
    let oldest_first = query.sort == Order::Oldest;
    let asked = ReelQuery { text, state: query.state, oldest_first, cursor: query.cursor, limit: query.limit.get() };
    Ok(Json(list::page(&owner, &app, asked).await?))
}

/// A reel: storyboard, steps, cost and, once it is done, its files.
#[utoipa::path(get, path = "/api/v1/reels/{id}", operation_id = "show_reel", tag = "reels", params(("id" = String, Path)),
    responses((status = 200, body = ReelView), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(id): Path<String>,
) -> Result<Json<ReelView>, Problem> {
    Ok(Json(shown(&owner, &reel, &reel_id(&id)?).await?))
}

/// Deletes a reel with its files and its document, and cancels its jobs.
#[utoipa::path(delete, path = "/api/v1/reels/{id}", operation_id = "delete_reel", tag = "reels", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let existed = sluice_app::reel::delete::delete(&owner, &reel, &reel_id(&id)?).await?;
    if existed { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("video")) }
}

/// Renders everything that was changed, and assembles the video again.
#[utoipa::path(post, path = "/api/v1/reels/{id}/render", operation_id = "render_reel", tag = "reels", params(("id" = String, Path)),
    responses((status = 202, body = ReelView), (status = 404, body = Problem)))]
pub(crate) async fn render(
    State(api): State<Api>,
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<(StatusCode, Json<ReelView>), Problem> {
    let id = reel_id(&id)?;
    edit::render(&owner, &reel, &api.app.engine, &id, None).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&owner, &reel, &id).await?)))
}

/// The video: a redirect to a signed link.
#[utoipa::path(get, path = "/api/v1/reels/{id}/result", operation_id = "reel_result", tag = "reels", params(("id" = String, Path)),
    responses((status = 302), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn result(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    redirect(&owner, &reel, &id, |result| result.video_url).await
}

/// The captions as SubRip: a redirect to a signed link.
#[utoipa::path(get, path = "/api/v1/reels/{id}/captions.srt", operation_id = "captions_srt", tag = "reels", params(("id" = String, Path)),
    responses((status = 302), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn captions_srt(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    redirect(&owner, &reel, &id, |result| result.srt_url).await
}

/// The captions as WebVTT: a redirect to a signed link.
#[utoipa::path(get, path = "/api/v1/reels/{id}/captions.vtt", operation_id = "captions_vtt", tag = "reels", params(("id" = String, Path)),
    responses((status = 302), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn captions_vtt(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    redirect(&owner, &reel, &id, |result| result.vtt_url).await
}

async fn redirect(
    owner: &OwnerId,
    reel: &ReelApp,
    id: &str,
    link: impl FnOnce(ResultView) -> String,
) -> Result<Response, Problem> {
    let shown = shown(owner, reel, &reel_id(id)?).await?;
    let result = shown.result.ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "not_ready",
            "The video is not ready",
            "See the reel's state and steps; try again when it is done.",
        )
    })?;
    redirect_to(&link(result))
}

/// A redirect to a signed link, which is another one next time.
pub(super) fn redirect_to(link: &str) -> Result<Response, Problem> {
    let target = HeaderValue::from_str(link).map_err(|error| Problem::internal(&error))?;
    let mut response = Redirect::to("").into_response();
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, target);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub(super) async fn shown(owner: &OwnerId, reel: &ReelApp, id: &ReelId) -> Result<ReelView, Problem> {
    view::reel(owner, reel, id).await?.ok_or_else(|| Problem::not_found("video"))
}

pub(super) fn reel_id(text: &str) -> Result<ReelId, Problem> {
    text.parse().map_err(|_| Problem::not_found("video"))
}
