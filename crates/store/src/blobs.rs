//! The registry of blobs: which bytes exist, and what references them.
//!
//! ```text
//! stage bytes ─► register ─► publish ─► confirm ─► reference, with the referring row ─► release, with its deletion
//!                (row, not present)     (present)  (unreferenced_since is NULL)         (unreferenced, if it was the last)
//!
//! unreferenced for GRACE ─► begin_collecting (row is marked) ─► delete the bytes ─► finish_collecting (row is deleted)
//! ```
//!
//! Bytes are registered before they become visible, so bytes without a row are only left by a crash ([`adopt`] makes them
//! garbage). Only confirmed blobs accept references, and a confirmation is valid only as long as its registration: nothing
//! can reference bytes that were collected since, or that another process is still about to publish.
//!
//! A marked row accepts no references, and a writer of the same bytes waits: a collector deletes them within
//! [`COLLECT_WITHIN`] of its mark or not at all, and a mark that is older than [`TAKE_OVER`] belongs to a collector that
//! died, and is taken over. Every step is idempotent, so a crash anywhere loses nothing.
//!
//! On PostgreSQL the row of a blob is locked before its references are counted: under READ COMMITTED that statement then sees
//! every reference that was committed before it, and whoever wants to add one waits.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use crate::sql::{ROWS, Row, list, sql};
use crate::{StoreError, Tx};

/// How long unreferenced bytes stay: longer than the time between registering and referencing them.
pub const GRACE: Duration = Duration::from_mins(15);
/// A collector deletes bytes at most this long after it marked their row.
pub const COLLECT_WITHIN: Duration = Duration::from_secs(20);
/// A mark that is older was left by a collector that died.
pub const TAKE_OVER: Duration = Duration::from_mins(1);
/// The app whose subjects are the keys of stored stage results.
pub(crate) const RESULTS: &str = "results";

/// What references bytes: a row of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Its owner.
    pub owner: &'a OwnerId,
    /// Which app's.
    pub app: &'a str,
    /// Its id.
    pub id: &'a str,
}

/// Whether bytes may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// They may, now; the registration is passed to [`confirm`].
    Ready(Registration),
    /// The same bytes are being collected: register them again after a moment.
    Collecting {
        /// When the collection has ended or failed at the latest.
        until: Timestamp,
    },
}

/// The right to publish bytes. It ends when they are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registration(Timestamp);

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRow {
    /// The content's hash.
    pub hash: String,
    /// Its length.
    pub bytes: u64,
    /// When it was registered, or registered again after its bytes may have been deleted.
    pub created_at: Timestamp,
    /// Its bytes were published.
    pub present: bool,
    /// Since when nothing references it.
    pub unreferenced_since: Option<Timestamp>,
    /// Since when it is being collected.
    pub collecting_since: Option<Timestamp>,
}

/// Blobs that this collector has marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Garbage {
    /// Their hashes.
    pub hashes: Vec<String>,
    /// When they were marked.
    pub since: Timestamp,
}

