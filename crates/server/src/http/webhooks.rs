//! Webhooks: endpoints of others that are notified of events.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sluice_app::webhooks::endpoints::{Change, NewWebhook, Switch};
use sluice_app::webhooks::sign::Secret;
use sluice_app::webhooks::{ENDPOINTS, WebhookError};
use sluice_domain::ids::WebhookId;
use sluice_domain::time::Timestamp;
use sluice_store::webhooks::WebhookRow;
use std::time::Duration;
use utoipa::ToSchema;

use super::Api;
use super::bounds::Text;
use super::errors::invalid;
use super::extract::{Json, Path};
use super::identity::Owner;
use super::problem::Problem;

/// An endpoint, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookView {
    #[schema(format = "uuid")]
    id: String,
    /// Where events are sent.
    url: String,
    /// What it is for, in its owner's words.
    description: String,
    /// The types of events that it is notified of, such as `job.succeeded` or `reel.*`; empty: all.
    #[schema(max_items = 50)]
    events: Vec<String>,
    /// Whether events are sent to it.
    enabled: bool,
    /// Why not: `by_owner`, `gone` (it answered 410) or `failing` (nothing has arrived for about three days).
    disabled_reason: Option<String>,
    #[schema(value_type = Option<i64>)]
    disabled_at: Option<Timestamp>,
    /// Attempts that failed since the last one that did not.
    failures: u32,
    /// Since when they have failed.
    #[schema(value_type = Option<i64>)]
    failing_since: Option<Timestamp>,
    /// No attempt before this.
    #[schema(value_type = Option<i64>)]
    resume_at: Option<Timestamp>,
    /// The last attempt that did not fail.
    #[schema(value_type = Option<i64>)]
    succeeded_at: Option<Timestamp>,
    /// Events that were no longer kept when their turn had come.
    missed: u64,
    /// Until when the secret before the last rotation signs, too.
    #[schema(value_type = Option<i64>)]
    previous_secret_until: Option<Timestamp>,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    #[schema(value_type = i64)]
    updated_at: Timestamp,
}

impl From<WebhookRow> for WebhookView {
    fn from(row: WebhookRow) -> Self {
        let (disabled_reason, disabled_at) = row.disabled.unzip();
        Self {
            id: row.id.to_string(),
            url: row.url,
            description: row.description,
            events: row.kinds,
            enabled: disabled_reason.is_none(),
            disabled_reason,
            disabled_at,
            failures: row.failures,
            failing_since: row.failing_since,
            resume_at: row.resume_at,
            succeeded_at: row.succeeded_at,
            missed: row.missed,
            previous_secret_until: row.previous.map(|(_, until)| until),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// An endpoint with its secret: it is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookSecret {
    webhook: WebhookView,
    /// With which the receiver verifies, by the libraries of Standard Webhooks. It begins with `whsec_`.
    secret: String,
}

impl WebhookSecret {
    fn of((row, secret): (WebhookRow, Secret)) -> Self {
        Self { webhook: row.into(), secret: secret.reveal().to_owned() }
    }
}

/// The type of an event, or the beginning of some.
type EventName = Text<100>;

/// A new endpoint.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookRequest {
    /// Where events are sent: public and by https, but for what the operator allows.
    #[schema(min_length = 1, max_length = 2_000)]
    url: String,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 500)]
    description: String,
    /// The types of events that it is notified of, such as `job.succeeded` or `reel.*`; empty: all.
    #[serde(default)]
    #[schema(value_type = Vec<EventName>, inline, max_items = 50)]
    events: Vec<String>,
}

/// What is to be changed of an endpoint; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookChange {
    /// Where events are sent.
    #[schema(min_length = 1, max_length = 2_000)]
    url: Option<String>,
    /// What it is for.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// The types of events that it is notified of.
    #[schema(value_type = Option<Vec<EventName>>, inline, max_items = 50)]
    events: Option<Vec<String>>,
    /// Whether events are sent to it. One that is enabled again is notified of what happens from now on, and of what was
    /// pending.
    enabled: Option<bool>,
}

