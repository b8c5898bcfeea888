//! `/twin`: what the twin is, its bill, its counts, its faults.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::faults::Plan;
use crate::settings::Settings;
use crate::state::Twin;
use crate::{elevenlabs, runner};

pub(crate) fn routes(twin: &Twin) -> Router {
    Router::new()
        .route("/", get(describe))
        .route("/bill", get(bill))
        .route("/requests", get(requests))
        .route("/faults", get(faults).post(plan).delete(clear))
        .route("/settings", get(settings).post(set))
        .route("/reset", post(reset))
        .with_state(twin.clone())
}

async fn describe(State(twin): State<Twin>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", twin.base());
    Json(json!({
        "what": "a twin of remote providers, for tests: nothing here costs anything",
        "version": env!("CARGO_PKG_VERSION"),
        "seed": twin.seed(),
        "providers": {
            "openai": at("/openai/v1"), "openrouter": at("/openrouter/api/v1"), "elevenlabs": at("/elevenlabs"),
            "d-id": at("/d-id"), "vision": at("/vision/v1"), "runner": at("/runner"),
        },
        "runner_webhook_secret": runner::WEBHOOK_SECRET,
        "elevenlabs_webhook_secret": elevenlabs::WEBHOOK_SECRET,
        "control": ["GET /twin/bill", "GET /twin/requests", "GET, POST, DELETE /twin/faults",
                    "GET, POST /twin/settings", "POST /twin/reset"],
    }))
}

async fn bill(State(twin): State<Twin>) -> Json<Value> {
    Json(twin.with(|state| {
        let total: u64 = state.bill.iter().map(|charge| charge.micro_usd).sum();
        json!({ "total_micro_usd": total, "count": state.bill.len(), "entries": state.bill })
    }))
}

async fn requests(State(twin): State<Twin>) -> Json<Value> {
    let mut all = Map::new();
    for ((provider, operation), count) in twin.with(|state| state.requests.clone()) {
        let of = all.entry(provider).or_insert_with(|| json!({}));
        if let Some(of) = of.as_object_mut() {
            of.insert(operation.to_owned(), json!(count));
        }
    }
    Json(Value::Object(all))
}

async fn faults(State(twin): State<Twin>) -> Json<Value> {
    Json(twin.with(|state| json!({ "script": state.plan.script, "random": state.plan.random })))
}

/// Replaces the plan.
async fn plan(State(twin): State<Twin>, body: Bytes) -> Response {
    match serde_json::from_slice::<Plan>(&body) {
        Ok(plan) => {
            if let Some(unknown) = plan.unknown(&twin.served()) {
                return invalid(&unknown);
            }
            twin.with(|state| {
                if let Some(settings) = &plan.settings {
                    state.settings = settings.clone();
                }
                state.plan = plan;
            });
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => invalid(&error),
    }
}

async fn clear(State(twin): State<Twin>) -> StatusCode {
    twin.with(|state| state.plan = Plan::default());
    StatusCode::NO_CONTENT
}

async fn settings(State(twin): State<Twin>) -> Json<Settings> {
    Json(twin.settings())
}

/// Changes what the body names.
async fn set(State(twin): State<Twin>, body: Bytes) -> Response {
    let merged = serde_json::from_slice::<Map<String, Value>>(&body).and_then(|changes| {
        let mut all = serde_json::to_value(twin.settings())?;
        if let Some(all) = all.as_object_mut() {
            all.extend(changes);
        }
        serde_json::from_value::<Settings>(all)
    });
    match merged {
        Ok(settings) => {
            twin.with(|state| state.settings = settings.clone());
            Json(settings).into_response()
        }
        Err(error) => invalid(&error),
    }
}

async fn reset(State(twin): State<Twin>) -> StatusCode {
    twin.reset();
    StatusCode::NO_CONTENT
}

fn invalid(error: &impl ToString) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))).into_response()
}
