//! The garbage collection job: it removes blobs without references, and uploads whose time is over.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::blobs::{self, COLLECT_WITHIN, GRACE};
use tokio::time::Instant;

use super::{BatchSize, Context, POOL, uploads};

/// Removes garbage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collect {
    /// Seconds without a reference before a blob is collected; [`GRACE`] by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<u64>,
}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Collects all garbage.
    Collect,
}

/// Blobs that are marked at a time: as many as can certainly be deleted before the mark expires, even in a remote
/// store.
const AT_ONCE: u32 = 50;

/// The result of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Blobs that were deleted.
    pub blobs: u64,
    /// Uploads that had ended or expired, and were removed.
    pub uploads: u64,
    /// Duration of the longest transaction, in milliseconds.
    pub longest_ms: u64,
}

impl Job for Collect {
    const KIND: &'static str = "maintenance.collect";
    type Stage = Stage;
    type Context = Context;

    fn first_stage() -> Stage {
        Stage::Collect
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::Collect: Stage, run: &Run, context: &Context) -> Result<Next<Stage>, JobError> {
        let grace = self.grace_seconds.map_or(GRACE, Duration::from_secs);
        let stop = || run.cancelled().is_cancelled();
        let uploads = uploads::remove_expired(context, stop).await?;
        if uploads > 0 {
            run.log(format!("{uploads} uploads that had ended or expired are gone"));
        }
        let collected = Collected { uploads, ..collect(context, grace, stop).await? };
        if collected.blobs > 0 {
            run.log(format!("{} blobs that nothing pointed at are gone", collected.blobs));
        }
        Ok(Next::Done(json!(collected)))
    }
}

/// Removes all garbage in batches, until there is none or `stop` returns true.
pub async fn collect(context: &Context, grace: Duration, stop: impl Fn() -> bool) -> Result<Collected, JobError> {
    let mut batches = BatchSize::default();
    let mut collected = Collected::default();
    while !stop() {
        let garbage = batches
            .batch(context, async |tx, rows| blobs::begin_collecting(tx, grace, rows.min(AT_ONCE)).await)
            .await?;
        if garbage.hashes.is_empty() {
            break;
        }
        let marked_at = Instant::now();
        let mut deleted = Vec::with_capacity(garbage.hashes.len());
        for hash in &garbage.hashes {
            // Whoever waits for these bytes relies on this limit. The rest is collected again once its mark has
            // expired.
            if marked_at.elapsed() >= COLLECT_WITHIN {
                break;
            }
            let Ok(name) = hash.parse::<BlobHash>() else { continue };
            match context.platform.media.blobs().delete(&name).await {
                Ok(()) => deleted.push(hash.as_str()),
                // A blob that cannot be deleted stays marked, and does not block the others.
                Err(error) => tracing::warn!(%hash, %error, "a blob that nothing points at cannot be deleted yet"),
            }
        }
        collected.blobs +=
            batches.batch(context, async |tx, _| blobs::finish_collecting(tx, &deleted, garbage.since).await).await?;
        if deleted.is_empty() {
            break;
        }
    }
    collected.longest_ms = u64::try_from(batches.longest.as_millis()).unwrap_or(u64::MAX);
    Ok(collected)
}
