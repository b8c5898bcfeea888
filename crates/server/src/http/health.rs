//! Liveness and readiness probes, also for load balancers: without an identity, and under any host name. Results are cached, so
//! that probes cannot load the database.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::json;
use sluice_app::app::App;
use sluice_blobs::BlobHash;
use tokio::sync::Mutex;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::Api;
use super::extract::Json;
use super::problem::Problem;

/// How long a result is cached: one that is ready, and one that is not, which is shorter, so that a start is noticed soon.
const FRESH: Duration = Duration::from_secs(1);
const FRESH_TROUBLE: Duration = Duration::from_millis(100);
/// How long each check may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// A worker that has not polled for this long is stuck, or cannot reach the database.
const ASLEEP: Duration = Duration::from_secs(15);
/// Free bytes that the disk of the data folder has to have in addition to the largest upload.
const RESERVE: u64 = 64 * 1024 * 1024;

/// Whether one thing works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CheckView {
    /// Whether it does.
    ok: bool,
    /// Why not; the server's log has the details.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl CheckView {
    const OK: Self = Self { ok: true, why: None };

    fn not(why: &'static str) -> Self {
        Self { ok: false, why: Some(why) }
    }
}

/// What a server that can work says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReadyView {
    /// `ready`.
    status: &'static str,
    /// `database`, `blobs`, `engine` and `disk`, each with whether it works.
    checks: Checks,
}

type Checks = BTreeMap<&'static str, CheckView>;

/// A process that runs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LiveView {
    /// `live`.
    status: &'static str,
}

/// The last result. Concurrent requests wait for the one that renews it.
#[derive(Default)]
pub(crate) struct Health(Mutex<Option<(Instant, Checks)>>);

impl Health {
    async fn checks(&self, api: &Api) -> Checks {
        let mut last = self.0.lock().await;
        let is_well = |checks: &Checks| checks.values().all(|check| check.ok);
        if let Some((at, checks)) = &*last
            && at.elapsed() < if is_well(checks) { FRESH } else { FRESH_TROUBLE }
        {
            return checks.clone();
        }
        let checks = examine(api).await;
        let before = last.as_ref().map(|(_, checks)| checks);
        for (name, check) in checks.iter().filter(|(name, check)| before.and_then(|old| old.get(*name)) != Some(*check))
        {
            match check.why {
                Some(why) => tracing::warn!(check = name, why, "not ready"),
                None if before.is_some() => tracing::info!(check = name, "ready again"),
                None => {}
            }
        }
        *last = Some((Instant::now(), checks.clone()));
        checks
    }
}

async fn examine(api: &Api) -> Checks {
    let app = &api.app;
    let (database, blobs, disk) = tokio::join!(
        within(database(app), "the database does not answer within 2 seconds"),
        within(blobs(app), "the media do not answer within 2 seconds"),
        within(disk(app), "the disk does not answer within 2 seconds"),
    );
    let engine = if api.runs_jobs { engine(app) } else { CheckView::OK };
    BTreeMap::from([("database", database), ("blobs", blobs), ("engine", engine), ("disk", disk)])
}

async fn within(check: impl Future<Output = CheckView>, late: &'static str) -> CheckView {
    tokio::time::timeout(PATIENCE, check).await.unwrap_or_else(|_| CheckView::not(late))
}

async fn database(app: &App) -> CheckView {
    match app.platform.now().await {
        Ok(_) => CheckView::OK,
        Err(error) => {
            tracing::debug!(%error, "the database cannot be read");
            CheckView::not("the database cannot be read")
        }
    }
}

/// Looks up a blob that does not exist: the folder has to exist, or the bucket has to respond and accept the key.
async fn blobs(app: &App) -> CheckView {
    let media = app.platform.media.blobs();
    let looked = match media.check_place().await {
        Ok(()) => media.size(&BlobHash::of(b"sluice health")).await.map(drop),
        Err(error) => Err(error),
    };
    match looked {
        Ok(()) => CheckView::OK,
        Err(error) => {
            tracing::debug!(%error, "media cannot be reached");
            CheckView::not("the folder or the bucket of the media cannot be reached")
        }
    }
}

/// Whether the largest upload would fit.
async fn disk(app: &App) -> CheckView {
    let folder = app.platform.media.blobs().local_folder().to_owned();
    let free = tokio::task::spawn_blocking(move || nix::sys::statvfs::statvfs(&folder)).await;
    let Ok(Ok(free)) = free else { return CheckView::not("the free space of the data folder cannot be found out") };
    let bytes = free.blocks_available().saturating_mul(free.fragment_size());
    if bytes >= app.library.upload_bytes.saturating_add(RESERVE) {
        CheckView::OK
    } else {
        CheckView::not("the disk of the data folder has no room for the largest upload and 64 MiB")
    }
}

fn engine(app: &App) -> CheckView {
    match app.engine.last_poll() {
        Some(ago) if ago < ASLEEP => CheckView::OK,
        Some(_) => CheckView::not("the worker has not polled for jobs for 15 seconds"),
        None => CheckView::not("the worker has not started yet"),
    }
}

/// Whether the process runs at all: it looks at nothing else. A process that does not answer is to be started again.
#[utoipa::path(get, path = "/health/live", operation_id = "live", tag = "service", security(()), responses((status = 200, body = LiveView)))]
pub(crate) async fn live() -> Response {
    ([NO_STORE], Json(LiveView { status: "live" })).into_response()
}

const NO_STORE: (header::HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// Whether requests can be served now: database, media, the engine of this process, and room on its disk. A problem that is
/// not ready has the same `checks`. An answer may be a second old.
#[utoipa::path(get, path = "/health/ready", operation_id = "ready", tag = "service", security(()),
    responses((status = 200, body = ReadyView), (status = 503, body = Problem)))]
pub(crate) async fn ready(State(api): State<Api>) -> Result<Response, Problem> {
    let checks = api.health.checks(&api).await;
    let wrong: Vec<&str> = checks.values().filter_map(|check| check.why).collect();
    if wrong.is_empty() {
        return Ok(([NO_STORE], Json(ReadyView { status: "ready", checks })).into_response());
    }
    let problem =
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "Not ready", format!("{}.", wrong.join("; ")));
    Err(problem.with("checks", json!(checks)).header(NO_STORE.0, NO_STORE.1))
}
