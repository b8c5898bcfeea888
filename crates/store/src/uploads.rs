//! Resumable uploads: how much of each is durable, who may append to it, and what became of it.
//!
//! One request at a time holds an upload, by a lease that it renews while it receives; a lease that is not renewed lapses.
//! Everything that is written afterwards is written only under that lease, by the database's clock. An upload whose time
//! is over is held by nobody any more, so that its bytes can be removed without a race.

use std::time::Duration;

use serde_json::Value;
use sluice_domain::ids::{DocumentId, LeaseId, OwnerId, UploadId};
use sluice_domain::time::Timestamp;

use crate::migrations::{Migration, Module};
use crate::sql::{ROWS, Row, list, optional_json, parse, sql};
use crate::{StoreError, Tx, storable};

/// The tables.
pub(crate) const MODULE: Module = Module {
    name: "uploads",
    migrations: &[
        Migration { name: "baseline", sql: include_str!("../migrations/uploads/0001_baseline.sql") },
        Migration { name: "apps", sql: include_str!("../migrations/uploads/0002_apps.sql") },
    ],
};

/// A resumable upload.
#[derive(Debug, Clone, PartialEq)]
pub struct UploadRow {
    /// Its id.
    pub id: UploadId,
    /// Its owner.
    pub owner: OwnerId,
    /// The length of the file, in bytes.
    pub length: u64,
    /// How many of its bytes are durable.
    pub received: u64,
    /// What the client said of it, as it came.
    pub metadata: String,
    /// The file's name.
    pub name: String,
    /// Whether its pages are to be read by OCR.
    pub ocr: bool,
    /// The document that it became.
    pub document: Option<DocumentId>,
    /// What an app made of it that is no document.
    pub taken: Option<Taken>,
    /// Why it became none.
    pub refused: Option<Value>,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it is forgotten, if nothing more comes of it.
    pub expires_at: Timestamp,
}

/// What an app made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The name of the app.
    pub app: String,
    /// The id of what it made, a UUID.
    pub id: String,
}

impl UploadRow {
    /// Whether it has ended, for good or not.
    pub fn has_ended(&self) -> bool {
        self.document.is_some() || self.taken.is_some() || self.refused.is_some()
    }
}

/// The answer to a request for the lease.
#[derive(Debug, Clone, PartialEq)]
pub enum Acquired {
    /// The upload is held.
    Held(UploadRow),
    /// Another request holds it; it is told that its place is wanted.
    Locked,
    /// It has ended, or its time is over.
    Over(UploadRow),
    /// This owner has no such upload.
    Unknown,
}

/// The answer to a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// The lease goes on.
    Held {
        /// Another request has asked for the upload.
        wanted: bool,
    },
    /// The lease had lapsed, or the upload has ended.
    Lost,
}

/// A lease on an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Whose upload.
    pub owner: OwnerId,
    /// Which.
    pub upload: UploadId,
    /// The lease.
    pub lease: LeaseId,
}

