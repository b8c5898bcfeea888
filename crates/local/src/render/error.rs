//! What can go wrong while a video is rendered, for the user.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::guard::GuardError;

/// Why a clip, a video or a poster could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// No space for the file.
    #[error("the disk is full: free some space, then retry")]
    DiskFull,
    /// A program is not installed.
    #[error("{tool} is not installed: install the Debian package \"{package}\"")]
    ToolMissing {
        /// The program.
        tool: &'static str,
        /// The Debian package that has it.
        package: &'static str,
    },
    /// The encoder failed.
    #[error("ffmpeg failed: {detail}")]
    Encoder {
        /// The last lines of its error output.
        detail: String,
    },
    /// The page image cannot be used.
    #[error("the page image {} cannot be used: {detail}", name(path))]
    Image {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The audio of the narration cannot be used.
    #[error("the audio {} cannot be used: {detail}", name(path))]
    Sound {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The video of a presenter cannot be used.
    #[error("the presenter's video cannot be shown: {detail}")]
    Film {
        /// Why.
        detail: String,
    },
    /// A slide could not be drawn.
    #[error("the slide could not be drawn: {0}")]
    Picture(String),
    /// The request is invalid (no clips, no length).
    #[error("nothing to render: {0}")]
    Empty(&'static str),
    /// The finished file does not match the request.
    #[error("the video is invalid: {0}")]
    NotPlayable(String),
    /// It took longer than its limit.
    #[error("rendering exceeded its limit of {0} s and was stopped")]
    TooSlow(u64),
    /// The rendering process exceeded its memory limit.
    #[error("rendering exceeded its memory limit")]
    TooMuchMemory,
    /// The rendering process died without an error message.
    #[error("the rendering process stopped: {0}")]
    Died(String),
    /// Reading or writing failed.
    #[error("cannot read or write {}", name(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

/// The name of a file alone: an error is shown to people who have no business with this machine's folders.
fn name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()
}

/// The Debian package of the programs that rendering needs.
pub(crate) const FFMPEG_PACKAGE: &str = "ffmpeg";

/// A [`RenderError`] as it is sent between processes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    kind: Kind,
    detail: String,
    path: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    DiskFull,
    FfmpegMissing,
    Encoder,
    Film,
    Image,
    Picture,
    TooMuchMemory,
    Other,
}

impl From<&RenderError> for Failure {
    fn from(error: &RenderError) -> Self {
        let (kind, detail, path) = match error {
            RenderError::DiskFull => (Kind::DiskFull, String::new(), PathBuf::new()),
            RenderError::ToolMissing { .. } => (Kind::FfmpegMissing, String::new(), PathBuf::new()),
            RenderError::Encoder { detail } => (Kind::Encoder, detail.clone(), PathBuf::new()),
            RenderError::Image { path, detail } => (Kind::Image, detail.clone(), path.clone()),
            RenderError::Film { detail } => (Kind::Film, detail.clone(), PathBuf::new()),
            RenderError::Picture(detail) => (Kind::Picture, detail.clone(), PathBuf::new()),
            RenderError::TooMuchMemory => (Kind::TooMuchMemory, String::new(), PathBuf::new()),
            other => (Kind::Other, other.to_string(), PathBuf::new()),
        };
        Self { kind, detail, path }
    }
}

impl From<Failure> for RenderError {
    fn from(failure: Failure) -> Self {
        let Failure { kind, detail, path } = failure;
        match kind {
            Kind::DiskFull => Self::DiskFull,
            Kind::FfmpegMissing => Self::ToolMissing { tool: "ffmpeg", package: FFMPEG_PACKAGE },
            Kind::Encoder => Self::Encoder { detail },
            Kind::Film => Self::Film { detail },
            Kind::Image => Self::Image { path, detail },
            Kind::Picture => Self::Picture(detail),
            Kind::TooMuchMemory => Self::TooMuchMemory,
            Kind::Other => Self::Died(detail),
        }
    }
}

/// Maps the failure of a guarded program to an error.
pub(crate) fn from_guard(error: GuardError) -> RenderError {
    match error {
        GuardError::Missing { .. } => RenderError::ToolMissing { tool: "ffmpeg", package: FFMPEG_PACKAGE },
        GuardError::DiskFull => RenderError::DiskFull,
        GuardError::OutOfMemory { .. } => RenderError::TooMuchMemory,
        GuardError::TimedOut { after, .. } => RenderError::TooSlow(after.as_secs()),
        GuardError::Failed { stderr_tail, .. } => RenderError::Encoder { detail: stderr_tail },
        GuardError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => RenderError::DiskFull,
        other => RenderError::Died(other.to_string()),
    }
}

/// Maps an I/O error on a file to an error.
pub(crate) fn from_io(path: &Path, source: std::io::Error) -> RenderError {
    match source.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => RenderError::DiskFull,
        _ => RenderError::Io { path: path.to_owned(), source },
    }
}
