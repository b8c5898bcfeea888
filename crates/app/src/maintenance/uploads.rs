//! Unfinished uploads whose time is over: their bytes are removed first, then their rows, so that a crash in between
//! leaves a row that is found again.

use sluice_domain::ids::UploadId;
use sluice_engine::JobError;
use sluice_store::uploads;

use super::{BatchSize, Context};
use crate::media::MediaError;

/// Uploads that are looked at together.
const AT_ONCE: u32 = 20;

/// Removes expired uploads in batches, until there are none or `stop` returns true; returns how many there were.
pub async fn remove_expired(context: &Context, stop: impl Fn() -> bool) -> Result<u64, JobError> {
    let blobs = context.platform.media.blobs();
    let store = &context.platform.store;
    let mut batches = BatchSize::default();
    let mut removed = 0;
    while !stop() {
        let limit = batches.rows().min(AT_ONCE);
        let expired = store.read(async |tx| uploads::expired(tx, limit).await).await?;
        let mut emptied: Vec<UploadId> = Vec::with_capacity(expired.len());
        for upload in expired {
            match blobs.remove_received(upload.as_str()).await {
                Ok(()) => emptied.push(upload),
                Err(error) => tracing::warn!(%upload, %error, "an expired upload cannot be removed yet"),
            }
        }
        if emptied.is_empty() {
            break;
        }
        let forgotten = batches.batch(context, async |tx, _| uploads::forget(tx, &emptied).await).await?;
        removed += forgotten;
        if forgotten == 0 {
            break;
        }
    }
    Ok(removed)
}

/// Names that are looked at together.
const PAGE: usize = 100;

/// Removes received bytes of uploads that have no row: what a process that was stopped for longer than its lease wrote
/// after its upload was removed. Returns how many uploads that were.
pub async fn remove_unknown(context: &Context, stop: impl Fn() -> bool) -> Result<u64, JobError> {
    let blobs = context.platform.media.blobs();
    let store = &context.platform.store;
    let (mut after, mut removed) = (String::new(), 0);
    while !stop() {
        let names = blobs.received_names(&after, PAGE).await.map_err(MediaError::from)?;
        let Some(last) = names.last() else { break };
        after.clone_from(last);
        // A row is written before the first byte: what has none now never gets one.
        let ids: Vec<UploadId> = names.iter().filter_map(|name| name.parse().ok()).collect();
        for upload in store.read(async |tx| uploads::unknown(tx, &ids).await).await? {
            match blobs.remove_received(upload.as_str()).await {
                Ok(()) => removed += 1,
                Err(error) => tracing::warn!(%upload, %error, "an upload without a row cannot be removed yet"),
            }
        }
    }
    Ok(removed)
}
