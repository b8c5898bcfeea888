//! Objects of a bucket, one for each piece of a file: `prefix/uploads/<upload>/<start>-<end>`, both in hexadecimal digits.
//!
//! Each piece is first collected in a local file, so that memory holds only those that are being sent. While one is sent,
//! the next is collected.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectStore as _, ObjectStoreExt as _, PutOptions, PutPayload};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument as _;

use super::UPLOADS;
use crate::error::BlobError;
use crate::files::run_blocking;
use crate::s3::{S3, ended, failed};

/// The length of all pieces but the last.
const PIECE: u64 = 8 * 1024 * 1024;
/// Bytes that are written to the local file at once: what an upload holds in memory while its next piece is collected.
const WRITE: usize = 256 * 1024;
/// What a request for a piece asks.
const SEND: &str = "store a piece of a file";

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    start: u64,
    end: u64,
}

impl Piece {
    fn name(&self) -> String {
        format!("{:016x}-{:016x}", self.start, self.end)
    }

    fn parse(name: &str) -> Option<Self> {
        let (start, end) = name.split_once('-')?;
        let number = |text: &str| u64::from_str_radix(text, 16).ok();
        Some(Self { start: number(start)?, end: number(end)? }).filter(|piece| piece.start < piece.end)
    }

    fn length(&self) -> u64 {
        self.end - self.start
    }
}

#[derive(Debug)]
pub(super) struct ReceivingPieces {
    s3: S3,
    folder: Path,
    /// The length of the whole file.
    length: u64,
    /// The pieces that were sent, without gaps from the beginning.
    whole: Vec<Piece>,
    /// The one after them, which is being sent. It stays here if that fails.
    on_its_way: Option<Piece>,
    sending: JoinSet<object_store::Result<()>>,
    /// The bytes after that.
    local: File,
    local_bytes: u64,
    local_path: PathBuf,
    /// The same file, to read what is sent.
    readable: Arc<std::fs::File>,
    /// The object that the next one replaces: the end of an earlier request.
    superseded: Option<Piece>,
    /// Stored by this request.
    sent: Vec<Piece>,
}

impl ReceivingPieces {
    pub(super) async fn open(
        s3: S3,
        incoming: PathBuf,
        name: &str,
        offset: u64,
        length: u64,
    ) -> Result<Self, BlobError> {
        let folder = folder(&s3, name);
        let mut whole = chain(&list(&s3, &folder).await?, offset)?;
        let last = whole.pop_if(|piece| piece.length() < PIECE);
        let inside = incoming.clone();
        let (readable, writable) = run_blocking(move || {
            let disk = |error| BlobError::at(&inside, error);
            let file = tempfile::tempfile_in(&inside).map_err(disk)?;
            let clone = file.try_clone().map_err(disk)?;
            Ok((file, clone))
        })
        .await?;
        let mut local = File::from_std(writable);
        local.set_max_buf_size(WRITE);
        let mut pieces = Self {
            s3,
            folder,
            length,
            whole,
            on_its_way: None,
            sending: JoinSet::new(),
            local,
            local_bytes: 0,
            local_path: incoming,
            readable: Arc::new(readable),
            superseded: None,
            sent: Vec::new(),
        };
        if let Some(last) = last {
            let mut stream = pieces.s3.object(&pieces.folder.clone().join(last.name())).await?;
            while let Some(bytes) = stream.try_next().await? {
                pieces.write_locally(&bytes).await?;
            }
            if pieces.local_bytes != last.length() {
                return Err(BlobError::Lost { received: offset, found: pieces.start() + pieces.local_bytes });
            }
            pieces.superseded = Some(last);
        }
        Ok(pieces)
    }

    /// Where the pieces end that were sent.
    fn stored(&self) -> u64 {
        self.whole.last().map_or(0, |piece| piece.end)
    }

    /// Where the piece begins that is collected now.
    fn start(&self) -> u64 {
        self.on_its_way.as_ref().map_or_else(|| self.stored(), |piece| piece.end)
    }

    /// The piece that is collected now.
    fn collected(&self) -> Piece {
        let start = self.start();
        Piece { start, end: start + self.local_bytes }
    }

    fn key(&self, piece: &Piece) -> Path {
        self.folder.clone().join(piece.name())
    }

    fn durable(&self) -> u64 {
        self.stored().max(self.superseded.as_ref().map_or(0, |piece| piece.end))
    }

