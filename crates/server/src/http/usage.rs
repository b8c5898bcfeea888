//! What is used of limits: for everybody of their own, and for administrators, who change them, of everybody.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sluice_app::limits::change::{self, ChangeError};
use sluice_app::limits::{State as Reach, Usage, UsageEntry, usage};
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::{Overrides, Plan};
use sluice_domain::time::Timestamp;
use utoipa::ToSchema;

use super::Api;
use super::errors::invalid;
use super::extract::{Json, Path};
use super::identity::Admin;
use super::limits::Asking;
use super::problem::Problem;

/// A limit, and what is used of it. Bytes are bytes, and money is in millionths of a US dollar.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "limit": "jobs", "holder": "user", "used": 3, "hard": 20, "soft": 15, "window_seconds": 3600,
    "resets_at": 1_795_305_600_000_i64, "state": "fine" }))]
pub(crate) struct LimitView {
    /// `requests`, `uploads`, `jobs`, `entries`, `regenerations`, `retries`, `approvals`, `generations`, `model_calls`,
    /// `jobs_at_once`, `bytes_kept`, `money_per_day`, `money_per_month` or `unpriced_calls`.
    #[schema(
        pattern = "^(requests|uploads|jobs|entries|regenerations|retries|approvals|generations|model_calls|jobs_at_once|bytes_kept|money_per_day|money_per_month|unpriced_calls)$"
    )]
    limit: &'static str,
    /// Whose: `address`, `user`, `token`, or `plan` for all accounts of the plan together.
    #[schema(pattern = "^(address|user|token|plan)$")]
    holder: &'static str,
    /// What is used; of requests with those that processes have leased and not answered yet.
    used: u64,
    /// What exceeds it is refused, or waits if it costs money.
    #[schema(maximum = 1_000_000_000_000_000_i64)]
    hard: u64,
    /// From so much on there is an event `limit.near`.
    #[schema(maximum = 1_000_000_000_000_000_i64)]
    soft: Option<u64>,
    /// The length of the window; none of what is not counted in one.
    #[schema(minimum = 1, maximum = 2_678_400)]
    window_seconds: Option<u32>,
    /// When there is more.
    #[schema(value_type = Option<i64>)]
    resets_at: Option<Timestamp>,
    /// `fine`, `near` (the soft limit is reached) or `reached`.
    #[schema(pattern = "^(fine|near|reached)$")]
    state: &'static str,
}

impl From<&UsageEntry> for LimitView {
    fn from(entry: &UsageEntry) -> Self {
        Self {
            limit: entry.limited.as_str(),
            holder: entry.holder.as_str(),
            used: entry.used,
            hard: entry.hard,
            soft: entry.soft,
            window_seconds: entry.seconds,
            resets_at: entry.resets_at,
            state: match entry.state() {
                Reach::Fine => "fine",
                Reach::Near => "near",
                Reach::Reached => "reached",
            },
        }
    }
}

/// What is used.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "owner": "0190a1b2-0000-7000-8000-000000000000", "plan": "standard", "plan_is_known": true,
    "limits": [{ "limit": "jobs_at_once", "holder": "user", "used": 1, "hard": 2, "soft": null, "window_seconds": null,
        "resets_at": null, "state": "fine" }],
    "bytes_kept": 73_400_320, "bytes_announced": 0, "jobs_at_once": 1, "micro_usd_today": 125_000,
    "micro_usd_this_month": 2_250_000, "at": 1_795_302_000_000_i64 }))]
pub(crate) struct UsageView {
    /// Whose.
    owner: String,
    /// The plan whose limits apply.
    #[schema(min_length = 1, max_length = 512)]
    plan: String,
    /// False if the plan is not configured any more: then those of the plan `standard` apply.
    plan_is_known: bool,
    /// Every limit that applies.
    #[schema(max_items = 64)]
    limits: Vec<LimitView>,
    /// What is kept, each file once.
    bytes_kept: u64,
    /// What was announced by uploads that are going on.
    bytes_announced: u64,
    /// Jobs that were started and have not ended.
    jobs_at_once: u64,
    /// What was spent today, in UTC, and is reserved by what runs. In millionths of a US dollar.
    #[schema(minimum = 0)]
    micro_usd_today: i64,
    /// The same of this month.
    #[schema(minimum = 0)]
    micro_usd_this_month: i64,
    /// When this was.
    #[schema(value_type = i64)]
    at: Timestamp,
}

