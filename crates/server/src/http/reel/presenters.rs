//! Pictures of the presenters: of the drawn ones, and of those of providers.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use sluice_app::reel::{ReelApp, previews};
use sluice_local::render;

use super::reels::redirect_to;
use crate::http::Opened;
use crate::http::extract::Path;
use crate::http::identity::Owner;
use crate::http::problem::Problem;

/// A presenter's picture. It is drawn by us, from nothing that a user gave.
pub(crate) async fn read(Path(name): Path<String>) -> Result<Response, Problem> {
    let id = name.strip_suffix(".png").unwrap_or_default();
    let known = render::presenters().iter().find(|presenter| presenter.id == id);
    let known = known.ok_or_else(|| Problem::not_found("presenter"))?;
    // Drawing takes some milliseconds of a processor.
    let drawn = tokio::task::spawn_blocking(|| render::presenter_still(known.id, 0, 192)).await;
    let png = drawn.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=3600")], png).into_response())
}

/// The picture of a provider's presenter: a redirect to a signed link. It is fetched from the provider by the first request.
#[utoipa::path(get, path = "/api/v1/presenters/{presenter}/picture", operation_id = "presenter_picture", tag = "reels",
    params(("presenter" = String, Path, description = "The presenter's id.", max_length = 200)),
    responses((status = 302), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn picture(
    Owner(owner): Owner,
    Opened(reel): Opened<ReelApp>,
    Path(presenter): Path<String>,
) -> Result<Response, Problem> {
    redirect_to(&previews::portrait(&owner, &reel, &presenter).await?)
}