    /// How many bytes are durable, without waiting for what is being sent.
    pub(super) fn sync(&mut self) -> Result<u64, BlobError> {
        while let Some(outcome) = self.sending.try_join_next() {
            self.take_outcome(outcome)?;
        }
        Ok(self.durable())
    }

    pub(super) async fn write(&mut self, mut bytes: Bytes) -> Result<(), BlobError> {
        while !bytes.is_empty() {
            let room = usize::try_from(PIECE - self.local_bytes).unwrap_or(usize::MAX);
            let part = bytes.split_to(room.min(bytes.len()));
            self.write_locally(&part).await?;
            // The last piece is needed here at once, to make the file of all of them.
            if self.local_bytes == PIECE && self.start() + PIECE < self.length {
                self.begin_send().await?;
            }
        }
        Ok(())
    }

    async fn write_locally(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.local.write_all(bytes).await.map_err(|error| BlobError::at(&self.local_path, error))?;
        self.local_bytes += bytes.len() as u64;
        Ok(())
    }

    async fn rewind(&mut self) -> Result<(), BlobError> {
        self.local.rewind().await.map(drop).map_err(|error| BlobError::at(&self.local_path, error))
    }

    /// Begins to send what was collected, when the piece before it is stored, and makes room for the next.
    async fn begin_send(&mut self) -> Result<(), BlobError> {
        self.end_send().await?;
        let piece = self.collected();
        let (store, key, body) = (Arc::clone(&self.s3.store), self.key(&piece), self.body().await?);
        let send = async move { store.put_opts(&key, body, PutOptions::default()).await.map(drop) };
        self.sending.spawn(send.in_current_span());
        self.on_its_way = Some(piece);
        self.local_bytes = 0;
        self.local.set_len(0).await.map_err(|error| BlobError::at(&self.local_path, error))?;
        self.rewind().await
    }

    /// What was collected, in memory.
    async fn body(&mut self) -> Result<PutPayload, BlobError> {
        self.local.flush().await.map_err(|error| BlobError::at(&self.local_path, error))?;
        self.s3.memory.read(&self.readable, &self.local_path, 0, self.local_bytes).await
    }

    /// Waits until the piece that is being sent is stored.
    async fn end_send(&mut self) -> Result<(), BlobError> {
        while let Some(outcome) = self.sending.join_next().await {
            self.take_outcome(outcome)?;
        }
        if self.on_its_way.is_none() {
            return Ok(());
        }
        Err(BlobError::Remote { what: SEND, source: "an earlier piece of it could not be stored".into() })
    }

    fn take_outcome(&mut self, outcome: Result<object_store::Result<()>, JoinError>) -> Result<(), BlobError> {
        ended(SEND, outcome)?;
        if let Some(piece) = self.on_its_way.take() {
            self.sent.push(piece.clone());
            self.whole.push(piece);
        }
        Ok(())
    }

    /// Sends the end of this request, which is shorter than a piece.
    pub(super) async fn flush(&mut self) -> Result<u64, BlobError> {
        self.end_send().await?;
        let piece = self.collected();
        if piece.end > self.durable() {
            let (key, body) = (self.key(&piece), self.body().await?);
            self.s3.store.put(&key, body).await.map_err(|error| failed(SEND, error))?;
            self.sent.push(piece.clone());
        }
        Ok(piece.end)
    }

    pub(super) async fn remove_superseded(&mut self) -> Result<(), BlobError> {
        let replaced = |old: &Piece| self.sent.iter().any(|new| new.start == old.start && new.end > old.end);
        if self.superseded.as_ref().is_some_and(replaced)
            && let Some(old) = self.superseded.take()
        {
            remove(&self.s3, &self.key(&old)).await?;
        }
        Ok(())
    }

    pub(super) async fn discard(mut self) -> Result<(), BlobError> {
        // A request that was given up might be carried out after its object was removed.
        while self.sending.join_next().await.is_some() {}
        for piece in self.sent.iter().chain(&self.on_its_way) {
            remove(&self.s3, &self.key(piece)).await?;
        }
        Ok(())
    }

