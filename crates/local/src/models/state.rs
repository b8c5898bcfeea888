//! What is there of a file, as far as that is known without reading it.

use super::{ModelFile, Models};

/// What is there of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// It has the right length; a built one names our sources.
    Installed,
    /// Something else has its name.
    Damaged,
    /// A download was interrupted after so many bytes, and goes on there.
    Partial {
        /// The bytes that were received.
        received: u64,
    },
    /// Nothing.
    Missing,
}

impl Models {
    /// What is there of a file. Quick, like [`Models::has`].
    pub fn state(&self, file: &ModelFile) -> FileState {
        if self.has(file) {
            return FileState::Installed;
        }
        if self.path(file).exists() {
            return FileState::Damaged;
        }
        match std::fs::metadata(self.part(file)) {
            Ok(part) => FileState::Partial { received: part.len() },
            Err(_) => FileState::Missing,
        }
    }

    /// When a file was last written, in milliseconds since 1970; none if it is not there.
    pub fn written_at(&self, file: &ModelFile) -> Option<u64> {
        let modified = std::fs::metadata(self.path(file)).ok()?.modified().ok()?;
        let since = modified.duration_since(std::time::UNIX_EPOCH).ok()?;
        u64::try_from(since.as_millis()).ok()
    }
}
