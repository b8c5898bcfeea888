use std::collections::HashSet;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::hash::BlobHash;

/// Why bytes could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No space is left for the bytes.
    #[error("the disk that holds {} is full: free some space and try again", folder.display())]
    DiskFull {
        /// Where the bytes should have gone.
        folder: PathBuf,
    },
    /// A row points at bytes that are gone.
    #[error("the bytes {hash} are missing from the media folder")]
    Missing {
        /// What was looked for.
        hash: BlobHash,
    },
    /// Anything else that the file system says.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BlobError {
    fn at(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::DiskFull { folder: path.to_owned() }
            }
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}

/// Bytes that were kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Their hash, which is their name.
    pub hash: BlobHash,
    /// How many they are.
    pub bytes: u64,
}

/// The media folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    media: PathBuf,
    work: PathBuf,
}

impl Blobs {
    /// Opens the folder below `data`, and makes it where it is missing.
    pub fn open(data: &Path) -> Result<Self, BlobError> {
        let blobs = Self { media: data.join("media"), work: data.join("work") };
        for folder in [&blobs.media, &blobs.work] {
            std::fs::create_dir_all(folder).map_err(|error| BlobError::at(folder, error))?;
        }
        Ok(blobs)
    }

    /// An empty folder for one attempt's temporary files, on the same file system as the media. What an earlier
    /// attempt of the same name left is removed first.
    pub fn work_folder(&self, name: &str) -> Result<PathBuf, BlobError> {
        let folder = self.work.join(name);
        remove_folder(&folder)?;
        std::fs::create_dir_all(&folder).map_err(|error| BlobError::at(&folder, error))?;
        Ok(folder)
    }

    /// Removes the temporary folder of an attempt.
    pub fn clear_work(&self, name: &str) -> Result<(), BlobError> {
        remove_folder(&self.work.join(name))
    }

