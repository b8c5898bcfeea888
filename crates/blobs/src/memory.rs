//! Memory for what is being sent to a bucket: one bound for the whole process, however many files it sends at once.
//!
//! The body of a request is all in memory, since it may have to be sent again. It is made of blocks, which return here when
//! the last holder of their bytes, a retry or a connection, lets go of them. They are used again rather than freed: the
//! allocator looks for blocks of this length at a place that depends on the thread, and keeps freed ones resident for a
//! second or longer, so that the server would grow by several times what it holds.

use std::fmt;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use object_store::PutPayload;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::BlobError;
use crate::files::run_blocking;

/// The length of a block.
const BLOCK: usize = 1024 * 1024;
/// Blocks that are in use at once at most: four parts of 8 MiB.
const BLOCKS: u32 = 32;

/// Clones share one bound.
#[derive(Clone)]
pub(crate) struct Memory {
    room: Arc<Semaphore>,
    spare: Arc<Spare>,
}

/// Blocks that nobody uses now: at most as many as may be in use.
#[derive(Default)]
struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("room", &self.room).finish_non_exhaustive()
    }
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { room: Arc::new(Semaphore::new(BLOCKS as usize)), spare: Arc::default() }
    }

    /// Reads `bytes` bytes of a file after its first `from`, as soon as there is room for them.
    ///
    /// Whoever waits for room must not hold any that only it can give back.
    pub(crate) async fn read(
        &self,
        file: &Arc<File>,
        path: &Path,
        from: u64,
        bytes: u64,
    ) -> Result<PutPayload, BlobError> {
        // What is longer than all of it goes alone.
        let blocks = u32::try_from(bytes.div_ceil(BLOCK as u64)).unwrap_or(BLOCKS).min(BLOCKS);
        // It is never closed.
        let mut room = Arc::clone(&self.room).acquire_many_owned(blocks).await.ok();
        let (file, path, spare) = (Arc::clone(file), path.to_owned(), Arc::clone(&self.spare));
        run_blocking(move || {
            let end = from + bytes;
            let parts = (from..end).step_by(BLOCK).map(|at| {
                let length = usize::try_from(end - at).unwrap_or(BLOCK).min(BLOCK);
                let mut block = Block::new(&spare, room.as_mut().and_then(|room| room.split(1)), length);
                file.read_exact_at(&mut block.bytes[..length], at).map_err(|error| BlobError::at(&path, error))?;
                Ok::<_, BlobError>(Bytes::from_owner(block))
            });
            parts.collect::<Result<PutPayload, BlobError>>()
        })
        .await
    }
}

struct Block {
    bytes: Vec<u8>,
    /// How many of them are used.
    length: usize,
    /// None where a body has more blocks than there is room for.
    room: Option<OwnedSemaphorePermit>,
    spare: Arc<Spare>,
}

impl Block {
    fn new(spare: &Arc<Spare>, room: Option<OwnedSemaphorePermit>, length: usize) -> Self {
        let found = spare.lock().pop();
        Self { bytes: found.unwrap_or_else(|| vec![0; BLOCK]), length, room, spare: Arc::clone(spare) }
    }
}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // Before the permit goes back with the fields, so that whoever gets that finds the block.
        if self.room.is_some() {
            self.spare.lock().push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use std::io::Write as _;

    use super::*;

    const PART: u64 = 8 * 1024 * 1024;

    /// A file whose bytes tell their place.
    fn file(bytes: u64) -> (Arc<File>, Vec<u8>) {
        let content: Vec<u8> = (0..bytes).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        (Arc::new(file), content)
    }

    /// A file of zeros, which takes no room on the disk.
    fn zeros(bytes: u64) -> Arc<File> {
        let file = tempfile::tempfile().unwrap();
        file.set_len(bytes).unwrap();
        Arc::new(file)
    }

    async fn read(memory: &Memory, file: &Arc<File>, from: u64, bytes: u64) -> PutPayload {
        memory.read(file, Path::new("a file"), from, bytes).await.unwrap()
    }

    #[tokio::test]
    async fn a_body_is_what_the_file_has_there() {
        let memory = Memory::new();
        let (file, content) = file(PART + 10);
        for (from, to) in [(0, PART), (PART, PART + 10), (5, BLOCK as u64 + 7), (3, 3)] {
            let body = read(&memory, &file, from, to - from).await;
            assert_eq!(body.content_length() as u64, to - from);
            let wanted = &content[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()];
            assert!(body.iter().flatten().eq(wanted), "{from} to {to}");
        }
        let beyond = memory.read(&file, Path::new("a file"), PART, 11).await;
        assert!(matches!(beyond, Err(BlobError::Io { .. })), "{beyond:?}");
        assert_eq!(memory.room.available_permits(), BLOCKS as usize, "what failed holds nothing");
    }

    #[tokio::test]
    async fn one_more_waits_until_the_last_holder_of_a_body_lets_go() {
        let memory = Memory::new();
        let file = zeros(PART);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(read(&memory, &file, 0, PART).await);
        }
        let mut next = Box::pin(read(&memory, &file, 0, 1));
        assert!(next.as_mut().now_or_never().is_none());
        let body = held.pop().unwrap();
        let retry = body.clone();
        drop(body);
        assert!(next.as_mut().now_or_never().is_none(), "it is still to be sent again");
        drop(retry);
        assert_eq!(next.await.content_length(), 1);
    }

    #[tokio::test]
    async fn the_same_memory_is_used_again() {
        let memory = Memory::new();
        let file = zeros(PART);
        for _ in 0..20 {
            let pair = (read(&memory, &file, 0, PART).await, read(&memory, &file, 0, 100).await);
            drop(pair);
        }
        assert_eq!(memory.spare.lock().len(), 9, "a part of eight blocks, and one");
    }

    #[tokio::test]
    async fn a_body_longer_than_all_of_it_goes_alone_and_leaves_no_more_than_the_bound() {
        let memory = Memory::new();
        let body = read(&memory, &zeros(5 * PART), 0, 5 * PART).await;
        assert_eq!(body.content_length() as u64, 5 * PART);
        assert_eq!(memory.room.available_permits(), 0);
        drop(body);
        assert_eq!((memory.room.available_permits(), memory.spare.lock().len()), (32, 32));
    }
}
