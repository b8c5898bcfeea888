//! Temporary folders for attempts and uploads, on the same file system as the media folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::blobs::Blobs;
use crate::error::BlobError;
use crate::files::{FILE_MODE, names, private_folder, remove, run_blocking};

/// The file in a held folder that its holder has locked. A file and not the folder itself, which NFS cannot lock.
const LOCK: &str = ".held";
/// A folder without that file is about to be locked, or being removed. One that stays so was left by a process that died
/// between the two.
const UNLOCKED: Duration = Duration::from_hours(1);

/// A temporary folder that belongs to one process for as long as this lives, and is removed then. If the process dies,
/// the kernel releases the lock, and [`Blobs::clear_unless_held`] knows that the folder is nobody's.
#[derive(Debug)]
pub struct HeldFolder {
    blobs: Blobs,
    name: String,
    path: PathBuf,
    _lock: File,
}

impl HeldFolder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it now.
    pub async fn clear(self) -> Result<(), BlobError> {
        self.blobs.clear_work(&self.name).await
    }
}

impl Drop for HeldFolder {
    fn drop(&mut self) {
        self.blobs.clear_work_later(&self.name);
    }
}

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

    /// A folder for temporary files that no attempt of a job owns: what is being received, above all.
    pub async fn hold_folder(&self, name: &str) -> Result<HeldFolder, BlobError> {
        let path = self.work.join(name);
        let folder = path.clone();
        let lock = run_blocking(move || hold(&folder)).await?;
        Ok(HeldFolder { blobs: self.clone(), name: name.to_owned(), path, _lock: lock })
    }

    /// Removes a held folder whose holder is gone; returns whether it did.
    pub async fn clear_unless_held(&self, name: &str) -> Result<bool, BlobError> {
        let folder = self.work.join(name);
        run_blocking(move || {
            let path = folder.join(LOCK);
            let lock = match OpenOptions::new().write(true).open(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let is_left = is_older(&folder, UNLOCKED);
                    return if is_left { remove(&folder).map(|()| true) } else { Ok(false) };
                }
                opened => opened.map_err(|error| BlobError::at(&path, error))?,
            };
            match lock.try_lock() {
                // Locked until it is removed: a holder that comes just now waits, and begins again.
                Ok(()) => remove(&folder).map(|()| true),
                Err(TryLockError::WouldBlock) => Ok(false),
                Err(TryLockError::Error(error)) => Err(BlobError::at(&path, error)),
            }
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

fn is_older(folder: &Path, than: Duration) -> bool {
    let age = std::fs::metadata(folder).and_then(|found| found.modified()).map(|changed| changed.elapsed());
    age.is_ok_and(|age| age.is_ok_and(|age| age > than))
}

/// Makes a folder and locks it. Between the two, maintenance may have taken it for a dead one.
fn hold(folder: &Path) -> Result<File, BlobError> {
    let path = folder.join(LOCK);
    loop {
        private_folder(folder)?;
        let failed = |error| BlobError::at(&path, error);
        let lock = match OpenOptions::new().create(true).truncate(false).write(true).mode(FILE_MODE).open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            opened => opened.map_err(failed)?,
        };
        lock.lock().map_err(failed)?;
        match std::fs::metadata(&path) {
            Ok(found) if found.ino() == lock.metadata().map_err(failed)?.ino() => return Ok(lock),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
}
