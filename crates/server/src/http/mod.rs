//! The HTTP API and the page. A handler decodes, calls one use case, and encodes.

mod documents;
mod errors;
mod events;
mod jobs;
mod media;
mod page;
mod problem;
mod reels;
mod security;
mod service;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use sluice_app::platform::App;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

pub(crate) use page::is_built as page_is_built;

/// Most bytes of a request's body that is no upload.
const SMALL: usize = 256 * 1024;

/// What every handler can reach.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) app: App,
    pub(crate) examples: Arc<PathBuf>,
    /// Ends the event streams when the server stops.
    pub(crate) stopping: tokio_util::sync::CancellationToken,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sluice",
        description = "AI media work in production: documents in, narrated videos out. Times are milliseconds since 1970, \
                       money is in millionths of a US dollar, and every error is an `application/problem+json` with a stable `code`. \
                       Beside the answers that are listed, any request may get a 500 (a fault of the server) or a 503 (its database \
                       cannot be used now)."
    ),
    tags(
        (name = "documents", description = "Source files, read and judged when they arrive"),
        (name = "reels", description = "Narrated videos of documents"),
        (name = "jobs", description = "The durable work behind everything"),
        (name = "events", description = "What changes, as it changes"),
        (name = "service", description = "The server itself")
    )
)]
struct Description;

fn routes() -> (Router<Api>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Description::openapi())
        // Uploads count their bytes themselves.
        .routes(routes!(documents::create).layer(DefaultBodyLimit::disable()))
        .routes(routes!(reels::create, reels::list).layer(DefaultBodyLimit::disable()))
        .routes(routes!(reels::show, reels::delete))
        .routes(routes!(reels::edit_scene))
        .routes(routes!(reels::render_scene))
        .routes(routes!(reels::render))
        .routes(routes!(reels::result))
        .routes(routes!(reels::captions_srt))
        .routes(routes!(reels::captions_vtt))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::retry))
        .routes(routes!(jobs::why))
        .routes(routes!(jobs::progress))
        .routes(routes!(events::stream))
        .routes(routes!(service::config))
        .routes(routes!(service::health))
        .routes(routes!(service::useful_work))
        .routes(routes!(service::examples))
        .split_for_parts()
}

/// The whole server.
pub(crate) fn router(api: Api) -> Router {
    let (router, description) = routes();
    router
        .route("/api/v1/openapi.json", get(async move || axum::Json(description)))
        .route("/api/{*rest}", axum::routing::any(async || problem::Problem::not_found("address in this API")))
        .route("/media/{hash}/{name}", get(media::read))
        .route("/examples/{name}", get(service::example))
        .route("/presenters/{name}", get(service::presenter))
        .fallback(get(page::serve))
        .layer(DefaultBodyLimit::max(SMALL))
        .layer(middleware::from_fn(security::protect))
        .layer(TraceLayer::new_for_http())
        .with_state(api)
}

/// The OpenAPI document, as it is checked in.
pub(crate) fn openapi() -> Result<String, serde_json::Error> {
    let mut text = routes().1.to_pretty_json()?;
    text.push('\n');
    Ok(text)
}
