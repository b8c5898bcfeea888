//! The scenes of a storyboard: shown, edited, added, deleted, rendered; and the pictures of their pages.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use sluice_app::reel::ReelId;
use sluice_app::reel::edit::{self, EditError, NewScene, Precondition, SceneEdit};
use sluice_app::reel::view::{ReelView, SceneView};
use sluice_app::reel::{ReelApp, previews};
use sluice_domain::ids::OwnerId;
use utoipa::{IntoParams, ToSchema};

use super::reels::{redirect_to, reel_id, shown};
use crate::http::entity_tags;
use crate::http::extract::{Json, NoBody, Path};
use crate::http::identity::Owner;
use crate::http::problem::Problem;
use crate::http::{Api, Opened};

/// The scene that a path names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ScenePath {
    id: String,
    /// The number of the scene, from 1.
    #[param(minimum = 1, maximum = 100_000)]
    n: u32,
}

/// Changes to a scene.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenePatch {
    /// A new text. Sentences that are not the document's cite no page.
    #[schema(max_length = 5000)]
    text: Option<String>,
    /// A new heading.
    #[schema(min_length = 1, max_length = 120)]
    heading: Option<String>,
    /// A new position, from 1.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 1, maximum = 100)]
    position: Option<u32>,
}

/// A scene that a person adds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SceneAdded {
    /// The number of the scene that it follows; 0 for the beginning.
    #[serde(deserialize_with = "place")]
    #[schema(minimum = 0, maximum = 100)]
    after: u32,
    /// Its text, which cites no page.
    #[schema(max_length = 5000)]
    text: String,
    /// Its heading, which is shown on a card; by default that of the scene before it.
    #[schema(min_length = 1, max_length = 120)]
    heading: Option<String>,
}

/// In JSON Schema, 2.0 is an integer too.
fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let Some(number) = Option::<f64>::deserialize(deserializer)? else { return Ok(None) };
    if number.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&number) {
        return Err(D::Error::custom(format!("{number} is no whole number of a scene's place")));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was just compared with both bounds"
    )]
    Ok(Some(number as u32))
}

fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    whole_number(deserializer)?.ok_or_else(|| D::Error::custom("after is the number of a scene, or 0"))
}

/// A scene; its `ETag` makes a change conditional.
#[utoipa::path(get, path = "/api/v1/reels/{id}/scenes/{n}", operation_id = "show_scene", tag = "reels",
    params(ScenePath),
    responses((status = 200, body = SceneView, headers(("ETag" = String))), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(ScenePath { id, n }): Path<ScenePath>,
) -> Result<Response, Problem> {
    let shown = shown(&owner, &reel, &reel_id(&id)?).await?;
    let scene = shown.scenes.into_iter().find(|scene| scene.n == n).ok_or_else(|| Problem::not_found("scene"))?;
    Ok(([(header::ETAG, header_value(&scene.etag)?)], Json(scene)).into_response())
}

/// Edits a scene. It is rendered again only on request.
#[utoipa::path(patch, path = "/api/v1/reels/{id}/scenes/{n}", operation_id = "edit_scene", tag = "reels", request_body = ScenePatch,
    params(ScenePath,
           ("If-Match" = Option<String>, Header, nullable = false, description = "The `etag` of the scene that is changed: refused if it is not the current one.")),
    responses((status = 200, body = ReelView), (status = 404, body = Problem), (status = 412, body = Problem, description = "Somebody else changed it first: `If-Match` names an earlier state. `scene` is the current one."), (status = 422, body = Problem)))]
pub(crate) async fn edit(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(ScenePath { id, n }): Path<ScenePath>,
    headers: HeaderMap,
    Json(patch): Json<ScenePatch>,
) -> Result<Json<ReelView>, Problem> {
    let id = reel_id(&id)?;
    let edit = SceneEdit { text: patch.text, heading: patch.heading, position: patch.position };
    let edited = edit::edit_scene(&owner, &reel, &id, n, &precondition(&headers)?, edit).await;
    after(&owner, &reel, &id, edited).await
}

/// Adds a scene with a person's own text. It is rendered only on request.
#[utoipa::path(post, path = "/api/v1/reels/{id}/scenes", operation_id = "add_scene", tag = "reels", request_body = SceneAdded,
    params(("id" = String, Path)),
    responses((status = 201, body = SceneView, headers(("ETag" = String), ("Location" = String))), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(id): Path<String>,
    Json(new): Json<SceneAdded>,
) -> Result<Response, Problem> {
    let id = reel_id(&id)?;
    let new = NewScene { after: new.after, text: new.text, heading: new.heading };
    let added = edit::add_scene(&owner, &reel, &id, new).await?;
    let view = shown(&owner, &reel, &id).await?;
    let scene = view.scenes.into_iter().find(|scene| scene.id == added.as_str());
    let scene = scene.ok_or_else(|| Problem::not_found("scene"))?;
    let location = header_value(&format!("/api/v1/reels/{id}/scenes/{}", scene.n))?;
    let headers = [(header::LOCATION, location), (header::ETAG, header_value(&scene.etag)?)];
    Ok((StatusCode::CREATED, headers, Json(scene)).into_response())
}