    pub(super) async fn assemble(&mut self, target: PathBuf) -> Result<(), BlobError> {
        self.end_send().await?;
        let disk = |error| BlobError::at(&target, error);
        let mut file = File::create(&target).await.map_err(disk)?;
        for piece in &self.whole {
            let mut stream = self.s3.object(&self.key(piece)).await?;
            while let Some(bytes) = stream.try_next().await? {
                file.write_all(&bytes).await.map_err(disk)?;
            }
        }
        self.local.flush().await.map_err(disk)?;
        self.rewind().await?;
        tokio::io::copy(&mut (&mut self.local).take(self.local_bytes), &mut file).await.map_err(disk)?;
        file.flush().await.map_err(disk)?;
        let (wanted, found) = (self.start() + self.local_bytes, file.metadata().await.map_err(disk)?.len());
        if found == wanted { Ok(()) } else { Err(BlobError::Lost { received: wanted, found }) }
    }
}

fn folder(s3: &S3, name: &str) -> Path {
    s3.root().join(UPLOADS).join(name)
}

/// The pieces below a key.
async fn list(s3: &S3, folder: &Path) -> Result<Vec<Piece>, BlobError> {
    let found = s3.store.list(Some(folder)).map_err(|error| failed("list the pieces of a file", error));
    let pieces = found.try_filter_map(|object| {
        let piece = object.location.filename().and_then(Piece::parse);
        // An object of another length was never whole.
        std::future::ready(Ok(piece.filter(|piece| piece.length() == object.size)))
    });
    pieces.try_collect().await
}

/// The pieces that together are the first `offset` bytes: the longest that begins where the one before it ends.
fn chain(pieces: &[Piece], offset: u64) -> Result<Vec<Piece>, BlobError> {
    let mut chain = Vec::new();
    let mut found = 0;
    while found < offset {
        let next = pieces.iter().filter(|piece| piece.start == found && piece.end <= offset);
        let Some(next) = next.max_by_key(|piece| piece.end) else {
            return Err(BlobError::Lost { received: offset, found });
        };
        found = next.end;
        chain.push(next.clone());
    }
    Ok(chain)
}

async fn remove(s3: &S3, key: &Path) -> Result<(), BlobError> {
    match s3.store.delete(key).await {
        Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(failed("delete a piece of a file", error)),
    }
}

/// Removes everything below a name, also what is no piece.
pub(super) async fn remove_all(s3: &S3, name: &str) -> Result<(), BlobError> {
    let listed = s3.store.list(Some(&folder(s3, name)));
    let objects: Vec<_> = listed.try_collect().await.map_err(|error| failed("list the pieces of a file", error))?;
    for object in objects {
        remove(s3, &object.location).await?;
    }
    Ok(())
}

/// The next names after one, in order.
pub(super) async fn names(s3: &S3, after: &str, limit: usize) -> Result<Vec<String>, BlobError> {
    let root = s3.root().join(UPLOADS);
    // It sorts after every digit, and so after all pieces of that name.
    let after = if after.is_empty() { root.clone() } else { root.clone().join(after).join("z") };
    let mut found = s3.store.list_with_offset(Some(&root), &after);
    let mut names: Vec<String> = Vec::new();
    let next = async |found: &mut futures::stream::BoxStream<
        'static,
        object_store::Result<object_store::ObjectMeta>,
    >| { found.try_next().await.map_err(|error| failed("list unfinished files", error)) };
    while let Some(object) = next(&mut found).await? {
        let Some(name) = object.location.prefix_match(&root).and_then(|mut parts| parts.next()) else { continue };
        let name = name.as_ref().to_owned();
        if names.last() != Some(&name) {
            if names.len() == limit {
                break;
            }
            names.push(name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start: u64, end: u64) -> Piece {
        Piece { start, end }
    }

    #[test]
    fn a_piece_is_named_after_its_place() {
        let one = piece(PIECE, 2 * PIECE);
        assert_eq!(one.name(), "0000000000800000-0000000001000000");
        assert_eq!(Piece::parse(&one.name()), Some(one));
        for other in ["", "whole", "5-5", "9-1", "x-y"] {
            assert_eq!(Piece::parse(other), None, "{other}");
        }
    }

    #[test]
    fn pieces_are_chained_up_to_what_is_remembered() {
        let all = [piece(0, 8), piece(8, 10), piece(8, 16), piece(16, 24)];
        assert_eq!(chain(&all, 24).unwrap(), [piece(0, 8), piece(8, 16), piece(16, 24)]);
        assert_eq!(chain(&all, 10).unwrap(), [piece(0, 8), piece(8, 10)], "what is beyond was never acknowledged");
        assert_eq!(chain(&all, 0).unwrap(), []);
        assert!(matches!(chain(&all, 20), Err(BlobError::Lost { received: 20, found: 16 })));
    }
}
