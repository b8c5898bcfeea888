//! The backend for one machine: a file per blob, named by its hash, in one of 256 folders.

use std::io::{ErrorKind, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use futures::{StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use crate::blobs::{ByteStream, Listed};
use crate::error::BlobError;
use crate::files::{private_folder, run_blocking, sync_folder};
use crate::hash::BlobHash;
use crate::stage::Staged;

/// Bytes that are read at once.
const READ: usize = 128 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Folder {
    media: PathBuf,
}

impl Folder {
    /// Where it is.
    pub(crate) fn media(&self) -> &Path {
        &self.media
    }

    /// Opens it; all folders are made and synced now, so that a rename into one is all that a blob needs.
    pub(crate) fn open(data: &Path) -> Result<Self, BlobError> {
        let folder = Self { media: data.join("media") };
        private_folder(&folder.media)?;
        for shard in 0..=u8::MAX {
            private_folder(&folder.media.join(format!("{shard:02x}")))?;
        }
        sync_folder(&folder.media)?;
        sync_folder(data)?;
        Ok(folder)
    }

    fn path(&self, hash: &BlobHash) -> PathBuf {
        self.media.join(hash.shard()).join(hash.as_str())
    }

    pub(crate) async fn publish(&self, staged: Staged) -> Result<(), BlobError> {
        let target = self.path(&staged.hash);
        run_blocking(move || {
            // Renamed over what may be there already: that way damaged bytes are mended when the same ones come again.
            staged.file.persist(&target).map_err(|error| BlobError::at(&target, error.error))?;
            target.parent().map_or(Ok(()), sync_folder)
        })
        .await
    }

    pub(crate) async fn size(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError> {
        let path = self.path(hash);
        match tokio::fs::metadata(&path).await {
            Ok(found) => Ok(found.is_file().then_some(found.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(BlobError::at(&path, error)),
        }
    }

    pub(crate) async fn open_range(&self, hash: &BlobHash, range: Range<u64>) -> Result<ByteStream, BlobError> {
        let path = self.path(hash);
        let mut file = tokio::fs::File::open(&path).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => BlobError::Missing { hash: hash.clone() },
            _ => BlobError::at(&path, error),
        })?;
        file.seek(SeekFrom::Start(range.start)).await.map_err(|error| BlobError::at(&path, error))?;
        let part = file.take(range.end - range.start);
        let stream = ReaderStream::with_capacity(part, READ).map_err(move |error| BlobError::at(&path, error));
        Ok(stream.boxed())
    }

    pub(crate) async fn local_file(&self, hash: &BlobHash) -> Result<PathBuf, BlobError> {
        match self.size(hash).await? {
            Some(_) => Ok(self.path(hash)),
            None => Err(BlobError::Missing { hash: hash.clone() }),
        }
    }

    pub(crate) async fn delete(&self, hash: &BlobHash) -> Result<(), BlobError> {
        let path = self.path(hash);
        match tokio::fs::remove_file(&path).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(BlobError::at(&path, error)),
            _ => Ok(()),
        }
    }

    /// The next blobs after one, in the order of their hashes.
    pub(crate) async fn list(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<Listed>, BlobError> {
        let folder = self.clone();
        run_blocking(move || folder.list_now(after.as_ref(), limit)).await
    }

    fn list_now(&self, after: Option<&BlobHash>, limit: usize) -> Result<Vec<Listed>, BlobError> {
        let first = after.and_then(|hash| u8::from_str_radix(hash.shard(), 16).ok()).unwrap_or(0);
        let mut found = Vec::new();
        for shard in first..=u8::MAX {
            let shard = self.media.join(format!("{shard:02x}"));
            let mut hashes: Vec<BlobHash> =
                crate::files::names(&shard)?.iter().filter_map(|name| name.parse().ok()).collect();
            hashes.retain(|hash| after.is_none_or(|after| hash > after));
            for hash in hashes {
                if found.len() == limit {
                    return Ok(found);
                }
                match std::fs::metadata(shard.join(hash.as_str())) {
                    Ok(file) => found.push(Listed { hash, bytes: file.len() }),
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(BlobError::at(&shard, error)),
                }
            }
        }
        Ok(found)
    }
}
