//! Why model files could not be completed, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use super::ModelFile;

/// Why the files could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// They are not downloaded by this program.
    #[error("run `make setup`, which fetches or makes what is not published on its own: {}", names.join(", "))]
    NeedsSetUp {
        /// The files' names.
        names: Vec<&'static str>,
    },
    /// The folder that they should be copied from does not have them.
    #[error("{} has no {}", folder.display(), names.join(", no "))]
    NotInFolder {
        /// The folder.
        folder: PathBuf,
        /// The files' names.
        names: Vec<&'static str>,
    },
    /// The server did not respond, or the connection was lost. What was received is kept for the next attempt.
    #[error("{name} could not be downloaded from {url}: check the network and try again (what was received is kept)")]
    Unreachable {
        /// The file's name.
        name: &'static str,
        /// Its address.
        url: String,
        /// What went wrong.
        source: reqwest::Error,
    },
    /// The server responded with something other than the file.
    #[error("{url} responded with status {status} instead of {name}")]
    Refused {
        /// The file's name.
        name: &'static str,
        /// Its address.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// The content is not the expected one.
    #[error(
        "{name} is not the expected file (SHA-256 {found}) and was not kept; take it from another source, such as `make setup`, or correct the hash if it is in the configuration"
    )]
    WrongContent {
        /// The file's name.
        name: &'static str,
        /// SHA-256 of what was found.
        found: String,
    },
    /// No space on the disk.
    #[error("no space left for {name}{}: free some and try again", bytes.map_or(String::new(), |bytes| format!(" ({bytes} bytes)")))]
    DiskFull {
        /// The file's name.
        name: &'static str,
        /// Its length, where it is known.
        bytes: Option<u64>,
    },
    /// Another process, or another job, is changing the files.
    #[error("something else is changing the files in {}: try again when it has ended", folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder or a file in it cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

impl ModelError {
    /// A stable code for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NeedsSetUp { .. } => "models_need_setup",
            Self::NotInFolder { .. } => "models_not_in_folder",
            Self::Unreachable { .. } | Self::Refused { .. } => "models_unreachable",
            Self::WrongContent { .. } => "models_damaged",
            Self::DiskFull { .. } => "disk_full",
            Self::Busy { .. } => "models_busy",
            Self::Io { .. } => "models_folder",
        }
    }

    /// Whether the same may succeed a little later without anybody's help.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Busy { .. } => true,
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}

pub(super) fn failed(file: &ModelFile, path: &Path, source: io::Error) -> ModelError {
    match source.kind() {
        io::ErrorKind::StorageFull => ModelError::DiskFull { name: file.name, bytes: file.bytes() },
        _ => ModelError::Io { path: path.to_owned(), source },
    }
}