/// Registers bytes that are about to be published. Must be called before they become visible.
pub async fn register(tx: &mut Tx, hash: &str, bytes: u64) -> Result<Registered, StoreError> {
    let now = tx.now().await?;
    loop {
        let new = sql("INSERT INTO blobs (hash, bytes, created_at, unreferenced_since) VALUES ($1, $2, $3, $3)
             ON CONFLICT (hash) DO NOTHING")
        .bind(hash)
        .bind(bytes)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
        if new == 1 {
            return Ok(Registered::Ready(Registration(now)));
        }
        let found = sql("SELECT * FROM blobs WHERE hash = $1 {lock}").bind(hash).optional(tx).await?;
        // Deleted between the two statements by a collector that finished.
        let Some(row) = found.as_ref().map(blob_row).transpose()? else { continue };
        if let Some(since) = row.collecting_since
            && now < since + TAKE_OVER
        {
            return Ok(Registered::Collecting { until: since + TAKE_OVER });
        }
        // Whether the dead collector had deleted the bytes is unknown.
        let since = if row.collecting_since.is_some() { now } else { row.created_at };
        sql("UPDATE blobs SET unreferenced_since = $2, created_at = $3, collecting_since = NULL,
                 present = CASE WHEN collecting_since IS NULL THEN present ELSE 0 END
             WHERE hash = $1 AND unreferenced_since IS NOT NULL")
        .bind(hash)
        .bind(now.as_millis())
        .bind(since.as_millis())
        .execute(tx)
        .await?;
        return Ok(Registered::Ready(Registration(since)));
    }
}

/// Confirms that registered bytes were published; from now on they can be referenced. Returns false if the registration has
/// ended meanwhile: then they must be registered and published again.
pub async fn confirm(tx: &mut Tx, hash: &str, registration: Registration) -> Result<bool, StoreError> {
    let now = tx.now().await?;
    let confirmed = sql("UPDATE blobs SET present = 1,
             unreferenced_since = CASE WHEN unreferenced_since IS NULL THEN NULL ELSE CAST($3 AS BIGINT) END
         WHERE hash = $1 AND created_at = $2 AND collecting_since IS NULL")
    .bind(hash)
    .bind(registration.0.as_millis())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(confirmed == 1)
}

/// Adds references from a subject to blobs, in the unit of work that writes its row. A blob that is no longer present, or is
/// being collected, is refused: its bytes must be stored again.
pub async fn reference(tx: &mut Tx, subject: &Subject<'_>, hashes: &[&str]) -> Result<(), StoreError> {
    let wanted: BTreeSet<&str> = hashes.iter().copied().collect();
    let present = lock(tx, &wanted).await?;
    if let Some(gone) = wanted.iter().find(|hash| !present.contains_key(**hash)) {
        return Err(StoreError::BlobGone { hash: (*gone).to_owned() });
    }
    add(tx, subject, &present).await
}

/// Like [`reference`], and removes the subject's other references.
pub async fn replace(tx: &mut Tx, subject: &Subject<'_>, hashes: &[&str]) -> Result<(), StoreError> {
    reference(tx, subject, hashes).await?;
    let rows = sql("SELECT blob FROM blob_refs WHERE owner = $1 AND app = $2 AND subject = $3")
        .bind(subject.owner.as_str())
        .bind(subject.app)
        .bind(subject.id)
        .all(tx)
        .await?;
    let mut gone = BTreeSet::new();
    for row in &rows {
        let hash: String = row.get("blob")?;
        if !hashes.contains(&hash.as_str()) {
            sql("DELETE FROM blob_refs WHERE owner = $1 AND app = $2 AND subject = $3 AND blob = $4")
                .bind(subject.owner.as_str())
                .bind(subject.app)
                .bind(subject.id)
                .bind(&hash)
                .execute(tx)
                .await?;
            gone.insert(hash);
        }
    }
    judge(tx, &gone).await
}

/// Adds references from a stored result to those of its blobs that are present. Hashes that are no blob's are ignored, and a
/// result whose bytes are gone is produced again when it is needed.
pub(crate) async fn reference_known(tx: &mut Tx, subject: &Subject<'_>, value: &Value) -> Result<(), StoreError> {
    let named = named_in(value);
    if named.is_empty() {
        return Ok(());
    }
    let present = lock(tx, &named.iter().map(String::as_str).collect()).await?;
    add(tx, subject, &present).await
}

/// The content hashes in a value: its strings of exactly 64 hexadecimal digits.
pub fn named_in(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) if is_hash(text) => BTreeSet::from([text.clone()]),
        Value::Array(items) => items.iter().flat_map(named_in).collect(),
        Value::Object(fields) => fields.values().flat_map(named_in).collect(),
        _ => BTreeSet::new(),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Removes a subject's references, in the unit of work that deletes its row.
pub async fn release(tx: &mut Tx, subject: &Subject<'_>) -> Result<(), StoreError> {
    release_all(tx, subject.owner, subject.app, &[subject.id]).await
}

/// Like [`release`], for several subjects of one owner and app.
pub async fn release_all(tx: &mut Tx, owner: &OwnerId, app: &str, subjects: &[&str]) -> Result<(), StoreError> {
    for subjects in subjects.chunks(ROWS) {
        let rows = sql(format!(
            "DELETE FROM blob_refs WHERE owner = $1 AND app = $2 AND subject IN ({}) RETURNING blob",
            list(3, subjects.len())
        ))
        .bind(owner.as_str())
        .bind(app)
        .bind_all(subjects.iter().copied())
        .all(tx)
        .await?;
        let gone = rows.iter().map(|row| row.get("blob")).collect::<Result<_, _>>()?;
        judge(tx, &gone).await?;
    }
    Ok(())
}

/// How many bytes an owner's rows reference, counting each blob once.
pub async fn usage(tx: &mut Tx, owner: &OwnerId) -> Result<u64, StoreError> {
    let row = sql("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM
             (SELECT DISTINCT blob, bytes FROM blob_refs WHERE owner = $1) AS blobs_of_owner")
    .bind(owner.as_str())
    .one(tx)
    .await?;
    Ok(row.get::<i64>("bytes")?.unsigned_abs())
}

/// What an owner keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its owner.
    pub owner: String,
    /// Bytes, counting each blob of the owner once.
    pub bytes: u64,
    /// Blobs.
    pub files: u64,
}

/// What each owner keeps, the most first, at most `limit` owners. A blob of two owners counts for both.
pub async fn kept_by_owner(tx: &mut Tx, limit: u32) -> Result<Vec<Kept>, StoreError> {
    let rows = sql("SELECT owner, CAST(SUM(bytes) AS BIGINT) AS bytes, COUNT(*) AS files FROM
             (SELECT DISTINCT owner, blob, bytes FROM blob_refs) AS blobs_of_owners
         GROUP BY owner ORDER BY bytes DESC, owner LIMIT $1")
    .bind(limit)
    .all(tx)
    .await?;
    let kept = |row: &Row| {
        let (bytes, files): (i64, i64) = (row.get("bytes")?, row.get("files")?);
        Ok(Kept { owner: row.get("owner")?, bytes: bytes.unsigned_abs(), files: files.unsigned_abs() })
    };
    rows.iter().map(kept).collect()
}

/// Whether anything of this owner references a blob.
pub async fn is_referenced_by(tx: &mut Tx, owner: &OwnerId, hash: &str) -> Result<bool, StoreError> {
    let row = sql("SELECT 1 AS one FROM blob_refs WHERE blob = $1 AND owner = $2 LIMIT 1")
        .bind(hash)
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Whether anything at all references a blob.
pub async fn is_referenced(tx: &mut Tx, hash: &str) -> Result<bool, StoreError> {
    Ok(find(tx, hash).await?.is_some_and(|row| row.unreferenced_since.is_none()))
}

/// A row by its hash.
pub async fn find(tx: &mut Tx, hash: &str) -> Result<Option<BlobRow>, StoreError> {
    let row = sql("SELECT * FROM blobs WHERE hash = $1").bind(hash).optional(tx).await?;
    row.as_ref().map(blob_row).transpose()
}

/// Marks at most `limit` blobs that were unreferenced for `grace`, and those of a collector that died. The caller deletes
/// their bytes within [`COLLECT_WITHIN`], and then calls [`finish_collecting`].
pub async fn begin_collecting(tx: &mut Tx, grace: Duration, limit: u32) -> Result<Garbage, StoreError> {
    let now = tx.now().await?;
    let mut picked: Vec<String> = Vec::new();
    for (text, before) in [
        (
            "SELECT hash FROM blobs WHERE collecting_since IS NOT NULL AND collecting_since <= $1
             ORDER BY collecting_since LIMIT $2 {skip_locked}",
            now - TAKE_OVER,
        ),
        (
            "SELECT hash FROM blobs WHERE unreferenced_since IS NOT NULL AND unreferenced_since <= $1
             AND collecting_since IS NULL ORDER BY unreferenced_since LIMIT $2 {skip_locked}",
            now - grace,
        ),
    ] {
        let rows = sql(text).bind(before.as_millis()).bind(limit).all(tx).await?;
        for row in &rows {
            picked.push(row.get("hash")?);
        }
    }
    picked.sort_unstable();
    picked.dedup();
    let mut hashes = Vec::with_capacity(picked.len());
    for picked in picked.chunks(ROWS) {
        let rows = sql(format!(
            "UPDATE blobs SET collecting_since = $1 WHERE hash IN ({})
             AND NOT EXISTS (SELECT 1 FROM blob_refs WHERE blob = blobs.hash) RETURNING hash",
            list(2, picked.len())
        ))
        .bind(now.as_millis())
        .bind_all(picked)
        .all(tx)
        .await?;
        for row in &rows {
            hashes.push(row.get("hash")?);
        }
    }
    Ok(Garbage { hashes, since: now })
}

/// Deletes the rows of garbage whose bytes are deleted. One that another collector has taken over meanwhile stays.
pub async fn finish_collecting(tx: &mut Tx, deleted: &[&str], since: Timestamp) -> Result<u64, StoreError> {
    let mut forgotten = 0;
    for deleted in deleted.chunks(ROWS) {
        forgotten +=
            sql(format!("DELETE FROM blobs WHERE collecting_since = $1 AND hash IN ({})", list(2, deleted.len())))
                .bind(since.as_millis())
                .bind_all(deleted.iter().copied())
                .execute(tx)
                .await?;
    }
    Ok(forgotten)
}

/// Adds rows for bytes that have none, so that they are collected as garbage. Returns how many there were.
pub async fn adopt(tx: &mut Tx, found: &[(&str, u64)]) -> Result<u64, StoreError> {
    let now = tx.now().await?;
    let mut adopted = 0;
    for (hash, bytes) in found {
        adopted += sql("INSERT INTO blobs (hash, bytes, created_at, unreferenced_since) VALUES ($1, $2, $3, $3)
             ON CONFLICT (hash) DO NOTHING")
        .bind(*hash)
        .bind(*bytes)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    }
    Ok(adopted)
}

/// Which of these hashes have no row.
pub async fn unknown(tx: &mut Tx, hashes: &[&str]) -> Result<BTreeSet<String>, StoreError> {
    let mut unknown: BTreeSet<String> = hashes.iter().map(|hash| (*hash).to_owned()).collect();
    for hashes in hashes.chunks(ROWS) {
        let rows = sql(format!("SELECT hash FROM blobs WHERE hash IN ({})", list(1, hashes.len())))
            .bind_all(hashes.iter().copied())
            .all(tx)
            .await?;
        for row in &rows {
            unknown.remove(&row.get::<String>("hash")?);
        }
    }
    Ok(unknown)
}

/// The next rows after a hash, in order.
pub async fn after(tx: &mut Tx, hash: &str, limit: u32) -> Result<Vec<BlobRow>, StoreError> {
    let rows = sql("SELECT * FROM blobs WHERE hash > $1 ORDER BY hash LIMIT $2").bind(hash).bind(limit).all(tx).await?;
    rows.iter().map(blob_row).collect()
}

/// What references a blob: owner, app and subject as they are stored, at most `limit`. It is for a report, which an owner that
/// cannot be read must not end.
pub async fn pointing_at(tx: &mut Tx, hash: &str, limit: u32) -> Result<Vec<(String, String, String)>, StoreError> {
    let rows = sql("SELECT owner, app, subject FROM blob_refs WHERE blob = $1 ORDER BY owner, app, subject LIMIT $2")
        .bind(hash)
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(|row| Ok((row.get("owner")?, row.get("app")?, row.get("subject")?))).collect()
}

/// Locks the rows of these blobs in order; returns the lengths of those that accept references.
async fn lock<'a>(tx: &mut Tx, hashes: &BTreeSet<&'a str>) -> Result<BTreeMap<&'a str, i64>, StoreError> {
    let hashes: Vec<&str> = hashes.iter().copied().collect();
    let mut present = BTreeMap::new();
    for hashes in hashes.chunks(ROWS) {
        let text = format!(
            "SELECT hash, bytes FROM blobs WHERE hash IN ({}) AND present = 1 AND collecting_since IS NULL
             ORDER BY hash {{lock}}",
            list(1, hashes.len())
        );
        let rows = sql(text).bind_all(hashes.iter().copied()).all(tx).await?;
        for row in &rows {
            let hash: String = row.get("hash")?;
            if let Some(hash) = hashes.iter().find(|known| **known == hash) {
                present.insert(*hash, row.get("bytes")?);
            }
        }
    }
    Ok(present)
}

async fn add(tx: &mut Tx, subject: &Subject<'_>, present: &BTreeMap<&str, i64>) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let hashes: Vec<&str> = present.keys().copied().collect();
    for hashes in hashes.chunks(ROWS) {
        sql(format!(
            "INSERT INTO blob_refs (owner, app, subject, blob, bytes, created_at)
             SELECT $1, $2, $3, hash, bytes, CAST($4 AS BIGINT) FROM blobs WHERE hash IN ({}) ON CONFLICT DO NOTHING",
            list(5, hashes.len())
        ))
        .bind(subject.owner.as_str())
        .bind(subject.app)
        .bind(subject.id)
        .bind(now.as_millis())
        .bind_all(hashes.iter().copied())
        .execute(tx)
        .await?;
        sql(format!(
            "UPDATE blobs SET unreferenced_since = NULL WHERE unreferenced_since IS NOT NULL AND hash IN ({})",
            list(1, hashes.len())
        ))
        .bind_all(hashes.iter().copied())
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Updates which of these blobs are unreferenced now.
async fn judge(tx: &mut Tx, hashes: &BTreeSet<String>) -> Result<(), StoreError> {
    let now = tx.now().await?;
    // A blob that was referenced is present and not being collected.
    lock(tx, &hashes.iter().map(String::as_str).collect()).await?;
    let hashes: Vec<&String> = hashes.iter().collect();
    for hashes in hashes.chunks(ROWS) {
        sql(format!(
            "UPDATE blobs SET unreferenced_since = $1 WHERE unreferenced_since IS NULL AND hash IN ({})
             AND NOT EXISTS (SELECT 1 FROM blob_refs WHERE blob = blobs.hash)",
            list(2, hashes.len())
        ))
        .bind(now.as_millis())
        .bind_all(hashes.iter().copied())
        .execute(tx)
        .await?;
    }
    Ok(())
}

fn blob_row(row: &Row) -> Result<BlobRow, StoreError> {
    let time = |column: &str| Ok::<_, StoreError>(row.get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    Ok(BlobRow {
        hash: row.get("hash")?,
        bytes: row.get::<i64>("bytes")?.unsigned_abs(),
        created_at: Timestamp::from_millis(row.get("created_at")?),
        present: row.get("present")?,
        unreferenced_since: time("unreferenced_since")?,
        collecting_since: time("collecting_since")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strings_that_are_a_hash_name_a_blob() {
        let hash = "ab".repeat(32);
        let value = serde_json::json!({
            "video": hash, "key": format!("clip/1:{hash}"), "other": ["abc", hash.to_uppercase(), 7], "list": [hash],
        });
        assert_eq!(named_in(&value), BTreeSet::from([hash]));
    }
}
