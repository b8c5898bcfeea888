//! Appends the bytes of a request to an upload, and makes a document of it when they were the last.

use std::path::PathBuf;

use bytes::{Buf as _, Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use sluice_blobs::{BlobError, Receiving};
use sluice_domain::ids::{OwnerId, UploadId};
use sluice_domain::limits::Limited;
use sluice_domain::time::Timestamp;
use sluice_local::reading::{HEADER_WITHIN, ReadError};
use sluice_store::Tx;
use sluice_store::documents::DocumentRow;
use sluice_store::uploads::{self, Acquired, Hold, Taken, UploadRow};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::checksum::{Checksum, Hasher};
use super::hold::{HOLD, Pulse, keep};
use super::takers::{Taker, counted_late, said, taker};
use super::{Desk, LIFETIME, UploadError, hold_on, is_removed, over};
use crate::intake::{self, Incoming, Resumed};
use crate::library::{self, IngestError, Refused, Upload};
use crate::limits::{Asker, LimitError, admit};
use crate::maintenance::work;
use crate::media::MediaError;

/// A request that appends bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Append {
    /// The position of its bytes in the file.
    pub offset: u64,
    /// How many there are, if the request says so.
    pub announced: Option<u64>,
    /// Their checksum, if the request has one: then all of them are stored, or none.
    pub checksum: Option<Checksum>,
}

/// What has been received.
#[derive(Debug, Clone, PartialEq)]
pub struct Appended {
    /// How many bytes of the file are durable.
    pub received: u64,
    /// When the upload expires.
    pub expires_at: Timestamp,
    /// The document, if the file is whole and one.
    pub document: Option<DocumentRow>,
    /// What an app made of it, if it is whole and no document.
    pub taken: Option<Taken>,
}

impl Appended {
    fn is_whole(&self) -> bool {
        self.document.is_some() || self.taken.is_some()
    }
}

/// Bytes after which what was received is made durable and recorded.
const RECORD_BYTES: u64 = 64 * 1024 * 1024;
/// Time after which that is done.
const RECORD_TIME: std::time::Duration = std::time::Duration::from_secs(5);

/// Appends the bytes of `body`. What has arrived is kept, however the request ends, unless it has a checksum; so this future must
/// not be dropped when the client disconnects.
pub async fn append<E>(
    desk: &Desk,
    owner: &OwnerId,
    id: &UploadId,
    request: Append,
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    stopping: &CancellationToken,
) -> Result<Appended, UploadError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let hold = hold_on(desk, owner, id);
    let store = &desk.library.platform.store;
    let row = match store.write(async |tx| uploads::acquire(tx, &hold, HOLD).await).await? {
        Acquired::Held(row) => row,
        Acquired::Locked => return Err(UploadError::Locked),
        Acquired::Over(row) => return at_its_end(desk, row, request).await,
        Acquired::Unknown => return Err(UploadError::Unknown),
    };
    let pulse = Pulse::new();
    let appending = Appending { desk, hold: &hold, row: &row, request, pulse: &pulse };
    let outcome = tokio::select! {
        outcome = appending.run(body, stopping) => outcome,
        () = keep(store, &hold, &pulse) => Err(UploadError::Locked),
    };
    if !matches!(&outcome, Ok(appended) if appended.is_whole())
        && let Err(error) = store.write(async |tx| uploads::release(tx, &hold).await).await
    {
        tracing::warn!(%error, upload = %id, "an upload could not be given back; its lease lapses soon");
    }
    let lost =
        matches!(&outcome, Err(UploadError::Locked | UploadError::Gone | UploadError::Ingest(IngestError::UploadLost)));
    if lost && is_removed(desk, &hold).await? { Err(UploadError::Removed) } else { outcome }
}

/// A client that missed the last response may ask again.
async fn at_its_end(desk: &Desk, row: UploadRow, request: Append) -> Result<Appended, UploadError> {
    if row.document.is_none() && row.taken.is_none() {
        return Err(over(row));
    }
    if request.offset != row.length {
        return Err(UploadError::WrongOffset { expected: row.length });
    }
    let document = match &row.document {
        Some(document) => library::document(&desk.library.platform, &row.owner, document).await?,
        None => None,
    };
    Ok(Appended { received: row.length, expires_at: row.expires_at, document, taken: row.taken })
}

struct Appending<'a> {
    desk: &'a Desk,
    hold: &'a Hold,
    row: &'a UploadRow,
    request: Append,
    pulse: &'a Pulse,
}

/// How the bytes of a request ended.
enum End {
    Whole,
    Broken(Box<dyn std::error::Error + Send + Sync>),
    GaveWay,
    Stopping,
}