impl UsageView {
    fn of(api: &Api, owner: &OwnerId, usage: &Usage) -> Self {
        Self {
            owner: owner.to_string(),
            plan_is_known: api.app.platform.limits.plans.has(&usage.terms.plan_name),
            plan: usage.terms.plan_name.clone(),
            limits: usage.limits.iter().map(LimitView::from).collect(),
            bytes_kept: usage.bytes_kept,
            bytes_announced: usage.bytes_announced,
            jobs_at_once: usage.jobs_at_once,
            micro_usd_today: usage.money.today.0,
            micro_usd_this_month: usage.money.this_month.0,
            at: usage.now,
        }
    }
}

/// What is used of every limit that applies to who asks, and when there is more.
#[utoipa::path(get, path = "/api/v1/usage", operation_id = "show_usage", tag = "accounts",
    responses((status = 200, body = UsageView)))]
pub(crate) async fn show(State(api): State<Api>, Asking(asker): Asking) -> Result<Json<UsageView>, Problem> {
    let platform = &api.app.platform;
    let found = platform.store.read(async |tx| usage(tx, &platform.limits, &asker).await).await?;
    Ok(Json(UsageView::of(&api, &asker.owner, &found)))
}

/// So many in each window.
#[derive(ToSchema)]
#[schema(example = json!({ "hard": 20, "soft": 15, "seconds": 3600 }))]
#[expect(dead_code, reason = "describes a type of the domain")]
pub(crate) struct WindowView {
    #[schema(maximum = 1_000_000_000_000_000_i64)]
    hard: u64,
    /// At most `hard`.
    #[schema(maximum = 1_000_000_000_000_000_i64)]
    soft: Option<u64>,
    #[schema(minimum = 1, maximum = 2_678_400)]
    seconds: u32,
}

/// At most so much.
#[derive(ToSchema)]
#[schema(example = json!({ "hard": 10_737_418_240_i64, "soft": 9_663_676_416_i64 }))]
#[expect(dead_code, reason = "describes a type of the domain")]
pub(crate) struct CapView {
    #[schema(maximum = 1_000_000_000_000_000_i64)]
    hard: u64,
    /// At most `hard`.
    #[schema(maximum = 1_000_000_000_000_000_i64)]
    soft: Option<u64>,
}

/// Limits in the place of the plan's: what is left out is as in the plan, and null lifts the limit.
#[derive(ToSchema)]
#[schema(example = json!({ "jobs_at_once": { "hard": 5 }, "micro_usd_per_day": null }))]
#[expect(dead_code, reason = "describes a type of the domain")]
pub(crate) struct OverridesView {
    requests: Option<WindowView>,
    uploads: Option<WindowView>,
    jobs: Option<WindowView>,
    entries: Option<WindowView>,
    regenerations: Option<WindowView>,
    retries: Option<WindowView>,
    approvals: Option<WindowView>,
    generations: Option<WindowView>,
    model_calls: Option<WindowView>,
    jobs_at_once: Option<CapView>,
    bytes_kept: Option<CapView>,
    micro_usd_per_day: Option<CapView>,
    micro_usd_per_month: Option<CapView>,
    unpriced_calls_per_day: Option<CapView>,
}

/// Limits of an account, and what is used of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountLimits {
    /// The plan.
    #[schema(min_length = 1, max_length = 512)]
    plan: String,
    /// What is in the place of the plan's limits.
    #[schema(value_type = OverridesView)]
    overrides: Overrides,
    /// What is used.
    usage: UsageView,
}