/// How long the old secret signs, too.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotationRequest {
    /// Hours; 0 if the old secret is known to others.
    #[serde(default = "a_day")]
    #[schema(maximum = 168, default = 24)]
    overlap_hours: u32,
}

const fn a_day() -> u32 {
    24
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let text = error.to_string();
        match error {
            WebhookError::TooMany => {
                Self::new(StatusCode::CONFLICT, "too_many_webhooks", "There are as many as there may be", text)
                    .with("limit", ENDPOINTS)
            }
            WebhookError::Address(_) => invalid("invalid_webhook_url", text),
            WebhookError::Invalid(text) => invalid("invalid_webhook", text),
            WebhookError::Disabled => Self::new(StatusCode::CONFLICT, "webhook_disabled", "It is disabled", text),
            WebhookError::NotFound => Self::not_found("webhook or delivery"),
            WebhookError::Store(error) => error.into(),
        }
    }
}

/// The id of a webhook in a path.
pub(super) fn webhook_id(text: &str) -> Result<WebhookId, Problem> {
    text.parse().map_err(|_| Problem::not_found("webhook"))
}

/// The webhooks of this account.
#[utoipa::path(get, path = "/api/v1/webhooks", operation_id = "list_webhooks", tag = "webhooks",
    responses((status = 200, body = Vec<WebhookView>)))]
pub(crate) async fn list(Owner(owner): Owner, State(api): State<Api>) -> Result<Json<Vec<WebhookView>>, Problem> {
    let rows = api.app.webhooks.list(&owner).await?;
    Ok(Json(rows.into_iter().map(WebhookView::from).collect()))
}

/// Makes a webhook, which is notified of what happens from now on. Its secret is in this response and nowhere else.
#[utoipa::path(post, path = "/api/v1/webhooks", operation_id = "create_webhook", tag = "webhooks", request_body = WebhookRequest,
    responses((status = 201, body = WebhookSecret), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    Owner(owner): Owner,
    State(api): State<Api>,
    Json(request): Json<WebhookRequest>,
) -> Result<(StatusCode, Json<WebhookSecret>), Problem> {
    let new = NewWebhook { url: request.url, description: request.description, kinds: request.events };
    let made = api.app.webhooks.create(&owner, new).await?;
    Ok((StatusCode::CREATED, Json(WebhookSecret::of(made))))
}

/// A webhook.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}", operation_id = "show_webhook", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<WebhookView>, Problem> {
    Ok(Json(api.app.webhooks.find(&owner, &webhook_id(&id)?).await?.into()))
}

/// Changes a webhook.
#[utoipa::path(patch, path = "/api/v1/webhooks/{id}", operation_id = "change_webhook", tag = "webhooks", params(("id" = String, Path)),
    request_body = WebhookChange,
    responses((status = 200, body = WebhookView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
    Json(request): Json<WebhookChange>,
) -> Result<Json<WebhookView>, Problem> {
    let switch = request.enabled.map(|yes| if yes { Switch::Enabled } else { Switch::Disabled });
    let change = Change { url: request.url, description: request.description, kinds: request.events, switch };
    Ok(Json(api.app.webhooks.change(&owner, &webhook_id(&id)?, change).await?.into()))
}

/// Deletes a webhook: nothing more is sent to it.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", operation_id = "delete_webhook", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api.app.webhooks.delete(&owner, &webhook_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a new secret, which is in this response and nowhere else. For a while deliveries are signed with the old one, too.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/secret/rotate", operation_id = "rotate_webhook_secret", tag = "webhooks",
    params(("id" = String, Path)), request_body = RotationRequest,
    responses((status = 200, body = WebhookSecret), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn rotate(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
    Json(request): Json<RotationRequest>,
) -> Result<Json<WebhookSecret>, Problem> {
    let overlap = Duration::from_hours(u64::from(request.overlap_hours));
    let rotated = api.app.webhooks.rotate(&owner, &webhook_id(&id)?, overlap).await?;
    Ok(Json(WebhookSecret::of(rotated)))
}
