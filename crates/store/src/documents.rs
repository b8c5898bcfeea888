//! Documents: ingested files and their extracted text.

use std::collections::BTreeMap;

use serde_json::Value;
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_domain::time::Timestamp;

use crate::blobs::{self, Subject};
use crate::sql::{Row, json, list, parse, sql};
use crate::{StoreError, Tx, storable};

/// Its name in references to blobs.
const APP: &str = "documents";

/// A source document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentRow {
    /// Its id.
    pub id: DocumentId,
    /// Its owner.
    pub owner: OwnerId,
    /// Hash of the file.
    pub blob: String,
    /// Hash of the extracted text.
    pub text_blob: String,
    /// Whether its text was extracted by OCR.
    pub ocr: bool,
    /// The file's original name.
    pub name: String,
    /// The file's length.
    pub bytes: i64,
    /// Properties that were found in it.
    pub found: Value,
    /// When it was ingested.
    pub created_at: Timestamp,
}

/// Adds a document, with references to its bytes.
pub async fn insert_document(tx: &mut Tx, row: &DocumentRow) -> Result<(), StoreError> {
    storable::name("a document's name", &row.name)?;
    storable::json("what was found in a document", &row.found)?;
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
    let subject = Subject { owner: &row.owner, app: APP, id: row.id.as_str() };
    blobs::reference(tx, &subject, &[&row.blob, &row.text_blob]).await
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

/// Locks a document of this owner until the transaction ends, so that it is not deleted meanwhile; false if there is none.
pub async fn lock(tx: &mut Tx, owner: &OwnerId, id: &DocumentId) -> Result<bool, StoreError> {
    let row =
        sql("SELECT id FROM documents WHERE id = $1 AND owner = $2 {lock}").bind(id.as_str()).bind(owner.as_str());
    Ok(row.optional(tx).await?.is_some())
}

/// A document of this owner by its content and how it was read: the one of this name, or else one of another name.
pub async fn document_of_blob(
    tx: &mut Tx,
    owner: &OwnerId,
    blob: &str,
    ocr: bool,
    name: &str,
) -> Result<Option<DocumentRow>, StoreError> {
    let row = sql("SELECT * FROM documents WHERE owner = $1 AND blob = $2 AND ocr = $3
         ORDER BY CASE WHEN name = $4 THEN 0 ELSE 1 END, id LIMIT 1")
    .bind(owner.as_str())
    .bind(blob)
    .bind(ocr)
    .bind(name)
    .optional(tx)
    .await?;
    row.as_ref().map(document_row).transpose()
}

/// Sets what was read and found in all documents of the same owner with the same bytes, read in the same way; returns their
/// ids.
pub async fn set_read(tx: &mut Tx, row: &DocumentRow) -> Result<Vec<String>, StoreError> {
    storable::json("what was found in a document", &row.found)?;
    let rows =
        sql("UPDATE documents SET text_blob = $1, found = $2 WHERE owner = $3 AND blob = $4 AND ocr = $5 RETURNING id")
            .bind(&row.text_blob)
            .bind(row.found.to_string())
            .bind(row.owner.as_str())
            .bind(&row.blob)
            .bind(row.ocr)
            .all(tx)
            .await?;
    let ids: Vec<String> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    for id in &ids {
        let subject = Subject { owner: &row.owner, app: APP, id };
        blobs::replace(tx, &subject, &[&row.blob, &row.text_blob]).await?;
    }
    Ok(ids)
}

/// The next `limit` documents after an id that are older than `before`, locked, so that no app starts to use one while it is
/// decided whether it is deleted.
pub async fn old(tx: &mut Tx, after: &str, before: Timestamp, limit: u32) -> Result<Vec<String>, StoreError> {
    // Ids sort by time of creation.
    let youngest = DocumentId::new(before, [0; 10]);
    let rows = sql("SELECT id FROM documents WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3 {lock}")
        .bind(after)
        .bind(youngest.as_str())
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Up to `limit` documents of an owner.
pub async fn of_owner(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<Vec<String>, StoreError> {
    let rows =
        sql("SELECT id FROM documents WHERE owner = $1 ORDER BY id LIMIT $2").bind(owner.as_str()).bind(limit).all(tx);
    rows.await?.iter().map(|row| row.get("id")).collect()
}

/// Which documents of an owner are listed.
#[derive(Debug, Clone, Default)]
pub struct DocumentFilter {
    /// Its name contains this, ignoring case.
    pub text: Option<String>,
    /// The oldest first, instead of the newest.
    pub oldest_first: bool,
    /// Only those after this one in that order.
    pub after: Option<DocumentId>,
}

/// An owner's documents, at most `limit`, by the time when they came: ids sort by it. One whose row cannot be read is logged
/// and left out.
pub async fn listed(
    tx: &mut Tx,
    owner: &OwnerId,
    filter: &DocumentFilter,
    limit: u32,
) -> Result<Vec<DocumentRow>, StoreError> {
    // Names are compared here and not in SQL, because SQLite's LOWER handles only ASCII.
    const ROWS: u32 = 200;
    let words = filter.text.as_deref().map(str::to_lowercase);
    // A column that has to be equal is no part of an order to PostgreSQL, which may then walk over everybody's documents.
    let text = if filter.oldest_first {
        "SELECT * FROM documents WHERE (owner, id) > ($1, $2) AND owner <= $1 ORDER BY owner, id LIMIT $3"
    } else {
        "SELECT * FROM documents WHERE (owner, id) < ($1, $2) AND owner >= $1 ORDER BY owner DESC, id DESC LIMIT $3"
    };
    // Ids are hexadecimal, so these sort before and after all of them in every collation.
    let first = if filter.oldest_first { "" } else { "g" };
    let mut after = filter.after.as_ref().map_or_else(|| first.to_owned(), ToString::to_string);
    let mut found = Vec::new();
    if limit == 0 {
        return Ok(found);
    }
    loop {
        let rows = sql(text).bind(owner.as_str()).bind(&after).bind(ROWS).all(tx).await?;
        for row in &rows {
            match document_row(row) {
                Ok(document) if words.as_ref().is_none_or(|words| document.name.to_lowercase().contains(words)) => {
                    found.push(document);
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%owner, %error, "a document is left out of a list"),
            }
            if found.len() >= limit as usize {
                return Ok(found);
            }
        }
        match rows.last() {
            Some(last) if rows.len() == ROWS as usize => after = last.get("id")?,
            _ => return Ok(found),
        }
    }
}

/// Deletes documents that no app uses, and releases their bytes.
pub async fn forget(tx: &mut Tx, documents: &[String]) -> Result<u64, StoreError> {
    if documents.is_empty() {
        return Ok(0);
    }
    let text = format!("DELETE FROM documents WHERE id IN ({}) RETURNING id, owner", list(1, documents.len()));
    let rows = sql(text).bind_all(documents).all(tx).await?;
    let mut by_owner: BTreeMap<OwnerId, Vec<String>> = BTreeMap::new();
    for row in &rows {
        by_owner.entry(parse(row, "owner")?).or_default().push(row.get("id")?);
    }
    for (owner, ids) in by_owner {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        blobs::release_all(tx, &owner, APP, &ids).await?;
    }
    Ok(rows.len() as u64)
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
