//! Files that are no documents: an app says by their first bytes which it takes, and makes something of them.

use std::io;
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use sluice_capability::CapabilityError;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_engine::Engine;
use sluice_local::reading::HEADER_WITHIN;
use sluice_store::uploads::{self, Hold, Taken};
use sluice_store::{StoreError, Tx};
use tokio::io::AsyncReadExt as _;

use crate::facts::Refusal;
use crate::limits::{Exceeded, LimitError};
use crate::media::MediaError;

/// Which files an app takes.
#[derive(Debug, Clone, Copy)]
pub struct Intake {
    /// Most bytes of one.
    pub most_bytes: u64,
    /// How their names may end, in lower case and without the dot: a file that is announced by such a name may have that many
    /// bytes.
    pub endings: &'static [&'static str],
    /// Whether a file that begins with these bytes, [`HEADER_WITHIN`] of them or all, is one.
    pub begins: fn(&[u8]) -> bool,
}

/// A file for an app, in a work folder on the same disk as the media folder.
pub struct Incoming<'a> {
    /// Whose it is.
    pub owner: &'a OwnerId,
    /// Its path; it is moved away when it is stored.
    pub file: PathBuf,
    /// Its file name.
    pub name: String,
    /// Enqueues what follows.
    pub engine: &'a Engine,
    /// The upload that ends with it, in the transaction that writes what it becomes.
    pub resumed: Option<&'a Resumed>,
}

/// A resumable upload that ends in the transaction that stores what it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumed {
    /// The lease on it.
    pub hold: Hold,
    /// How long it is known afterwards.
    pub expires_at: Timestamp,
}

/// Why an app does not take a file.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// It cannot be used.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be found out what it is.
    #[error(transparent)]
    NotJudged(CapabilityError),
    /// Its owner has no room for it.
    #[error(transparent)]
    Limit(Exceeded),
    /// The blob store failed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another request has taken over the upload that the file came by.
    #[error("another request continues this upload")]
    UploadLost,
}

impl From<LimitError> for TakeError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => Self::Limit(exceeded),
            LimitError::Store(error) => error.into(),
        }
    }
}

/// What takes a file: the id of what it made.
pub type Taking<'a> = BoxFuture<'a, Result<String, TakeError>>;

/// Ends the upload that a file came by, if it came by one.
pub(crate) async fn finish(
    tx: &mut Tx,
    resumed: Option<&Resumed>,
    app: &'static str,
    id: &str,
) -> Result<(), TakeError> {
    let Some(Resumed { hold, expires_at }) = resumed else { return Ok(()) };
    let taken = Taken { app: app.to_owned(), id: id.to_owned() };
    if uploads::finish_taken(tx, hold, &taken, *expires_at).await? { Ok(()) } else { Err(TakeError::UploadLost) }
}

/// The first bytes of a file, [`HEADER_WITHIN`] of them or all.
pub(crate) async fn head(file: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEADER_WITHIN);
    tokio::fs::File::open(file).await?.take(HEADER_WITHIN as u64).read_to_end(&mut head).await?;
    Ok(head)
}
