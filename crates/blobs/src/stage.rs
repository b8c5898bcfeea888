//! Bytes that have arrived and are not visible yet: hashed, and synced to a local file under a temporary name.
//!
//! An object is named by its hash, so the hash must be known before its name is. Both backends therefore take bytes from
//! a local file: the folder renames it, S3 uploads it under its final key, in parts when it is large. (Uploading under a
//! temporary key while hashing, and copying on the server, would save the local disk, but costs a second request per
//! object, cannot begin a retry from the start, and leaves objects to clean up.)

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt as _;

use crate::error::BlobError;
use crate::files::{hash_file, private_file, run_blocking, sync_file};
use crate::hash::BlobHash;

/// Bytes that wait to be published. Dropped before that, their file is removed.
#[derive(Debug)]
pub struct Staged {
    /// Their hash, which is their name.
    pub hash: BlobHash,
    /// How many they are.
    pub bytes: u64,
    pub(crate) file: TempPath,
}

/// Receives a stream of at most `limit` bytes.
pub(crate) async fn stream<E>(
    folder: PathBuf,
    mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
    limit: u64,
) -> Result<Staged, BlobError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let inside = folder.clone();
    let new = run_blocking(move || NamedTempFile::new_in(&inside).map_err(|error| BlobError::at(&inside, error)));
    let (file, path) = new.await?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut hasher = blake3::Hasher::new();
    let mut bytes = 0;
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| BlobError::Interrupted(error.into()))?;
        bytes += part.len() as u64;
        if bytes > limit {
            return Err(BlobError::TooLarge { limit });
        }
        hasher.update(&part);
        file.write_all(&part).await.map_err(|error| BlobError::at(&folder, error))?;
    }
    file.flush().await.map_err(|error| BlobError::at(&folder, error))?;
    file.sync_all().await.map_err(|error| BlobError::at(&folder, error))?;
    Ok(Staged { hash: BlobHash::from_blake3(hasher.finalize()), bytes, file: path })
}

/// Stages bytes from memory.
pub(crate) fn bytes_now(folder: &Path, bytes: &[u8]) -> Result<Staged, BlobError> {
    let failed = |error| BlobError::at(folder, error);
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    std::io::Write::write_all(&mut file, bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    Ok(Staged { hash: BlobHash::of(bytes), bytes: bytes.len() as u64, file: file.into_temp_path() })
}

/// Takes over a finished file of a work folder, where it lies.
pub(crate) fn file_now(file: &Path) -> Result<Staged, BlobError> {
    let (hash, bytes) = hash_file(file)?;
    private_file(file)?;
    sync_file(file)?;
    let path = TempPath::try_from_path(file).map_err(|error| BlobError::at(file, error))?;
    Ok(Staged { hash, bytes, file: path })
}
