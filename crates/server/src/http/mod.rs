//! The HTTP API and the page. A handler decodes, calls one use case, and encodes.

mod accounts;
mod bounds;
pub(crate) mod capture;
mod cookies;
mod deliveries;
mod describe;
mod docs;
mod documents;
mod engine_limits;
mod entity_tags;
mod errors;
mod events;
mod extract;
mod feed;
mod forms;
mod health;
mod hooks;
mod identity;
mod jobs;
mod limits;
mod listen;
mod media;
mod metrics;
mod models;
mod operations;
mod pace;
mod page;
mod paging;
mod problem;
pub(crate) mod providers;
mod ranges;
pub(crate) mod reel;
mod request_log;
pub(crate) mod scribe;
mod security;
mod service;
mod snapshot;
mod storage;
mod uploads;
mod usage;
mod webhooks;

use std::ops::Deref;
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
use health::Health;
pub(crate) use listen::{Timeouts, serve};
use metrics::Metrics;

pub(crate) use accounts::pages::join_path;
pub use identity::{Access, Owner};
pub use problem::Problem;

pub(crate) use page::is_built as page_is_built;

/// Most bytes of a request body other than an upload.
const SMALL: usize = 256 * 1024;

/// What this process serves requests with.
pub struct Serving {
    /// The apps and their engine.
    pub app: App,
    /// Who is let in.
    pub access: Access,
    /// Folder with example documents that the page offers.
    pub examples: PathBuf,
    /// The source of all event streams.
    feed: Arc<Feed>,
    /// Ends the event streams when the server stops.
    pub stopping: CancellationToken,
    /// Whether this process runs jobs, so that it is only ready while its worker works.
    pub runs_jobs: bool,
    health: Health,
    metrics: Metrics,
}

impl Serving {
    /// With these apps; event streams end with `stopping`.
    pub fn new(app: App, access: Access, examples: PathBuf, stopping: CancellationToken) -> Self {
        let feed = Feed::start(app.engine.clone(), stopping.clone());
        let (health, metrics) = (Health::default(), Metrics::default());
        Self { app, access, examples, feed, stopping, runs_jobs: false, health, metrics }
    }
}

/// The state that every handler can access. One pointer, because each layer of the router clones it for each request.
#[derive(Clone)]
pub struct Api(Arc<Serving>);

impl Deref for Api {
    type Target = Serving;

    fn deref(&self) -> &Serving {
        &self.0
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
    components(schemas(snapshot::PresentState)),
    tags(
        (name = "documents", description = "Source files, read and judged on arrival"),
        (name = "uploads", description = "Files that arrive over several requests, by tus 1.0"),
        (name = "jobs", description = "Durable jobs"),
        (name = "accounts", description = "Signing in, one's own account, its sessions and tokens"),
        (name = "administration", description = "What administrators do"),
        (name = "events", description = "Events as they happen"),
        (name = "storage", description = "What is kept in which tier"),
        (name = "providers", description = "Remote providers: health, spending, keys, and what they notify"),
        (name = "webhooks", description = "Endpoints that are notified of events, by Standard Webhooks"),
        (name = "service", description = "The server itself")
    )
)]
struct Description;

