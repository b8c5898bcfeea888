//! Deletes a reel: its jobs are cancelled, its rows and the row of its document are deleted, a tombstone remains. Its
//! files are unreachable from then on; the next garbage collection removes their bytes.

use sluice_domain::ids::OwnerId;
use sluice_store::reel::ReelId;
use sluice_store::{StoreError, Tx, events, jobs, reel};

use super::context::ReelApp;

/// Deletes a reel of this owner. Returns whether it existed.
pub async fn delete(owner: &OwnerId, app: &ReelApp, id: &ReelId) -> Result<bool, StoreError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let Some(row) = reel::lock_reel(tx, owner, id).await? else { return Ok::<_, StoreError>(false) };
            jobs::cancel(tx, owner, &row.job_id).await?;
            reel::delete_reel(tx, owner, id).await?;
            events::emit(tx, owner, "reel.deleted", id.as_str(), &serde_json::json!({ "reel_id": id }))?;
            Ok(true)
        })
        .await
}
