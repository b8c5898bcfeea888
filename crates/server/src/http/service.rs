//! The server itself: its features, its health, and the example documents.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;
use sluice_app::webhooks::endpoints::event_types;
use sluice_store::workers;
use utoipa::ToSchema;

use super::Api;
use super::extract::{Json, Path};
use super::identity::{Operator, Owner};
use super::problem::Problem;

/// The features of this server.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfigView {
    version: &'static str,
    upload_limit_bytes: u64,
    /// The options of each app, by its name.
    #[schema(value_type = Object)]
    apps: BTreeMap<&'static str, Value>,
    /// The types of events that webhooks choose from.
    #[schema(max_items = 1_000)]
    event_types: Vec<String>,
    /// Whether scans can be read.
    ocr_available: bool,
    /// One person on this machine, without sign-in.
    single_user: bool,
}

/// The features of this server.
#[utoipa::path(get, path = "/api/v1/config", operation_id = "show_config", tag = "service", responses((status = 200, body = ConfigView)))]
pub(crate) async fn config(State(api): State<Api>, _: Owner) -> Json<ConfigView> {
    Json(ConfigView {
        version: env!("CARGO_PKG_VERSION"),
        upload_limit_bytes: api.app.library.upload_bytes,
        apps: api.app.modules.iter().map(|app| (app.name(), app.choices())).collect(),
        event_types: event_types(&api.app.modules),
        ocr_available: api.app.library.reader.ocr_available().await,
        single_user: api.access.single_user,
    })
}

/// The health of the server.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// `ok`.
    status: &'static str,
    version: &'static str,
}

/// Responds once the database does.
#[utoipa::path(get, path = "/api/v1/health", operation_id = "health", tag = "service", security(()), responses((status = 200, body = HealthView)))]
pub(crate) async fn health(State(api): State<Api>) -> Result<Json<HealthView>, Problem> {
    api.app.platform.now().await?;
    Ok(Json(HealthView { status: "ok", version: env!("CARGO_PKG_VERSION") }))
}

/// The amount of work for further workers.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsefulWorkView {
    /// Of all pools together.
    useful_work: u64,
    /// By pool.
    pools: BTreeMap<String, u64>,
}

/// For an autoscaler: runnable and running jobs, excluding those that wait for a provider, a paused target or a budget.
#[utoipa::path(get, path = "/internal/useful-work", operation_id = "useful_work", tag = "service", responses((status = 200, body = UsefulWorkView)))]
pub(crate) async fn useful_work(State(api): State<Api>, _: Operator) -> Result<Json<UsefulWorkView>, Problem> {
    let pools = api.app.platform.store.read(async |tx| workers::useful_work(tx).await).await?;
    Ok(Json(UsefulWorkView { useful_work: pools.values().sum(), pools }))
}

/// An example document.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExampleView {
    name: String,
    url: String,
}

/// The example documents.
#[utoipa::path(get, path = "/api/v1/examples", operation_id = "list_examples", tag = "service", responses((status = 200, body = Vec<ExampleView>)))]
pub(crate) async fn examples(State(api): State<Api>, _: Owner) -> Json<Vec<ExampleView>> {
    let mut found = Vec::new();
    if let Ok(mut entries) = tokio::fs::read_dir(api.examples.as_path()).await {
        while let Ok(Some(entry)) = entries.next_entry().await {
            found.extend(entry.file_name().into_string().ok().filter(|name| is_example(name)));
        }
    }
    found.sort();
    Json(found.into_iter().map(|name| ExampleView { url: format!("/examples/{name}"), name }).collect())
}

/// An example document.
pub(crate) async fn example(State(api): State<Api>, Path(name): Path<String>) -> Result<Response, Problem> {
    if !is_example(&name) {
        return Err(Problem::not_found("example"));
    }
    let bytes = tokio::fs::read(api.examples.join(&name)).await.map_err(|_| Problem::not_found("example"))?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

fn is_example(name: &str) -> bool {
    let letters = |stem: &str| stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    name.strip_suffix(".pdf").is_some_and(|stem| !stem.is_empty() && letters(stem))
}
