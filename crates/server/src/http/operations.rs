//! What administrators do with the work of everybody: queues, dead letters, storage, events. Of what people make, only the
//! kind, the size and the owner are shown here.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sluice_app::view::first_page;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::controls::Pause;
use sluice_store::events::{Event, Place, Sought};
use sluice_store::jobs::{Filter, Redrive};
use sluice_store::{StoreError, accounts, blobs, controls, events, workers};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::errors::invalid;
use super::extract::{Json, NoBody, Path, Query};
use super::identity::Admin;
use super::jobs::{JobSummary, ListQuery, job_id};
use super::paging::{Limit, Text};
use super::problem::Problem;

/// Most dead jobs that one request runs again: it is one unit of work.
const REDRIVEN_AT_ONCE: u32 = 100;
/// Most owners in the list of what is kept.
const OWNERS: u32 = 100;

/// The pools of jobs, and what is paused.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueuesView {
    queues: Vec<QueueView>,
    pauses: Vec<PauseView>,
}

/// A pool of jobs.
#[derive(Serialize, ToSchema)]
struct QueueView {
    name: String,
    /// Jobs that run or could run now.
    useful_work: u64,
    paused: bool,
}

/// Something of which no more jobs are started.
#[derive(Serialize, ToSchema)]
struct PauseView {
    /// `queue`, `kind`, `owner` or `provider`.
    scope: String,
    name: String,
    /// As those who wait are shown it.
    reason: String,
    #[schema(value_type = i64)]
    since: Timestamp,
}

impl From<Pause> for PauseView {
    fn from(Pause { scope, name, reason, since }: Pause) -> Self {
        Self { scope, name, reason, since }
    }
}

/// The pools of jobs with their work, and what is paused.
#[utoipa::path(get, path = "/api/v1/admin/queues", operation_id = "list_queues", tag = "administration",
    responses((status = 200, body = QueuesView)))]
pub(crate) async fn queues(State(api): State<Api>, _: Admin) -> Result<Json<QueuesView>, Problem> {
    let read = api
        .app
        .platform
        .store
        .read(async |tx| Ok::<_, StoreError>((workers::useful_work(tx).await?, controls::pauses(tx).await?)));
    let (work, pauses) = read.await?;
    let paused = |name: &str| pauses.iter().any(|pause| pause.scope == "queue" && pause.name == name);
    let queue = |name: &'static str| QueueView {
        name: name.to_owned(),
        useful_work: work.get(name).copied().unwrap_or(0),
        paused: paused(name),
    };
    let queues = api.app.engine.pools().into_iter().map(queue).collect();
    Ok(Json(QueuesView { queues, pauses: pauses.into_iter().map(PauseView::from).collect() }))
}

/// What is paused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PauseRequest {
    /// `queue`, `kind`, `owner` or `provider`.
    #[schema(pattern = "^(queue|kind|owner|provider)$")]
    scope: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What those who wait are told.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// What goes on again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResumeRequest {
    /// `queue`, `kind`, `owner` or `provider`.
    #[schema(pattern = "^(queue|kind|owner|provider)$")]
    scope: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

fn check(api: &Api, scope: &str, name: &str) -> Result<(), Problem> {
    if !["queue", "kind", "owner", "provider"].contains(&scope) {
        return Err(invalid("invalid_scope", "A queue, kind, owner or provider can be paused.".to_owned()));
    }
    if name.trim().is_empty() || name.chars().count() > 200 || name.contains('\0') {
        return Err(invalid("invalid_name", "A name has from 1 to 200 characters.".to_owned()));
    }
    let pools = api.app.engine.pools();
    if scope == "queue" && !pools.contains(&name) {
        return Err(invalid(
            "invalid_name",
            format!("There is no queue of that name: there are {}.", pools.join(", ")),
        ));
    }
    Ok(())
}

/// Starts no more jobs of a queue, a kind, an owner or a provider; those that run go on.
#[utoipa::path(post, path = "/api/v1/admin/queues/pause", operation_id = "pause", tag = "administration", request_body = PauseRequest,
    responses((status = 204), (status = 422, body = Problem)))]
