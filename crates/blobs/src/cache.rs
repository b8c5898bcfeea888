//! Local copies of remote blobs for child processes: a folder of bounded size from which the least recently used files
//! go first. A file stays as long as someone holds it, so work under way may exceed the bound for its time.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempPath;

use crate::error::BlobError;
use crate::files::{FILE_MODE, names, private_folder, remove};
use crate::hash::BlobHash;

/// Most processes that share a data folder, each with a cache of its own.
const MOST_PROCESSES: usize = 64;

#[derive(Debug, Clone)]
pub(crate) struct Cache {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    most: u64,
    state: Mutex<State>,
    /// Held while this process lives: a cache is changed by one process alone.
    _lock: File,
}

#[derive(Debug, Default)]
struct State {
    files: HashMap<BlobHash, Entry>,
    bytes: u64,
    clock: u64,
    /// One download per blob at a time.
    loading: HashMap<BlobHash, Arc<tokio::sync::Mutex<()>>>,
}

#[derive(Debug)]
struct Entry {
    bytes: u64,
    used: u64,
    pins: usize,
}

/// Keeps a cached file where it is.
#[derive(Debug)]
pub(crate) struct Pin {
    cache: Arc<Inner>,
    hash: BlobHash,
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut state = self.cache.lock();
        if let Some(entry) = state.files.get_mut(&self.hash) {
            entry.pins -= 1;
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, hash: &BlobHash) -> PathBuf {
        self.folder.join(hash.as_str())
    }
}

impl Cache {
    /// Opens the first cache folder below `folder` that no other process uses. What an earlier process left is used again.
    pub(crate) fn open(folder: &Path, most: u64) -> Result<Self, BlobError> {
        for number in 0..MOST_PROCESSES {
            let folder = folder.join(number.to_string());
            private_folder(&folder)?;
            let lock = folder.join("lock");
            let failed = |error| BlobError::at(&lock, error);
            let lock = File::options().create(true).append(true).mode(FILE_MODE).open(&lock).map_err(failed)?;
            match lock.try_lock() {
                Ok(()) => return Self::read(folder, most, lock),
                Err(std::fs::TryLockError::WouldBlock) => {}
                Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Err(BlobError::Settings(format!("{MOST_PROCESSES} processes use this data folder already")))
    }

    fn read(folder: PathBuf, most: u64, lock: File) -> Result<Self, BlobError> {
        let mut state = State::default();
        for name in names(&folder)? {
            let path = folder.join(&name);
            match (name.parse::<BlobHash>(), path.metadata()) {
                (Ok(hash), Ok(file)) => {
                    state.bytes += file.len();
                    state.files.insert(hash, Entry { bytes: file.len(), used: 0, pins: 0 });
                }
                // A download that was interrupted.
                _ if name != "lock" => remove(&path)?,
                _ => {}
            }
        }
        let inner = Inner { folder, most, state: Mutex::new(state), _lock: lock };
        let cache = Self { inner: Arc::new(inner) };
        cache.make_room()?;
        Ok(cache)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// The lock that one download of this blob holds.
    pub(crate) fn loading(&self, hash: &BlobHash) -> Arc<tokio::sync::Mutex<()>> {
        let mut state = self.inner.lock();
        state.loading.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(state.loading.entry(hash.clone()).or_default())
    }

    /// A cached file, pinned.
    pub(crate) fn find(&self, hash: &BlobHash) -> Option<(PathBuf, Pin)> {
        let path = self.inner.path(hash);
        let mut state = self.inner.lock();
        state.clock += 1;
        let now = state.clock;
        let entry = state.files.get_mut(hash)?;
        entry.used = now;
        entry.pins += 1;
        Some((path, Pin { cache: Arc::clone(&self.inner), hash: hash.clone() }))
    }

    /// Takes over a finished file, and pins it. Blocks.
    pub(crate) fn insert(&self, hash: &BlobHash, bytes: u64, file: TempPath) -> Result<(PathBuf, Pin), BlobError> {
        let path = self.inner.path(hash);
        file.persist(&path).map_err(|error| BlobError::at(&path, error.error))?;
        {
            let mut state = self.inner.lock();
            if !state.files.contains_key(hash) {
                state.bytes += bytes;
                state.files.insert(hash.clone(), Entry { bytes, used: 0, pins: 0 });
            }
        }
        let pinned = self.find(hash).ok_or_else(|| BlobError::Missing { hash: hash.clone() })?;
        self.make_room()?;
        Ok(pinned)
    }

    /// Removes a file, as when its blob is deleted. One that is in use stays until it is evicted.
    pub(crate) fn forget(&self, hash: &BlobHash) -> Result<(), BlobError> {
        let mut state = self.inner.lock();
        if state.files.get(hash).is_some_and(|entry| entry.pins == 0) {
            if let Some(entry) = state.files.remove(hash) {
                state.bytes -= entry.bytes;
            }
            remove(&self.inner.path(hash))?;
        }
        Ok(())
    }

    fn make_room(&self) -> Result<(), BlobError> {
        let mut state = self.inner.lock();
        while state.bytes > self.inner.most {
            let idle = state.files.iter().filter(|(_, entry)| entry.pins == 0);
            let Some(oldest) = idle.min_by_key(|(_, entry)| entry.used).map(|(hash, _)| hash.clone()) else { break };
            if let Some(entry) = state.files.remove(&oldest) {
                state.bytes -= entry.bytes;
            }
            remove(&self.inner.path(&oldest))?;
        }
        Ok(())
    }
}