/// Deletes a scene; the ones after it move up. The video is assembled again only on request.
#[utoipa::path(delete, path = "/api/v1/reels/{id}/scenes/{n}", operation_id = "delete_scene", tag = "reels",
    params(ScenePath,
           ("If-Match" = Option<String>, Header, nullable = false, description = "The `etag` of the scene that is deleted: refused if it is not the current one.")),
    responses((status = 200, body = ReelView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem, description = "Somebody else changed it first: `If-Match` names an earlier state. `scene` is the current one.")))]
pub(crate) async fn delete(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(ScenePath { id, n }): Path<ScenePath>,
    headers: HeaderMap,
) -> Result<Json<ReelView>, Problem> {
    let id = reel_id(&id)?;
    let deleted = edit::delete_scene(&owner, &reel, &id, n, &precondition(&headers)?).await;
    after(&owner, &reel, &id, deleted).await
}

/// Renders a scene that was changed, and assembles the video again.
#[utoipa::path(post, path = "/api/v1/reels/{id}/scenes/{n}/render", operation_id = "render_scene", tag = "reels",
    params(ScenePath,
           ("If-Match" = Option<String>, Header, nullable = false, description = "The `etag` of the scene that is rendered: refused if it is not the current one.")),
    responses((status = 202, body = ReelView), (status = 404, body = Problem), (status = 412, body = Problem, description = "Somebody else changed it first: `If-Match` names an earlier state. `scene` is the current one.")))]
pub(crate) async fn render(
    State(api): State<Api>,
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(ScenePath { id, n }): Path<ScenePath>,
    headers: HeaderMap,
    _: NoBody,
) -> Result<(StatusCode, Json<ReelView>), Problem> {
    let id = reel_id(&id)?;
    let precondition = precondition(&headers)?;
    let rendered = edit::render(&owner, &reel, &api.app.engine, &id, Some((n, &precondition))).await;
    Ok((StatusCode::ACCEPTED, after(&owner, &reel, &id, rendered).await?))
}

/// The picture of a page that a scene shows: a redirect to a signed link. It is drawn by the first request.
#[utoipa::path(get, path = "/api/v1/reels/{id}/pages/{page}", operation_id = "page_image", tag = "reels",
    params(("id" = String, Path), ("page" = u32, Path, description = "The number of the page, from 1.", minimum = 1, maximum = 100_000)),
    responses((status = 302), (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn page_image(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path((id, page)): Path<(String, u32)>,
) -> Result<Response, Problem> {
    redirect_to(&previews::page(&owner, &reel, &reel_id(&id)?, page).await?)
}

/// A sentence in a voice, as WAV: a redirect to a signed link. It is spoken by the first request.
#[utoipa::path(get, path = "/api/v1/voices/{voice}/sample", operation_id = "voice_sample", tag = "reels",
    params(("voice" = String, Path, description = "The voice's id.", max_length = 200)),
    responses((status = 302), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn sample(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(voice): Path<String>,
) -> Result<Response, Problem> {
    redirect_to(&previews::sample(&owner, &reel, &voice).await?)
}

/// The reel after a change; a refused one carries the scene as it is now, if it was changed by somebody else.
async fn after(
    owner: &OwnerId,
    reel: &ReelApp,
    id: &ReelId,
    changed: Result<(), EditError>,
) -> Result<Json<ReelView>, Problem> {
    let scene = match changed {
        Ok(()) => return Ok(Json(shown(owner, reel, id).await?)),
        Err(EditError::SceneChanged { scene }) => scene,
        Err(error) => return Err(error.into()),
    };
    let now = match &scene {
        Some(id_of_scene) => {
            let view = shown(owner, reel, id).await?;
            view.scenes.into_iter().find(|scene| scene.id == id_of_scene.as_str())
        }
        None => None,
    };
    let now = now.map_or(Value::Null, |scene| json!(scene));
    Err(Problem::from(EditError::SceneChanged { scene }).with("scene", now))
}

/// `If-Match` (RFC 9110, 13.1.1): `*`, or entity tags. A weak one never matches.
fn precondition(headers: &HeaderMap) -> Result<Precondition, Problem> {
    Ok(entity_tags::if_match(headers, "a scene")?.map_or(Precondition::Exists, Precondition::Matches))
}

fn header_value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(|error| Problem::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preconditions_are_read_as_the_standard_has_them() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, HeaderValue::from_static(value));
            precondition(&headers)
        };
        let tags = |tags: &[&str]| Precondition::Matches(tags.iter().map(|tag| (*tag).to_owned()).collect());
        assert_eq!(precondition(&HeaderMap::new()).unwrap(), Precondition::Exists);
        assert_eq!(of(" * ").unwrap(), Precondition::Exists);
        assert_eq!(of("\"a\", \"b\"").unwrap(), tags(&["\"a\"", "\"b\""]));
        assert_eq!(of("W/\"a\"").unwrap(), tags(&[]), "a weak one matches nothing");
        assert_eq!(of("").unwrap(), tags(&[]));
        for wrong in ["a", "\"a", "\"", "W/a"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