    /// The names of the temporary folders that exist.
    pub fn work_names(&self) -> Result<Vec<String>, BlobError> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.work).map_err(|error| BlobError::at(&self.work, error))? {
            let entry = entry.map_err(|error| BlobError::at(&self.work, error))?;
            names.extend(entry.file_name().into_string());
        }
        Ok(names)
    }

    /// Where a blob lies, whether it exists or not.
    pub fn path(&self, hash: &BlobHash) -> PathBuf {
        self.media.join(hash.as_str().get(..2).unwrap_or("00")).join(hash.as_str())
    }

    /// Whether the bytes are here.
    pub fn contains(&self, hash: &BlobHash) -> bool {
        self.path(hash).is_file()
    }

    /// The hash that a file would be kept under.
    pub async fn hash_file(&self, file: PathBuf) -> Result<BlobHash, BlobError> {
        run_blocking(move || hash_file(&file).map(|(hash, _)| hash)).await
    }

    /// Takes over a finished file from a work folder: hashes, syncs and renames it.
    pub async fn keep_file(&self, file: PathBuf) -> Result<Stored, BlobError> {
        let blobs = self.clone();
        run_blocking(move || blobs.keep_file_now(&file)).await
    }

    /// Keeps bytes from memory.
    pub async fn keep_bytes(&self, bytes: Vec<u8>) -> Result<Stored, BlobError> {
        let blobs = self.clone();
        run_blocking(move || {
            let hash = BlobHash::of(&bytes);
            let target = blobs.path(&hash);
            let length = bytes.len() as u64;
            let shelf = blobs.shelf_of(&target)?;
            // Written anew even when it is there: a sweep spares what is new.
            let mut file = tempfile::NamedTempFile::new_in(&shelf).map_err(|error| BlobError::at(&shelf, error))?;
            io::Write::write_all(&mut file, &bytes).map_err(|error| BlobError::at(&shelf, error))?;
            file.as_file().sync_all().map_err(|error| BlobError::at(&shelf, error))?;
            file.persist(&target).map_err(|error| BlobError::at(&target, error.error))?;
            sync_folder(&shelf)?;
            Ok(Stored { hash, bytes: length })
        })
        .await
    }

    /// All bytes of a blob. For what is small enough to hold in memory.
    pub async fn read(&self, hash: &BlobHash) -> Result<Vec<u8>, BlobError> {
        let path = self.path(hash);
        tokio::fs::read(&path).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => BlobError::Missing { hash: hash.clone() },
            _ => BlobError::at(&path, error),
        })
    }

    /// Removes every one of `candidates` (from [`Self::all`], asked before `wanted` was) that is not in `wanted` and was
    /// written more than `rest` ago, so that what is being made just now, and is not yet pointed at, stays. Gives the
    /// number removed.
    pub async fn sweep(
        &self,
        candidates: Vec<BlobHash>,
        wanted: HashSet<BlobHash>,
        rest: Duration,
    ) -> Result<usize, BlobError> {
        let blobs = self.clone();
        run_blocking(move || {
            let mut removed = 0;
            for hash in candidates.into_iter().filter(|hash| !wanted.contains(hash)) {
                let path = blobs.path(&hash);
                let written = match path.metadata().and_then(|meta| meta.modified()) {
                    Ok(written) => written,
                    // Another sweep was first.
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => return Err(BlobError::at(&path, error)),
                };
                // Files carry the system's time, so that is what they are compared with; a clock that went back
                // makes a file look new, and it stays.
                if written.elapsed().unwrap_or_default() >= rest {
                    std::fs::remove_file(&path).map_err(|error| BlobError::at(&path, error))?;
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }

    /// The hashes of all blobs that are here.
    pub fn all(&self) -> Result<Vec<BlobHash>, BlobError> {
        let mut found = Vec::new();
        for shelf in std::fs::read_dir(&self.media).map_err(|error| BlobError::at(&self.media, error))? {
            let shelf = shelf.map_err(|error| BlobError::at(&self.media, error))?.path();
            for file in std::fs::read_dir(&shelf).map_err(|error| BlobError::at(&shelf, error))? {
                let name = file.map_err(|error| BlobError::at(&shelf, error))?.file_name();
                found.extend(name.to_str().and_then(|name| name.parse::<BlobHash>().ok()));
            }
        }
        Ok(found)
    }

    fn keep_file_now(&self, file: &Path) -> Result<Stored, BlobError> {
        let (hash, bytes) = hash_file(file)?;
        let target = self.path(&hash);
        let shelf = self.shelf_of(&target)?;
        std::fs::File::open(file).and_then(|open| open.sync_all()).map_err(|error| BlobError::at(file, error))?;
        std::fs::rename(file, &target).map_err(|error| BlobError::at(&target, error))?;
        sync_folder(&shelf)?;
        Ok(Stored { hash, bytes })
    }

    fn shelf_of(&self, target: &Path) -> Result<PathBuf, BlobError> {
        let shelf = target.parent().unwrap_or(&self.media).to_owned();
        std::fs::create_dir_all(&shelf).map_err(|error| BlobError::at(&shelf, error))?;
        Ok(shelf)
    }
}

fn hash_file(file: &Path) -> Result<(BlobHash, u64), BlobError> {
    let mut open = std::fs::File::open(file).map_err(|error| BlobError::at(file, error))?;
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

// A rename is durable only when the folder that holds the name is synced as well.
fn sync_folder(folder: &Path) -> Result<(), BlobError> {
    std::fs::File::open(folder).and_then(|open| open.sync_all()).map_err(|error| BlobError::at(folder, error))
}

fn remove_folder(folder: &Path) -> Result<(), BlobError> {
    let outcome = if folder.is_dir() { std::fs::remove_dir_all(folder) } else { std::fs::remove_file(folder) };
    match outcome {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(BlobError::at(folder, error)),
        _ => Ok(()),
    }
}

async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(BlobError::Io { path: PathBuf::new(), source: io::Error::other(error) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_bytes_are_kept_once_and_found_by_their_hash() {
        let data = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(data.path()).unwrap();
        let work = blobs.work_folder("attempt").unwrap();
        std::fs::write(work.join("a"), b"hello").unwrap();
        let from_file = blobs.keep_file(work.join("a")).await.unwrap();
        let from_bytes = blobs.keep_bytes(b"hello".to_vec()).await.unwrap();
        assert_eq!(from_file, from_bytes);
        assert_eq!(blobs.read(&from_file.hash).await.unwrap(), b"hello");
        assert_eq!(blobs.all().unwrap(), vec![from_file.hash]);
        blobs.clear_work("attempt").unwrap();
        assert_eq!(blobs.work_names().unwrap(), Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_sweep_takes_what_nothing_points_at_and_spares_what_is_new() {
        let data = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(data.path()).unwrap();
        let kept = blobs.keep_bytes(b"kept".to_vec()).await.unwrap();
        let orphan = blobs.keep_bytes(b"orphan".to_vec()).await.unwrap();
        let wanted = HashSet::from([kept.hash.clone()]);
        let all = blobs.all().unwrap();
        let spared = blobs.sweep(all.clone(), wanted.clone(), Duration::from_hours(1)).await.unwrap();
        assert_eq!(spared, 0, "it is too new");
        assert_eq!(blobs.sweep(all.clone(), wanted.clone(), Duration::ZERO).await.unwrap(), 1);
        assert_eq!(blobs.sweep(all, wanted, Duration::ZERO).await.unwrap(), 0, "it was gone already");
        assert!(blobs.contains(&kept.hash) && !blobs.contains(&orphan.hash));
    }

    #[test]
    fn only_a_hash_is_a_hash() {
        assert!("../../../etc/passwd".parse::<BlobHash>().is_err());
        assert!("AB".repeat(32).parse::<BlobHash>().is_err());
        assert!("ab".repeat(32).parse::<BlobHash>().is_ok());
    }
}
