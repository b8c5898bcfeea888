//! Capture's endpoints.

mod actions;
mod drafts;
mod errors;
mod exports;
mod files;
mod phrases;

use axum::extract::DefaultBodyLimit;
use sluice_app::capture::{AskedModel, CaptureChoices, CaptureSnapshot};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use super::Api;

/// Most bytes of a request that names many phrases: those to be avoided above all.
const MANY: usize = 4 * 1024 * 1024;

/// Capture's part in shared responses: `apps.capture` of the server's description and of a snapshot.
#[derive(OpenApi)]
#[openapi(
    components(schemas(AskedModel, CaptureChoices, CaptureSnapshot)),
    tags((name = "phrases", description = "Phrases that become cards, and the decks that they are exported in"))
)]
struct Shared;

/// All endpoints.
pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Shared::openapi())
        .routes(routes!(phrases::create, phrases::list))
        // Files have a limit of their own.
        .routes(routes!(files::create).layer(DefaultBodyLimit::disable()))
        .routes(routes!(files::fronts).layer(DefaultBodyLimit::disable()))
        .routes(routes!(actions::batch))
        .routes(routes!(actions::undo))
        .routes(routes!(drafts::create).layer(DefaultBodyLimit::max(MANY)))
        .routes(routes!(drafts::show))
        .routes(routes!(drafts::keep))
        .routes(routes!(exports::create))
        .routes(routes!(exports::show))
        .routes(routes!(exports::file))
        .routes(routes!(exports::notes))
        .routes(routes!(exports::package))
        .routes(routes!(exports::arrived))
        .routes(routes!(phrases::show, phrases::edit, phrases::delete))
        .routes(routes!(phrases::preview))
        .routes(routes!(actions::approve))
        .routes(routes!(actions::send_back))
        .routes(routes!(actions::exclude))
        .routes(routes!(actions::include))
        .routes(routes!(actions::retry))
        .routes(routes!(actions::redo))
}
