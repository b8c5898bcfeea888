//! Maps errors to the end of an attempt: transient ones are retried, permanent ones fail the job.

use std::fmt::Display;

use sluice_engine::{JobError, Run};
use sluice_local::reading::ReadError;
use sluice_local::render::RenderError;

use super::script::ScriptError;
use crate::library::IngestError;
use crate::media::MediaError;
use crate::routing;

/// For transient errors: the disk, the database.
pub(crate) trait OrRetry<T> {
    fn or_retry(self) -> Result<T, JobError>;
}

impl<T> OrRetry<T> for Result<T, MediaError> {
    fn or_retry(self) -> Result<T, JobError> {
        self.map_err(JobError::from)
    }
}

/// For permanent errors.
pub(crate) trait OrFail<T> {
    fn or_fail(self, code: &'static str) -> Result<T, JobError>;
}

impl<T, E: Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, code: &'static str) -> Result<T, JobError> {
        self.map_err(|error| JobError::fail(code, error.to_string()))
    }
}

pub(crate) fn reading(error: ReadError) -> JobError {
    let transient = matches!(error, ReadError::Io(_) | ReadError::DiskFull);
    job_error(error.code(), transient, error)
}

pub(crate) fn ingest(error: IngestError) -> JobError {
    match error {
        IngestError::Unreadable(error) => reading(error),
        IngestError::NotRead(error) => routing::failed(error),
        IngestError::Refused(refusal) => JobError::fail(refusal.code, refusal.detail),
        IngestError::Media(error) => JobError::from(error),
        IngestError::Store(error) => JobError::from(error),
        IngestError::Limit(exceeded) => JobError::fail("limit_bytes_kept", exceeded.to_string()),
        IngestError::UploadLost => JobError::retry("upload_lost", error.to_string()),
        IngestError::Kept(error) => JobError::fail("bad_document", error.to_string()),
    }
}

pub(crate) fn script(error: ScriptError) -> JobError {
    job_error(error.code(), false, error)
}

pub(crate) fn render(error: RenderError) -> JobError {
    let (code, transient) = match &error {
        RenderError::DiskFull => ("disk_full", true),
        RenderError::ToolMissing { .. } => ("tool_missing", false),
        RenderError::Encoder { .. } => ("encoder_failed", true),
        RenderError::Film { .. } => ("bad_film", false),
        RenderError::Image { .. } => ("page_image", false),
        RenderError::Sound { .. } => ("bad_sound", false),
        RenderError::Picture(_) => ("slide_failed", false),
        RenderError::Empty(_) => ("nothing_to_render", false),
        RenderError::NotPlayable(_) => ("not_playable", true),
        RenderError::TooSlow(_) => ("render_too_slow", true),
        RenderError::TooMuchMemory => ("render_too_much_memory", true),
        RenderError::Died(_) => ("render_stopped", true),
        RenderError::Io { .. } => ("media_folder", true),
    };
    job_error(code, transient, error)
}

/// The text is the error's own; its cause is passed on as the source.
fn job_error(code: &'static str, transient: bool, error: impl std::error::Error + Send + Sync + 'static) -> JobError {
    let made =
        if transient { JobError::retry(code, error.to_string()) } else { JobError::fail(code, error.to_string()) };
    made.because(error)
}

/// Runs a long operation until it is done or its job is cancelled; then it is dropped, together with its child
/// processes.
pub(crate) async fn unless_cancelled<T>(run: &Run, work: impl Future<Output = T>) -> Result<T, JobError> {
    tokio::select! {
        done = work => Ok(done),
        () = run.cancelled().cancelled() => Err(JobError::retry("stopped", "the job was stopped")),
    }
}

/// Runs a long computation off the runtime.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JobError> {
    tokio::task::spawn_blocking(work).await.or_fail("panicked")
}