fn routes(apps: &[&dyn ServerApp]) -> (Router<Api>, Value) {
    let common = OpenApiRouter::with_openapi(Description::openapi())
        // Uploads have their own limits.
        .routes(routes!(documents::create).layer(DefaultBodyLimit::disable()))
        .routes(routes!(documents::list))
        .routes(routes!(documents::show, documents::delete))
        .routes(routes!(uploads::options, uploads::list, uploads::create).map(|all| all.fallback(uploads::other)))
        .routes(
            routes!(uploads::show, uploads::append, uploads::terminate).map(|one| one.fallback(uploads::other_of_one)),
        )
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::retry))
        .routes(routes!(jobs::why))
        .routes(routes!(jobs::progress))
        .routes(routes!(events::stream))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::delete))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::show))
        .routes(routes!(deliveries::replay))
        .routes(routes!(deliveries::replay_range))
        .routes(routes!(deliveries::ping))
        .routes(routes!(accounts::sign_in::create, accounts::sign_in::end))
        .routes(routes!(accounts::sign_in::sign_up))
        .routes(routes!(accounts::own::show, accounts::own::change, accounts::own::leave))
        .routes(routes!(accounts::own::change_password))
        .routes(routes!(accounts::own::sessions, accounts::own::end_sessions))
        .routes(routes!(accounts::own::end_session))
        .routes(routes!(accounts::tokens::list, accounts::tokens::create))
        .routes(routes!(accounts::tokens::revoke))
        .routes(routes!(accounts::admin::list, accounts::admin::add))
        .routes(routes!(accounts::admin::show, accounts::admin::change, accounts::admin::delete))
        .routes(routes!(accounts::admin::invitations, accounts::admin::invite))
        .routes(routes!(accounts::admin::uninvite))
        .routes(routes!(providers::list))
        .routes(routes!(providers::set_key, providers::remove_key))
        .routes(routes!(providers::test))
        .routes(routes!(providers::list_all))
        .routes(routes!(providers::set_installation_key, providers::remove_installation_key))
        .routes(routes!(providers::test_installation))
        .routes(routes!(hooks::receive).layer(DefaultBodyLimit::max(hooks::LARGEST)))
        .routes(routes!(storage::show))
        .routes(routes!(storage::hold, storage::lift))
        .routes(routes!(storage::periods, storage::set_periods, storage::unset_periods))
        .routes(routes!(storage::periods_of_one, storage::set_periods_of_one, storage::unset_periods_of_one))
        .routes(routes!(usage::show))
        .routes(routes!(usage::plans))
        .routes(routes!(usage::limits, usage::set_limits))
        .routes(routes!(usage::of_another))
        .routes(routes!(engine_limits::list, engine_limits::set))
        .routes(routes!(engine_limits::unset))
        .routes(routes!(operations::queues))
        .routes(routes!(operations::pause))
        .routes(routes!(operations::resume))
        .routes(routes!(operations::jobs))
        .routes(routes!(operations::retry))
        .routes(routes!(operations::cancel))
        .routes(routes!(operations::redrive))
        .routes(routes!(operations::storage))
        .routes(routes!(operations::events))
        .routes(routes!(models::list))
        .routes(routes!(models::pull))
        .routes(routes!(models::verify))
        .routes(routes!(models::remove))
        .routes(routes!(service::config))
        .routes(routes!(service::health))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(service::useful_work))
        .routes(routes!(service::examples))
        .routes(routes!(metrics::metrics));
    let (router, document) = apps.iter().fold(common, |router, app| router.merge(app.routes())).split_for_parts();
    // The document is generated deterministically: a test compares it completely.
    (router, describe::complete(&document).unwrap_or_default())
}

/// The complete router, with these apps.
pub fn router(serving: Serving, apps: &[&dyn ServerApp]) -> Router {
    let api = Api(Arc::new(serving));
    let (router, description) = routes(apps);
    let docs = docs::Docs::of(&description);
    router
        .route("/docs", get(async move |asked: HeaderMap| docs.answer(&asked)))
        .route("/api/v1/openapi.json", get(async move || axum::Json(description)))
        .route("/api/{*rest}", axum::routing::any(async || problem::Problem::not_found("address in this API")))
        .route("/examples/{name}", get(service::example))
        .route("/sign-in", get(accounts::pages::sign_in).post(accounts::pages::submit_sign_in))
        .route("/auth/sign-in", get(accounts::issuer::begin))
        .route("/auth/callback", get(accounts::issuer::finish))
        .route("/sign-up", get(accounts::pages::sign_up))
        .route("/sign-out", axum::routing::post(accounts::pages::sign_out))
        .route("/join", axum::routing::post(accounts::pages::submit_join))
        .route("/join/{invitation}", get(accounts::pages::join))
        .fallback(page::serve)
        .layer(middleware::from_fn_with_state(api.clone(), limits::count))
        .layer(middleware::from_fn_with_state(api.clone(), identity::authenticate))
        // Without an identity: the link alone decides, and no cache keeps a renewed cookie.
        .route("/media/{hash}/{name}", get(media::read))
        .layer(DefaultBodyLimit::max(SMALL))
        .layer(compression())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(security::Protection::new(api.clone(), apps), security::protect))
        .layer(middleware::from_fn(request_log::record))
        .with_state(api)
}

/// JSON and the page about the API are compressed on the fly. The page's files are already compressed, media would not get smaller, and events must
/// not wait in a compressor's buffer.
fn compression() -> CompressionLayer<impl Predicate> {
    let json = |_: StatusCode, _: axum::http::Version, headers: &HeaderMap, marks: &axum::http::Extensions| {
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"json"))
            || marks.get::<docs::Compressible>().is_some()
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
