//! Signed links to media: they are made for an owner, and end when they expire, when the owner's epoch is over, or when
//! nothing of the owner has the bytes any more.
//!
//! The keys are rows: all processes share them, and one is replaced by the first link that is made a day later. Links that the
//! key before has signed work until they expire.

use std::time::Duration;

use rand::Rng as _;
use sluice_blobs::{BlobHash, Link, LinkError, LinkKey, has_expired};
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::links::{self, Asked, Holder};
use sluice_store::{StoreError, Tx};

use crate::platform::Platform;

/// How long a key signs.
const ROTATE: Duration = Duration::from_hours(24);
/// How long a retired key is kept: longer than any link of it works.
const KEEP: Duration = Duration::from_hours(1);

/// Signs links of one owner.
#[derive(Clone)]
pub struct Signer {
    key: LinkKey,
    owner: OwnerId,
    epoch: i64,
    result: Option<String>,
    expires: i64,
}

impl Signer {
    /// With the present key, which is made if there is none or it is too old. While the database takes no writes, an older
    /// one goes on signing.
    pub async fn of(platform: &Platform, owner: &OwnerId) -> Result<Self, StoreError> {
        let mut made = false;
        loop {
            let found = platform.store.read(async |tx| links::signing(tx, owner).await).await?;
            let fresh = found.key.as_ref().is_some_and(|key| found.now.since(key.created_at) < ROTATE);
            // A clock that went back makes a new key look old: it signs all the same.
            if let Some(key) = found.key.as_ref().filter(|_| fresh || made) {
                let key = LinkKey::new(&key.id, &key.secret)
                    .ok_or_else(|| StoreError::Unreadable { what: "the key that signs links".to_owned() })?;
                let expires = LinkKey::expiry(found.now.as_millis() / 1000);
                return Ok(Self { key, owner: owner.clone(), epoch: found.epoch, result: None, expires });
            }
            let newest = found.key.as_ref().map(|key| key.id.as_str());
            match platform.store.write(async |tx| replace(tx, newest, found.now).await).await {
                Err(error) if found.key.is_none() || !error.is_outage() => return Err(error),
                _ => made = true,
            }
        }
    }

    /// The same for the bytes of a stored result, which no row of the owner has.
    #[must_use]
    pub fn of_result(self, key: &str) -> Self {
        Self { result: Some(key.to_owned()), ..self }
    }

    /// A link with which the browser shows the file.
    pub fn show(&self, hash: &BlobHash, name: &str) -> String {
        self.sign(hash, name, false)
    }

    /// A link with which the browser saves the file.
    pub fn save(&self, hash: &BlobHash, name: &str) -> String {
        self.sign(hash, name, true)
    }

    fn sign(&self, hash: &BlobHash, name: &str, attachment: bool) -> String {
        self.key.sign(&Link {
            hash: hash.clone(),
            name: name.to_owned(),
            attachment,
            owner: self.owner.as_str().to_owned(),
            epoch: self.epoch,
            result: self.result.clone(),
            expires: self.expires,
        })
    }
}

/// Why a link opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is not valid, or not any more.
    #[error(transparent)]
    Refused(#[from] LinkError),
    /// Nothing has the bytes any more.
    #[error("the file was deleted together with what it belonged to")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// How long the file is.
    pub bytes: u64,
    /// For how long the link works.
    pub remaining: Duration,
}

/// Checks a link that came with a request.
pub async fn open(platform: &Platform, link: &Link, key: &str, signature: &str) -> Result<Opened, OpenError> {
    // No link has an owner that cannot be one.
    let owner: OwnerId = link.owner.parse().map_err(|_| LinkError::Forged)?;
    let holder = link.result.as_deref().map_or(Holder::Owner, Holder::Result);
    let ask = async |tx: &mut Tx| links::asked(tx, key, &owner, holder, link.hash.as_str()).await;
    let Asked { now, secret, epoch, bytes } = platform.store.read(ask).await?;
    let now = now.as_millis() / 1000;
    match secret.and_then(|secret| LinkKey::new(key, &secret)) {
        Some(key) => key.check(link, signature, now, epoch)?,
        // Its key may be gone because all its links have expired.
        None if has_expired(link.expires, now) => return Err(LinkError::Expired.into()),
        None => return Err(LinkError::Forged.into()),
    }
    let remaining = u64::try_from(link.expires.saturating_sub(now)).unwrap_or(0);
    Ok(Opened { bytes: bytes.ok_or(OpenError::Gone)?, remaining: Duration::from_secs(remaining) })
}

/// Makes a new key sign from now on; links that were given work until they expire.
pub async fn rotate(platform: &Platform) -> Result<(), StoreError> {
    let owner = OwnerId::system();
    let found = platform.store.read(async |tx| links::signing(tx, &owner).await).await?;
    let newest = found.key.as_ref().map(|key| key.id.as_str());
    platform.store.write(async |tx| replace(tx, newest, found.now).await).await
}

/// Ends every link that was given so far, to anybody.
pub async fn revoke(platform: &Platform) -> Result<u64, StoreError> {
    platform.store.write(async |tx| links::revoke(tx).await).await
}

async fn replace(tx: &mut Tx, newest: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    let (mut id, mut secret) = ([0; 6], [0; 32]);
    // From the operating system's generator, as every secret.
    rand::rng().fill_bytes(&mut id);
    rand::rng().fill_bytes(&mut secret);
    let key = links::LinkKey { id: hex::encode(id), secret: hex::encode(secret), created_at: now };
    links::rotate(tx, &key, newest).await?;
    links::delete_retired(tx, now - KEEP).await.map(drop)
}
