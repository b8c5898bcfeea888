//! Jobs: listing, inspecting, cancelling and retrying them.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sluice_app::view::{ErrorView, StepState, WhyView, first_page};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;
use sluice_engine::{Filter, JobRow, Progress, Step};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::extract::{Json, NoBody, Path, Query};
use super::identity::Owner;
use super::paging::{Limit, Text};
use super::problem::Problem;

/// A durable job.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobView {
    id: String,
    /// `document.read`, `reel.make` or `reel.scene`.
    kind: String,
    /// `scheduled`, `ready`, `running`, `waiting`, `succeeded`, `dead`, `cancelled` or `expired`.
    state: &'static str,
    /// The stage that runs, or runs next.
    stage: String,
    /// Attempts at this stage so far.
    attempt: u32,
    /// Most attempts of each stage.
    attempts: u32,
    steps: Vec<JobStep>,
    log: Vec<LogEntry>,
    error: Option<ErrorView>,
    /// The id of its subject, such as a reel.
    subject: String,
    /// Its parent job.
    parent_id: Option<String>,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    #[schema(value_type = Option<i64>)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<i64>)]
    finished_at: Option<Timestamp>,
}

/// A named step of a job.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobStep {
    name: String,
    state: StepState,
    /// From 0 to 100.
    percent: f64,
}

impl JobStep {
    fn of(step: Step) -> Self {
        let state = if step.finished_at.is_some() { StepState::Done } else { StepState::Running };
        Self { name: step.name, state, percent: step.fraction * 100.0 }
    }
}

/// A line of a job's log.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogEntry {
    #[schema(value_type = i64)]
    at: Timestamp,
    line: String,
}

/// A job in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobSummary {
    #[schema(format = "uuid")]
    id: String,
    /// Such as `reel.make`.
    kind: String,
    /// `scheduled`, `ready`, `running`, `waiting`, `blocked`, `succeeded`, `dead`, `cancelled` or `expired`.
    state: &'static str,
    /// The stage that runs, or runs next.
    stage: String,
    /// Attempts at this stage so far.
    attempt: u32,
    /// Its subject, such as a reel's id.
    subject: Option<String>,
    /// Its parent job.
    parent_id: Option<String>,
    error: Option<ErrorView>,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    #[schema(value_type = Option<i64>)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<i64>)]
    finished_at: Option<Timestamp>,
}

impl From<JobRow> for JobSummary {
    fn from(job: JobRow) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            state: job.state.as_str(),
            stage: job.stage,
            attempt: job.attempt,
            subject: Some(job.subject).filter(|subject| !subject.is_empty()),
            parent_id: job.parent.map(String::from),
            error: job.error.as_ref().map(ErrorView::of),
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}

/// A page of jobs, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobPage {
    #[schema(max_items = 100)]
    items: Vec<JobSummary>,
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
    pub(super) limit: Limit,
    /// `next_cursor` of the previous page.
    #[param(max_length = 200)]
    pub(super) cursor: Option<String>,
    /// Only those in this state, such as `running`.
    #[param(max_length = 20, pattern = "^(scheduled|ready|running|waiting|blocked|succeeded|dead|cancelled|expired)$")]
    pub(super) state: Option<String>,
    /// Only those of this kind, such as `reel.make`.
    #[param(value_type = Option<String>, max_length = 100)]
    pub(super) kind: Option<Text<100>>,
}

impl ListQuery {
    pub(super) fn limit(&self) -> u32 {
        self.limit.get()
    }

    /// With one job more than the page has, which tells whether there is another page.
    pub(super) fn filter(self) -> Result<Filter, Problem> {
        let state = |name: String| {
            JobState::parse(&name).ok_or_else(|| Problem::bad_request("There is no such state of a job."))
        };
        let foreign = |_| Problem::bad_request("The cursor is not one that this server gave: begin again without it.");
        Ok(Filter {
            state: self.state.map(state).transpose()?,
            kind: self.kind.map(|kind| kind.0),
            subject: None,
            owner: None,
            error: None,
            before: self.cursor.map(|cursor| cursor.parse::<JobId>().map_err(foreign)).transpose()?,
            limit: self.limit.get() + 1,
        })
    }
}

/// Jobs, newest first, page by page.
#[utoipa::path(get, path = "/api/v1/jobs", operation_id = "list_jobs", tag = "jobs", params(ListQuery),
    responses((status = 200, body = JobPage), (status = 400, body = Problem)))]
pub(crate) async fn list(
    Owner(owner): Owner,
    State(api): State<Api>,
    Query(query): Query<ListQuery>,
) -> Result<Json<JobPage>, Problem> {
    let limit = query.limit();
    let jobs = api.app.engine.list(&owner, &query.filter()?).await?;
    let (jobs, next_cursor) = first_page(jobs, limit, |job| job.id.to_string());
    Ok(Json(JobPage { items: jobs.into_iter().map(JobSummary::from).collect(), next_cursor }))
}

/// A job with its steps and the end of its log.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "show_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<JobView>, Problem> {
    Ok(Json(view(&owner, &api, &job_id(&id)?).await?))
}

