//! Documents: files that were taken in, with what reading them gave.

use serde_json::Value;
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_domain::time::Timestamp;

use crate::sql::{Row, json, parse, sql};
use crate::{StoreError, Tx};

/// A source document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentRow {
    /// Its id.
    pub id: DocumentId,
    /// Whose it is.
    pub owner: OwnerId,
    /// Hash of the file.
    pub blob: String,
    /// Hash of what reading it gave.
    pub text_blob: String,
    /// Whether its text was read from pictures.
    pub ocr: bool,
    /// The file's name as it came.
    pub name: String,
    /// The file's length.
    pub bytes: i64,
    /// What was found in it.
    pub found: Value,
    /// When it was taken in.
    pub created_at: Timestamp,
}

/// Adds a document.
pub async fn insert_document(tx: &mut Tx, row: &DocumentRow) -> Result<(), StoreError> {
    sql("INSERT INTO documents (id, owner, blob, text_blob, ocr, name, bytes, found, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.blob)
    .bind(&row.text_blob)
    .bind(row.ocr)
    .bind(&row.name)
    .bind(row.bytes)
    .bind(row.found.to_string())
    .bind(row.created_at.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// A document of this owner by its id.
pub async fn document(tx: &mut Tx, owner: &OwnerId, id: &DocumentId) -> Result<Option<DocumentRow>, StoreError> {
    let row = sql("SELECT * FROM documents WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(document_row).transpose()
}

/// A document of this owner by what is in it and how it was read.
pub async fn document_of_blob(
    tx: &mut Tx,
    owner: &OwnerId,
    blob: &str,
    ocr: bool,
) -> Result<Option<DocumentRow>, StoreError> {
    let row = sql("SELECT * FROM documents WHERE owner = $1 AND blob = $2 AND ocr = $3")
        .bind(owner.as_str())
        .bind(blob)
        .bind(ocr)
        .optional(tx)
        .await?;
    row.as_ref().map(document_row).transpose()
}

/// Forgets documents from before `before` of which no reel was made.
pub async fn forget_unused_documents(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let done = sql("DELETE FROM documents WHERE created_at < $1
         AND NOT EXISTS (SELECT 1 FROM reels WHERE document_id = documents.id)")
    .bind(before.as_millis())
    .execute(tx)
    .await?;
    Ok(done)
}

fn document_row(row: &Row) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        blob: row.get("blob")?,
        text_blob: row.get("text_blob")?,
        ocr: row.get("ocr")?,
        name: row.get("name")?,
        bytes: row.get("bytes")?,
        found: json(row, "found")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
    })
}
