//! What was sent to a webhook, and what came of it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_domain::ids::DeliveryId;
use sluice_domain::time::Timestamp;
use sluice_store::webhooks::deliveries::{AttemptRow, DeliveryRow, DeliveryState, Filter, Range};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::bounds::Moment;
use super::errors::invalid;
use super::extract::{Json, NoBody, Path, Query};
use super::identity::Owner;
use super::paging::Limit;
use super::problem::Problem;
use super::webhooks::webhook_id;

/// What is sent to a webhook about one event.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryView {
    /// The header `webhook-id`, the same at each attempt.
    #[schema(format = "uuid")]
    id: String,
    /// The type of the event, such as `job.succeeded`.
    event_type: String,
    /// The number of the event in `/api/v1/events`; none for a test.
    event: Option<i64>,
    #[schema(value_type = i64)]
    event_at: Timestamp,
    /// `pending`, `delivered` or `failed`.
    state: &'static str,
    /// Attempts so far.
    attempts: u32,
    /// The status of the answer to the last attempt, if there was one.
    last_status: Option<u32>,
    /// Why the last attempt failed, as the `error` of an attempt.
    last_error: Option<String>,
    /// When the next attempt is due.
    #[schema(value_type = Option<i64>)]
    due_at: Option<Timestamp>,
    /// When it was delivered or given up.
    #[schema(value_type = Option<i64>)]
    ended_at: Option<Timestamp>,
}

impl From<DeliveryRow> for DeliveryView {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: row.id.to_string(),
            event_type: row.kind,
            event: row.seq,
            event_at: row.event_at,
            state: row.state.as_str(),
            attempts: row.attempts,
            last_status: row.last.status,
            last_error: row.last.error,
            due_at: (row.state == DeliveryState::Pending).then_some(row.due_at),
            ended_at: row.ended_at,
        }
    }
}

/// What came of an attempt.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttemptView {
    /// Its number, from 1.
    attempt: u32,
    #[schema(value_type = i64)]
    at: Timestamp,
    /// How long it took, in milliseconds.
    ms: u64,
    /// The status of the answer, if there was one.
    status: Option<u32>,
    /// The first 1,024 bytes of the answer's body.
    answer: Option<String>,
    /// Why it failed: `refused`, `redirected`, `gone`, `timed_out`, `host_unknown`, `connection_failed`,
    /// `connection_broken` or `address_forbidden`.
    error: Option<String>,
    /// The same for people.
    message: Option<String>,
}

impl From<AttemptRow> for AttemptView {
    fn from(row: AttemptRow) -> Self {
        Self {
            attempt: row.n,
            at: row.at,
            ms: row.took_ms,
            status: row.status,
            answer: row.answer,
            error: row.error,
            message: row.message,
        }
    }
}

/// A delivery with what is sent and its attempts.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryDetail {
    delivery: DeliveryView,
    /// What is sent: `type`, `timestamp` and `data`.
    #[schema(value_type = Object)]
    payload: Value,
    /// The last of them, the oldest first.
    #[schema(max_items = 100)]
    attempts: Vec<AttemptView>,
}

/// A page of deliveries, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryPage {
    #[schema(max_items = 100)]
    items: Vec<DeliveryView>,
    /// The cursor of the next page; none on the last page.
    next_cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Page size.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Only those in this state.
    #[param(max_length = 20, pattern = "^(pending|delivered|failed)$")]
    state: Option<String>,
}

/// Which deliveries are sent again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayRequest {
    /// Of events from this moment on.
    #[schema(value_type = i64, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    since: Moment,
    /// Before this moment; without it, until now.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    until: Option<Moment>,
    /// Only those that ended so: `failed`, or `delivered` if the receiver has lost them.
    #[serde(default = "failed")]
    #[schema(max_length = 20, pattern = "^(failed|delivered)$", default = "failed")]
    state: String,
}

fn failed() -> String {
    DeliveryState::Failed.as_str().to_owned()
}

