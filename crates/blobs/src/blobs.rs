//! One type for both backends.

use std::error::Error as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _};
use serde::{Deserialize, Serialize};

use crate::cache::Pin;
use crate::error::BlobError;
use crate::files::{names, private_folder, remove, run_blocking, sync_folder, sync_name};
use crate::folder::Folder;
use crate::hash::BlobHash;
use crate::receiving::UPLOADS;
use crate::s3::{Presented, S3, S3Settings};
use crate::stage::{self, Staged};

/// The bytes of a blob, piece by piece.
pub type ByteStream = BoxStream<'static, Result<Bytes, BlobError>>;

/// Bytes that were kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Their hash, which is their name.
    pub hash: BlobHash,
    /// How many they are.
    pub bytes: u64,
}

/// A blob that a listing found.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub hash: BlobHash,
    /// Its length, or why it cannot be told: the listing goes on behind such a blob.
    pub bytes: Result<u64, BlobError>,
}

/// A blob as a file for a child process. Only to be read; valid until this is dropped.
#[derive(Debug)]
pub struct LocalFile {
    path: PathBuf,
    _pin: Option<Pin>,
}

impl LocalFile {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Where blobs are kept.
#[derive(Debug, Clone)]
pub enum Place {
    /// In a folder below the data folder.
    Folder,
    /// In a bucket.
    S3(S3Settings),
}

/// The media store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    pub(crate) backend: Backend,
    pub(crate) incoming: PathBuf,
    pub(crate) uploads: PathBuf,
    pub(crate) work: PathBuf,
}

#[derive(Debug, Clone)]
pub(crate) enum Backend {
    Folder(Folder),
    S3(S3),
}

impl Blobs {
    /// Opens the store. `data` is the folder for everything that is local; it is made, and made private, where needed.
    /// Blocks for some milliseconds: for the start of a process. It asks no remote service anything yet.
    pub fn open(data: &Path, place: &Place) -> Result<Self, BlobError> {
        private_folder(data)?;
        let (incoming, work, uploads) = (data.join("incoming"), data.join("work"), data.join(UPLOADS));
        for folder in [&incoming, &work, &uploads] {
            private_folder(folder)?;
        }
        let backend = match place {
            Place::Folder => Backend::Folder(Folder::open(data)?),
            Place::S3(settings) => Backend::S3(S3::open(data, settings)?),
        };
        sync_folder(data)?;
        sync_name(data);
        Ok(Self { backend, incoming, uploads, work })
    }

