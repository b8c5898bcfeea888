//! Reel's endpoints.

mod errors;
mod reels;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use super::Api;

/// All of them.
pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        // Uploads count their bytes themselves.
        .routes(routes!(reels::create, reels::list).layer(DefaultBodyLimit::disable()))
        .routes(routes!(reels::show, reels::delete))
        .routes(routes!(reels::edit_scene))
        .routes(routes!(reels::render_scene))
        .routes(routes!(reels::render))
        .routes(routes!(reels::result))
        .routes(routes!(reels::captions_srt))
        .routes(routes!(reels::captions_vtt))
}