impl Appending<'_> {
    async fn run<E>(
        &self,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
        stopping: &CancellationToken,
    ) -> Result<Appended, UploadError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let row = self.row;
        if self.request.offset != row.received {
            return Err(UploadError::WrongOffset { expected: row.received });
        }
        if self.request.announced.is_some_and(|bytes| bytes > row.length - row.received) {
            return Err(UploadError::Exceeds { length: row.length });
        }
        self.still_room().await?;
        let blobs = self.desk.library.platform.media.blobs();
        let mut receiving = blobs.receive(row.id.as_str(), row.received, row.length).await?;
        let mut hasher = self.request.checksum.map(Hasher::of);
        let received = self.receive(&mut receiving, body, &mut hasher, stopping).await;
        self.pulse.busy();
        let (received, end) = match received {
            Ok(received) => received,
            Err(error) => return Err(self.refused(error).await),
        };
        if let Some(hasher) = hasher {
            // A checksum over a partial body cannot be verified.
            let whole = matches!(end, End::Whole);
            if !whole || !hasher.matches() {
                receiving.discard().await?;
                return Err(if whole { UploadError::WrongChecksum } else { stopped(end, row.received) });
            }
        }
        if received == row.length {
            return self.complete(receiving).await;
        }
        let durable = receiving.flush().await?;
        let expires_at = self.record(durable, &mut receiving).await?;
        match end {
            End::Whole => Ok(Appended { received: durable, expires_at, document: None, taken: None }),
            end => Err(stopped(end, durable)),
        }
    }

    /// Receives until the request ends; returns how much of the file there is then.
    async fn receive<E>(
        &self,
        receiving: &mut Receiving,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
        hasher: &mut Option<Hasher>,
        stopping: &CancellationToken,
    ) -> Result<(u64, End), UploadError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut received = self.row.received;
        let mut head = (received == 0).then(BytesMut::new);
        let (mut recorded, mut recorded_at) = (received, Instant::now());
        loop {
            let bytes = tokio::select! {
                bytes = body.next() => bytes,
                () = self.pulse.give_way.cancelled() => return Ok((received, End::GaveWay)),
                () = stopping.cancelled() => return Ok((received, End::Stopping)),
            };
            let bytes = match bytes {
                None => return Ok((received, End::Whole)),
                Some(Err(error)) => return Ok((received, End::Broken(error.into()))),
                Some(Ok(bytes)) => bytes,
            };
            self.pulse.received();
            if bytes.remaining() as u64 > self.row.length - received {
                return Err(UploadError::Exceeds { length: self.row.length });
            }
            received += bytes.len() as u64;
            if let Some(hasher) = hasher {
                hasher.update(&bytes);
            }
            self.look_at(&mut head, &bytes, received)?;
            receiving.write(bytes).await?;
            // With a checksum nothing is acknowledged before it was verified.
            let much = received - recorded >= RECORD_BYTES || recorded_at.elapsed() >= RECORD_TIME;
            if much && hasher.is_none() {
                let durable = receiving.sync().await?;
                self.record(durable, receiving).await?;
                self.still_room().await?;
                (recorded, recorded_at) = (received, Instant::now());
            }
        }
    }

    /// Refuses a file by its first bytes, before the rest is sent.
    fn look_at(&self, head: &mut Option<BytesMut>, bytes: &Bytes, received: u64) -> Result<(), UploadError> {
        let Some(first) = head else { return Ok(()) };
        first.extend_from_slice(&bytes[..bytes.len().min(HEADER_WITHIN - first.len())]);
        if first.len() == HEADER_WITHIN || received == self.row.length {
            let library = &self.desk.library;
            let limit = match taker(&self.desk.apps, first, &self.row.name, &said(&self.row.metadata)) {
                Taker::App(_, most) => most,
                Taker::Library => library.upload_bytes,
                Taker::Nobody(Some(refusal)) => return Err(IngestError::from(refusal).into()),
                Taker::Nobody(None) => return Err(IngestError::Unreadable(ReadError::NotAPdf).into()),
            };
            if self.row.length > limit {
                return Err(UploadError::TooLarge { limit });
            }
            *head = None;
        }
        Ok(())
    }

    /// Records what is durable; the last byte is recorded with the document.
    async fn record(&self, durable: u64, receiving: &mut Receiving) -> Result<Timestamp, UploadError> {
        let platform = &self.desk.library.platform;
        let durable = durable.min(self.row.length - 1);
        let expires_at = platform.now().await? + LIFETIME;
        let held = platform.store.write(async |tx| uploads::record(tx, self.hold, durable, expires_at).await).await?;
        if !held {
            return Err(UploadError::Locked);
        }
        receiving.recorded().await?;
        Ok(expires_at)
    }

    /// Refuses bytes for which the owner's quota has no room any more. What was recorded stays, until there is room again.
    async fn still_room(&self) -> Result<(), UploadError> {
        let platform = &self.desk.library.platform;
        let check = async |tx: &mut Tx| {
            Ok::<_, UploadError>(admit::still_room(tx, &platform.limits, &self.row.owner, &self.row.id).await?)
        };
        platform.store.read(check).await
    }

    /// Creates the document, or has an app ingest the file, now that it is complete.
    async fn complete(&self, mut receiving: Receiving) -> Result<Appended, UploadError> {
        self.pulse.ending();
        let (desk, row) = (self.desk, self.row);
        let platform = &desk.library.platform;
        let expires_at = platform.now().await? + LIFETIME;
        let folder = work::hold(platform).await?;
        let file = folder.path().join("upload");
        let ingested = async {
            receiving.assemble(&file).await?;
            self.ingest(file, &Resumed { hold: self.hold.clone(), expires_at }).await
        }
        .await;
        drop(folder);
        match ingested {
            Ok((document, taken)) => {
                self.remove_bytes().await;
                Ok(Appended { received: row.length, expires_at, document, taken })
            }
            Err(error) => {
                let error = self.refused(error).await;
                if !is_final(&error) {
                    // The whole file is stored: only a little has to be sent again.
                    let durable = receiving.sync().await?;
                    self.record(durable, &mut receiving).await?;
                }
                Err(error)
            }
        }
    }

    async fn ingest(
        &self,
        file: PathBuf,
        resumed: &Resumed,
    ) -> Result<(Option<DocumentRow>, Option<Taken>), UploadError> {
        let (desk, row) = (self.desk, self.row);
        let io = |source| MediaError::Blobs(BlobError::Io { path: file.clone(), source });
        let head = intake::head(&file).await.map_err(io)?;
        let said = said(&row.metadata);
        match taker(&desk.apps, &head, &row.name, &said) {
            Taker::App(app, _) => {
                if let Some(limited) = counted_late(&desk.apps, app, &row.name, &said) {
                    self.count(limited).await.map_err(IngestError::from)?;
                }
                let (owner, name, engine) = (&row.owner, row.name.clone(), &desk.engine);
                let id = app.take(Incoming { owner, file, name, engine, resumed: Some(resumed), said }).await;
                let id = id.map_err(IngestError::from)?;
                return Ok((None, Some(Taken { app: app.name().to_owned(), id })));
            }
            Taker::Nobody(Some(refusal)) => return Err(IngestError::from(refusal).into()),
            // The reader refuses what is no document.
            Taker::Library | Taker::Nobody(None) => {}
        }
        let upload = Upload { file, name: row.name.clone(), ocr: row.ocr };
        let (library, apps) = (&desk.library, &desk.apps);
        let document = library::ingest_resumed(&row.owner, library, apps, &desk.engine, upload, resumed).await?;
        Ok((Some(document), None))
    }

    /// Counts the file against the limit of its app. If that is reached, all of its bytes stay here until there is room again.
    async fn count(&self, limited: Limited) -> Result<(), LimitError> {
        let platform = &self.desk.library.platform;
        let asker = Asker { owner: self.row.owner.clone(), token: None, address: None };
        let count =
            platform.store.write(async |tx: &mut Tx| admit::one(tx, &platform.limits, &asker, limited).await.map(drop));
        count.await
    }

    /// Ends the upload if the file can never become a document.
    async fn refused(&self, error: UploadError) -> UploadError {
        let UploadError::Ingest(why) = &error else { return error };
        let Some(refused) = refusal(why) else { return error };
        self.pulse.ending();
        let store = &self.desk.library.platform.store;
        let ended = async {
            let refused = serde_json::to_value(refused).map_err(IngestError::Kept)?;
            let expires_at = store.now().await? + LIFETIME;
            let write = store.write(async |tx| uploads::refuse(tx, self.hold, &refused, expires_at).await);
            Ok::<_, UploadError>(write.await?)
        };
        match ended.await {
            Ok(true) => {
                self.remove_bytes().await;
                error
            }
            Ok(false) => UploadError::Locked,
            Err(failed) => failed,
        }
    }

    async fn remove_bytes(&self) {
        let blobs = self.desk.library.platform.media.blobs();
        if let Err(error) = blobs.remove_received(self.row.id.as_str()).await {
            tracing::warn!(%error, upload = %self.row.id, "the received bytes stay until the upload expires");
        }
    }
}

