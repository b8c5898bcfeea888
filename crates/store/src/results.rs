//! Stored results of stages, found by the hash of what went in; the calls that made them are in [`crate::calls`].

use crate::sql::sql;
use serde_json::Value;
use sluice_domain::ids::OwnerId;

use crate::blobs::{self, Subject};
use crate::{StoreError, Tx, retention, storable};

/// The stored result under `key`, if it was made before.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Value>, StoreError> {
    let row = sql("SELECT value FROM stage_results WHERE key = $1").bind(key).optional(tx).await?;
    row.map(|row| crate::json(&row.get::<String>("value")?, "a stage's result")).transpose()
}

/// Notes that a stored result was used, so that it is kept longer.
pub async fn touch(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE stage_results SET last_used_at = $2 WHERE key = $1")
        .bind(key)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Stores a result; an older one under the same key gives way. It points at the blobs that it names, so that their bytes
/// are kept for as long as it is.
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

/// Forgets one result, as when the bytes that it points at are gone.
pub async fn forget(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    retention::forget_result_keys(tx, &[key.to_owned()]).await.map(drop)
}
