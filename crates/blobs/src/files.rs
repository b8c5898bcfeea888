//! What both backends do with local files: private folders, hashes, durable names. All of it blocks, and is called
//! through [`run_blocking`].

use std::error::Error as _;
use std::fs::{DirBuilder, File, Permissions};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::error::BlobError;
use crate::hash::BlobHash;

/// Folders are for their owner alone.
const FOLDER_MODE: u32 = 0o700;
/// Files, too.
pub(crate) const FILE_MODE: u32 = 0o600;

/// Runs what blocks outside the threads that serve tasks.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(BlobError::Io { path: PathBuf::new(), source: io::Error::other(error) }),
    }
}

/// Makes a folder that only its owner can enter, and makes an existing one so.
pub fn private_folder(folder: &Path) -> Result<(), BlobError> {
    let failed = |error| BlobError::at(folder, error);
    match DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made.map_err(failed)?,
    }
    if folder.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
        std::fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE)).map_err(failed)?;
    }
    Ok(())
}

/// Makes a file readable and writable by its owner alone.
pub(crate) fn private_file(file: &Path) -> Result<(), BlobError> {
    std::fs::set_permissions(file, Permissions::from_mode(FILE_MODE)).map_err(|error| BlobError::at(file, error))
}

/// The hash and the length of a file.
pub(crate) fn hash_file(file: &Path) -> Result<(BlobHash, u64), BlobError> {
    let mut open = File::open(file).map_err(|error| BlobError::at(file, error))?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut bytes = 0;
    loop {
        let read = open.read(&mut buffer).map_err(|error| BlobError::at(file, error))?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
        bytes += read as u64;
    }
    Ok((BlobHash::from_blake3(hasher.finalize()), bytes))
}

/// Puts a file's bytes on the disk.
pub(crate) fn sync_file(file: &Path) -> Result<(), BlobError> {
    File::open(file).and_then(|open| open.sync_all()).map_err(|error| BlobError::at(file, error))
}

/// Puts a folder's names on the disk: a rename or a new folder is durable only then.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), BlobError> {
    sync_file(folder)
}

/// Puts the name of a folder itself on the disk. Its parent is not ours, and where we may not read it, it is left to others.
pub(crate) fn sync_name(folder: &Path) {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Err(error) = sync_folder(parent) {
        tracing::debug!(%error, cause = error.source(), "the folder above the data folder cannot be synced");
    }
}

/// Removes a folder and all in it, or a file; nothing happens when there is none.
pub(crate) fn remove(path: &Path) -> Result<(), BlobError> {
    let outcome = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match outcome {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(BlobError::at(path, error)),
        _ => Ok(()),
    }
}

/// The names in a folder, in order.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, BlobError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| BlobError::at(folder, error))? {
        let entry = entry.map_err(|error| BlobError::at(folder, error))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}
