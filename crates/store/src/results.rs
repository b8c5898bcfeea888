//! Stored results of stages, found by the hash of their input; the calls that produced them are in [`crate::calls`].

use crate::sql::sql;
use serde_json::Value;
use sluice_domain::ids::OwnerId;

use crate::blobs::{self, Subject};
use crate::{StoreError, Tx, retention, storable};

/// The stored result under `key`, if there is one.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Value>, StoreError> {
    let row = sql("SELECT value FROM stage_results WHERE key = $1").bind(key).optional(tx).await?;
    row.map(|row| crate::json(&row.get::<String>("value")?, "a stage's result")).transpose()
}

/// Records that a stored result was used, which extends its retention.
pub async fn touch(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE stage_results SET last_used_at = $2 WHERE key = $1")
        .bind(key)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Stores a result, and replaces an older one under the same key. It references the blobs whose hashes it contains, so that
/// their bytes live as long as it does.
pub async fn store(tx: &mut Tx, key: &str, kind: &str, value: &Value) -> Result<(), StoreError> {
    storable::json("a stage's result", value)?;
    let now = tx.now().await?;
    let text = value.to_string();
    let new = sql("INSERT INTO stage_results (key, kind, value, created_at, last_used_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (key) DO NOTHING")
    .bind(key)
    .bind(kind)
    .bind(&text)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    let owner = OwnerId::system();
    let subject = Subject { owner: &owner, app: blobs::RESULTS, id: key };
    if new == 0 {
        blobs::release(tx, &subject).await?;
        sql("UPDATE stage_results SET value = $2, last_used_at = $3 WHERE key = $1")
            .bind(key)
            .bind(&text)
            .bind(now.as_millis())
            .execute(tx)
            .await?;
    }
    blobs::reference_known(tx, &subject, value).await
}

/// Deletes one result, for example because bytes that it references are gone.
pub async fn forget(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    retention::forget_result_keys(tx, &[key.to_owned()]).await.map(drop)
}
