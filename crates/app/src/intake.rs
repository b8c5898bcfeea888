//! Files that are no documents: an app says by their first bytes which it takes, and makes something of them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use sluice_capability::CapabilityError;
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::Limited;
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
    /// What one counts as besides an upload, when it is announced.
    pub counted: Option<Limited>,
    /// Whether a file that begins with these bytes, [`HEADER_WITHIN`] of them or all, is one.
    pub begins: fn(&[u8]) -> bool,
    /// The same of a file that a client sends to this app by its name: then no other app is meant.
    pub begins_for_it: fn(&[u8]) -> bool,
    /// Why a file that begins so can be none, if there is more to say of it than that nobody knows such files.
    pub refuses: fn(&[u8]) -> Option<Refusal>,
    /// Why a file that is for this app is not taken, whatever it is, by what is said of it.
    pub refuses_said: fn(&Said) -> Option<Refusal>,
}

/// What a client says of its file: keys and values of `Upload-Metadata`.
pub type Said = BTreeMap<String, String>;

/// A file for an app, in a work folder on the same disk as the media folder.
pub struct Incoming<'a> {
    /// Its owner.
    pub owner: &'a OwnerId,
    /// Its path; it is moved away when it is stored.
    pub file: PathBuf,
    /// Its file name.
    pub name: String,
    /// Enqueues what follows.
    pub engine: &'a Engine,
    /// The upload that ends with it, in the transaction that writes what it becomes.
    pub resumed: Option<&'a Resumed>,
    /// What else its sender says of it.
    pub said: Said,
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

/// Whether a file that begins so is a picture of a phone that was not converted: HEIC, HEIF or AVIF. Their container is that of MP4.
pub(crate) fn is_heic(head: &[u8]) -> bool {
    let brands: [&[u8]; 6] = [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"];
    head.get(4..8) == Some(b"ftyp") && head.get(8..12).is_some_and(|brand| brands.contains(&brand))
}

/// The first bytes of a file, [`HEADER_WITHIN`] of them or all.
pub(crate) async fn head(file: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEADER_WITHIN);
    tokio::fs::File::open(file).await?.take(HEADER_WITHIN as u64).read_to_end(&mut head).await?;
    Ok(head)
}