/// Adds an upload of which nothing has been received, unless its owner has `most` open ones; false then.
pub async fn insert(tx: &mut Tx, row: &UploadRow, most: u32) -> Result<bool, StoreError> {
    storable::name("a document's name", &row.name)?;
    let open = sql("SELECT COUNT(*) AS open FROM uploads
         WHERE owner = $1 AND document IS NULL AND refused IS NULL AND expires_at > $2")
    .bind(row.owner.as_str())
    .bind(row.created_at.as_millis())
    .one(tx)
    .await?;
    if open.get::<i64>("open")? >= i64::from(most) {
        return Ok(false);
    }
    sql("INSERT INTO uploads (id, owner, length, metadata, name, ocr, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(row.length)
    .bind(&row.metadata)
    .bind(&row.name)
    .bind(row.ocr)
    .bind(row.created_at.as_millis())
    .bind(row.expires_at.as_millis())
    .execute(tx)
    .await?;
    Ok(true)
}

/// An upload of this owner by its id.
pub async fn find(tx: &mut Tx, owner: &OwnerId, id: &UploadId) -> Result<Option<UploadRow>, StoreError> {
    let row = sql("SELECT * FROM uploads WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(upload_row).transpose()
}

/// The uploads of an owner that are going on, the newest first, at most `limit`.
pub async fn open(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<Vec<UploadRow>, StoreError> {
    let now = tx.now().await?;
    let rows = sql("SELECT * FROM uploads
         WHERE owner = $1 AND document IS NULL AND refused IS NULL AND expires_at > $2 ORDER BY id DESC LIMIT $3")
    .bind(owner.as_str())
    .bind(now.as_millis())
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(upload_row).collect()
}

/// The bytes of the uploads of an owner that are going on, as they were announced.
pub async fn announced(tx: &mut Tx, owner: &OwnerId) -> Result<u64, StoreError> {
    let now = tx.now().await?;
    let row = sql("SELECT CAST(COALESCE(SUM(length), 0) AS BIGINT) AS bytes FROM uploads
         WHERE owner = $1 AND document IS NULL AND refused IS NULL AND expires_at > $2")
    .bind(owner.as_str())
    .bind(now.as_millis())
    .one(tx)
    .await?;
    Ok(row.get::<i64>("bytes")?.unsigned_abs())
}

/// Asks for an upload for `time`.
pub async fn acquire(tx: &mut Tx, hold: &Hold, time: Duration) -> Result<Acquired, StoreError> {
    let now = tx.now().await?;
    let row = sql("SELECT * FROM uploads WHERE id = $1 AND owner = $2 {lock}")
        .bind(hold.upload.as_str())
        .bind(hold.owner.as_str())
        .optional(tx)
        .await?;
    let Some(row) = row else { return Ok(Acquired::Unknown) };
    let upload = upload_row(&row)?;
    if upload.has_ended() || upload.expires_at <= now {
        return Ok(Acquired::Over(upload));
    }
    if row.get::<Option<i64>>("lease_until")?.is_some_and(|until| until > now.as_millis()) {
        sql("UPDATE uploads SET wanted = 1 WHERE id = $1 AND owner = $2")
            .bind(hold.upload.as_str())
            .bind(hold.owner.as_str())
            .execute(tx)
            .await?;
        return Ok(Acquired::Locked);
    }
    sql("UPDATE uploads SET lease = $3, lease_until = $4, wanted = 0 WHERE id = $1 AND owner = $2")
        .bind(hold.upload.as_str())
        .bind(hold.owner.as_str())
        .bind(hold.lease.as_str())
        .bind((now + time).as_millis())
        .execute(tx)
        .await?;
    Ok(Acquired::Held(upload))
}

/// Prolongs a lease: `time` from now. The upload does not expire while it is held.
pub async fn renew(tx: &mut Tx, hold: &Hold, time: Duration) -> Result<Renewed, StoreError> {
    let until = tx.now().await? + time;
    let row = sql("UPDATE uploads SET lease_until = $4,
             expires_at = CASE WHEN expires_at < $4 THEN $4 ELSE expires_at END
         WHERE id = $1 AND owner = $2 AND lease = $3 RETURNING wanted")
    .bind(hold.upload.as_str())
    .bind(hold.owner.as_str())
    .bind(hold.lease.as_str())
    .bind(until.as_millis())
    .optional(tx)
    .await?;
    match row {
        Some(row) => Ok(Renewed::Held { wanted: row.get("wanted")? }),
        None => Ok(Renewed::Lost),
    }
}

/// Records that so many bytes are durable: fewer than the whole file, which [`finish`] records. False without the lease.
pub async fn record(tx: &mut Tx, hold: &Hold, received: u64, expires_at: Timestamp) -> Result<bool, StoreError> {
    let recorded = sql("UPDATE uploads SET received = $4, expires_at = $5
         WHERE id = $1 AND owner = $2 AND lease = $3 AND received <= $4")
    .bind(hold.upload.as_str())
    .bind(hold.owner.as_str())
    .bind(hold.lease.as_str())
    .bind(received)
    .bind(expires_at.as_millis())
    .execute(tx)
    .await?;
    Ok(recorded == 1)
}

/// Gives an upload back. Nothing happens without the lease.
pub async fn release(tx: &mut Tx, hold: &Hold) -> Result<(), StoreError> {
    sql("UPDATE uploads SET lease = NULL, lease_until = NULL, wanted = 0
         WHERE id = $1 AND owner = $2 AND lease = $3")
    .bind(hold.upload.as_str())
    .bind(hold.owner.as_str())
    .bind(hold.lease.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

/// Records the document that an upload became, in the unit of work that writes it; the lease ends. False without the
/// lease: then that unit of work must be rolled back.
pub async fn finish(
    tx: &mut Tx,
    hold: &Hold,
    document: &DocumentId,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let finished = sql("UPDATE uploads SET received = length, document = $4, expires_at = $5,
             lease = NULL, lease_until = NULL, wanted = 0
         WHERE id = $1 AND owner = $2 AND lease = $3")
    .bind(hold.upload.as_str())
    .bind(hold.owner.as_str())
    .bind(hold.lease.as_str())
    .bind(document.as_str())
    .bind(expires_at.as_millis())
    .execute(tx)
    .await?;
    Ok(finished == 1)
}

/// The same for what an app made of it.
pub async fn finish_taken(tx: &mut Tx, hold: &Hold, taken: &Taken, expires_at: Timestamp) -> Result<bool, StoreError> {
    storable::name("the name of an app", &taken.app)?;
    let finished = sql("UPDATE uploads SET received = length, app = $4, document = $5, expires_at = $6,
             lease = NULL, lease_until = NULL, wanted = 0
         WHERE id = $1 AND owner = $2 AND lease = $3")
    .bind(hold.upload.as_str())
    .bind(hold.owner.as_str())
    .bind(hold.lease.as_str())
    .bind(&taken.app)
    .bind(&taken.id)
    .bind(expires_at.as_millis())
    .execute(tx)
    .await?;
    Ok(finished == 1)
}

/// Records why an upload became no document; the lease ends. False without the lease.
pub async fn refuse(tx: &mut Tx, hold: &Hold, refused: &Value, expires_at: Timestamp) -> Result<bool, StoreError> {
    storable::json("why an upload was refused", refused)?;
    let ended = sql("UPDATE uploads SET refused = $4, expires_at = $5, lease = NULL, lease_until = NULL, wanted = 0
         WHERE id = $1 AND owner = $2 AND lease = $3")
    .bind(hold.upload.as_str())
    .bind(hold.owner.as_str())
    .bind(hold.lease.as_str())
    .bind(refused.to_string())
    .bind(expires_at.as_millis())
    .execute(tx)
    .await?;
    Ok(ended == 1)
}

/// Ends the time of an upload now, so that nobody appends to it any more, not even a request that holds it; [`forget`]
/// follows when its bytes are gone. Returns the upload as it was, if there is one.
pub async fn expire(tx: &mut Tx, owner: &OwnerId, upload: &UploadId) -> Result<Option<UploadRow>, StoreError> {
    let now = tx.now().await?;
    let row =
        sql("SELECT * FROM uploads WHERE id = $1 AND owner = $2 {lock}").bind(upload.as_str()).bind(owner.as_str());
    let Some(row) = row.optional(tx).await? else { return Ok(None) };
    sql(
        "UPDATE uploads SET expires_at = $3, lease = NULL, lease_until = NULL, wanted = 0 WHERE id = $1 AND owner = $2",
    )
    .bind(upload.as_str())
    .bind(owner.as_str())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    upload_row(&row).map(Some)
}

/// Ends the time of all uploads of an owner now, as [`expire`] does; returns how many.
pub async fn end_all(tx: &mut Tx, owner: &OwnerId) -> Result<u64, StoreError> {
    let now = tx.now().await?;
    sql("UPDATE uploads SET expires_at = $2, lease = NULL, lease_until = NULL, wanted = 0 WHERE owner = $1 AND expires_at > $2")
        .bind(owner.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await
}

/// At most `limit` uploads whose time is over, the longest first.
pub async fn expired(tx: &mut Tx, limit: u32) -> Result<Vec<UploadId>, StoreError> {
    let now = tx.now().await?;
    let rows = sql("SELECT id FROM uploads WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2")
        .bind(now.as_millis())
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(|row| parse(row, "id")).collect()
}

/// Deletes the rows of uploads whose time is over and whose bytes are gone.
pub async fn forget(tx: &mut Tx, uploads: &[UploadId]) -> Result<u64, StoreError> {
    let now = tx.now().await?;
    let mut removed = 0;
    for uploads in uploads.chunks(ROWS) {
        removed += sql(format!("DELETE FROM uploads WHERE expires_at <= $1 AND id IN ({})", list(2, uploads.len())))
            .bind(now.as_millis())
            .bind_all(uploads.iter().map(UploadId::as_str))
            .execute(tx)
            .await?;
    }
    Ok(removed)
}

/// Which of these have no row: bytes under such a name are nobody's.
pub async fn unknown(tx: &mut Tx, uploads: &[UploadId]) -> Result<Vec<UploadId>, StoreError> {
    let mut unknown = uploads.to_vec();
    for uploads in uploads.chunks(ROWS) {
        let rows = sql(format!("SELECT id FROM uploads WHERE id IN ({})", list(1, uploads.len())))
            .bind_all(uploads.iter().map(UploadId::as_str))
            .all(tx)
            .await?;
        for row in &rows {
            let known: UploadId = parse(row, "id")?;
            unknown.retain(|id| *id != known);
        }
    }
    Ok(unknown)
}

fn upload_row(row: &Row) -> Result<UploadRow, StoreError> {
    let app = row.get::<Option<String>>("app")?;
    let made = row.get::<Option<String>>("document")?;
    let (document, taken) = match (app, made) {
        (Some(app), Some(id)) => (None, Some(Taken { app, id })),
        (_, Some(_)) => (Some(parse(row, "document")?), None),
        (_, None) => (None, None),
    };
    Ok(UploadRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        length: row.get::<i64>("length")?.unsigned_abs(),
        received: row.get::<i64>("received")?.unsigned_abs(),
        metadata: row.get("metadata")?,
        name: row.get("name")?,
        ocr: row.get("ocr")?,
        document,
        taken,
        refused: optional_json(row, "refused")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
    })
}
