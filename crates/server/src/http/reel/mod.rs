//! Reel's endpoints.

mod errors;
mod presenters;
mod reels;
mod scenes;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use sluice_app::reel::document::ReelOffer;
use sluice_app::reel::{ReelChoices, ReelSnapshot};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use super::Api;

/// Reel's part in shared responses: `apps.reel` of a document and of the server's description.
#[derive(OpenApi)]
#[openapi(components(schemas(ReelOffer, ReelChoices, ReelSnapshot)), tags((name = "reels", description = "Narrated videos of documents")))]
struct Shared;

/// All endpoints.
pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Shared::openapi())
        // Uploads have their own limits.
        .routes(routes!(reels::create, reels::list).layer(DefaultBodyLimit::disable()))
        .routes(routes!(reels::show, reels::delete))
        .routes(routes!(scenes::add))
        .routes(routes!(scenes::show, scenes::edit, scenes::delete))
        .routes(routes!(scenes::render))
        .routes(routes!(scenes::page_image))
        .routes(routes!(scenes::sample))
        .routes(routes!(presenters::picture))
        .routes(routes!(reels::render))
        .routes(routes!(reels::result))
        .routes(routes!(reels::captions_srt))
        .routes(routes!(reels::captions_vtt))
        .route("/presenters/{name}", get(presenters::read))
}
