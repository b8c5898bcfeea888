//! A transcript as a person has it, and what is made of it.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use sluice_app::scribe::ScribeApp;
use sluice_app::scribe::session;
use sluice_app::scribe::summary::{self, Summary};
use sluice_app::scribe::transcript::{Passage, Speaker};
use sluice_app::scribe::view::RecordingView;
use sluice_app::scribe::waveform::{self, MOST_POINTS, Waveform};
use sluice_app::scribe::words::{self, Changed, Expected, PassageChange};
use utoipa::{IntoParams, ToSchema};

use super::sessions::id_of;
use crate::http::entity_tags;
use crate::http::extract::{Json, NoBody, Path, Query};
use crate::http::identity::Owner;
use crate::http::problem::Problem;
use crate::http::{Api, Opened};

/// What is to be changed of a passage: its text, its speaker, or both. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PassageEdit {
    /// What was said; empty if nothing was.
    #[schema(max_length = 5000)]
    text: Option<String>,
    /// The number of who said it.
    #[schema(maximum = 2_147_483_647)]
    speaker: Option<u32>,
}

/// Corrects a passage. The words that stay keep their times, and new ones share the time of those that they replace. What was heard
/// is kept.
#[utoipa::path(put, path = "/api/v1/sessions/{id}/transcript/passages/{passage}", operation_id = "edit_passage", tag = "sessions",
    params(("id" = String, Path), ("passage" = u32, Path),
           ("If-Match" = Option<String>, Header, nullable = false, description = "The `ETag` of the transcript that is changed: refused if it is not the current one.")),
    request_body = PassageEdit,
    responses((status = 200, body = Passage, headers(("ETag" = String))), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn edit(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path((id, passage)): Path<(String, u32)>,
    headers: HeaderMap,
    Json(edit): Json<PassageEdit>,
) -> Result<Response, Problem> {
    let change = PassageChange { text: edit.text, speaker: edit.speaker };
    changed(words::edit(&app, &owner, &id_of(&id)?, passage, &expected(&headers)?, change).await?)
}

/// Takes back what was changed of a passage: it is as it was heard.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}/transcript/passages/{passage}", operation_id = "restore_passage", tag = "sessions",
    params(("id" = String, Path), ("passage" = u32, Path),
           ("If-Match" = Option<String>, Header, nullable = false, description = "The `ETag` of the transcript that is changed: refused if it is not the current one.")),
    responses((status = 200, body = Passage, headers(("ETag" = String))), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 412, body = Problem)))]
pub(crate) async fn restore(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path((id, passage)): Path<(String, u32)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    changed(words::restore(&app, &owner, &id_of(&id)?, passage, &expected(&headers)?).await?)
}

fn changed(changed: Changed) -> Result<Response, Problem> {
    Ok(([(header::ETAG, etag(changed.revision)?)], Json(changed.passage)).into_response())
}

/// The revision of a transcript as an entity tag.
pub(super) fn etag(revision: u64) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(&format!("\"{revision}\"")).map_err(|error| Problem::internal(&error))
}

/// `If-Match`. Without a strong tag, the last writer wins.
fn expected(headers: &HeaderMap) -> Result<Expected, Problem> {
    let tags = entity_tags::if_match(headers, "a transcript")?.filter(|tags| !tags.is_empty());
    // A tag that is not a number matches no revision.
    let revision = |tag: &String| tag.trim_matches('"').parse().ok();
    Ok(tags.map_or(Expected::Any, |tags| Expected::OneOf(tags.iter().filter_map(revision).collect())))
}

/// What a voice is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpeakerName {
    /// Empty to take its name away.
    #[schema(max_length = 100)]
    name: String,
}

/// Names the voice of a speaker: in this session, and in every other one in which it is heard.
#[utoipa::path(put, path = "/api/v1/sessions/{id}/speakers/{speaker}", operation_id = "name_speaker", tag = "sessions",
    params(("id" = String, Path), ("speaker" = u32, Path)), request_body = SpeakerName,
    responses((status = 200, body = Speaker), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn name(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path((id, speaker)): Path<(String, u32)>,
    Json(named): Json<SpeakerName>,
) -> Result<Json<Speaker>, Problem> {
    Ok(Json(words::name_speaker(&app, &owner, &id_of(&id)?, speaker, &named.name).await?))
}

/// What stands for the whole transcript: an overview, decisions, tasks, key moments, terms, and who speaks how much. A language
/// model wrote it where one is routed (`written`), with the passages that each item is from; else it quotes (`extract`), and
/// `instead` says why.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/summary", operation_id = "show_summary", tag = "sessions",
    params(("id" = String, Path)),
    responses((status = 200, body = Summary), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn summary(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
) -> Result<Json<Summary>, Problem> {
    Ok(Json(summary::show(&app, &owner, &id_of(&id)?).await?))
}

/// Makes the summary again, of the transcript as it is now: after corrections, or because there is a model by now. Nothing is heard
/// again, and the same words are not paid for twice. The answer names the job. While something is made of the session, nothing
/// changes; until the new summary is there, the old one is.
#[utoipa::path(post, path = "/api/v1/sessions/{id}/summary", operation_id = "summarise_recording", tag = "sessions",
    params(("id" = String, Path)),
    responses((status = 202, body = RecordingView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 429, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn summarise(
    State(api): State<Api>,
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<(StatusCode, Json<RecordingView>), Problem> {
    let view = session::summarise(&app, &api.app.engine, &owner, &id_of(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaveformQuery {
    /// How many points.
    #[serde(default = "points")]
    #[param(minimum = 1, maximum = 4000, default = 1000)]
    points: u32,
}

const fn points() -> u32 {
    1_000
}

/// How loud a recording is when, on its one time line.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/waveform", operation_id = "show_waveform", tag = "sessions",
    params(("id" = String, Path), WaveformQuery),
    responses((status = 200, body = Waveform), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn waveform(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
    Query(query): Query<WaveformQuery>,
) -> Result<Json<Waveform>, Problem> {
    if !(1..=MOST_POINTS).contains(&query.points) {
        return Err(Problem::bad_request("points is a number from 1 to 4000."));
    }
    Ok(Json(waveform::show(&app, &owner, &id_of(&id)?, query.points).await?))
}
