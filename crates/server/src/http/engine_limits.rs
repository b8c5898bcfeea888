//! What an administrator limits of everybody's work: how many jobs run at once, how often, and whose share is how large.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sluice_app::controls::{self, Lifted, Limited, Setting, Target};
use sluice_store::controls::{Limit, Rate, RateOf, Unit};
use utoipa::ToSchema;

use super::Api;
use super::errors::invalid;
use super::extract::Json;
use super::identity::Admin;
use super::problem::Problem;

const SCOPES: [&str; 4] = ["owner", "kind", "key", "provider"];
/// Most jobs at once, and the largest weight.
const MOST: u32 = 1_000_000;
/// The largest amount and burst of a rate: what a bucket counts exactly.
const MOST_UNITS: u64 = 1_000_000_000;
/// The longest period of a rate: a week.
const LONGEST_MS: u64 = 7 * 24 * 3_600 * 1_000;

/// Everything that is limited.
#[derive(Serialize, ToSchema)]
pub(crate) struct EngineLimitsView {
    limits: Vec<EngineLimitView>,
    rates: Vec<EngineRateView>,
}

/// How many jobs run at once, and the weight of an owner's share.
#[derive(Serialize, ToSchema)]
struct EngineLimitView {
    /// `owner`, `kind`, `key` or `provider`.
    scope: String,
    /// `*` stands for each one without a limit of its own.
    name: String,
    /// Most jobs that run at the same time.
    concurrency: Option<i64>,
    /// Of an owner: twice the weight, twice the jobs.
    weight: i64,
}

/// An amount per time.
#[derive(Serialize, ToSchema)]
struct EngineRateView {
    /// `owner`, `kind`, `key` or `provider`.
    scope: String,
    /// `*` stands for each one without a rate of its own.
    name: String,
    /// `requests`, `tokens`, `seconds` or `characters`.
    unit: &'static str,
    amount: u64,
    period_ms: u64,
    /// The most at once, after an idle time.
    burst: u64,
}

impl From<Limit> for EngineLimitView {
    fn from(Limit { scope, name, concurrency, weight }: Limit) -> Self {
        Self { scope, name, concurrency, weight }
    }
}

impl From<RateOf> for EngineRateView {
    fn from(RateOf { scope, name, unit, rate: Rate { amount, per, burst } }: RateOf) -> Self {
        let period_ms = u64::try_from(per.as_millis()).unwrap_or(u64::MAX);
        Self { scope, name, unit: unit.as_str(), amount, period_ms, burst }
    }
}

/// What is limited of everybody's work.
#[utoipa::path(get, path = "/api/v1/admin/limits", operation_id = "list_engine_limits", tag = "administration",
    responses((status = 200, body = EngineLimitsView)))]
pub(crate) async fn list(State(api): State<Api>, _: Admin) -> Result<Json<EngineLimitsView>, Problem> {
    let Limited { limits, rates } = controls::list(&api.app.platform.store).await?;
    Ok(Json(EngineLimitsView {
        limits: limits.into_iter().map(Into::into).collect(),
        rates: rates.into_iter().map(Into::into).collect(),
    }))
}

/// What is limited, and how; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EngineLimitRequest {
    /// `owner`, `kind`, `key` or `provider`.
    #[schema(pattern = "^(owner|kind|key|provider)$")]
    scope: String,
    /// `*` stands for each one without a limit of its own.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Most jobs that run at the same time.
    #[schema(maximum = 1_000_000)]
    concurrency: Option<u32>,
    /// Of an owner: twice the weight, twice the jobs.
    #[schema(minimum = 1, maximum = 1_000_000)]
    weight: Option<u32>,
    rate: Option<RateRequest>,
}

/// An amount per time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RateRequest {
    /// `requests`, `tokens`, `seconds` (of sound) or `characters`.
    #[schema(pattern = "^(requests|tokens|seconds|characters)$")]
    unit: String,
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    amount: u64,
    #[schema(minimum = 1, maximum = 604_800_000)]
    period_ms: u64,
    /// The most at once, after an idle time. Without: the amount.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    burst: Option<u64>,
}

