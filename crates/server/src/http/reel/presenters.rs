//! Pictures of the presenters.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use sluice_local::render;

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
