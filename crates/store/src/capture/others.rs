//! Drafts, actions that can be undone, and exports.

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use super::rows::{action_row, draft_row, export_row};
use super::{ActionId, ActionRow, DraftId, DraftRow, ExportId, ExportRow};
use crate::sql::{containing, list, sql};
use crate::{StoreError, Tx, storable};

/// Adds drafts that a job is to make.
pub async fn insert_draft(tx: &mut Tx, row: &DraftRow) -> Result<(), StoreError> {
    storable::json("what is asked for", &row.request)?;
    sql("INSERT INTO capture_drafts (id, owner, request, job_id, texts, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(row.id.as_str())
        .bind(row.owner.as_str())
        .bind(row.request.to_string())
        .bind(row.job.as_str())
        .bind(serde_json::json!(row.texts).to_string())
        .bind(row.created_at.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Drafts of this owner by their id.
pub async fn draft(tx: &mut Tx, owner: &OwnerId, id: &DraftId) -> Result<Option<DraftRow>, StoreError> {
    let row = sql("SELECT capture_drafts.*,
             (SELECT state FROM jobs WHERE jobs.id = job_id) AS job_state,
             (SELECT error_code FROM jobs WHERE jobs.id = job_id) AS job_error_code,
             (SELECT error_message FROM jobs WHERE jobs.id = job_id) AS job_error_message
         FROM capture_drafts WHERE id = $1 AND owner = $2")
    .bind(id.as_str())
    .bind(owner.as_str())
    .optional(tx)
    .await?;
    row.as_ref().map(draft_row).transpose()
}

/// Writes the phrases of drafts; returns whether there are such drafts.
pub async fn set_drafts(tx: &mut Tx, owner: &OwnerId, id: &DraftId, texts: &[String]) -> Result<bool, StoreError> {
    let set = sql("UPDATE capture_drafts SET texts = $3 WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(serde_json::json!(texts).to_string())
        .execute(tx)
        .await?;
    Ok(set == 1)
}

/// Adds an action that can be undone.
pub async fn insert_action(tx: &mut Tx, row: &ActionRow) -> Result<(), StoreError> {
    storable::json("what phrases were before", &row.before)?;
    sql("INSERT INTO capture_actions (id, owner, action, before, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(row.id.as_str())
        .bind(row.owner.as_str())
        .bind(&row.action)
        .bind(row.before.to_string())
        .bind(row.created_at.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes an action away in order to undo it: it is undone once.
pub async fn take_action(tx: &mut Tx, owner: &OwnerId, id: &ActionId) -> Result<Option<ActionRow>, StoreError> {
    let row = sql("DELETE FROM capture_actions WHERE id = $1 AND owner = $2 RETURNING *")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(action_row).transpose()
}

/// The actions of an owner that did this, can be undone, and have this in what phrases were before.
pub async fn actions_with(
    tx: &mut Tx,
    owner: &OwnerId,
    action: &str,
    part: &str,
) -> Result<Vec<ActionRow>, StoreError> {
    let rows =
        sql("SELECT * FROM capture_actions WHERE owner = $1 AND action = $2 AND LOWER(before) LIKE $3 ESCAPE '!'")
            .bind(owner.as_str())
            .bind(action)
            .bind(containing(part))
            .all(tx)
            .await?;
    rows.iter().map(action_row).collect()
}

/// Removes at most `limit` actions of all owners from before `before`; returns how many.
pub async fn actions_before(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    sql("DELETE FROM capture_actions WHERE id IN
             (SELECT id FROM capture_actions WHERE created_at < $1 ORDER BY created_at LIMIT $2)")
    .bind(before.as_millis())
    .bind(limit)
    .execute(tx)
    .await
}

/// Adds an export that was asked for.
pub async fn insert_export(tx: &mut Tx, row: &ExportRow) -> Result<(), StoreError> {
    sql("INSERT INTO capture_exports (id, owner, form, deck, everything, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(row.id.as_str())
        .bind(row.owner.as_str())
        .bind(&row.form)
        .bind(&row.deck)
        .bind(row.everything)
        .bind(row.created_at.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// An export of this owner by its id.
pub async fn export_of(tx: &mut Tx, owner: &OwnerId, id: &ExportId) -> Result<Option<ExportRow>, StoreError> {
    let row = sql("SELECT * FROM capture_exports WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(export_row).transpose()
}

/// Writes how the file of an export ended: with so many cards, or why it is not whole.
pub async fn finish_export(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &ExportId,
    ended: Result<u32, &str>,
) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let query = match ended {
        Ok(cards) => {
            sql("UPDATE capture_exports SET cards = $3, finished_at = $4, error = NULL WHERE id = $1 AND owner = $2")
                .bind(id.as_str())
                .bind(owner.as_str())
                .bind(cards)
                .bind(now.as_millis())
        }
        Err(error) => sql("UPDATE capture_exports SET error = $3 WHERE id = $1 AND owner = $2")
            .bind(id.as_str())
            .bind(owner.as_str())
            .bind(storable::cut(error, storable::TEXT_LIMIT)),
    };
    query.execute(tx).await.map(drop)
}

/// The tables of drafts, actions and exports, which are kept for a time only.
pub const OTHERS: [&str; 3] = ["capture_drafts", "capture_actions", "capture_exports"];

/// The rows of one of [`OTHERS`] of all owners from before `before`, the oldest first: at most `limit`, behind the first `skip`.
pub async fn old_others(
    tx: &mut Tx,
    table: &'static str,
    before: Timestamp,
    skip: u32,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let text = format!("SELECT id FROM {table} WHERE created_at < $1 ORDER BY created_at LIMIT $2 OFFSET $3");
    let rows = sql(text).bind(before.as_millis()).bind(limit).bind(skip).all(tx).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Removes these rows of one of [`OTHERS`]; returns how many.
pub async fn forget_others(tx: &mut Tx, table: &'static str, ids: &[String]) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let any = list(1, ids.len());
    sql(format!("DELETE FROM {table} WHERE id IN ({any})")).bind_all(ids).execute(tx).await
}

/// Removes at most `limit` each of the drafts, actions and exports of an owner; returns how many.
pub async fn forget_others_of(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<u64, StoreError> {
    let mut gone = 0;
    for table in OTHERS {
        // All of them go: an order would have PostgreSQL look for them among those of all owners, from the oldest on.
        gone += sql(format!("DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE owner = $1 LIMIT $2)"))
            .bind(owner.as_str())
            .bind(limit)
            .execute(tx)
            .await?;
    }
    Ok(gone)
}