fn target<'a>(scope: &'a str, name: &'a str) -> Result<Target<'a>, Problem> {
    if !SCOPES.contains(&scope) {
        return Err(invalid("invalid_scope", "An owner, kind, key or provider can be limited.".to_owned()));
    }
    if name.trim().is_empty() || name.chars().count() > 200 || name.contains('\0') {
        return Err(invalid("invalid_name", "A name has from 1 to 200 characters.".to_owned()));
    }
    Ok(Target { scope, name })
}

fn unit(name: &str) -> Result<Unit, Problem> {
    let named = || invalid("invalid_limit", format!("A unit is one of {}.", Unit::ALL.map(Unit::as_str).join(", ")));
    Unit::parse(name).ok_or_else(named)
}

fn rate(request: &RateRequest) -> Result<(Unit, Rate), Problem> {
    let burst = request.burst.unwrap_or(request.amount);
    let is_small = |amount: u64| (1..=MOST_UNITS).contains(&amount);
    if !is_small(request.amount) || !is_small(burst) || !(1..=LONGEST_MS).contains(&request.period_ms) {
        let text =
            format!("A rate is from 1 to {MOST_UNITS} in at most {LONGEST_MS} milliseconds, and so is its burst.");
        return Err(invalid("invalid_limit", text));
    }
    Ok((unit(&request.unit)?, Rate { amount: request.amount, per: Duration::from_millis(request.period_ms), burst }))
}

/// Limits how many jobs of something run at once, or how often, or sets an owner's weight. It applies at once.
#[utoipa::path(put, path = "/api/v1/admin/limits", operation_id = "set_engine_limit", tag = "administration", request_body = EngineLimitRequest,
    responses((status = 204), (status = 422, body = Problem)))]
pub(crate) async fn set(
    State(api): State<Api>,
    Admin(identity): Admin,
    Json(request): Json<EngineLimitRequest>,
) -> Result<StatusCode, Problem> {
    let target = target(&request.scope, &request.name)?;
    let EngineLimitRequest { concurrency, weight, .. } = request;
    if concurrency.is_some_and(|most| most > MOST) || weight.is_some_and(|weight| !(1..=MOST).contains(&weight)) {
        return Err(invalid(
            "invalid_limit",
            format!("At most {MOST} jobs run at once, and a weight is from 1 to {MOST}."),
        ));
    }
    if weight.is_some() && (target.scope != "owner" || target.name == "*") {
        return Err(invalid("invalid_limit", "A weight belongs to one owner.".to_owned()));
    }
    let rate = request.rate.as_ref().map(rate).transpose()?;
    if concurrency.is_none() && weight.is_none() && rate.is_none() {
        return Err(invalid("invalid_limit", "Say what is limited: concurrency, weight or rate.".to_owned()));
    }
    controls::set(&api.app.platform.store, target, Setting { concurrency, weight, rate }).await?;
    tracing::info!(by = %identity.owner, scope = target.scope, name = target.name, "an administrator limited it");
    Ok(StatusCode::NO_CONTENT)
}

/// What is not limited any more. Without any of the three, nothing of it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiftRequest {
    /// `owner`, `kind`, `key` or `provider`.
    #[schema(pattern = "^(owner|kind|key|provider)$")]
    scope: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The limit of how many run at the same time.
    #[serde(default)]
    concurrency: bool,
    /// The weight.
    #[serde(default)]
    weight: bool,
    /// The rate of this unit.
    #[schema(pattern = "^(requests|tokens|seconds|characters)$")]
    rate: Option<String>,
}

/// Takes limits away. It applies at once.
#[utoipa::path(post, path = "/api/v1/admin/limits/unset", operation_id = "unset_engine_limit", tag = "administration", request_body = LiftRequest,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn unset(
    State(api): State<Api>,
    Admin(identity): Admin,
    Json(request): Json<LiftRequest>,
) -> Result<StatusCode, Problem> {
    let target = target(&request.scope, &request.name)?;
    let unit = request.rate.as_deref().map(unit).transpose()?;
    let LiftRequest { concurrency, weight, .. } = request;
    let named = Lifted { concurrency, weight, rate: unit.is_some(), unit };
    let lifted = if named == Lifted::default() { Lifted::ALL } else { named };
    if !controls::unset(&api.app.platform.store, target, lifted).await? {
        return Err(Problem::not_found("limit"));
    }
    tracing::info!(by = %identity.owner, scope = target.scope, name = target.name, "an administrator lifted a limit");
    Ok(StatusCode::NO_CONTENT)
}
