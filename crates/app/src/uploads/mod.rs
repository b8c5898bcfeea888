//! Resumable uploads: a file that arrives over several requests, and becomes a document with its last byte.
//!
//! What is acknowledged is durable. The last byte is acknowledged by the transaction that writes the document, so that an
//! upload is complete if, and only if, there is one; a failure in between leaves an upload that can be continued.
//!
//! The content's hash is computed from the assembled file at the end, which has to be read then anyway: a hash state that
//! survives restarts would have to be stored with every acknowledgement.

mod append;
mod checksum;
mod hold;
mod takers;

use std::sync::Arc;
use std::time::Duration;

use sluice_blobs::BlobError;
use sluice_domain::ids::{LeaseId, OwnerId, UploadId};
use sluice_domain::time::Timestamp;
use sluice_engine::Engine;
use sluice_store::uploads::{self, Hold, UploadRow};
use sluice_store::{StoreError, Tx};

use crate::library::{IngestError, Library, Refused, tidy_name};
use crate::limits::{Asker, Exceeded, LimitError, Standing, admit};
use crate::media::MediaError;
use crate::module::Module;

pub use append::{Append, Appended, append};
pub use checksum::Checksum;
pub use hold::HOLD;
pub use takers::{NO_APP_FOR_FILE, largest};

/// What the use cases need. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// Rows, bytes, and what reads documents.
    pub library: Library,
    /// Judge the document.
    pub apps: Arc<[Arc<dyn Module>]>,
    /// Enqueues the job that reads pages by OCR.
    pub engine: Engine,
}

/// An unfinished upload is removed this long after its last byte; what became of one is known for as long.
pub const LIFETIME: Duration = Duration::from_hours(24);
/// Most unfinished uploads of one owner.
pub const MOST_OPEN: u32 = 100;
/// Most bytes of what a client says about its file.
pub const METADATA_BYTES: usize = 4 * 1024;

/// Why an upload was not created, or bytes were not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// This owner has no such upload.
    #[error("there is no such upload")]
    Unknown,
    /// Its time is over, or its bytes are gone.
    #[error("this upload has expired: start it again")]
    Gone,
    /// It was removed while a request was sending it.
    #[error("this upload was discarded elsewhere")]
    Removed,
    /// It became no document.
    #[error("{}", .0.detail)]
    Ended(Refused),
    /// Another request appends to it.
    #[error("another request is sending this file: try again when it has ended")]
    Locked,
    /// The request continues at another place than the upload has reached.
    #[error("the upload continues at byte {expected}")]
    WrongOffset {
        /// Where it continues.
        expected: u64,
    },
    /// The file is longer than such a file may be.
    #[error("such a file may have {limit} bytes")]
    TooLarge {
        /// Most bytes.
        limit: u64,
    },
    /// The request has more bytes than are missing.
    #[error("the file was announced with {length} bytes, and the request has more")]
    Exceeds {
        /// The announced length.
        length: u64,
    },
    /// This owner has too many unfinished uploads.
    #[error("{MOST_OPEN} uploads are unfinished: complete or delete some of them")]
    TooMany,
    /// A limit is reached. What was received is kept.
    #[error(transparent)]
    Limit(Exceeded),
    /// The bytes are not those that the checksum was made of.
    #[error("the bytes of this request do not have the checksum that came with them: send them again")]
    WrongChecksum,
    /// The bytes stopped arriving; those that came are kept.
    #[error("the request ended early: continue at byte {received}")]
    Interrupted {
        /// What is durable.
        received: u64,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server stops; what came is kept.
    #[error("the server is stopping: continue at byte {received} in a moment")]
    Stopping {
        /// What is durable.
        received: u64,
    },
    /// The file is here, and is no document that can be used; or that could not be decided.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The blob store failed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LimitError> for UploadError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => Self::Limit(exceeded),
            LimitError::Store(error) => error.into(),
        }
    }
}

impl From<BlobError> for UploadError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Lost { .. } => Self::Gone,
            BlobError::Held => Self::Locked,
            error => MediaError::from(error).into(),
        }
    }
}

/// A file that a client announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Its length in bytes.
    pub length: u64,
    /// What the client says of it, as it came.
    pub metadata: String,
    /// The file's name.
    pub name: String,
    /// Whether to read its pages by OCR.
    pub ocr: bool,
}