pub(crate) async fn pause(
    State(api): State<Api>,
    Admin(identity): Admin,
    Json(request): Json<PauseRequest>,
) -> Result<StatusCode, Problem> {
    let PauseRequest { scope, name, reason } = request;
    check(&api, &scope, &name)?;
    let reason = reason.map(|text| text.replace('\0', "")).filter(|text| !text.trim().is_empty());
    let reason = reason.unwrap_or_else(|| controls::BY_HAND.to_owned());
    if reason.chars().count() > 500 {
        return Err(invalid("invalid_reason", "A reason has at most 500 characters.".to_owned()));
    }
    api.app.platform.store.write(async |tx| controls::pause(tx, &scope, &name, &reason).await).await?;
    tracing::info!(by = %identity.owner, scope, name, "an administrator paused it");
    Ok(StatusCode::NO_CONTENT)
}

/// Starts jobs of it again.
#[utoipa::path(post, path = "/api/v1/admin/queues/resume", operation_id = "resume", tag = "administration", request_body = ResumeRequest,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn resume(
    State(api): State<Api>,
    Admin(identity): Admin,
    Json(request): Json<ResumeRequest>,
) -> Result<StatusCode, Problem> {
    let ResumeRequest { scope, name } = request;
    check(&api, &scope, &name)?;
    let resumed = api.app.platform.store.write(async |tx| controls::resume(tx, &scope, &name).await).await?;
    if !resumed {
        return Err(Problem::not_found("pause"));
    }
    tracing::info!(by = %identity.owner, scope, name, "an administrator resumed it");
    Ok(StatusCode::NO_CONTENT)
}

/// A job, with its owner.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnyJobView {
    owner: String,
    /// What the owner is called, if it is an account.
    owner_name: Option<String>,
    job: JobSummary,
}

/// A page of everybody's jobs, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnyJobPage {
    #[schema(max_items = 100)]
    items: Vec<AnyJobView>,
    /// The cursor of the next page; none on the last page.
    next_cursor: Option<String>,
}

/// The names of some owners, by their ids.
async fn names(api: &Api, owners: impl Iterator<Item = &str>) -> Result<HashMap<String, String>, Problem> {
    let owners: std::collections::BTreeSet<&str> = owners.collect();
    let read = async |tx: &mut sluice_store::Tx| {
        let mut names = HashMap::new();
        for text in &owners {
            let Ok(owner) = text.parse::<OwnerId>() else { continue };
            if let Some(account) = accounts::account(tx, &owner).await?.filter(|account| !account.name.is_empty()) {
                names.insert((*text).to_owned(), account.name);
            }
        }
        Ok::<_, StoreError>(names)
    };
    Ok(api.app.platform.store.read(read).await?)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllJobsQuery {
    /// Page size.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Only those in this state, such as `running`.
    #[param(max_length = 20, pattern = "^(scheduled|ready|running|waiting|blocked|succeeded|dead|cancelled|expired)$")]
    state: Option<String>,
    /// Only those of this kind, such as `reel.make`.
    #[param(value_type = Option<String>, max_length = 100)]
    kind: Option<Text<100>>,
    /// Only those that ended with this code.
    #[param(value_type = Option<String>, max_length = 100)]
    code: Option<Text<100>>,
    /// Only those of this owner.
    #[param(value_type = Option<String>, max_length = 100)]
    owner: Option<Text<100>>,
}

impl AllJobsQuery {
    /// With one job more than the page has. None if there is no such owner.
    fn filter(self) -> Result<Option<Filter>, Problem> {
        let Self { limit, cursor, state, kind, code, owner } = self;
        let Ok(owner) = owner.map(|owner| owner.0.parse()).transpose() else { return Ok(None) };
        let filter = ListQuery { limit, cursor, state, kind }.filter()?;
        Ok(Some(Filter { owner, error: code.map(|code| code.0), ..filter }))
    }
}

/// Everybody's jobs, newest first: with `state=dead`, the dead letters.
#[utoipa::path(get, path = "/api/v1/admin/jobs", operation_id = "list_all_jobs", tag = "administration", params(AllJobsQuery),
    responses((status = 200, body = AnyJobPage), (status = 400, body = Problem)))]
