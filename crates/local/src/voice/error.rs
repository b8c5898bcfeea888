//! Why a text was not spoken.

use std::io;

use crate::child::warm::WarmError;

/// Why a text was not spoken, for the person who wanted to hear it.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// No such voice.
    #[error("there is no voice \"{id}\": choose one of the list of voices")]
    Unknown {
        /// What was asked for, cut to 64 characters.
        id: String,
    },
    /// It is known but lacks something.
    #[error("the voice \"{id}\" is not installed: {missing}")]
    NotInstalled {
        /// Its id.
        id: String,
        /// What is missing, and how to get it.
        missing: String,
    },
    /// The text has no letter and no digit.
    #[error("there is nothing to say: the text has no words")]
    NothingToSay,
    /// The text is too long for one piece of speech.
    #[error("the text has {characters} characters; at most {limit} are spoken at once: divide it")]
    TooLong {
        /// How many it has.
        characters: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The engine died, hung or could not be started. The next request starts it anew.
    #[error("the voice's engine broke off")]
    Engine(#[from] WarmError),
    /// The engine is well but could not do it.
    #[error("\"{engine}\" could not speak: {message}")]
    Failed {
        /// Which engine.
        engine: &'static str,
        /// Its message.
        message: String,
    },
    /// No room for the sound.
    #[error("no space is left on the disk for the sound: free some and try again")]
    DiskFull,
    /// The sound cannot be written or read.
    #[error("the sound could not be written")]
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

    /// The same request may well succeed when it is made again.
    pub fn may_heal(&self) -> bool {
        matches!(self, Self::Engine(_) | Self::Failed { .. } | Self::DiskFull | Self::Io { .. })
    }

    pub(super) fn from_io(source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull,
            _ => Self::Io { source },
        }
    }
}
