//! Deleting a reel: its work stops, its rows and its source's row go, a tombstone stays. Its files cannot be read from then
//! on; their bytes go with the next garbage collection.

use sluice_domain::ids::{OwnerId, ReelId};
use sluice_store::{StoreError, Tx, events, jobs, reel};

use super::context::ReelApp;

/// Deletes a reel of this owner. Says whether there was one.
pub async fn delete(owner: &OwnerId, app: &ReelApp, id: &ReelId) -> Result<bool, StoreError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let Some(row) = reel::reel(tx, owner, id).await? else { return Ok::<_, StoreError>(false) };
            jobs::cancel(tx, owner, &row.job_id).await?;
            reel::delete_reel(tx, owner, id).await?;
            events::emit(tx, owner, "reel.deleted", id.as_str(), &serde_json::json!({ "reel_id": id }))?;
            Ok(true)
        })
        .await
}