pub(crate) async fn jobs(
    State(api): State<Api>,
    _: Admin,
    Query(query): Query<AllJobsQuery>,
) -> Result<Json<AnyJobPage>, Problem> {
    let limit = query.limit.get();
    let rows = match query.filter()? {
        Some(filter) => api.app.engine.operator().list(&filter).await?,
        None => Vec::new(),
    };
    let (rows, next_cursor) = first_page(rows, limit, |job| job.id.to_string());
    let names = names(&api, rows.iter().map(|job| job.owner.as_str())).await?;
    let item = |row: sluice_engine::JobRow| {
        let owner = row.owner.to_string();
        AnyJobView { owner_name: names.get(&owner).cloned(), owner, job: row.into() }
    };
    Ok(Json(AnyJobPage { items: rows.into_iter().map(item).collect(), next_cursor }))
}

/// Which dead jobs run again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedriveRequest {
    /// Only those of this kind, such as `reel.scene`.
    #[schema(max_length = 100)]
    kind: Option<String>,
    /// Only those that ended with this code.
    #[schema(max_length = 100)]
    code: Option<String>,
    /// Only those of this owner.
    #[schema(max_length = 100)]
    owner: Option<String>,
    /// From their first stage, instead of the one where they stopped.
    #[serde(default)]
    from_start: bool,
}

/// How many jobs run again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Redriven {
    redriven: usize,
    /// Whether there may be more that match: ask again.
    more: bool,
}

/// Runs dead jobs again, the oldest first, 100 at a time.
#[utoipa::path(post, path = "/api/v1/admin/jobs/redrive", operation_id = "redrive", tag = "administration", request_body = RedriveRequest,
    responses((status = 200, body = Redriven), (status = 404, body = Problem)))]
pub(crate) async fn redrive(
    State(api): State<Api>,
    Admin(identity): Admin,
    Json(request): Json<RedriveRequest>,
) -> Result<Json<Redriven>, Problem> {
    let owner = request.owner.as_deref().map(str::parse::<OwnerId>).transpose();
    let owner = owner.map_err(|_| Problem::not_found("owner"))?;
    for (field, text) in [("kind", &request.kind), ("code", &request.code)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > 100) {
            return Err(Problem::bad_request(format!("{field} has at most 100 characters.")));
        }
    }
    let filter = Redrive {
        kind: request.kind.map(|text| text.replace('\0', "")),
        error: request.code.map(|text| text.replace('\0', "")),
        since: None,
        from_start: request.from_start,
        limit: REDRIVEN_AT_ONCE,
    };
    let redriven = api.app.engine.operator().redrive(owner.as_ref(), &filter).await?;
    tracing::info!(by = %identity.owner, redriven, "an administrator ran dead jobs again");
    Ok(Json(Redriven { redriven, more: redriven >= REDRIVEN_AT_ONCE as usize }))
}

/// Retries anybody's dead, cancelled or expired job from where it stopped.
#[utoipa::path(post, path = "/api/v1/admin/jobs/{id}/retry", operation_id = "retry_any_job", tag = "administration", params(("id" = String, Path)),
    responses((status = 202), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn retry(
    State(api): State<Api>,
    _: Admin,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    let id = job_id(&id)?;
    let operator = api.app.engine.operator();
    let job = operator.job(&id).await?.ok_or_else(|| Problem::not_found("job"))?;
    for app in api.app.modules.iter() {
        if app.retry(&job.owner, &job, &api.app.engine).await?.is_some() {
            return Ok(StatusCode::ACCEPTED);
        }
    }
    operator.retry(&id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Cancels anybody's job and its child jobs; those that run end at their next safe point.
#[utoipa::path(post, path = "/api/v1/admin/jobs/{id}/cancel", operation_id = "cancel_any_job", tag = "administration", params(("id" = String, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
pub(crate) async fn cancel(
    State(api): State<Api>,
    Admin(identity): Admin,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    let id = job_id(&id)?;
    api.app.engine.operator().cancel(&id).await?;
    tracing::info!(by = %identity.owner, job = %id, "an administrator cancelled a job");
    Ok(StatusCode::ACCEPTED)
}

/// What an owner keeps.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeptView {
    owner: String,
    /// What the owner is called, if it is an account.
    owner_name: Option<String>,
    /// Each file once. One that two owners have counts for both.
    bytes: u64,
    files: u64,
}

/// What each owner keeps, the most first.
#[utoipa::path(get, path = "/api/v1/admin/storage", operation_id = "list_storage", tag = "administration",
    responses((status = 200, body = Vec<KeptView>)))]
