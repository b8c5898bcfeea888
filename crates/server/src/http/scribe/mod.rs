//! Scribe's endpoints.

mod chunks;
mod errors;
mod files;
mod hold;
mod segments;
mod sessions;
mod words;

use axum::extract::DefaultBodyLimit;
use sluice_app::scribe::{ScribeChoices, ScribeSnapshot};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use super::Api;

/// Scribe's part in shared responses: `apps.scribe` of the server's description and of a snapshot.
#[derive(OpenApi)]
#[openapi(
    components(schemas(ScribeChoices, ScribeSnapshot)),
    tags((name = "sessions", description = "Recordings that arrive in chunks, without a hole"))
)]
struct Shared;

/// All endpoints.
pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Shared::openapi())
        .routes(routes!(sessions::create, sessions::list))
        .routes(routes!(sessions::show, sessions::change, sessions::delete))
        .routes(routes!(sessions::gaps))
        .routes(routes!(hold::hold, hold::lift))
        .routes(routes!(sessions::finish))
        .routes(routes!(sessions::transcribe))
        .routes(routes!(sessions::transcript))
        .routes(routes!(sessions::export))
        .routes(routes!(sessions::live))
        .routes(routes!(words::edit, words::restore))
        .routes(routes!(words::name))
        .routes(routes!(words::summary, words::summarise))
        .routes(routes!(words::waveform))
        .routes(routes!(segments::begin))
        .routes(routes!(segments::close))
        .routes(routes!(segments::audio))
        // Files and chunks have limits of their own.
        .routes(routes!(files::create).layer(DefaultBodyLimit::disable()))
        .routes(routes!(chunks::put).layer(DefaultBodyLimit::disable()))
}
