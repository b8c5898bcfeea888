//! A growing file in the data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;
use tokio::task::JoinHandle;

use crate::error::BlobError;
use crate::files::{FILE_MODE, run_blocking, sync_folder};

/// Bytes that are written at once.
const WRITE: usize = 512 * 1024;

/// The file is locked as long as this exists, also against a process that was stopped for longer than its lease and then
/// continues.
///
/// One buffer is filled while the other is written. (`tokio::fs::File` would copy all bytes once more, into a buffer of its
/// own.) After an error nothing more can be written: where the file then ends is not known.
#[derive(Debug)]
pub(super) struct ReceivingFile {
    path: PathBuf,
    file: Arc<File>,
    filled: Vec<u8>,
    /// The write that is under way, which gives its buffer back.
    writing: Option<JoinHandle<io::Result<Vec<u8>>>>,
    broken: bool,
    position: u64,
}

impl ReceivingFile {
    pub(super) async fn open(path: PathBuf, offset: u64) -> Result<Self, BlobError> {
        let inside = path.clone();
        let file = run_blocking(move || open(&inside, offset)).await?;
        let (file, filled) = (Arc::new(file), Vec::with_capacity(WRITE));
        Ok(Self { path, file, filled, writing: None, broken: false, position: offset })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.filled.extend_from_slice(bytes);
        self.position += bytes.len() as u64;
        if self.filled.len() < WRITE { Ok(()) } else { self.begin_write().await }
    }

    /// Hands the filled buffer to a thread that may block, when the write before it has ended.
    async fn begin_write(&mut self) -> Result<(), BlobError> {
        let free = self.end_write().await?;
        let (file, mut full) = (Arc::clone(&self.file), std::mem::replace(&mut self.filled, free));
        self.writing = Some(tokio::task::spawn_blocking(move || {
            (&*file).write_all(&full)?;
            full.clear();
            Ok(full)
        }));
        Ok(())
    }

    /// Waits for the write that is under way; returns an empty buffer.
    async fn end_write(&mut self) -> Result<Vec<u8>, BlobError> {
        if self.broken {
            return Err(BlobError::at(&self.path, io::Error::other("an earlier write failed")));
        }
        let Some(writing) = &mut self.writing else { return Ok(Vec::with_capacity(WRITE)) };
        let ended = writing.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        self.writing = None;
        self.broken = ended.is_err();
        ended.map_err(|error| BlobError::at(&self.path, error))
    }

    async fn write_all(&mut self) -> Result<(), BlobError> {
        self.begin_write().await?;
        self.end_write().await.map(drop)
    }

    pub(super) async fn sync(&mut self) -> Result<u64, BlobError> {
        self.write_all().await?;
        let (path, file) = (self.path.clone(), Arc::clone(&self.file));
        run_blocking(move || file.sync_data().map_err(|error| BlobError::at(&path, error))).await?;
        Ok(self.position)
    }

    /// Gives the lock back. A write in the background would keep it for longer than this exists, and the next request would
    /// be told that the upload is held.
    pub(super) async fn close(mut self) {
        // Only the end of that write is waited for; how it ended does not matter any more.
        let _ = self.end_write().await;
    }

    pub(super) async fn assemble(&mut self, target: PathBuf) -> Result<(), BlobError> {
        self.write_all().await?;
        let (path, file, position) = (self.path.clone(), Arc::clone(&self.file), self.position);
        run_blocking(move || {
            // A longer attempt may have left more.
            file.set_len(position).map_err(|error| BlobError::at(&path, error))?;
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
