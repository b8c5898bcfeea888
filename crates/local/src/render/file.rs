//! Atomic files: written under a temporary name in the same folder, synced, renamed.

use std::path::{Path, PathBuf};

use super::error::{RenderError, from_io};

const PREFIX: &str = ".sluice-";
const SUFFIX: &str = ".partial";

/// A file that is being written. It is removed if it is dropped before it is published.
#[derive(Debug)]
pub(crate) struct Partial {
    file: tempfile::NamedTempFile,
}

impl Partial {
    /// A new, empty file in the folder of `out`, for its owner alone.
    pub(crate) fn beside(out: &Path) -> Result<Self, RenderError> {
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .tempfile_in(folder)
            .map_err(|error| from_io(folder, error))?;
        Ok(Self { file })
    }

    /// Its temporary path.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Makes it durable and renames it.
    pub(crate) async fn publish(self, out: &Path) -> Result<(), RenderError> {
        let out: PathBuf = out.to_owned();
        let published = tokio::task::spawn_blocking(move || {
            // ffmpeg may have replaced the file: sync the one that has the name now.
            let written = std::fs::File::open(self.file.path()).and_then(|file| file.sync_all());
            written.map_err(|error| from_io(self.file.path(), error))?;
            self.file.persist(&out).map_err(|error| from_io(&out, error.error))?;
            if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::File::open(folder)
                    .and_then(|folder| folder.sync_all())
                    .map_err(|error| from_io(&out, error))?;
            }
            Ok(())
        });
        published.await.unwrap_or_else(|error| Err(RenderError::Died(error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_file_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let partial = Partial::beside(&out).unwrap();
        assert_eq!(mode(partial.path()), 0o600);
        partial.publish(&out).await.unwrap();
        assert_eq!(mode(&out), 0o600);
    }
}
