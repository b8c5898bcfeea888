//! The backend for one machine: a file per blob, named by its hash, in one of 256 folders.

use std::error::Error as _;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::{StreamExt as _, stream};

use crate::blobs::{ByteStream, Listed};
use crate::error::BlobError;
use crate::files::{private_folder, run_blocking, sync_folder};
use crate::hash::BlobHash;
use crate::stage::Staged;

/// Bytes that are read at once.
const READ: u64 = 256 * 1024;

/// What is still to be read of a range.
struct Part {
    file: File,
    path: PathBuf,
    left: u64,
}

impl Part {
    /// The next piece, and what follows it; nothing follows the end of the file.
    fn read(mut self) -> Result<(Bytes, Option<Self>), BlobError> {
        let wanted = self.left.min(READ);
        // Straight into the bytes that are sent: no buffer in between, and nothing is zeroed before.
        let mut piece = Vec::with_capacity(usize::try_from(wanted).unwrap_or(0));
        let read =
            (&self.file).take(wanted).read_to_end(&mut piece).map_err(|error| BlobError::at(&self.path, error))?;
        self.left -= wanted;
        Ok((Bytes::from(piece), (read as u64 == wanted).then_some(self)))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Folder {
    media: PathBuf,
}

impl Folder {
    /// Where it is.
    pub(crate) fn media(&self) -> &Path {
        &self.media
    }

    /// Opens it; all folders are made and synced now, so that a rename into one is all that a blob needs. The caller syncs
    /// `data`.
    pub(crate) fn open(data: &Path) -> Result<Self, BlobError> {
        let folder = Self { media: data.join("media") };
        private_folder(&folder.media)?;
        for shard in 0..=u8::MAX {
            private_folder(&folder.shard(shard))?;
        }
        sync_folder(&folder.media)?;
        Ok(folder)
    }

    fn shard(&self, number: u8) -> PathBuf {
        self.media.join(format!("{number:02x}"))
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
        let (path, missing) = (self.path(hash), hash.clone());
        let first = run_blocking(move || {
            let mut file = File::open(&path).map_err(|error| match error.kind() {
                ErrorKind::NotFound => BlobError::Missing { hash: missing },
                _ => BlobError::at(&path, error),
            })?;
            file.seek(SeekFrom::Start(range.start)).map_err(|error| BlobError::at(&path, error))?;
            Part { file, path, left: range.end - range.start }.read()
        })
        .await?;
        // The first piece comes with the opening, in one visit to the threads that may block.
        let rest = stream::try_unfold(first.1, |part| async {
            let Some(part) = part.filter(|part| part.left > 0) else { return Ok(None) };
            run_blocking(move || part.read()).await.map(Some)
        });
        Ok(stream::iter([Ok(first.0)]).chain(rest).boxed())
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
            let shard = self.shard(shard);
            let names = match crate::files::names(&shard) {
                Err(error) if self.opens() => {
                    tracing::error!(%error, cause = error.source(), "a folder of blobs cannot be read; it is passed over");
                    continue;
                }
                names => names?,
            };
            let mut hashes: Vec<BlobHash> = names.iter().filter_map(|name| name.parse().ok()).collect();
            hashes.retain(|hash| after.is_none_or(|after| hash > after));
            for hash in hashes {
                if found.len() == limit {
                    return Ok(found);
                }
                let path = shard.join(hash.as_str());
                let bytes = match std::fs::metadata(&path) {
                    Ok(file) if file.is_file() => Ok(file.len()),
                    Ok(_) => Err(BlobError::at(&path, io::Error::other("it is no file"))),
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => Err(BlobError::at(&path, error)),
                };
                found.push(Listed { hash, bytes });
            }
        }
        Ok(found)
    }

    /// Whether any of its folders can be read: else nothing is wrong with one of them, but with what they are on.
    fn opens(&self) -> bool {
        (0..=u8::MAX).any(|shard| std::fs::read_dir(self.shard(shard)).is_ok())
    }
}
