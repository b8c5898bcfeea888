//! Why speakers were not told apart.

use std::io;

use super::engine::{self, Failure};
use crate::child::warm::WarmError;
use crate::guard::GuardError;
use crate::models::{SPEAKERS, incomplete};

/// Why speakers were not told apart, for the user.
#[derive(Debug, thiserror::Error)]
pub enum SpeakersError {
    /// A file of the models is missing.
    #[error("what tells speakers apart is not installed: {}", incomplete(&SPEAKERS, files))]
    NotInstalled {
        /// The names of the files that are not there.
        files: Vec<&'static str>,
    },
    /// The models are there but cannot be loaded.
    #[error("what tells speakers apart cannot be loaded: {message}; `sluice models verify` finds damaged files")]
    NotLoaded {
        /// What the engine says.
        message: String,
    },
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The file has no sound.
    #[error("there is no sound in the file")]
    NoSound,
    /// The file is neither sound nor video.
    #[error("the file is not a sound or a video that ffmpeg can read; it may be damaged")]
    NotMedia,
    /// There is no such file.
    #[error("the file cannot be opened")]
    NoFile {
        /// What went wrong.
        source: io::Error,
    },
    /// The engine takes paths as text.
    #[error("the path of the file is not UTF-8: rename the file, or the folder that it is in")]
    PathNotUtf8,
    /// ffmpeg is missing.
    #[error("ffmpeg is not installed: run `make setup`, or install the package ffmpeg")]
    NoDecoder,
    /// The engine crashed, hung or could not be started. The next request restarts it.
    #[error("the engine that tells speakers apart stopped")]
    Engine(#[from] WarmError),
    /// The engine works but could not fulfil the request.
    #[error("the speakers could not be told apart: {message}")]
    Failed {
        /// Its message.
        message: String,
    },
}

impl From<Failure> for SpeakersError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotLoaded { message } => Self::NotLoaded { message },
            Failure::Empty => Self::Empty,
            Failure::NoSound => Self::NoSound,
            Failure::NotMedia => Self::NotMedia,
            Failure::NoDecoder => Self::NoDecoder,
            Failure::NotBegun => {
                let source = GuardError::Io(io::Error::other("it ended between two requests"));
                Self::Engine(WarmError::Died { name: engine::SUBCOMMAND, source })
            }
            Failure::Failed { message } => Self::Failed { message },
        }
    }
}

impl SpeakersError {
    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } => "speakers_not_installed",
            Self::NotLoaded { .. } => "speakers_not_loaded",
            Self::Empty => "file_empty",
            Self::NoSound => "no_sound",
            Self::NotMedia => "not_media",
            Self::NoFile { .. } => "not_found",
            Self::PathNotUtf8 => "path_not_utf8",
            Self::NoDecoder => "ffmpeg_missing",
            Self::Engine(_) => "speakers_stopped",
            Self::Failed { .. } => "speakers_failed",
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Engine(_) | Self::Failed { .. })
    }
}
