//! Bytes together with their rows: new bytes are registered before they are visible and confirmed afterwards, so that
//! the transaction that writes a row can reference them. See `sluice_store::blobs` for the reasons.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use sluice_blobs::{BlobError, BlobHash, Blobs, ByteStream, LocalFile, Staged, Stored};
use sluice_engine::JobError;
use sluice_store::blobs::{self, Registered, Registration};
use sluice_store::{Store, StoreError, Tx};
use tokio::io::AsyncWriteExt as _;

/// Why bytes could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The blob store failed.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The same bytes are being deleted right now.
    #[error("the same bytes are being deleted right now: try again in a minute")]
    Collecting,
}

/// Handles to bytes and their rows. Cheap to clone.
#[derive(Clone)]
pub struct Media {
    store: Store,
    blobs: Blobs,
}

/// How long, and how often, to wait for bytes that are being deleted.
const WAIT_LIMIT: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Media {
    /// Connects both.
    pub const fn new(store: Store, blobs: Blobs) -> Self {
        Self { store, blobs }
    }

    /// Stores a finished file of a work folder, and removes it from there.
    pub async fn keep_file(&self, file: PathBuf) -> Result<Stored, MediaError> {
        self.keep(self.blobs.stage_file(file).await?).await
    }

    /// Stores bytes from memory.
    pub async fn keep_bytes(&self, bytes: Vec<u8>) -> Result<Stored, MediaError> {
        self.keep(self.blobs.stage_bytes(bytes).await?).await
    }

    /// Stores a stream of at most `limit` bytes.
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

    /// Receives a file of a work folder without publishing it: returns its hash, before it is decided whether to store
    /// it.
    pub async fn stage_file(&self, file: PathBuf) -> Result<Staged, MediaError> {
        Ok(self.blobs.stage_file(file).await?)
    }

    /// Stores staged bytes. Nothing references them yet: a row must do so within [`blobs::GRACE`].
    pub async fn keep(&self, staged: Staged) -> Result<Stored, MediaError> {
        let stored = Stored { hash: staged.hash.clone(), bytes: staged.bytes };
        self.keep_with(staged, async |_, _| Ok::<_, MediaError>(())).await?;
        Ok(stored)
    }

    /// Stores staged bytes, and confirms them in the unit of work that writes the row of which they are.
    pub async fn keep_with<T, E, F>(&self, staged: Staged, row: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx, &Stored) -> Result<T, E> + Clone,
        E: From<MediaError> + From<StoreError>,
    {
        let registration = self.register(&staged).await?;
        let stored = self.blobs.publish(staged).await.map_err(MediaError::from)?;
        self.store
            .write(async |tx| {
                if !blobs::confirm(tx, stored.hash.as_str(), registration).await? {
                    return Err(MediaError::Collecting.into());
                }
                row(tx, &stored).await
            })
            .await
    }

    async fn register(&self, staged: &Staged) -> Result<Registration, MediaError> {
        let mut waited = Duration::ZERO;
        loop {
            let (hash, bytes) = (staged.hash.as_str(), staged.bytes);
            match self.store.write(async |tx| blobs::register(tx, hash, bytes).await).await? {
                Registered::Ready(registration) => return Ok(registration),
                Registered::Collecting { .. } if waited < WAIT_LIMIT => {
                    tokio::time::sleep(LOOK_EVERY).await;
                    waited += LOOK_EVERY;
                }
                Registered::Collecting { .. } => return Err(MediaError::Collecting),
            }
        }
    }

    /// The size of a blob, if it exists.
    pub async fn size(&self, hash: &BlobHash) -> Result<Option<u64>, MediaError> {
        Ok(self.blobs.size(hash).await?)
    }

    /// Whether all of these blobs exist.
    pub async fn has_all<'a>(&self, hashes: impl IntoIterator<Item = &'a BlobHash>) -> Result<bool, MediaError> {
        for hash in hashes {
            if !self.blobs.contains(hash).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The size of a blob that has a reference. Deleted blobs are unreachable at once, before their bytes are removed.
    pub async fn size_of_referenced(&self, hash: &BlobHash) -> Result<Option<u64>, MediaError> {
        let name = hash.as_str();
        if !self.store.read(async |tx| blobs::is_referenced(tx, name).await).await? {
            return Ok(None);
        }
        self.size(hash).await
    }

    /// Streams a range of bytes.
    pub async fn open_range(&self, hash: &BlobHash, range: Range<u64>) -> Result<ByteStream, MediaError> {
        Ok(self.blobs.open_range(hash, range).await?)
    }

    /// Reads all bytes of a blob of at most `limit` bytes.
    pub async fn read(&self, hash: &BlobHash, limit: u64) -> Result<Vec<u8>, MediaError> {
        Ok(self.blobs.read(hash, limit).await?)
    }

    /// Creates a local file with these bytes for a child process, valid until it is dropped.
    pub async fn materialise(&self, hash: &BlobHash) -> Result<LocalFile, MediaError> {
        Ok(self.blobs.materialise(hash).await?)
    }

    /// Copies a blob to a file, which is created or replaced.
    pub async fn copy_to(&self, hash: &BlobHash, target: PathBuf) -> Result<(), MediaError> {
        let file = self.materialise(hash).await?;
        let copied = tokio::fs::copy(file.path(), &target).await;
        copied.map_err(|source| BlobError::Io { path: target, source })?;
        Ok(())
    }

    /// A file with these bytes as they are where they are stored: in the folder the file itself, from a bucket a new file at `scratch`.
    /// The copy that [`Self::materialise`] has of what was just stored would hide what is wrong in the bucket.
    pub async fn read_back(&self, hash: &BlobHash, scratch: PathBuf) -> Result<PathBuf, MediaError> {
        if !self.blobs.is_remote() {
            return Ok(self.materialise(hash).await?.path().to_owned());
        }
        let bytes = self.size(hash).await?.ok_or_else(|| BlobError::Missing { hash: hash.clone() })?;
        let failed = |source| BlobError::Io { path: scratch.clone(), source };
        let mut file = tokio::fs::File::create(&scratch).await.map_err(failed)?;
        let mut stream = self.open_range(hash, 0..bytes).await?;
        while let Some(part) = stream.try_next().await? {
            file.write_all(&part).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        Ok(scratch)
    }

    /// Creates an empty folder for temporary files.
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

/// For jobs: transient errors are retried.
impl From<MediaError> for JobError {
    fn from(error: MediaError) -> Self {
        // Where this machine keeps its files is nobody's business who only sees what became of a job; the log has it with the cause.
        let text = match &error {
            MediaError::Blobs(BlobError::DiskFull { .. }) => {
                "the server's disk is full: free some space and try again".to_owned()
            }
            MediaError::Blobs(BlobError::Io { source, .. }) => {
                format!("a file of the server's media folder cannot be used: {source}")
            }
            error => error.to_string(),
        };
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
