//! Why bytes could not be kept or found.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::hash::BlobHash;

/// Why bytes could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No space is left for the bytes.
    #[error("the disk that holds {} is full: free some space and try again", folder.display())]
    DiskFull {
        /// Where the bytes should have gone.
        folder: PathBuf,
    },
    /// A row points at bytes that are gone.
    #[error("the bytes {hash} are missing from the media store")]
    Missing {
        /// What was looked for.
        hash: BlobHash,
    },
    /// What came back is not what was stored.
    #[error("the bytes {hash} are damaged in the media store: restore them from a backup")]
    Damaged {
        /// What was read.
        hash: BlobHash,
    },
    /// More bytes arrived than are allowed.
    #[error("more than {limit} bytes arrived")]
    TooLarge {
        /// How many are allowed.
        limit: u64,
    },
    /// The stream of bytes ended with an error before it was complete.
    #[error("the bytes stopped arriving before the end")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A range outside the blob.
    #[error("the bytes {start} to {end} are outside a blob of {bytes} bytes")]
    OutOfRange {
        /// First byte.
        start: u64,
        /// End, exclusive.
        end: u64,
        /// Length of the blob.
        bytes: u64,
    },
    /// The object store did not do what it was asked.
    #[error("the object store cannot {what}")]
    Remote {
        /// What was asked.
        what: &'static str,
        /// What it answered.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Bytes that were durable are no longer there.
    #[error("{received} bytes of an unfinished file were stored, and {found} of them are found: send it again")]
    Lost {
        /// How many there were.
        received: u64,
        /// How many there are.
        found: u64,
    },
    /// Another process writes to the same unfinished file.
    #[error("another process still writes to this file")]
    Held,
    /// A setting that cannot be used.
    #[error("the place for media is not usable: {0}")]
    Settings(String),
    /// Anything else that the file system says.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// No file can be opened any more, by this process (`EMFILE`) or on this machine (`ENFILE`): the same numbers on every Unix.
const OUT_OF_FILES: [i32; 2] = [24, 23];

impl BlobError {
    pub(crate) fn at(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::DiskFull { folder: path.to_owned() }
            }
            _ => Self::Io { path: path.to_owned(), source },
        }
    }

    /// Whether too many files are open: the same succeeds when others are closed.
    pub fn is_out_of_files(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.raw_os_error().is_some_and(|code| OUT_OF_FILES.contains(&code)))
    }

    /// Whether the same may succeed later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::Io { .. } | Self::Remote { .. } | Self::Interrupted(_))
    }
}
