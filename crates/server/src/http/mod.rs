//! The HTTP API and the page. A handler decodes, calls one use case, and encodes.

mod describe;
mod documents;
mod entity_tags;
mod errors;
mod events;
mod extract;
mod feed;
mod forms;
mod identity;
mod jobs;
mod listen;
mod media;
mod metrics;
mod page;
mod paging;
mod problem;
mod ranges;
pub(crate) mod reel;
mod request_log;
mod security;
mod service;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::Value;
use sluice_app::app::App;
use sluice_app::module::Module;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::apps::{APPS, ServerApp};

use feed::Feed;
pub(crate) use listen::{Timeouts, serve};

pub use identity::Owner;
pub use problem::Problem;

pub(crate) use page::is_built as page_is_built;

/// Most bytes of a request body other than an upload.
const SMALL: usize = 256 * 1024;

/// The state that every handler can access.
#[derive(Clone)]
pub struct Api {
    /// The apps and their engine.
    pub app: App,
    /// Folder with example documents that the page offers.
    pub examples: Arc<PathBuf>,
    /// The source of all event streams.
    feed: Arc<Feed>,
    /// Ends the event streams when the server stops.
    pub stopping: CancellationToken,
}

impl Api {
    /// A state with these apps; its event streams end with `stopping`.
    pub fn new(app: App, examples: PathBuf, stopping: CancellationToken) -> Self {
        let feed = Feed::start(app.engine.clone(), stopping.clone());
        Self { app, examples: Arc::new(examples), feed, stopping }
    }
}

/// The handles of an app, for its handlers. A process without the app has none of its resources.
pub struct Opened<M>(pub M);

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
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        description = "AI media work in production: documents in, narrated videos out. Times are milliseconds since 1970, \
                       money is in millionths of a US dollar, and every error is an `application/problem+json` with a stable `code`."
    ),
    tags(
        (name = "documents", description = "Source files, read and judged on arrival"),
        (name = "jobs", description = "Durable jobs"),
        (name = "events", description = "Events as they happen"),
        (name = "service", description = "The server itself")
    )
)]
struct Description;

fn routes(apps: &[&dyn ServerApp]) -> (Router<Api>, Value) {
    let common = OpenApiRouter::with_openapi(Description::openapi())
        // Uploads have their own limits.
        .routes(routes!(documents::create).layer(DefaultBodyLimit::disable()))
        .routes(routes!(documents::show))
        .routes(routes!(jobs::list))
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
        .routes(routes!(metrics::metrics));
    let (router, document) = apps.iter().fold(common, |router, app| router.merge(app.routes())).split_for_parts();
    // The document is generated deterministically: a test compares it completely.
    (router, describe::complete(&document).unwrap_or_default())
}

/// The complete router, with these apps.
pub fn router(api: Api, apps: &[&dyn ServerApp]) -> Router {
    let (router, description) = routes(apps);
    router
        .route("/api/v1/openapi.json", get(async move || axum::Json(description)))
        .route("/api/{*rest}", axum::routing::any(async || problem::Problem::not_found("address in this API")))
        .route("/media/{hash}/{name}", get(media::read))
        .route("/examples/{name}", get(service::example))
        .fallback(page::serve)
        .layer(DefaultBodyLimit::max(SMALL))
        .layer(compression())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(security::protect))
        .layer(middleware::from_fn(request_log::record))
        .with_state(api)
}

/// JSON is compressed on the fly. The page's files are already compressed, media would not get smaller, and events must
/// not wait in a compressor's buffer.
fn compression() -> CompressionLayer<impl Predicate> {
    let json = |_: StatusCode, _: axum::http::Version, headers: &HeaderMap, _: &axum::http::Extensions| {
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"json"))
    };
    CompressionLayer::new().compress_when(SizeAbove::new(1024).and(json))
}

/// A panic is an internal error: its message, which may contain anything, is only logged.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// The OpenAPI document, as it is checked in.
pub(crate) fn openapi() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&routes(APPS).1)?;
    text.push('\n');
    Ok(text)
}
