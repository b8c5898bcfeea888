//! Which phrases are the same: those with the same likeness, which the app makes of their texts.

use sluice_domain::ids::OwnerId;

use super::{PhraseId, PhraseRow, STATUS};
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx};

/// The other phrases of the owner of this one that are the same: with its likeness, in its language, translated into the same one, and
/// not deleted; at most `limit`. Those come first that are in decks, then those that have a card, then the oldest. One without a
/// likeness yet is the same if it has one of `texts`.
pub async fn same_as(tx: &mut Tx, row: &PhraseRow, texts: [&str; 2], limit: u32) -> Result<Vec<PhraseId>, StoreError> {
    let [text, other_form] = texts;
    if row.likeness.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql(format!(
        "SELECT id FROM capture_phrases
         WHERE owner = $1 AND (likeness = $2 OR (likeness = '' AND text IN ($3, $4))) AND id <> $5
             AND COALESCE(language, '') = $6 AND translate_to = $7 AND deleted_at IS NULL
         ORDER BY excluded, CASE WHEN {STATUS} = 'failed' THEN 1 ELSE 0 END, created_at, id LIMIT $8"
    ))
    .bind(row.owner.as_str())
    .bind(&row.likeness)
    .bind(text)
    .bind(other_form)
    .bind(row.id.as_str())
    .bind(row.language.as_deref().unwrap_or_default())
    .bind(&row.translate_to)
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(|row| parse(row, "id")).collect()
}

/// A phrase from before phrases had a likeness, or that a process of such a version has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlike {
    /// Its id.
    pub id: PhraseId,
    /// Its owner.
    pub owner: OwnerId,
    /// The phrase.
    pub text: String,
    /// What it is found by.
    pub search: String,
    /// Its version.
    pub version: i64,
}

/// The phrases of all owners that have a text and no likeness, at most `limit` after the id `after`; also those that were deleted.
pub async fn without_likeness(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<Unlike>, StoreError> {
    let rows = sql("SELECT id, owner, text, search, version FROM capture_phrases
         WHERE likeness = '' AND text <> '' AND id > $1 ORDER BY id LIMIT $2")
    .bind(after)
    .bind(limit)
    .all(tx)
    .await?;
    let unlike = |row: &Row| {
        let (id, owner) = (parse(row, "id")?, parse(row, "owner")?);
        Ok(Unlike { id, owner, text: row.get("text")?, search: row.get("search")?, version: row.get("version")? })
    };
    rows.iter().map(unlike).collect()
}

/// Writes the likeness of a phrase and what it is found by, unless it was changed since: whether it was written. It stays the version
/// that it is.
pub async fn set_likeness(tx: &mut Tx, row: &Unlike, likeness: &str, search: &str) -> Result<bool, StoreError> {
    let written =
        sql("UPDATE capture_phrases SET likeness = $3, search = $4 WHERE id = $1 AND owner = $2 AND version = $5")
            .bind(row.id.as_str())
            .bind(row.owner.as_str())
            .bind(likeness)
            .bind(search)
            .bind(row.version)
            .execute(tx)
            .await?;
    Ok(written > 0)
}
