//! How errors from below end an attempt: tried again when trouble may pass, given up when it will not.

use std::fmt::Display;

use sluice_engine::{JobError, Run};
use sluice_local::reading::ReadError;
use sluice_local::render::RenderError;

use super::script::ScriptError;
use crate::library::IngestError;
use crate::media::MediaError;
use crate::routing;

/// For trouble that may pass: the disk, the database.
pub(crate) trait OrRetry<T> {
    fn or_retry(self) -> Result<T, JobError>;
}

impl<T> OrRetry<T> for Result<T, MediaError> {
    fn or_retry(self) -> Result<T, JobError> {
        self.map_err(JobError::from)
    }
}

/// For what will be the same next time.
pub(crate) trait OrFail<T> {
    fn or_fail(self, code: &'static str) -> Result<T, JobError>;
}

impl<T, E: Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, code: &'static str) -> Result<T, JobError> {
        self.map_err(|error| JobError::fail(code, error.to_string()))
    }
}

pub(crate) fn reading(error: ReadError) -> JobError {
    let may_pass = matches!(error, ReadError::Io(_) | ReadError::DiskFull);
    job_error(error.code(), may_pass, error)
}

pub(crate) fn ingest(error: IngestError) -> JobError {
    match error {
        IngestError::Unreadable(error) => reading(error),
        IngestError::NotRead(error) => routing::failed(error),
        IngestError::Refused(refusal) => JobError::fail(refusal.code, refusal.detail),
        IngestError::Media(error) => JobError::from(error),
        IngestError::Store(error) => JobError::from(error),
        IngestError::Kept(error) => JobError::fail("bad_document", error.to_string()),
    }
}

pub(crate) fn script(error: ScriptError) -> JobError {
    job_error(error.code(), false, error)
}

pub(crate) fn render(error: RenderError) -> JobError {
    let (code, may_heal) = match &error {
        RenderError::DiskFull => ("disk_full", true),
        RenderError::ToolMissing { .. } => ("tool_missing", false),
        RenderError::Encoder { .. } => ("encoder_failed", true),
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
    job_error(code, may_heal, error)
}

/// The text is the error's own; what is behind it goes on as the source.
fn job_error(code: &'static str, may_pass: bool, error: impl std::error::Error + Send + Sync + 'static) -> JobError {
    let made =
        if may_pass { JobError::retry(code, error.to_string()) } else { JobError::fail(code, error.to_string()) };
    made.because(error)
}

/// Runs what may take long until it is done or its job is stopped; then it is dropped, and its child processes with it.
pub(crate) async fn unless_cancelled<T>(run: &Run, work: impl Future<Output = T>) -> Result<T, JobError> {
    tokio::select! {
        done = work => Ok(done),
        () = run.cancelled().cancelled() => Err(JobError::retry("stopped", "the job was stopped")),
    }
}

/// Runs what computes for long beside the other tasks.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JobError> {
    tokio::task::spawn_blocking(work).await.or_fail("panicked")
}
