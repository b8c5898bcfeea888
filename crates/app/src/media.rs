//! Bytes and their rows together: what is brought is registered before it is visible and confirmed after, so that the
//! unit of work that writes a row can point at it. See `sluice_store::blobs` for why.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use sluice_blobs::{BlobError, BlobHash, Blobs, ByteStream, LocalFile, Staged, Stored};
use sluice_engine::JobError;
use sluice_store::blobs::{self, Registered};
use sluice_store::{Store, StoreError};

/// Why bytes could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The place for bytes.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The same bytes are being removed at this moment.
    #[error("the same bytes are being removed at this moment: try again in a minute")]
    Collecting,
}

/// Handles to bytes and their rows. Cheap to clone.
#[derive(Clone)]
pub struct Media {
    store: Store,
    blobs: Blobs,
}

/// Somebody who brings bytes that are being removed waits this long in all, and looks this often.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Media {
    /// Connects both.
    pub const fn new(store: Store, blobs: Blobs) -> Self {
        Self { store, blobs }
    }

    /// Keeps a finished file of a work folder, and takes it away from there.
    pub async fn keep_file(&self, file: PathBuf) -> Result<Stored, MediaError> {
        self.keep(self.blobs.stage_file(file).await?).await
    }

    /// Keeps bytes from memory.
    pub async fn keep_bytes(&self, bytes: Vec<u8>) -> Result<Stored, MediaError> {
        self.keep(self.blobs.stage_bytes(bytes).await?).await
    }

    /// Keeps a stream of at most `limit` bytes.
    pub async fn keep_stream<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
        limit: u64,
    ) -> Result<Stored, MediaError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.keep(self.blobs.stage_stream(stream, limit).await?).await
    }

    /// Receives a file of a work folder without showing it: gives its hash, before it is decided whether it is kept.
    pub async fn stage_file(&self, file: PathBuf) -> Result<Staged, MediaError> {
        Ok(self.blobs.stage_file(file).await?)
    }

    /// Keeps staged bytes. Nothing points at them yet: they stay for [`blobs::GRACE`], in which a row must.
    pub async fn keep(&self, staged: Staged) -> Result<Stored, MediaError> {
        let mut waited = Duration::ZERO;
        let registration = loop {
            let (hash, bytes) = (staged.hash.as_str(), staged.bytes);
            match self.store.write(async |tx| blobs::register(tx, hash, bytes).await).await? {
                Registered::Ready(registration) => break registration,
                Registered::Collecting { .. } if waited < PATIENCE => {
                    tokio::time::sleep(LOOK_EVERY).await;
                    waited += LOOK_EVERY;
                }
                Registered::Collecting { .. } => return Err(MediaError::Collecting),
            }
        };
        let stored = self.blobs.publish(staged).await?;
        let hash = stored.hash.as_str();
        let confirmed = self.store.write(async |tx| blobs::confirm(tx, hash, registration).await).await?;
        if confirmed { Ok(stored) } else { Err(MediaError::Collecting) }
    }

    /// How long a blob is, if it is there.
    pub async fn size(&self, hash: &BlobHash) -> Result<Option<u64>, MediaError> {
        Ok(self.blobs.size(hash).await?)
    }

    /// Whether all of these are there.
    pub async fn has_all<'a>(&self, hashes: impl IntoIterator<Item = &'a BlobHash>) -> Result<bool, MediaError> {
        for hash in hashes {
            if !self.blobs.contains(hash).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How long a blob is that something points at. What was deleted is gone at once, before its bytes are.
    pub async fn size_of_referenced(&self, hash: &BlobHash) -> Result<Option<u64>, MediaError> {
        let name = hash.as_str();
        if !self.store.read(async |tx| blobs::is_referenced(tx, name).await).await? {
            return Ok(None);
        }
        self.size(hash).await
    }

    /// The bytes of a range.
    pub async fn open_range(&self, hash: &BlobHash, range: Range<u64>) -> Result<ByteStream, MediaError> {
        Ok(self.blobs.open_range(hash, range).await?)
    }

    /// All bytes of a blob of at most `limit` bytes.
    pub async fn read(&self, hash: &BlobHash, limit: u64) -> Result<Vec<u8>, MediaError> {
        Ok(self.blobs.read(hash, limit).await?)
    }

    /// A file with these bytes for a child process, valid until it is dropped.
    pub async fn materialise(&self, hash: &BlobHash) -> Result<LocalFile, MediaError> {
        Ok(self.blobs.materialise(hash).await?)
    }

    /// Copies a blob to a file, which is made or replaced.
    pub async fn copy_to(&self, hash: &BlobHash, target: PathBuf) -> Result<(), MediaError> {
        let file = self.materialise(hash).await?;
        let copied = tokio::fs::copy(file.path(), &target).await;
        copied.map_err(|source| BlobError::Io { path: target, source })?;
        Ok(())
    }

    /// An empty folder for temporary files.
    pub async fn work_folder(&self, name: &str) -> Result<PathBuf, MediaError> {
        Ok(self.blobs.work_folder(name).await?)
    }

    /// Removes a temporary folder.
    pub async fn clear_work(&self, name: &str) -> Result<(), MediaError> {
        Ok(self.blobs.clear_work(name).await?)
    }

    /// The bytes without their rows: for maintenance.
    pub const fn blobs(&self) -> &Blobs {
        &self.blobs
    }
}

/// For jobs: what may pass is tried again.
impl From<MediaError> for JobError {
    fn from(error: MediaError) -> Self {
        let text = error.to_string();
        match error {
            MediaError::Store(error) => error.into(),
            MediaError::Collecting => Self::retry("media_collecting", text),
            MediaError::Blobs(error) => {
                let code = match &error {
                    BlobError::DiskFull { .. } => "disk_full",
                    BlobError::Missing { .. } => "media_missing",
                    BlobError::Damaged { .. } => "media_damaged",
                    BlobError::Remote { .. } => "media_store",
                    _ => "media_folder",
                };
                if error.may_pass() { Self::retry(code, text).because(error) } else { Self::fail(code, text) }
            }
        }
    }
}
