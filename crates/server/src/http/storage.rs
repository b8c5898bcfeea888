//! What is kept in which tier, and the hold on all of it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sluice_app::keeping::{self, Report, StorageHold};
use utoipa::ToSchema;

use super::Api;
use super::errors::invalid;
use super::extract::Json;
use super::identity::Owner;
use super::problem::Problem;

/// Most characters of a reason.
const REASON: usize = 250;

/// Why something is held.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHold {
    /// Why, for those who come later.
    #[serde(default)]
    #[schema(max_length = 250)]
    reason: String,
}

impl NewHold {
    /// Why, unless that is too long.
    pub(super) fn reason(&self) -> Result<&str, Problem> {
        if self.reason.chars().count() > REASON {
            let text = format!("A reason has at most {REASON} characters. Shorten it.");
            return Err(invalid("reason_too_long", text).with("pointer", "/reason"));
        }
        Ok(&self.reason)
    }
}

/// What is kept in which tier, how much more comes, and how full the disk is.
#[utoipa::path(get, path = "/api/v1/storage", operation_id = "show_storage", tag = "storage",
    responses((status = 200, body = Report)))]
pub(crate) async fn show(State(api): State<Api>, Owner(owner): Owner) -> Result<Json<Report>, Problem> {
    Ok(Json(keeping::report(&api.app.keeper, Some(&owner)).await?))
}

/// Holds everything: nothing is moved to another tier or deleted by a rule, and no session can be deleted, until the hold ends.
#[utoipa::path(put, path = "/api/v1/storage/hold", operation_id = "hold_storage", tag = "storage", request_body = NewHold,
    responses((status = 200, body = StorageHold), (status = 422, body = Problem)))]
pub(crate) async fn hold(
    State(api): State<Api>,
    Owner(owner): Owner,
    Json(new): Json<NewHold>,
) -> Result<Json<StorageHold>, Problem> {
    Ok(Json(keeping::hold(&api.app.keeper, &owner, new.reason()?).await?))
}

/// Ends the hold on everything. Holds on single sessions stay.
#[utoipa::path(delete, path = "/api/v1/storage/hold", operation_id = "end_storage_hold", tag = "storage",
    responses((status = 204)))]
pub(crate) async fn lift(State(api): State<Api>, Owner(owner): Owner) -> Result<StatusCode, Problem> {
    keeping::lift(&api.app.keeper, &owner).await?;
    Ok(StatusCode::NO_CONTENT)
}
