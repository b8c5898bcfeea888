//! Deleting a reel: its work stops, its files and its source go, a tombstone stays.

use std::time::Duration;

use sluice_domain::ids::ReelId;
use sluice_store::{StoreError, Tx, events, jobs, reel};

use super::ReelApp;
use crate::upkeep;

/// A file that is as young as this may just have been kept for somebody else, under the same hash.
const JUST_WRITTEN: Duration = Duration::from_secs(2);

/// Deletes a reel. Says whether there was one.
pub async fn delete(app: &ReelApp, id: &ReelId) -> Result<bool, StoreError> {
    let reel = id.clone();
    let existed = app
        .platform
        .store
        .write(async move |tx: &mut Tx| {
            let Some(row) = reel::reel(tx, &reel).await? else { return Ok::<_, StoreError>(false) };
            jobs::cancel(tx, &row.owner, &row.job_id).await?;
            reel::bury_reel(tx, &reel).await?;
            events::emit(tx, &row.owner, "reel.deleted", reel.as_str(), &serde_json::json!({}))?;
            Ok(true)
        })
        .await?;
    if existed && let Err(error) = upkeep::sweep(&app.platform, JUST_WRITTEN).await {
        // The rows are gone; the bytes go with the next sweep.
        tracing::warn!(%error, "the files of a deleted video could not be removed yet");
    }
    Ok(existed)
}