/// Makes room for a file; returns how far the limits of who sends it are used. Nothing of it has been received.
pub async fn create(
    desk: &Desk,
    asker: &Asker,
    announced: Announced,
) -> Result<(UploadRow, Vec<Standing>), UploadError> {
    let said = takers::said(&announced.metadata);
    let limit = takers::most_bytes(&desk.apps, &announced.name, &said, desk.library.upload_bytes);
    let limit = limit.map_err(IngestError::from)?;
    if announced.length > limit {
        return Err(UploadError::TooLarge { limit });
    }
    if announced.length == 0 {
        return Err(IngestError::Unreadable(sluice_local::reading::ReadError::Empty).into());
    }
    let counted = takers::counted(&desk.apps, &announced.name, &said);
    let platform = &desk.library.platform;
    let now = platform.now().await?;
    let row = UploadRow {
        id: platform.new_id(UploadId::new).await?,
        owner: asker.owner.clone(),
        length: announced.length,
        received: 0,
        metadata: announced.metadata,
        name: tidy_name(&announced.name),
        ocr: announced.ocr,
        document: None,
        taken: None,
        refused: None,
        created_at: now,
        expires_at: now + LIFETIME,
    };
    let standings = platform.store.write(async |tx| {
        let mut standings = admit::upload(tx, &platform.limits, asker, Some(row.length)).await?;
        if let Some(limited) = counted {
            standings.extend(admit::one(tx, &platform.limits, asker, limited).await?);
        }
        let inserted = uploads::insert(tx, &row, MOST_OPEN).await?;
        if inserted { Ok(standings) } else { Err(UploadError::TooMany) }
    });
    let standings = standings.await?;
    Ok((row, standings))
}

/// An upload of this owner that is going on, or has become a document.
pub async fn find(desk: &Desk, owner: &OwnerId, id: &UploadId) -> Result<UploadRow, UploadError> {
    let store = &desk.library.platform.store;
    let found = store.read(async |tx| uploads::find(tx, owner, id).await).await?;
    let row = found.ok_or(UploadError::Unknown)?;
    if row.refused.is_some() || row.expires_at <= store.now().await? { Err(over(row)) } else { Ok(row) }
}

/// The uploads of this owner that are going on, the newest first.
pub async fn open(desk: &Desk, owner: &OwnerId) -> Result<Vec<UploadRow>, StoreError> {
    desk.library.platform.store.read(async |tx| uploads::open(tx, owner, MOST_OPEN).await).await
}

/// Removes an upload with its bytes. A request that is appending to it ends, as tus has it. A document that it became stays.
pub async fn terminate(desk: &Desk, owner: &OwnerId, id: &UploadId) -> Result<(), UploadError> {
    let platform = &desk.library.platform;
    let ended = platform.store.write(async |tx| {
        let now = tx.now().await?;
        Ok::<_, StoreError>(uploads::expire(tx, owner, id).await?.map(|row| (row, now)))
    });
    let Some((row, now)) = ended.await? else { return Err(UploadError::Unknown) };
    if row.expires_at <= now && !row.has_ended() {
        return Err(UploadError::Gone);
    }
    // If this fails, the collector does it.
    platform.media.blobs().remove_received(id.as_str()).await?;
    platform.store.write(async |tx| uploads::forget(tx, std::slice::from_ref(id)).await).await?;
    Ok(())
}

/// Whether an upload was removed from under a request that held it: what is held does not expire.
async fn is_removed(desk: &Desk, hold: &Hold) -> Result<bool, StoreError> {
    let store = &desk.library.platform.store;
    let read = async |tx: &mut Tx| {
        let now = tx.now().await?;
        let row = uploads::find(tx, &hold.owner, &hold.upload).await?;
        Ok(row.is_none_or(|row| row.expires_at <= now && !row.has_ended()))
    };
    store.read(read).await
}

/// Why nothing can be appended to an upload that has ended.
fn over(row: UploadRow) -> UploadError {
    match row.refused.map(serde_json::from_value) {
        Some(Ok(refused)) => UploadError::Ended(refused),
        _ => UploadError::Gone,
    }
}

fn hold_on(desk: &Desk, owner: &OwnerId, id: &UploadId) -> Hold {
    // A lease is compared, never sorted: it needs no clock.
    let lease = LeaseId::new(Timestamp::from_millis(0), desk.library.platform.randomness.id_bytes());
    Hold { owner: owner.clone(), upload: id.clone(), lease }
}
