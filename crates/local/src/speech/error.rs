//! Why a sound was not transcribed.

use std::io;

use serde::{Deserialize, Serialize};

use super::choice::Size;
use super::engine;
use crate::child::warm::WarmError;
use crate::guard::GuardError;
use crate::models::{SPEECH, incomplete};

/// Why a sound was not transcribed, for the user.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// A file of the engine or of its models is missing.
    #[error("speech to text is not installed: {}", incomplete(&SPEECH, files))]
    NotInstalled {
        /// The names of the files that are not there, or not as they should be.
        files: Vec<&'static str>,
    },
    /// A larger model was asked for and is not there.
    #[error("{} is not installed: {}", size.name(), incomplete(size.set(), files))]
    SizeNotInstalled {
        /// The model.
        size: Size,
        /// The names of the files that are not there.
        files: Vec<&'static str>,
    },
    /// The engine is there but cannot be loaded.
    #[error("speech to text cannot be loaded: {message}; `sluice models verify` finds damaged files")]
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
    /// The model does not know the language.
    #[error("the model does not know the language \"{language}\"")]
    UnknownLanguage {
        /// Its code.
        language: String,
    },
    /// ffmpeg is missing.
    #[error("ffmpeg is not installed: run `make setup`, or install the package ffmpeg")]
    NoDecoder,
    /// The engine crashed, hung or could not be started. The next request restarts it.
    #[error("the speech engine stopped")]
    Engine(#[from] WarmError),
    /// The engine works but could not fulfil the request.
    #[error("the sound could not be transcribed: {message}")]
    Failed {
        /// Its message.
        message: String,
    },
}

/// A failure as the engine child reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    NotLoaded {
        message: String,
    },
    Empty,
    NoSound,
    NotMedia,
    UnknownLanguage {
        language: String,
    },
    NoDecoder,
    /// The child that had begun is gone, and this is another one.
    NotBegun,
    Failed {
        message: String,
    },
}

impl From<Failure> for SpeechError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotLoaded { message } => Self::NotLoaded { message },
            Failure::Empty => Self::Empty,
            Failure::NoSound => Self::NoSound,
            Failure::NotMedia => Self::NotMedia,
            Failure::UnknownLanguage { language } => Self::UnknownLanguage { language },
            Failure::NoDecoder => Self::NoDecoder,
            Failure::NotBegun => {
                let source = GuardError::Io(io::Error::other("it ended between two requests"));
                Self::Engine(WarmError::Died { name: engine::SUBCOMMAND, source })
            }
            Failure::Failed { message } => Self::Failed { message },
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed { message }
    }
}

impl SpeechError {
    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } | Self::SizeNotInstalled { .. } => "speech_not_installed",
            Self::NotLoaded { .. } => "speech_not_loaded",
            Self::Empty => "file_empty",
            Self::NoSound => "no_sound",
            Self::NotMedia => "not_media",
            Self::NoFile { .. } => "not_found",
            Self::PathNotUtf8 => "path_not_utf8",
            Self::UnknownLanguage { .. } => "language_unknown",
            Self::NoDecoder => "ffmpeg_missing",
            Self::Engine(_) => "speech_stopped",
            Self::Failed { .. } => "speech_failed",
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Engine(_) | Self::Failed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_named_with_what_brings_it() {
        let error = SpeechError::NotInstalled { files: vec!["faster-whisper-base/model.bin"] };
        assert_eq!(
            error.to_string(),
            "speech to text is not installed: faster-whisper-base/model.bin is missing, incomplete or of another version; run \
             `make setup`, or `sluice models pull speech`"
        );
        let error = SpeechError::NotInstalled { files: vec!["silero_vad_16k_op15.onnx"] };
        assert!(error.to_string().ends_with("or `sluice models pull speech --from FOLDER`"), "{error}");
    }

    #[test]
    fn what_is_wrong_with_the_file_is_not_tried_again() {
        assert!(!SpeechError::NoSound.is_transient());
        assert!(!SpeechError::PathNotUtf8.is_transient());
        assert!(SpeechError::Failed { message: String::new() }.is_transient());
    }

    #[test]
    fn an_engine_that_knows_of_no_beginning_has_taken_the_place_of_one_that_died() {
        let error = SpeechError::from(Failure::NotBegun);
        assert_eq!((error.code(), error.is_transient()), ("speech_stopped", true));
    }
}
