//! The hold on a session.

use axum::http::StatusCode;
use sluice_app::scribe::ScribeApp;
use sluice_app::scribe::keeping::{self, HoldView};

use super::sessions::id_of;
use crate::http::Opened;
use crate::http::extract::{Json, Path};
use crate::http::identity::Owner;
use crate::http::problem::Problem;
use crate::http::storage::NewHold;

/// Holds a recording: nothing of it is moved to another tier or deleted until the hold ends.
#[utoipa::path(put, path = "/api/v1/sessions/{id}/hold", operation_id = "hold_recording", tag = "sessions",
    params(("id" = String, Path)), request_body = NewHold,
    responses((status = 200, body = HoldView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn hold(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
    Json(new): Json<NewHold>,
) -> Result<Json<HoldView>, Problem> {
    let held = keeping::hold(&app, &owner, &id_of(&id)?, new.reason()?).await?;
    held.map(Json).ok_or_else(|| Problem::not_found("session"))
}

/// Ends the hold on a recording; without one nothing changes.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}/hold", operation_id = "end_recording_hold", tag = "sessions",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn lift(
    Owner(owner): Owner,
    Opened(app): Opened<ScribeApp>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if keeping::lift(&app, &owner, &id_of(&id)?).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("session"))
}
