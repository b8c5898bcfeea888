//! The HTTP API and the page. A handler decodes, calls one use case, and encodes.

mod documents;
mod errors;
mod events;
mod jobs;
mod media;
mod page;
mod problem;
pub(crate) mod reel;
mod security;
mod service;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::middleware;
use axum::routing::get;
use problem::Problem;
use sluice_app::app::App;
use sluice_app::module::Module;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::apps::{APPS, ServerApp};

pub(crate) use page::is_built as page_is_built;

/// Most bytes of a request's body that is no upload.
const SMALL: usize = 256 * 1024;

/// What every handler can reach.
#[derive(Clone)]
pub struct Api {
    /// The apps and their engine.
    pub app: App,
    /// Folder with example documents that the page offers.
    pub examples: Arc<PathBuf>,
    /// Ends the event streams when the server stops.
    pub stopping: tokio_util::sync::CancellationToken,
}

/// The handles of an app: how its handlers find what it opened. A process without the app has none of its resources.
pub(crate) struct Opened<M>(pub(crate) M);

impl<M: Module + Clone> FromRequestParts<Api> for Opened<M> {
    type Rejection = Problem;

    async fn from_request_parts(_parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        api.app.module::<M>().cloned().map(Self).ok_or_else(|| Problem::not_found("app on this server"))
    }
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

fn routes(apps: &[&dyn ServerApp]) -> (Router<Api>, utoipa::openapi::OpenApi) {
    let common = OpenApiRouter::with_openapi(Description::openapi())
        // Uploads count their bytes themselves.
        .routes(routes!(documents::create).layer(DefaultBodyLimit::disable()))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::retry))
        .routes(routes!(jobs::why))
        .routes(routes!(jobs::progress))
        .routes(routes!(events::stream))
        .routes(routes!(service::config))
        .routes(routes!(service::health))
        .routes(routes!(service::useful_work))
        .routes(routes!(service::examples));
    apps.iter().fold(common, |router, app| router.merge(app.routes())).split_for_parts()
}

/// The whole server, with these apps.
pub fn router(api: Api, apps: &[&dyn ServerApp]) -> Router {
    let (router, description) = routes(apps);
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
    let mut text = routes(APPS).1.to_pretty_json()?;
    text.push('\n');
    Ok(text)
}
