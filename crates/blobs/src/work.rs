//! Temporary folders for attempts and uploads, on the same file system as the media folder.

use std::path::PathBuf;

use crate::blobs::Blobs;
use crate::error::BlobError;
use crate::files::{names, private_folder, remove, run_blocking};

impl Blobs {
    /// An empty folder for one attempt's temporary files. What an earlier attempt of the same name left is removed first.
    pub async fn work_folder(&self, name: &str) -> Result<PathBuf, BlobError> {
        let folder = self.work.join(name);
        run_blocking(move || {
            remove(&folder)?;
            private_folder(&folder)?;
            Ok(folder)
        })
        .await
    }

    /// Removes a temporary folder.
    pub async fn clear_work(&self, name: &str) -> Result<(), BlobError> {
        let folder = self.work.join(name);
        run_blocking(move || remove(&folder)).await
    }

    /// Removes a temporary folder in the background, for callers that cannot wait. One that stays is removed by
    /// maintenance.
    pub fn clear_work_later(&self, name: &str) {
        let folder = self.work.join(name);
        let clear = move || {
            if let Err(error) = remove(&folder) {
                tracing::warn!(%error, "a temporary folder stays until the next maintenance");
            }
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(clear)),
            Err(_) => clear(),
        }
    }

    /// The next names of temporary folders after one, in order.
    pub async fn work_names(&self, after: &str, limit: usize) -> Result<Vec<String>, BlobError> {
        let (work, after) = (self.work.clone(), after.to_owned());
        run_blocking(move || {
            let found = names(&work)?.into_iter().filter(|name| *name > after);
            Ok(found.take(limit).collect())
        })
        .await
    }
}
