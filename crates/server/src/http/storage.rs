//! What is kept in which tier and for how long, and the hold on all of it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sluice_app::keeping::{self, PeriodError, Periods, Report, StorageHold};
use sluice_store::keeping::Days;
use utoipa::ToSchema;

use super::Api;
use super::bounds::Integer;
use super::errors::invalid;
use super::extract::{Json, Path};
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
    #[schema(required = true, min_length = 1, max_length = 250)]
    reason: String,
}

impl NewHold {
    /// Why, unless nobody says so, or at too great a length.
    pub(super) fn reason(&self) -> Result<&str, Problem> {
        if self.reason.trim().is_empty() {
            let text = "A hold has a reason: say why, for those who come later.".to_owned();
            return Err(invalid("no_reason", text).with("pointer", "/reason"));
        }
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

/// How many days something is kept; a tier that is left out is kept for as long as its owner says for everything, else as the
/// installation does.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPeriods {
    /// In the first tier.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 36_500)]
    hot: Option<Integer<1, 36_500>>,
    /// Then in the second.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 36_500)]
    warm: Option<Integer<1, 36_500>>,
}

impl From<NewPeriods> for Days {
    fn from(new: NewPeriods) -> Self {
        let days = |set: Option<Integer<1, 36_500>>| set.and_then(|Integer(days)| u32::try_from(days).ok());
        Self { hot: days(new.hot), warm: days(new.warm) }
    }
}

impl From<PeriodError> for Problem {
    fn from(error: PeriodError) -> Self {
        match error {
            PeriodError::NoApp => Self::not_found("app that keeps things in tiers"),
            PeriodError::Unknown => Self::not_found("thing in this app"),
            PeriodError::OutOfBounds { tier, shortest, longest } => {
                let text = format!("This server allows from {shortest} to {longest} days. Choose a number of them.");
                invalid("period_out_of_bounds", text).with("pointer", format!("/{}", tier.as_str()))
            }
            PeriodError::Store(error) => error.into(),
        }
    }
}

/// How long what one has of an app is kept in each tier.
#[utoipa::path(get, path = "/api/v1/storage/periods/{app}", operation_id = "show_storage_periods", tag = "storage",
    params(("app" = String, Path)), responses((status = 200, body = Periods), (status = 404, body = Problem)))]
pub(crate) async fn periods(
    State(api): State<Api>,
    Owner(owner): Owner,
    Path(app): Path<String>,
) -> Result<Json<Periods>, Problem> {
    Ok(Json(keeping::periods(&api.app.keeper, &owner, &app, None).await?))
}

/// Sets how long what one has of an app is kept in each tier.
#[utoipa::path(put, path = "/api/v1/storage/periods/{app}", operation_id = "set_storage_periods", tag = "storage",
    params(("app" = String, Path)), request_body = NewPeriods,
    responses((status = 200, body = Periods), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_periods(
    State(api): State<Api>,
    Owner(owner): Owner,
    Path(app): Path<String>,
    Json(new): Json<NewPeriods>,
) -> Result<Json<Periods>, Problem> {
    Ok(Json(keeping::set_periods(&api.app.keeper, &owner, &app, None, new.into()).await?))
}

/// Leaves how long what one has of an app is kept to the installation again. What has days of its own keeps them.
#[utoipa::path(delete, path = "/api/v1/storage/periods/{app}", operation_id = "unset_storage_periods", tag = "storage",
    params(("app" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn unset_periods(
    State(api): State<Api>,
    Owner(owner): Owner,
    Path(app): Path<String>,
) -> Result<StatusCode, Problem> {
    keeping::set_periods(&api.app.keeper, &owner, &app, None, Days::default()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How long one thing is kept in each tier.
#[utoipa::path(get, path = "/api/v1/storage/periods/{app}/{subject}", operation_id = "show_periods_of_one", tag = "storage",
    params(("app" = String, Path), ("subject" = String, Path)),
    responses((status = 200, body = Periods), (status = 404, body = Problem)))]
pub(crate) async fn periods_of_one(
    State(api): State<Api>,
    Owner(owner): Owner,
    Path((app, subject)): Path<(String, String)>,
) -> Result<Json<Periods>, Problem> {
    Ok(Json(keeping::periods(&api.app.keeper, &owner, &app, Some(&subject)).await?))
}

/// Sets how long one thing is kept in each tier, whatever else is set.
#[utoipa::path(put, path = "/api/v1/storage/periods/{app}/{subject}", operation_id = "set_periods_of_one", tag = "storage",
    params(("app" = String, Path), ("subject" = String, Path)), request_body = NewPeriods,
    responses((status = 200, body = Periods), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_periods_of_one(
    State(api): State<Api>,
    Owner(owner): Owner,
    Path((app, subject)): Path<(String, String)>,
    Json(new): Json<NewPeriods>,
) -> Result<Json<Periods>, Problem> {
    Ok(Json(keeping::set_periods(&api.app.keeper, &owner, &app, Some(&subject), new.into()).await?))
}

/// Keeps one thing as long as everything else again.
#[utoipa::path(delete, path = "/api/v1/storage/periods/{app}/{subject}", operation_id = "unset_periods_of_one",
    tag = "storage", params(("app" = String, Path), ("subject" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn unset_periods_of_one(
    State(api): State<Api>,
    Owner(owner): Owner,
    Path((app, subject)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    keeping::set_periods(&api.app.keeper, &owner, &app, Some(&subject), Days::default()).await?;
    Ok(StatusCode::NO_CONTENT)
}