/// How many deliveries are sent again.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplayView {
    /// At most 10,000 at a time.
    replayed: u64,
}

fn delivery_id(text: &str) -> Result<DeliveryId, Problem> {
    text.parse().map_err(|_| Problem::not_found("delivery"))
}

/// The deliveries to a webhook, the newest first. They are kept for 30 days.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", operation_id = "list_deliveries", tag = "webhooks",
    params(("id" = String, Path), ListQuery),
    responses((status = 200, body = DeliveryPage), (status = 404, body = Problem)))]
pub(crate) async fn list(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<DeliveryPage>, Problem> {
    let bad = |what: &str| Problem::bad_request(format!("There is no such {what}."));
    let state = query.state.map(|text| text.parse().map_err(|()| bad("state"))).transpose()?;
    let before = query.cursor.map(|text| text.parse().map_err(|_| bad("cursor"))).transpose()?;
    let limit = query.limit.get();
    let filter = Filter { state, before, limit: limit + 1 };
    let mut rows = api.app.webhooks.deliveries(&owner, &webhook_id(&id)?, &filter).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(Json(DeliveryPage { items: rows.into_iter().map(DeliveryView::from).collect(), next_cursor }))
}

/// A delivery: what is sent, and what came of it.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries/{delivery}", operation_id = "show_delivery", tag = "webhooks",
    params(("id" = String, Path), ("delivery" = String, Path)),
    responses((status = 200, body = DeliveryDetail), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<Json<DeliveryDetail>, Problem> {
    let (id, delivery) = (webhook_id(&id)?, delivery_id(&delivery)?);
    let (row, attempts) = api.app.webhooks.delivery_with_attempts(&owner, &id, &delivery).await?;
    let payload = serde_json::from_str(&row.body).map_err(|error| Problem::internal(&error))?;
    let attempts = attempts.into_iter().map(AttemptView::from).collect();
    Ok(Json(DeliveryDetail { delivery: row.into(), payload, attempts }))
}

/// Sends a delivery again, under the same id. One that is pending is tried now.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/deliveries/{delivery}/replay", operation_id = "replay_delivery", tag = "webhooks",
    params(("id" = String, Path), ("delivery" = String, Path)),
    responses((status = 202, body = DeliveryView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn replay(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path((id, delivery)): Path<(String, String)>,
    _: NoBody,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let row = api.app.webhooks.replay(&owner, &webhook_id(&id)?, &delivery_id(&delivery)?).await?;
    Ok((StatusCode::ACCEPTED, Json(row.into())))
}

/// Sends the deliveries of a range again, under their ids.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/replay", operation_id = "replay_deliveries", tag = "webhooks",
    params(("id" = String, Path)), request_body = ReplayRequest,
    responses((status = 202, body = ReplayView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn replay_range(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
    Json(request): Json<ReplayRequest>,
) -> Result<(StatusCode, Json<ReplayView>), Problem> {
    let range = range(&request)?;
    let replayed = api.app.webhooks.replay_range(&owner, &webhook_id(&id)?, range).await?;
    Ok((StatusCode::ACCEPTED, Json(ReplayView { replayed })))
}

fn range(request: &ReplayRequest) -> Result<Range, Problem> {
    let Ok(state @ (DeliveryState::Failed | DeliveryState::Delivered)) = request.state.parse() else {
        return Err(invalid("invalid_range", "The state is failed or delivered.".to_owned()));
    };
    let until = request.until.map_or(i64::MAX, |until| until.0);
    if until <= request.since.0 {
        return Err(invalid("invalid_range", "The range ends after it begins, in milliseconds since 1970.".to_owned()));
    }
    Ok(Range { since: Timestamp::from_millis(request.since.0), until: Timestamp::from_millis(until), state })
}

/// Sends a test, of type `webhook.ping`, whatever the filter is.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/ping", operation_id = "ping_webhook", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 202, body = DeliveryView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn ping(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let row = api.app.webhooks.ping(&owner, &webhook_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(row.into())))
}
