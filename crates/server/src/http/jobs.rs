//! Jobs: looked at, stopped, tried again.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use sluice_app::reel::{ReelApp, edit};
use sluice_app::view::{ErrorView, StepState};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_engine::{Progress, Reason, Step};
use sluice_store::reel;
use utoipa::ToSchema;

use super::Api;
use super::extract::{Json, Path};
use super::problem::Problem;

/// A durable piece of work.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobView {
    id: String,
    /// `reel.make` or `reel.scene`.
    kind: String,
    /// `scheduled`, `ready`, `running`, `waiting`, `succeeded`, `dead`, `cancelled` or `expired`.
    state: &'static str,
    /// The stage that runs, or runs next.
    stage: String,
    /// Attempts at this stage so far.
    attempt: u32,
    /// Attempts that each stage has.
    attempts: u32,
    steps: Vec<JobStep>,
    log: Vec<LogEntry>,
    error: Option<ErrorView>,
    /// The video that it works on.
    reel_id: Option<String>,
    /// The job that it is a part of.
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

/// A job with its steps and the end of its log.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "show_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem)))]
pub(crate) async fn show(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<JobView>, Problem> {
    Ok(Json(view(&api, &job_id(&id)?).await?))
}

/// Stops a job and all its parts. What was finished stays.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", operation_id = "cancel_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem)))]
pub(crate) async fn cancel(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<JobView>, Problem> {
    let id = job_id(&id)?;
    api.app.platform.store.write(async |tx| api.app.engine.cancel(tx, &OwnerId::local(), &id).await).await?;
    Ok(Json(view(&api, &id).await?))
}

/// Tries a job again that gave up, was stopped or expired, from where it was.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/retry", operation_id = "retry_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 202, body = JobView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn retry(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<JobView>), Problem> {
    let id = job_id(&id)?;
    let platform = &api.app.platform;
    match platform.store.read(async |tx| reel::reel_of_job(tx, &id).await).await? {
        Some(reel) => {
            let app = api.app.module::<ReelApp>().ok_or_else(|| Problem::not_found("app on this server"))?;
            edit::retry(app, &reel).await?;
        }
        None => {
            platform.store.write(async |tx| api.app.engine.retry(tx, &OwnerId::local(), &id).await).await?;
        }
    }
    Ok((StatusCode::ACCEPTED, Json(view(&api, &id).await?)))
}

/// Why a job is where it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct WhyView {
    state: &'static str,
    /// Every reason that holds now. Each has a `reason` (`time`, `dependency`, `parts`, `signal`, `paused`, `limit`,
    /// `rate`, `provider`, `budget`, `no_worker`, `share`, `running`, `ended`) and what belongs to it.
    #[schema(value_type = Vec<Object>)]
    reasons: Vec<Reason>,
    /// Its place among the ready jobs of its owner, from 1.
    position: Option<u64>,
    /// When it should begin: from and to.
    #[schema(value_type = Option<Vec<i64>>)]
    eta: Option<(Timestamp, Timestamp)>,
    /// When a job that has begun should be done: from and to, as its kind usually takes.
    #[schema(value_type = Option<Vec<i64>>)]
    done_by: Option<(Timestamp, Timestamp)>,
}

/// Why a job is waiting: every reason that holds now, its place in the line, and when it should begin.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/why", operation_id = "why_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = WhyView), (status = 404, body = Problem)))]
pub(crate) async fn why(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<WhyView>, Problem> {
    let id = job_id(&id)?;
    let (engine, owner) = (&api.app.engine, OwnerId::local());
    let why = engine.why(&owner, &id).await?;
    let job = engine.job(&owner, &id).await?.ok_or_else(|| Problem::not_found("job"))?.job;
    let done_by = engine.done_by(&job).await?;
    let (reasons, position, eta) = (why.reasons, why.position, why.eta);
    Ok(Json(WhyView { state: why.state.as_str(), reasons, position, eta, done_by }))
}

/// How far a job and all its parts have come.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgressView {
    id: String,
    kind: String,
    state: &'static str,
    stage: String,
    /// From 0 to 100: the mean of its steps and parts, as far as they are known by now.
    percent: f64,
    steps: Vec<JobStep>,
    /// The jobs that are part of it, in the order in which they were made.
    #[schema(no_recursion)]
    parts: Vec<ProgressView>,
    /// When it should be done: from and to, as its kind usually takes.
    #[schema(value_type = Option<Vec<i64>>)]
    done_by: Option<(Timestamp, Timestamp)>,
}

impl ProgressView {
    fn of(progress: Progress) -> Self {
        let Progress { job, steps, parts, fraction, done_by } = progress;
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            state: job.state.as_str(),
            stage: job.stage,
            percent: fraction * 100.0,
            steps: steps.into_iter().map(JobStep::of).collect(),
            parts: parts.into_iter().map(Self::of).collect(),
            done_by,
        }
    }
}

/// How far a job and all its parts have come, as a tree.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/progress", operation_id = "progress_of_job", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = ProgressView), (status = 404, body = Problem)))]
pub(crate) async fn progress(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<ProgressView>, Problem> {
    let found = api.app.engine.progress(&OwnerId::local(), &job_id(&id)?).await?;
    Ok(Json(ProgressView::of(found.ok_or_else(|| Problem::not_found("job"))?)))
}

async fn view(api: &Api, id: &JobId) -> Result<JobView, Problem> {
    let owner = OwnerId::local();
    let found = api.app.engine.job(&owner, id).await?.ok_or_else(|| Problem::not_found("job"))?;
    let log = api.app.engine.log(&owner, id, 200).await?;
    let reel = api.app.platform.store.read(async |tx| reel::reel_of_job(tx, id).await).await?;
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
        reel_id: reel.map(String::from),
        parent_id: job.parent.map(String::from),
        created_at: job.created_at,
        started_at: job.started_at,
        finished_at: job.finished_at,
    })
}

fn job_id(text: &str) -> Result<JobId, Problem> {
    text.parse().map_err(|_| Problem::not_found("job"))
}
