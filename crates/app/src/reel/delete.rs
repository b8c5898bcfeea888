//! Deleting a reel: its work stops, its rows and its source's row go, a tombstone stays. Its files cannot be read from then
//! on; their bytes go with the next garbage collection.

use sluice_domain::ids::ReelId;
use sluice_store::{StoreError, Tx, events, jobs, reel};

use super::ReelApp;

/// Deletes a reel. Says whether there was one.
pub async fn delete(app: &ReelApp, id: &ReelId) -> Result<bool, StoreError> {
    let reel = id.clone();
    app.platform
        .store
        .write(async move |tx: &mut Tx| {
            let Some(row) = reel::reel(tx, &reel).await? else { return Ok::<_, StoreError>(false) };
            jobs::cancel(tx, &row.owner, &row.job_id).await?;
            reel::bury_reel(tx, &reel).await?;
            events::emit(tx, &row.owner, "reel.deleted", reel.as_str(), &serde_json::json!({}))?;
            Ok(true)
        })
        .await
}
