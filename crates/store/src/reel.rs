//! Reels and scenes.

mod ids;
pub mod list;

use std::collections::HashSet;

use crate::blobs::{self, Subject};
use crate::migrations::{Migration, Module};
use crate::sql::{Row, json, list, optional_json, parse, sql};
use crate::{StoreError, Tx, documents, retention, storable};
use serde_json::Value;
use sluice_domain::ids::{DocumentId, JobId, OwnerId};
use sluice_domain::language::Language;
use sluice_domain::time::Timestamp;

pub use ids::{ReelId, SceneId};

/// Its tables.
pub(crate) const MODULE: Module = Module {
    name: "reel",
    migrations: &[
        Migration { name: "baseline", sql: include_str!("../migrations/reel/0001_baseline.sql") },
        Migration { name: "limits", sql: include_str!("../migrations/reel/0002_limits.sql") },
        Migration { name: "script_note", sql: include_str!("../migrations/reel/0003_script_note.sql") },
    ],
};

/// Its name in references to blobs.
const APP: &str = "reel";

/// A reel.
#[derive(Debug, Clone, PartialEq)]
pub struct ReelRow {
    /// Its id.
    pub id: ReelId,
    /// Its owner.
    pub owner: OwnerId,
    /// Its source.
    pub document_id: DocumentId,
    /// The job that makes it, the latest one.
    pub job_id: JobId,
    /// Its title, from the content of the document; may be empty. It goes into results that owners share, so it is never a
    /// file's name.
    pub title: String,
    /// The language of its script.
    pub language: Language,
    /// What its owner chose.
    pub choices: Value,
    /// How its script was written, once it is.
    pub script_source: Option<String>,
    /// What is known of a script that a model was asked for, once it is written; none for an extract that was chosen.
    pub script_note: Option<Value>,
    /// Whether a person added, deleted or moved scenes.
    pub edited: bool,
    /// The published files, once they are.
    pub result: Option<Value>,
    /// The client address that requested it, of somebody without an account.
    pub address: String,
    /// The caller's idempotency key, and the hash of the request under it.
    pub request: Option<(String, String)>,
    /// When it was requested.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A scene.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneRow {
    /// Its id.
    pub id: SceneId,
    /// Its owner.
    pub owner: OwnerId,
    /// Its reel.
    pub reel_id: ReelId,
    /// Its position, from 1.
    pub position: u32,
    /// Heading, slide and sentences.
    pub script: Value,
    /// Whether its text or its heading is a person's.
    pub edited: bool,
    /// The script that a person changed, as it was before the first change; none for a scene that a person added, and for
    /// one that nobody changed.
    pub original: Option<Value>,
    /// The job that renders it, the latest one.
    pub job_id: Option<JobId>,
    /// The rendered parts, once there are any; they may be of an earlier script.
    pub made: Option<Value>,
}

/// Adds a reel.
pub async fn insert_reel(tx: &mut Tx, row: &ReelRow) -> Result<(), StoreError> {
    storable::name("an idempotency key", row.request.as_ref().map_or("", |(key, _)| key))?;
    storable::name("an address", &row.address)?;
    storable::json("a reel's choices", &row.choices)?;
    sql("INSERT INTO reels (id, owner, document_id, job_id, title, language, choices, address, request_key, request_hash,
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(row.document_id.as_str())
    .bind(row.job_id.as_str())
    .bind(&row.title)
    .bind(row.language.code())
    .bind(row.choices.to_string())
    .bind(&row.address)
    .bind(row.request.as_ref().map(|(key, _)| key.as_str()))
    .bind(row.request.as_ref().map(|(_, hash)| hash.as_str()))
    .bind(row.created_at.as_millis())
    .bind(row.updated_at.as_millis())
    .execute(tx)
    .await?;
    list::index(tx, &row.id).await
}

/// A reel of this owner by its id; none when it was deleted.
pub async fn reel(tx: &mut Tx, owner: &OwnerId, id: &ReelId) -> Result<Option<ReelRow>, StoreError> {
    let row = sql("SELECT * FROM reels WHERE id = $1 AND owner = $2 AND deleted_at IS NULL")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(reel_row).transpose()
}

/// A reel of this owner, locked until the transaction ends: whoever changes its storyboard waits for the one before.
pub async fn lock_reel(tx: &mut Tx, owner: &OwnerId, id: &ReelId) -> Result<Option<ReelRow>, StoreError> {
    let row = sql("SELECT * FROM reels WHERE id = $1 AND owner = $2 AND deleted_at IS NULL {lock}")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(reel_row).transpose()
}

/// Records whether a person added, deleted or moved scenes of a reel.
pub async fn set_edited(tx: &mut Tx, owner: &OwnerId, id: &ReelId, edited: bool) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE reels SET edited = $3, updated_at = $4 WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(edited)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// The reel of this owner that was asked for under an idempotency key.
pub async fn reel_of_request(tx: &mut Tx, owner: &OwnerId, key: &str) -> Result<Option<ReelRow>, StoreError> {
    let row = sql("SELECT * FROM reels WHERE owner = $1 AND request_key = $2 AND deleted_at IS NULL")
        .bind(owner.as_str())
        .bind(key)
        .optional(tx)
        .await?;
    row.as_ref().map(reel_row).transpose()
}

/// Stores the source of the script and the reel's title.
pub async fn set_script(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &ReelId,
    title: &str,
    source: &str,
) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE reels SET title = $3, script_source = $4, updated_at = $5 WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(title)
        .bind(source)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    list::index(tx, id).await
}