fn is_final(error: &UploadError) -> bool {
    matches!(error, UploadError::Ingest(why) if refusal(why).is_some())
}

fn stopped(end: End, received: u64) -> UploadError {
    match end {
        End::Whole | End::GaveWay => UploadError::Locked,
        End::Broken(source) => UploadError::Interrupted { received, source },
        End::Stopping => UploadError::Stopping { received },
    }
}

/// Why a file can never become a document; none if that may change.
fn refusal(error: &IngestError) -> Option<Refused> {
    let title = "This document cannot be used".to_owned();
    let refused = match error {
        IngestError::Unreadable(ReadError::Io(_) | ReadError::DiskFull | ReadError::ToolMissing { .. })
        | IngestError::Media(MediaError::Blobs(_) | MediaError::Store(_) | MediaError::Collecting)
        | IngestError::Store(_)
        | IngestError::Limit(_)
        | IngestError::UploadLost
        | IngestError::Kept(_) => return None,
        IngestError::Unreadable(error) => Refused { code: error.code().to_owned(), title, detail: error.to_string() },
        IngestError::NotRead(error) if error.remedy == sluice_capability::Remedy::Retry => return None,
        IngestError::NotRead(error) => {
            Refused { code: "document_not_read".to_owned(), title, detail: error.message.clone() }
        }
        IngestError::Refused(refusal) => {
            Refused { code: refusal.code.to_owned(), title: refusal.title.to_owned(), detail: refusal.detail.clone() }
        }
    };
    Some(refused)
}
