//! What decides whether a signed link to media works: the keys, the epoch of its owner, and whether something still has
//! the bytes. All of it is read in one statement, so that a link ends with the transaction that ends it.

use std::fmt;

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use crate::blobs::RESULTS;
use crate::sql::sql;
use crate::{StoreError, Tx};

/// A key that signs links.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkKey {
    /// Its name in the links that it signed.
    pub id: String,
    /// 32 bytes, in hexadecimal.
    pub secret: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkKey").field("id", &self.id).field("created_at", &self.created_at).finish_non_exhaustive()
    }
}

/// What a new link of an owner is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The time.
    pub now: Timestamp,
    /// The key that signs; none before the first one was made, or after all were revoked.
    pub key: Option<LinkKey>,
    /// The owner's epoch.
    pub epoch: i64,
}

/// Whose bytes a link reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder<'a> {
    /// Those of any row of its owner.
    Owner,
    /// Those of a stored stage result, by its key, which belongs to nobody.
    Result(&'a str),
}

/// What is known about a link that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The time.
    pub now: Timestamp,
    /// The secret of its key, if the key is still valid.
    pub secret: Option<String>,
    /// The present epoch of its owner; none if the account cannot be used.
    pub epoch: Option<i64>,
    /// How long the bytes are, if its holder still has them.
    pub bytes: Option<u64>,
}

/// The epoch of an owner without an account, such as the local one, is 0.
const EPOCH: &str = "COALESCE((SELECT CASE WHEN state = 'active' THEN link_epoch ELSE -1 END
     FROM accounts WHERE owner = $1), 0) AS epoch";

/// What a new link of an owner is made with.
pub async fn signing(tx: &mut Tx, owner: &OwnerId) -> Result<Signing, StoreError> {
    let query = format!(
        "SELECT {{now}} AS now, {EPOCH}, link_keys.id AS id, link_keys.secret AS secret, link_keys.created_at AS created_at
         FROM (SELECT 1 AS one) AS single LEFT JOIN link_keys ON link_keys.retired_at IS NULL
         ORDER BY link_keys.created_at DESC LIMIT 1"
    );
    let row = sql(query).bind(owner.as_str()).one(tx).await?;
    let key = match (row.get("id")?, row.get("secret")?, row.get("created_at")?) {
        (Some(id), Some(secret), Some(created_at)) => {
            Some(LinkKey { id, secret, created_at: Timestamp::from_millis(created_at) })
        }
        _ => None,
    };
    Ok(Signing { now: Timestamp::from_millis(row.get("now")?), key, epoch: row.get("epoch")? })
}

/// What is known about a link with this key, owner and hash.
pub async fn asked(
    tx: &mut Tx,
    key: &str,
    owner: &OwnerId,
    holder: Holder<'_>,
    hash: &str,
) -> Result<Asked, StoreError> {
    let held = match holder {
        Holder::Owner => "blob_refs.owner = $1",
        Holder::Result(_) => "blob_refs.owner = $4 AND blob_refs.app = $5 AND blob_refs.subject = $6",
    };
    let query = sql(format!(
        "SELECT {{now}} AS now, {EPOCH}, (SELECT secret FROM link_keys WHERE id = $2) AS secret,
             (SELECT bytes FROM blob_refs WHERE blob = $3 AND {held} LIMIT 1) AS bytes"
    ));
    let query = query.bind(owner.as_str()).bind(key).bind(hash);
    let query = match holder {
        Holder::Owner => query,
        Holder::Result(result) => query.bind(OwnerId::system().as_str()).bind(RESULTS).bind(result),
    };
    let row = query.one(tx).await?;
    Ok(Asked {
        now: Timestamp::from_millis(row.get("now")?),
        secret: row.get("secret")?,
        epoch: Some(row.get::<i64>("epoch")?).filter(|epoch| *epoch >= 0),
        bytes: row.get::<Option<i64>>("bytes")?.map(i64::unsigned_abs),
    })
}

/// Makes a key the one that signs, and retires the one before, unless that is `newest`ly known to be another one: then
/// somebody else was first. Returns whether it was made.
pub async fn rotate(tx: &mut Tx, key: &LinkKey, newest: Option<&str>) -> Result<bool, StoreError> {
    let row = sql("SELECT id FROM link_keys WHERE retired_at IS NULL ORDER BY created_at DESC LIMIT 1 {lock}");
    let present: Option<String> = row.optional(tx).await?.map(|row| row.get("id")).transpose()?;
    if present.as_deref() != newest {
        return Ok(false);
    }
    sql("UPDATE link_keys SET retired_at = $1 WHERE retired_at IS NULL")
        .bind(key.created_at.as_millis())
        .execute(tx)
        .await?;
    sql("INSERT INTO link_keys (id, secret, created_at) VALUES ($1, $2, $3)")
        .bind(&key.id)
        .bind(&key.secret)
        .bind(key.created_at.as_millis())
        .execute(tx)
        .await?;
    Ok(true)
}

/// Deletes the keys that were retired before a time, whose links have expired since. Returns how many.
pub async fn delete_retired(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    sql("DELETE FROM link_keys WHERE retired_at < $1").bind(before.as_millis()).execute(tx).await
}

/// Deletes all keys: every link that was given ends. Returns how many keys.
pub async fn revoke(tx: &mut Tx) -> Result<u64, StoreError> {
    sql("DELETE FROM link_keys").execute(tx).await
}