/// What is to apply to an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "plan": "standard", "overrides": { "jobs_at_once": { "hard": 5 } } }))]
pub(crate) struct LimitsRequest {
    /// One of the configured plans; the present one by default.
    #[schema(min_length = 1, max_length = 64)]
    plan: Option<String>,
    /// All of them: those of before are replaced.
    #[schema(value_type = OverridesView)]
    overrides: Overrides,
}

/// A plan.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "name": "standard", "limits": { "user": { "jobs_at_once": { "hard": 2 } } } }))]
pub(crate) struct PlanView {
    /// Its name.
    name: String,
    /// Its limits by whose they are (`address`, `user`, `token`, `together`), as in the configuration.
    #[schema(value_type = Object)]
    limits: Plan,
}

/// The configured plans.
#[utoipa::path(get, path = "/api/v1/admin/plans", operation_id = "list_plans", tag = "administration",
    responses((status = 200, body = Vec<PlanView>)))]
pub(crate) async fn plans(State(api): State<Api>, _: Admin) -> Json<Vec<PlanView>> {
    let plans = &api.app.platform.limits.plans;
    Json(plans.iter().map(|(name, plan)| PlanView { name: name.to_owned(), limits: *plan }).collect())
}

/// The limits of an account, and what is used of them.
#[utoipa::path(get, path = "/api/v1/admin/users/{owner}/limits", operation_id = "show_limits", tag = "administration",
    params(("owner" = String, Path)),
    responses((status = 200, body = AccountLimits), (status = 404, body = Problem)))]
pub(crate) async fn limits(
    State(api): State<Api>,
    _: Admin,
    Path(id): Path<String>,
) -> Result<Json<AccountLimits>, Problem> {
    let owner = owner(&id)?;
    let platform = &api.app.platform;
    let found = change::show(&platform.store, &platform.limits, &owner).await?;
    Ok(Json(view(&api, &owner, &found)))
}

/// Gives an account a plan, and limits in the place of the plan's. They apply at once.
#[utoipa::path(put, path = "/api/v1/admin/users/{owner}/limits", operation_id = "set_limits", tag = "administration",
    params(("owner" = String, Path)), request_body = LimitsRequest,
    responses((status = 200, body = AccountLimits), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_limits(
    State(api): State<Api>,
    _: Admin,
    Path(id): Path<String>,
    Json(request): Json<LimitsRequest>,
) -> Result<Json<AccountLimits>, Problem> {
    let owner = owner(&id)?;
    let platform = &api.app.platform;
    let found = change::change(&platform.store, &platform.limits, &owner, request.plan, request.overrides).await?;
    Ok(Json(view(&api, &owner, &found)))
}

/// What an account uses.
#[utoipa::path(get, path = "/api/v1/admin/users/{owner}/usage", operation_id = "show_any_usage", tag = "administration",
    params(("owner" = String, Path)),
    responses((status = 200, body = UsageView), (status = 404, body = Problem)))]
pub(crate) async fn of_another(
    State(api): State<Api>,
    _: Admin,
    Path(id): Path<String>,
) -> Result<Json<UsageView>, Problem> {
    let owner = owner(&id)?;
    let platform = &api.app.platform;
    let found = change::show(&platform.store, &platform.limits, &owner).await?;
    Ok(Json(UsageView::of(&api, &owner, &found)))
}

fn view(api: &Api, owner: &OwnerId, found: &Usage) -> AccountLimits {
    AccountLimits {
        plan: found.terms.plan_name.clone(),
        overrides: found.terms.overrides,
        usage: UsageView::of(api, owner, found),
    }
}

fn owner(text: &str) -> Result<OwnerId, Problem> {
    text.parse().map_err(|_| Problem::not_found("account"))
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        let text = error.to_string();
        match error {
            ChangeError::NoSuchAccount => Self::not_found("account"),
            ChangeError::NoSuchPlan { .. } => invalid("no_such_plan", text),
            ChangeError::Store(error) => error.into(),
        }
    }
}