/// Cancels a job and its child jobs. Finished work is kept.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", operation_id = "cancel_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem)))]
pub(crate) async fn cancel(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<JobView>, Problem> {
    let id = job_id(&id)?;
    api.app.platform.store.write(async |tx| api.app.engine.cancel(tx, &owner, &id).await).await?;
    Ok(Json(view(&owner, &api, &id).await?))
}

/// Retries a dead, cancelled or expired job from where it stopped.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/retry", operation_id = "retry_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 202, body = JobView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn retry(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<(StatusCode, Json<JobView>), Problem> {
    let id = job_id(&id)?;
    let job = api.app.engine.job(&owner, &id).await?.ok_or_else(|| Problem::not_found("job"))?.job;
    for app in api.app.modules.iter() {
        if app.retry(&owner, &job, &api.app.engine).await?.is_some() {
            return Ok((StatusCode::ACCEPTED, Json(view(&owner, &api, &id).await?)));
        }
    }
    api.app.platform.store.write(async |tx| api.app.engine.retry(tx, &owner, &id).await).await?;
    Ok((StatusCode::ACCEPTED, Json(view(&owner, &api, &id).await?)))
}

/// Why a job waits: every current reason, its position in the queue, and the estimated time of its start.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/why", operation_id = "why_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = WhyView), (status = 404, body = Problem)))]
pub(crate) async fn why(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<WhyView>, Problem> {
    let id = job_id(&id)?;
    let engine = &api.app.engine;
    let why = engine.why(&owner, &id).await?;
    let job = engine.job(&owner, &id).await?.ok_or_else(|| Problem::not_found("job"))?.job;
    let done_by = engine.done_by(&job).await?;
    Ok(Json(WhyView::of(why, done_by)))
}

/// The progress of a job and its child jobs, and their cost.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgressView {
    id: String,
    kind: String,
    state: &'static str,
    stage: String,
    /// From 0 to 100: the mean of its steps and child jobs, as far as they are known.
    percent: f64,
    steps: Vec<JobStep>,
    /// Its child jobs, in the order in which they were created.
    #[schema(no_recursion)]
    children: Vec<ProgressView>,
    /// The cost of its own calls, as far as it is known.
    costs: Vec<StepCost>,
    /// The cost of it and its child jobs, as far as it is known. In millionths of a US dollar.
    #[schema(minimum = 0)]
    spent_micro_usd: i64,
    /// How many calls of it and its child jobs ended without a known cost: they are in no sum.
    unpriced_calls: u64,
    /// The estimated time of its end: from and to, by the usual duration of its kind.
    #[schema(value_type = Option<Vec<i64>>)]
    done_by: Option<(Timestamp, Timestamp)>,
}

/// The cost of a step's calls.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepCost {
    /// The name of the step.
    step: String,
    /// In millionths of a US dollar.
    #[schema(minimum = 0)]
    micro_usd: i64,
}

impl ProgressView {
    fn of(progress: Progress) -> Self {
        let (spent_micro_usd, unpriced_calls) = (progress.spent().0, progress.unpriced_calls());
        let Progress { job, steps, children, fraction, costs, done_by, .. } = progress;
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            state: job.state.as_str(),
            stage: job.stage,
            percent: fraction * 100.0,
            steps: steps.into_iter().map(JobStep::of).collect(),
            children: children.into_iter().map(Self::of).collect(),
            costs: costs.into_iter().map(|(step, cost)| StepCost { step, micro_usd: cost.0 }).collect(),
            spent_micro_usd,
            unpriced_calls,
            done_by,
        }
    }
}

/// The progress of a job and its child jobs, as a tree.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/progress", operation_id = "progress_of_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = ProgressView), (status = 404, body = Problem)))]
pub(crate) async fn progress(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<ProgressView>, Problem> {
    let found = api.app.engine.progress(&owner, &job_id(&id)?).await?;
    Ok(Json(ProgressView::of(found.ok_or_else(|| Problem::not_found("job"))?)))
}

async fn view(owner: &OwnerId, api: &Api, id: &JobId) -> Result<JobView, Problem> {
    let found = api.app.engine.job_with_log(owner, id, 200).await?;
    let (found, log) = found.ok_or_else(|| Problem::not_found("job"))?;
    let job = found.job;
    Ok(JobView {
        id: job.id.to_string(),
        kind: job.kind,
        state: job.state.as_str(),
        stage: job.stage,
        attempt: job.attempt,
        attempts: job.max_attempts,
        steps: found.steps.into_iter().map(JobStep::of).collect(),
        log: log.into_iter().map(|line| LogEntry { at: line.at, line: line.line }).collect(),
        error: job.error.as_ref().map(ErrorView::of),
        subject: job.subject,
        parent_id: job.parent.map(String::from),
        created_at: job.created_at,
        started_at: job.started_at,
        finished_at: job.finished_at,
    })
}

pub(super) fn job_id(text: &str) -> Result<JobId, Problem> {
    text.parse().map_err(|_| Problem::not_found("job"))
}