    /// Receives a stream of at most `limit` bytes. It is visible to nobody before [`Self::publish`].
    pub async fn stage_stream<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
        limit: u64,
    ) -> Result<Staged, BlobError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        stage::stream(self.incoming.clone(), stream, limit).await
    }

    /// Stages bytes from memory.
    pub async fn stage_bytes(&self, bytes: Vec<u8>) -> Result<Staged, BlobError> {
        let folder = self.incoming.clone();
        run_blocking(move || stage::bytes_now(&folder, &bytes)).await
    }

    /// Takes over a finished file of a work folder.
    pub async fn stage_file(&self, file: PathBuf) -> Result<Staged, BlobError> {
        run_blocking(move || stage::file_now(&file)).await
    }

    /// Makes staged bytes visible under their hash: all of them, durably, or nothing.
    pub async fn publish(&self, staged: Staged) -> Result<Stored, BlobError> {
        let stored = Stored { hash: staged.hash.clone(), bytes: staged.bytes };
        match &self.backend {
            Backend::Folder(folder) => folder.publish(staged).await?,
            Backend::S3(s3) => s3.publish(staged).await?,
        }
        Ok(stored)
    }

    /// How long a blob is, if it is there.
    pub async fn size(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError> {
        match &self.backend {
            Backend::Folder(folder) => folder.size(hash).await,
            Backend::S3(s3) => s3.size(hash).await,
        }
    }

    /// Whether a blob is there.
    pub async fn contains(&self, hash: &BlobHash) -> Result<bool, BlobError> {
        Ok(self.size(hash).await?.is_some())
    }

    /// The bytes of a range.
    pub async fn open_range(&self, hash: &BlobHash, range: Range<u64>) -> Result<ByteStream, BlobError> {
        let bytes = self.size(hash).await?.ok_or_else(|| BlobError::Missing { hash: hash.clone() })?;
        if range.start > range.end || range.end > bytes {
            return Err(BlobError::OutOfRange { start: range.start, end: range.end, bytes });
        }
        match &self.backend {
            Backend::Folder(folder) => folder.open_range(hash, range).await,
            Backend::S3(s3) => s3.open_range(hash, range).await,
        }
    }

    /// All bytes of a blob of at most `limit` bytes, for what is small enough to hold in memory. What comes back is
    /// verified by its hash.
    pub async fn read(&self, hash: &BlobHash, limit: u64) -> Result<Vec<u8>, BlobError> {
        let bytes = self.size(hash).await?.ok_or_else(|| BlobError::Missing { hash: hash.clone() })?;
        if bytes > limit {
            return Err(BlobError::TooLarge { limit });
        }
        let mut stream = self.open_range(hash, 0..bytes).await?;
        let mut all = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
        while let Some(part) = stream.next().await {
            all.extend_from_slice(&part?);
        }
        if BlobHash::of(&all) != *hash {
            return Err(BlobError::Damaged { hash: hash.clone() });
        }
        Ok(all)
    }

    /// A file with these bytes for a child process: in the folder the file itself, otherwise a copy from a bounded cache.
    pub async fn materialise(&self, hash: &BlobHash) -> Result<LocalFile, BlobError> {
        match &self.backend {
            Backend::Folder(folder) => Ok(LocalFile { path: folder.local_file(hash).await?, _pin: None }),
            Backend::S3(s3) => {
                let (path, pin) = s3.local_file(hash).await?;
                Ok(LocalFile { path, _pin: Some(pin) })
            }
        }
    }

    /// An address that reads this blob from where it is, without us; none for the folder, which only we can read, and if
    /// clients are not sent to the service.
    pub async fn presign(
        &self,
        hash: &BlobHash,
        lifetime: Duration,
        presented: &Presented,
    ) -> Result<Option<String>, BlobError> {
        match &self.backend {
            Backend::S3(s3) if s3.redirect.is_some() => s3.presign(hash, lifetime, presented).await.map(Some),
            Backend::Folder(_) | Backend::S3(_) => Ok(None),
        }
    }

    /// Whether new bytes can arrive and those of the folder are there; whether a bucket answers, a request finds out.
    pub async fn check_place(&self) -> Result<(), BlobError> {
        let incoming = self.incoming.clone();
        let media = match &self.backend {
            Backend::Folder(folder) => Some(folder.media().to_owned()),
            Backend::S3(_) => None,
        };
        run_blocking(move || {
            tempfile::tempfile_in(&incoming).map_err(|error| BlobError::at(&incoming, error))?;
            media.map_or(Ok(()), |media| {
                std::fs::read_dir(&media).map(drop).map_err(|error| BlobError::at(&media, error))
            })
        })
        .await
    }

    /// Whether the bytes are in a bucket.
    pub const fn is_remote(&self) -> bool {
        matches!(self.backend, Backend::S3(_))
    }

    /// A folder on the disk of everything that is local.
    pub fn local_folder(&self) -> &Path {
        &self.incoming
    }

    /// The origin to which clients are sent for large files, if they are.
    pub fn redirect_origin(&self) -> Option<&str> {
        match &self.backend {
            Backend::Folder(_) => None,
            Backend::S3(s3) => s3.redirect.as_deref(),
        }
    }

    /// Removes a blob; nothing happens when there is none. Only garbage collection calls this: see
    /// `sluice_store::blobs`.
    pub async fn delete(&self, hash: &BlobHash) -> Result<(), BlobError> {
        match &self.backend {
            Backend::Folder(folder) => folder.delete(hash).await,
            Backend::S3(s3) => s3.delete(hash).await,
        }
    }

    /// The next blobs after one, at most `limit`, in the order of their hashes.
    pub async fn list(&self, after: Option<&BlobHash>, limit: usize) -> Result<Vec<Listed>, BlobError> {
        match &self.backend {
            Backend::Folder(folder) => folder.list(after.cloned(), limit).await,
            Backend::S3(s3) => s3.list(after.cloned(), limit).await,
        }
    }

    /// Removes staged files that nobody has written to for `rest`: their process died. Gives their number. One that cannot be
    /// removed is logged, and stays.
    pub async fn clear_incoming(&self, rest: Duration) -> Result<usize, BlobError> {
        let folder = self.incoming.clone();
        run_blocking(move || {
            let mut removed = 0;
            for name in names(&folder)? {
                let path = folder.join(name);
                // Files carry the system's time, so that is what they are compared with; a clock that went back makes
                // a file look new, and it stays.
                let written = path.metadata().and_then(|file| file.modified());
                if !written.is_ok_and(|at| at.elapsed().unwrap_or_default() >= rest) {
                    continue;
                }
                match remove(&path) {
                    Ok(()) => removed += 1,
                    Err(error) => {
                        tracing::warn!(%error, cause = error.source(), "a staged file cannot be removed");
                    }
                }
            }
            Ok(removed)
        })
        .await
    }

    /// Asks the store whether it can be used: writes, reads and removes a small blob.
    pub async fn check(&self) -> Result<(), BlobError> {
        let staged = self.stage_bytes(format!("sluice check {}", std::process::id()).into_bytes()).await?;
        let stored = self.publish(staged).await?;
        self.read(&stored.hash, 1024).await?;
        self.delete(&stored.hash).await
    }
}
