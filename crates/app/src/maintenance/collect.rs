//! The job that removes bytes that nothing points at.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::blobs::{self, COLLECT_WITHIN, GRACE};
use tokio::time::Instant;

use super::{Context, POOL, Pace};

/// Removes garbage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collect {
    /// How long nothing must have pointed at it, in seconds; [`GRACE`] by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<u64>,
}

/// There is one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// All of it.
    Collect,
}

/// Blobs that are marked at once: as many as can surely be deleted before the mark is too old, also in a remote store.
const AT_ONCE: u32 = 50;

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Blobs that went.
    pub blobs: u64,
    /// Longest time that a unit of work took, in milliseconds.
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
        let collected = collect(context, grace, || run.cancelled().is_cancelled()).await?;
        if collected.blobs > 0 {
            run.log(format!("{} blobs that nothing pointed at are gone", collected.blobs));
        }
        Ok(Next::Done(json!(collected)))
    }
}

/// Removes all garbage, batch by batch, until there is none or `stop` says so.
pub async fn collect(context: &Context, grace: Duration, stop: impl Fn() -> bool) -> Result<Collected, JobError> {
    let mut pace = Pace::default();
    let mut collected = Collected::default();
    while !stop() {
        let garbage =
            pace.batch(context, async |tx, rows| blobs::begin_collecting(tx, grace, rows.min(AT_ONCE)).await).await?;
        if garbage.hashes.is_empty() {
            break;
        }
        let marked_at = Instant::now();
        let mut deleted = Vec::with_capacity(garbage.hashes.len());
        for hash in &garbage.hashes {
            // Whoever waits for these bytes counts on it. What is left is collected again once its mark is old.
            if marked_at.elapsed() >= COLLECT_WITHIN {
                break;
            }
            let Ok(name) = hash.parse::<BlobHash>() else { continue };
            match context.platform.media.blobs().delete(&name).await {
                Ok(()) => deleted.push(hash.as_str()),
                // One that cannot be deleted stays marked, and keeps no other.
                Err(error) => tracing::warn!(%hash, %error, "a blob that nothing points at cannot be deleted yet"),
            }
        }
        collected.blobs +=
            pace.batch(context, async |tx, _| blobs::finish_collecting(tx, &deleted, garbage.since).await).await?;
        if deleted.is_empty() {
            break;
        }
    }
    collected.longest_ms = u64::try_from(pace.longest.as_millis()).unwrap_or(u64::MAX);
    Ok(collected)
}
