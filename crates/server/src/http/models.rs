//! The model files of the built-in engines: what is there, and the jobs that pull, verify and remove them.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use sluice_app::models::{self, Action, BeginError, FileView, SetState, SetView, WorkView};
use sluice_app::view::ErrorView;
use sluice_domain::time::Timestamp;
use sluice_local::models::FileState;
use utoipa::ToSchema;

use super::Api;
use super::errors::conflict;
use super::extract::{Json, NoBody, Path};
use super::identity::Admin;
use super::problem::Problem;

/// The models in the folder of the process that answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelsView {
    /// The name of its machine.
    machine: String,
    folder: String,
    /// Whether this process runs jobs. Otherwise workers elsewhere do, in their own folders, unless all machines share one.
    runs_jobs: bool,
    /// Whether files are taken from a mirror instead of from their publishers.
    mirror: bool,
    sets: Vec<ModelSetView>,
}

/// The files that serve one purpose.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelSetView {
    /// Such as `voice-en`.
    name: String,
    /// What does not work without it.
    purpose: String,
    /// What happens instead.
    without_it: String,
    /// What needs it: `speak`, `transcribe`, `embed` or `translate`.
    capability: String,
    /// Whether `sluice models pull` fetches it only when it is named.
    optional: bool,
    /// `installed`, `partial`, `damaged` or `missing`. A file of the right length counts as intact until it is verified.
    #[schema(pattern = "^(installed|partial|damaged|missing)$")]
    state: &'static str,
    /// The length of its files together.
    bytes: u64,
    /// Whether a job can bring what is missing or damaged. Otherwise the machine has to be set up again, or a mirror named.
    can_be_pulled: bool,
    /// Whether it has files that no other set has: others are never removed with it.
    has_own_files: bool,
    files: Vec<ModelFileView>,
    /// The last job, until it is forgotten.
    job: Option<ModelJobView>,
}

/// A file of a set.
#[derive(Serialize, ToSchema)]
struct ModelFileView {
    name: String,
    /// Its length; none for one that is built on the machine.
    bytes: Option<u64>,
    /// `installed`, `partial`, `damaged` or `missing`.
    #[schema(pattern = "^(installed|partial|damaged|missing)$")]
    state: &'static str,
    licence: String,
}

/// A job that pulls, verifies or removes a set.
#[derive(Serialize, ToSchema)]
struct ModelJobView {
    #[schema(format = "uuid")]
    id: String,
    /// `pull`, `verify` or `remove`.
    #[schema(pattern = "^(pull|verify|remove)$")]
    action: String,
    /// `scheduled`, `ready`, `running`, `waiting`, `blocked`, `succeeded`, `dead`, `cancelled` or `expired`.
    state: &'static str,
    /// From 0 to 100.
    percent: f64,
    /// Why it failed, or why its last attempt did.
    error: Option<ErrorView>,
    /// The machine whose folder the last job that came to its end has changed.
    machine: Option<String>,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    #[schema(value_type = Option<i64>)]
    finished_at: Option<Timestamp>,
}

impl From<FileView> for ModelFileView {
    fn from(FileView { file, state }: FileView) -> Self {
        let state = match state {
            FileState::Installed => "installed",
            FileState::Partial { .. } => "partial",
            FileState::Damaged => "damaged",
            FileState::Missing => "missing",
        };
        Self { name: file.name.to_owned(), bytes: file.bytes(), state, licence: file.licence.to_owned() }
    }
}

impl From<SetView> for ModelSetView {
    fn from(view: SetView) -> Self {
        let SetView { set, state, files, can_be_pulled, has_own_files, machine, work } = view;
        let state = match state {
            SetState::Installed => "installed",
            SetState::Partial => "partial",
            SetState::Damaged => "damaged",
            SetState::Missing => "missing",
        };
        let job = work.map(|WorkView { action, job, fraction }| ModelJobView {
            id: job.id.to_string(),
            action,
            state: job.state.as_str(),
            percent: fraction * 100.0,
            error: job.error.as_ref().map(ErrorView::of),
            machine,
            created_at: job.created_at,
            finished_at: job.finished_at,
        });
        Self {
            name: set.id.to_owned(),
            purpose: set.purpose.to_owned(),
            without_it: set.without_it.to_owned(),
            capability: set.capability.to_owned(),
            optional: set.is_optional,
            state,
            bytes: files.iter().filter_map(|view| view.file.bytes()).sum(),
            can_be_pulled,
            has_own_files,
            files: files.into_iter().map(Into::into).collect(),
            job,
        }
    }
}

impl From<BeginError> for Problem {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::UnknownSet => Self::not_found("set of models"),
            BeginError::Busy { ref job, .. } => conflict("models_busy", &error).with("job_id", job.to_string()),
            BeginError::Store(error) => error.into(),
        }
    }
}

/// The job that was begun, or that does the same already.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelJob {
    #[schema(format = "uuid")]
    job_id: String,
}

/// The sets of models, with what is there of them in the folder of the process that answers.
#[utoipa::path(get, path = "/api/v1/admin/models", operation_id = "list_models", tag = "administration",
    responses((status = 200, body = ModelsView)))]
pub(crate) async fn list(State(api): State<Api>, _: Admin) -> Result<Json<ModelsView>, Problem> {
    let installation = &api.app.installation;
    let sets = models::list(&api.app.engine, installation).await?;
    Ok(Json(ModelsView {
        machine: installation.machine.clone(),
        folder: installation.models.folder().display().to_string(),
        runs_jobs: api.runs_jobs,
        mirror: installation.mirror.is_some(),
        sets: sets.into_iter().map(Into::into).collect(),
    }))
}

async fn begin(api: &Api, admin: &Admin, set: &str, action: Action) -> Result<(StatusCode, Json<ModelJob>), Problem> {
    let owner = &admin.0.owner;
    let job = models::begin(&api.app.engine, &api.app.installation, owner, set, action).await?;
    tracing::info!(by = %owner, set, action = action.as_str(), %job, "an administrator manages models");
    Ok((StatusCode::ACCEPTED, Json(ModelJob { job_id: job.to_string() })))
}

/// Begins to download what is missing or damaged of a set, on the machine of the worker that runs the job. Interrupted, it
/// continues where it was.
#[utoipa::path(post, path = "/api/v1/admin/models/{set}/pull", operation_id = "pull_models", tag = "administration", params(("set" = String, Path)),
    responses((status = 202, body = ModelJob), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn pull(
    State(api): State<Api>,
    admin: Admin,
    Path(set): Path<String>,
    _: NoBody,
) -> Result<(StatusCode, Json<ModelJob>), Problem> {
    begin(&api, &admin, &set, Action::Pull).await
}

/// Begins to compare the hash of every file of a set.
#[utoipa::path(post, path = "/api/v1/admin/models/{set}/verify", operation_id = "verify_models", tag = "administration", params(("set" = String, Path)),
    responses((status = 202, body = ModelJob), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn verify(
    State(api): State<Api>,
    admin: Admin,
    Path(set): Path<String>,
    _: NoBody,
) -> Result<(StatusCode, Json<ModelJob>), Problem> {
    begin(&api, &admin, &set, Action::Verify).await
}

/// Begins to delete the files of a set that no other set has.
#[utoipa::path(delete, path = "/api/v1/admin/models/{set}", operation_id = "remove_models", tag = "administration", params(("set" = String, Path)),
    responses((status = 202, body = ModelJob), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(api): State<Api>,
    admin: Admin,
    Path(set): Path<String>,
) -> Result<(StatusCode, Json<ModelJob>), Problem> {
    begin(&api, &admin, &set, Action::Remove).await
}