/// Stores what is known of a script that a model was asked for.
pub async fn set_script_note(tx: &mut Tx, owner: &OwnerId, id: &ReelId, note: &Value) -> Result<(), StoreError> {
    storable::json("a note about a script", note)?;
    let now = tx.now().await?;
    sql("UPDATE reels SET script_note = $3, updated_at = $4 WHERE id = $1 AND owner = $2 AND deleted_at IS NULL")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(note.to_string())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Sets the job of a reel.
pub async fn set_reel_job(tx: &mut Tx, owner: &OwnerId, id: &ReelId, job: &JobId) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE reels SET job_id = $3, updated_at = $4 WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(job.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Publishes a reel's files.
pub async fn set_result(tx: &mut Tx, owner: &OwnerId, id: &ReelId, result: &Value) -> Result<(), StoreError> {
    storable::json("a reel's result", result)?;
    let now = tx.now().await?;
    let row = sql("UPDATE reels SET result = $3, updated_at = $4 WHERE id = $1 AND owner = $2 AND deleted_at IS NULL
         RETURNING owner")
    .bind(id.as_str())
    .bind(owner.as_str())
    .bind(result.to_string())
    .bind(now.as_millis())
    .optional(tx)
    .await?;
    match row {
        Some(row) => point(tx, &row, id.as_str(), result).await,
        None => Ok(()),
    }
}

/// Makes a reel or a scene reference the blobs of its files, and no others.
async fn point(tx: &mut Tx, row: &Row, id: &str, files: &Value) -> Result<(), StoreError> {
    let (owner, named) = (parse(row, "owner")?, blobs::named_in(files));
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    blobs::replace(tx, &Subject { owner: &owner, app: APP, id }, &named).await
}

/// Soft-deletes a reel: its scenes, its results and, unless another reel uses it, its document are deleted. A tombstone
/// stays for what its jobs still write. Its idempotency key is free again.
pub async fn delete_reel(tx: &mut Tx, owner: &OwnerId, id: &ReelId) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let row = sql("SELECT document_id FROM reels WHERE id = $1 AND owner = $2 AND deleted_at IS NULL")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let document: Option<String> = row.get("document_id")?;
    if document.is_some() {
        // A transaction that starts another reel of the document has locked it first, so that it is found in use below.
        documents::lock(tx, owner, &parse(&row, "document_id")?).await?;
    }
    clear_scenes(tx, owner, id).await?;
    let alone = sql("SELECT key FROM reel_results AS own WHERE reel_id = $1 AND NOT EXISTS
             (SELECT 1 FROM reel_results AS other WHERE other.key = own.key AND other.reel_id <> $1)")
    .bind(id.as_str())
    .all(tx)
    .await?;
    let alone = alone.iter().map(|row| row.get("key")).collect::<Result<Vec<String>, _>>()?;
    retention::forget_result_keys(tx, &alone).await?;
    sql("DELETE FROM reel_results WHERE reel_id = $1").bind(id.as_str()).execute(tx).await?;
    blobs::release(tx, &Subject { owner, app: APP, id: id.as_str() }).await?;
    sql("UPDATE reels SET result = NULL, script_note = NULL, document_id = NULL, title = '', search = '', request_key = NULL, request_hash = NULL,
         deleted_at = $2, updated_at = $2 WHERE id = $1")
    .bind(id.as_str())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    match document {
        Some(document) if documents_in_use(tx, std::slice::from_ref(&document)).await?.is_empty() => {
            documents::forget(tx, &[document]).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// Up to `limit` reels of an owner that are not deleted.
pub async fn reels_of(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<Vec<ReelId>, StoreError> {
    let rows = sql("SELECT id FROM reels WHERE owner = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2")
        .bind(owner.as_str())
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(|row| parse(row, "id")).collect()
}

/// Which of these documents a reel uses.
pub async fn documents_in_use(tx: &mut Tx, documents: &[String]) -> Result<HashSet<String>, StoreError> {
    if documents.is_empty() {
        return Ok(HashSet::new());
    }
    let text = format!("SELECT DISTINCT document_id FROM reels WHERE document_id IN ({})", list(1, documents.len()));
    let rows = sql(text).bind_all(documents).all(tx).await?;
    rows.iter().map(|row| row.get("document_id")).collect()
}

/// The tombstones of reels that were deleted before `before`, the oldest first: at most `limit`, behind the first `skip`.
pub async fn tombstones(tx: &mut Tx, before: Timestamp, skip: u32, limit: u32) -> Result<Vec<String>, StoreError> {
    let rows = sql("SELECT id FROM reels WHERE deleted_at IS NOT NULL AND deleted_at < $1
         ORDER BY deleted_at LIMIT $2 OFFSET $3")
    .bind(before.as_millis())
    .bind(limit)
    .bind(skip)
    .all(tx)
    .await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Deletes tombstones, with what a job that was still running when their reels were deleted wrote for them later; returns how
/// many.
pub async fn forget_tombstones(tx: &mut Tx, ids: &[String]) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let any = list(1, ids.len());
    let late = sql(format!("SELECT DISTINCT owner, reel_id FROM scenes WHERE reel_id IN ({any})"));
    for row in &late.bind_all(ids).all(tx).await? {
        clear_scenes(tx, &parse(row, "owner")?, &parse(row, "reel_id")?).await?;
    }
    sql(format!("DELETE FROM reel_results WHERE reel_id IN ({any})")).bind_all(ids).execute(tx).await?;
    sql(format!("DELETE FROM reels WHERE id IN ({any})")).bind_all(ids).execute(tx).await
}

/// Adds a scene.
pub async fn insert_scene(tx: &mut Tx, row: &SceneRow) -> Result<(), StoreError> {
    storable::json("a scene's script", &row.script)?;
    sql("INSERT INTO scenes (id, owner, reel_id, position, script, edited) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(row.id.as_str())
        .bind(row.owner.as_str())
        .bind(row.reel_id.as_str())
        .bind(row.position)
        .bind(row.script.to_string())
        .bind(row.edited)
        .execute(tx)
        .await?;
    Ok(())
}

/// Deletes all scenes of a reel.
pub async fn clear_scenes(tx: &mut Tx, owner: &OwnerId, reel: &ReelId) -> Result<(), StoreError> {
    let rows = sql("DELETE FROM scenes WHERE reel_id = $1 AND owner = $2 RETURNING id")
        .bind(reel.as_str())
        .bind(owner.as_str())
        .all(tx)
        .await?;
    let ids = rows.iter().map(|row| row.get("id")).collect::<Result<Vec<String>, _>>()?;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    if ids.is_empty() {
        return Ok(());
    }
    blobs::release_all(tx, owner, APP, &ids).await
}

/// The scenes of a reel, in order.
pub async fn scenes(tx: &mut Tx, owner: &OwnerId, reel: &ReelId) -> Result<Vec<SceneRow>, StoreError> {
    let rows = sql("SELECT * FROM scenes WHERE reel_id = $1 AND owner = $2 ORDER BY position")
        .bind(reel.as_str())
        .bind(owner.as_str())
        .all(tx)
        .await?;
    rows.iter().map(scene_row).collect()
}

/// A person's change of a scene.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneChange {
    /// The new script.
    pub script: Value,
    /// The script before the first change; none for a scene that a person added.
    pub original: Option<Value>,
    /// Whether the two differ.
    pub edited: bool,
}

/// Replaces the script of a scene with a person's edit.
pub async fn edit_scene(tx: &mut Tx, owner: &OwnerId, id: &SceneId, change: &SceneChange) -> Result<(), StoreError> {
    storable::json("a scene's script", &change.script)?;
    sql("UPDATE scenes SET script = $3, original = $4, edited = $5 WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(change.script.to_string())
        .bind(change.original.as_ref().map(Value::to_string))
        .bind(change.edited)
        .execute(tx)
        .await?;
    Ok(())
}

/// Deletes a scene. The others keep their positions: see [`order_scenes`].
pub async fn delete_scene(tx: &mut Tx, owner: &OwnerId, id: &SceneId) -> Result<(), StoreError> {
    sql("DELETE FROM scenes WHERE id = $1 AND owner = $2").bind(id.as_str()).bind(owner.as_str()).execute(tx).await?;
    blobs::release(tx, &Subject { owner, app: APP, id: id.as_str() }).await
}

/// Puts the scenes of a reel in this order.
pub async fn order_scenes(tx: &mut Tx, owner: &OwnerId, order: &[SceneId]) -> Result<(), StoreError> {
    // Two passes, because positions are unique at any moment.
    for (sign, index) in [-1_i64, 1].into_iter().flat_map(|sign| (0..order.len()).map(move |index| (sign, index))) {
        let Some(id) = order.get(index) else { continue };
        let place = sign * i64::try_from(index + 1).unwrap_or(i64::MAX);
        sql("UPDATE scenes SET position = $3 WHERE id = $1 AND owner = $2")
            .bind(id.as_str())
            .bind(owner.as_str())
            .bind(place)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Sets the job that renders a scene.
pub async fn set_scene_job(tx: &mut Tx, owner: &OwnerId, id: &SceneId, job: &JobId) -> Result<(), StoreError> {
    sql("UPDATE scenes SET job_id = $3 WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(job.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// Stores a scene's rendered artefacts.
pub async fn set_scene_made(tx: &mut Tx, owner: &OwnerId, id: &SceneId, made: &Value) -> Result<(), StoreError> {
    storable::json("a scene's parts", made)?;
    let row = sql("UPDATE scenes SET made = $3 WHERE id = $1 AND owner = $2 RETURNING owner")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(made.to_string())
        .optional(tx)
        .await?;
    match row {
        Some(row) => point(tx, &row, id.as_str(), made).await,
        None => Ok(()),
    }
}

/// Records that a reel uses a stage result.
pub async fn use_result(tx: &mut Tx, owner: &OwnerId, reel: &ReelId, key: &str) -> Result<(), StoreError> {
    sql("INSERT INTO reel_results (reel_id, key)
         SELECT id, CAST($3 AS TEXT) FROM reels WHERE id = $1 AND owner = $2 AND deleted_at IS NULL
         ON CONFLICT DO NOTHING")
    .bind(reel.as_str())
    .bind(owner.as_str())
    .bind(key)
    .execute(tx)
    .await?;
    Ok(())
}

fn reel_row(row: &Row) -> Result<ReelRow, StoreError> {
    Ok(ReelRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        document_id: parse(row, "document_id")?,
        job_id: parse(row, "job_id")?,
        title: row.get("title")?,
        language: language(&row.get::<String>("language")?)?,
        choices: json(row, "choices")?,
        script_source: row.get("script_source")?,
        script_note: optional_json(row, "script_note")?,
        edited: row.get("edited")?,
        result: optional_json(row, "result")?,
        address: row.get("address")?,
        request: row.get::<Option<String>>("request_key")?.zip(row.get("request_hash")?),
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}

/// A later version may have more languages: its reel is not told in another one.
fn language(code: &str) -> Result<Language, StoreError> {
    Language::from_code(code).ok_or_else(|| StoreError::Unreadable { what: format!("a reel in \"{code}\"") })
}

fn scene_row(row: &Row) -> Result<SceneRow, StoreError> {
    let job: Option<String> = row.get("job_id")?;
    Ok(SceneRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        reel_id: parse(row, "reel_id")?,
        position: row.get("position")?,
        script: json(row, "script")?,
        edited: row.get("edited")?,
        original: optional_json(row, "original")?,
        job_id: job.map(|_| parse(row, "job_id")).transpose()?,
        made: optional_json(row, "made")?,
    })
}
