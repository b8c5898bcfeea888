//! A growing file in the data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::io::{AsyncWriteExt as _, BufWriter};

use crate::error::BlobError;
use crate::files::{FILE_MODE, run_blocking, sync_folder};

/// Bytes that are written at once.
const WRITE: usize = 512 * 1024;

/// The file is locked as long as this exists, also against a process that was stopped for longer than its lease and then
/// continues.
#[derive(Debug)]
pub(super) struct ReceivingFile {
    path: PathBuf,
    file: BufWriter<tokio::fs::File>,
    position: u64,
}

impl ReceivingFile {
    pub(super) async fn open(path: PathBuf, offset: u64) -> Result<Self, BlobError> {
        let inside = path.clone();
        let file = run_blocking(move || open(&inside, offset)).await?;
        let file = BufWriter::with_capacity(WRITE, tokio::fs::File::from_std(file));
        Ok(Self { path, file, position: offset })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.file.write_all(bytes).await.map_err(|error| BlobError::at(&self.path, error))?;
        self.position += bytes.len() as u64;
        Ok(())
    }

    pub(super) async fn sync(&mut self) -> Result<u64, BlobError> {
        let failed = |error| BlobError::at(&self.path, error);
        self.file.flush().await.map_err(failed)?;
        self.file.get_ref().sync_data().await.map_err(failed)?;
        Ok(self.position)
    }

    /// Gives the lock back. A write that tokio still makes in the background would keep it for longer than this exists, and
    /// the next request would be told that the upload is held.
    pub(super) async fn close(mut self) {
        // Only the end of that write is waited for; how it ended does not matter any more.
        let _ = self.file.get_mut().flush().await;
    }

    pub(super) async fn assemble(&mut self, target: PathBuf) -> Result<(), BlobError> {
        let failed = |error| BlobError::at(&self.path, error);
        self.file.flush().await.map_err(failed)?;
        // A longer attempt may have left more.
        self.file.get_ref().set_len(self.position).await.map_err(failed)?;
        let path = self.path.clone();
        run_blocking(move || {
            // A second name, so that nothing is lost if the document cannot be stored now; [`open`] knows of it. Some
            // file systems have no second names.
            match std::fs::hard_link(&path, &target) {
                Err(error) if error.kind() == ErrorKind::NotFound => Err(BlobError::at(&path, error)),
                Err(_) => std::fs::copy(&path, &target).map(drop).map_err(|error| BlobError::at(&target, error)),
                Ok(()) => Ok(()),
            }
        })
        .await
    }
}

fn open(path: &Path, offset: u64) -> Result<File, BlobError> {
    let failed = |error| BlobError::at(path, error);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
        .map_err(failed)?;
    lock(&file, path)?;
    let found = file.metadata().map_err(failed)?;
    if found.len() < offset {
        return Err(BlobError::Lost { received: offset, found: found.len() });
    }
    let folder = path.parent().unwrap_or(path);
    if found.nlink() > 1 {
        // An earlier attempt at its end was interrupted: the same bytes may be a published blob, which must not change.
        let mut copy = NamedTempFile::new_in(folder).map_err(failed)?;
        std::io::copy(&mut file.take(offset), copy.as_file_mut()).map_err(failed)?;
        copy.as_file().sync_all().map_err(failed)?;
        lock(copy.as_file(), path)?;
        file = copy.persist(path).map_err(|error| failed(error.error))?;
    }
    sync_folder(folder)?;
    file.seek(SeekFrom::Start(offset)).map_err(failed)?;
    Ok(file)
}

fn lock(file: &File, path: &Path) -> Result<(), BlobError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(BlobError::Held),
        Err(TryLockError::Error(error)) => Err(BlobError::at(path, error)),
    }
}