pub(crate) async fn storage(State(api): State<Api>, _: Admin) -> Result<Json<Vec<KeptView>>, Problem> {
    let rows = api.app.platform.store.read(async |tx| blobs::kept_by_owner(tx, OWNERS).await).await?;
    let names = names(&api, rows.iter().map(|row| row.owner.as_str())).await?;
    let view = |row: blobs::Kept| KeptView {
        owner_name: names.get(&row.owner).cloned(),
        owner: row.owner,
        bytes: row.bytes,
        files: row.files,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// That something happened, without what is in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnyEventView {
    owner: String,
    /// What the owner is called, if it is an account.
    owner_name: Option<String>,
    /// Such as `job.changed`.
    kind: String,
    /// The id of what it is about.
    subject: String,
    #[schema(value_type = i64)]
    at: Timestamp,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    /// Page size.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    #[param(max_length = 400)]
    cursor: Option<String>,
    /// Only those of this owner, however old.
    #[param(value_type = Option<String>, max_length = 100)]
    owner: Option<Text<100>>,
    /// Only those of this kind, such as `job.changed`.
    #[param(value_type = Option<String>, max_length = 100)]
    kind: Option<Text<100>>,
    /// Only those about this id.
    #[param(value_type = Option<String>, max_length = 100)]
    subject: Option<Text<100>>,
}

/// A page of everybody's events, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnyEventPage {
    #[schema(max_items = 100)]
    items: Vec<AnyEventView>,
    /// The cursor of the next page; none on the last page.
    next_cursor: Option<String>,
}

/// The place of an event, as an opaque cursor.
fn encode(event: &Event) -> String {
    hex::encode(format!("{} {} {}", event.at.as_millis(), event.seq, event.owner))
}

fn decode(cursor: &str) -> Option<Place> {
    let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
    let mut parts = text.splitn(3, ' ');
    let at = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let seq = parts.next()?.parse().ok()?;
    Some(Place { at, owner: parts.next()?.parse().ok()?, seq })
}

/// The events of everybody, newest first. Without `owner`, 20,000 are looked through for each page.
#[utoipa::path(get, path = "/api/v1/admin/events", operation_id = "list_all_events", tag = "administration", params(EventsQuery),
    responses((status = 200, body = AnyEventPage), (status = 400, body = Problem)))]
pub(crate) async fn events(
    State(api): State<Api>,
    _: Admin,
    Query(query): Query<EventsQuery>,
) -> Result<Json<AnyEventPage>, Problem> {
    let foreign = || Problem::bad_request("The cursor is not one that this server gave: begin again without it.");
    let after = query.cursor.map(|cursor| decode(&cursor).ok_or_else(foreign)).transpose()?;
    let Ok(owner) = query.owner.map(|owner| owner.0.parse()).transpose() else {
        return Ok(Json(AnyEventPage { items: Vec::new(), next_cursor: None }));
    };
    let limit = query.limit.get();
    let sought = Sought { owner, kind: query.kind.map(|kind| kind.0), subject: query.subject.map(|id| id.0), after };
    let rows = api.app.platform.store.read(async |tx| events::search(tx, &sought, limit + 1).await).await?;
    let (rows, next_cursor) = first_page(rows, limit, encode);
    let names = names(&api, rows.iter().map(|event| event.owner.as_str())).await?;
    let view = |event: Event| {
        let owner = event.owner.to_string();
        let (kind, subject, at) = (event.kind, event.subject, event.at);
        AnyEventView { owner_name: names.get(&owner).cloned(), owner, kind, subject, at }
    };
    Ok(Json(AnyEventPage { items: rows.into_iter().map(view).collect(), next_cursor }))
}
