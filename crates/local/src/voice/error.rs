//! Why a text was not spoken.

use std::io;

use crate::child::warm::WarmError;

/// Why a text was not spoken, for the user.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// No such voice.
    #[error("there is no voice \"{id}\": choose one from the list of voices")]
    Unknown {
        /// What was asked for, cut to 64 characters.
        id: String,
    },
    /// The voice is known but lacks a file or a program.
    #[error("the voice \"{id}\" is not installed: {missing}")]
    NotInstalled {
        /// Its id.
        id: String,
        /// What is missing, and how to get it.
        missing: String,
    },
    /// The engine is there but cannot load a model.
    #[error("the voice cannot be loaded: {message}; `sluice models verify` finds damaged files")]
    NotLoaded {
        /// What the engine says.
        message: String,
    },
    /// The text has no letter and no digit.
    #[error("there is nothing to say: the text has no words")]
    NothingToSay,
    /// The text is too long for one request.
    #[error("the text has {characters} characters; at most {limit} can be spoken at once: split it")]
    TooLong {
        /// How many it has.
        characters: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The engine crashed, hung or could not be started. The next request restarts it.
    #[error("the voice engine stopped")]
    Engine(#[from] WarmError),
    /// The engine works but could not fulfil the request.
    #[error("\"{engine}\" could not speak: {message}")]
    Failed {
        /// Which engine.
        engine: &'static str,
        /// Its message.
        message: String,
    },
    /// No space for the audio.
    #[error("no space is left on the disk for the audio: free some and try again")]
    DiskFull,
    /// The audio cannot be written or read.
    #[error("the audio could not be written")]
    Io {
        /// What went wrong.
        source: io::Error,
    },
}

impl VoiceError {
    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "no_such_voice",
            Self::NotInstalled { .. } => "voice_not_installed",
            Self::NotLoaded { .. } => "voice_not_loaded",
            Self::NothingToSay => "nothing_to_say",
            Self::TooLong { .. } => "scene_too_long",
            Self::Engine(_) => "voice_stopped",
            Self::Failed { .. } => "voice_failed",
            Self::DiskFull => "disk_full",
            Self::Io { .. } => "media_folder",
        }
    }

    pub(crate) fn unknown(id: &str) -> Self {
        Self::Unknown { id: id.chars().take(64).collect() }
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Engine(_) | Self::Failed { .. } | Self::DiskFull | Self::Io { .. })
    }

    pub(super) fn from_io(source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull,
            _ => Self::Io { source },
        }
    }
}
