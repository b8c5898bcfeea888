//! The verification job. It compares rows and bytes in both directions, page by page: bytes that a row references but
//! that are missing are reported with their owner; bytes without a row become garbage.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::{blobs, retention};

use super::{BatchSize, Context, POOL, uploads};
use crate::media::MediaError;

/// Verifies rows and bytes against each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verify {}

/// One direction, then the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Checks that there are bytes for every row.
    Rows,
    /// Checks that there is a row for all bytes.
    Bytes,
}

/// Rows or blobs that are checked together.
const PAGE: u32 = 200;
/// Pages of one run; the next one resumes there.
const PAGES: u32 = 500;

impl Job for Verify {
    const KIND: &'static str = "maintenance.verify";
    type Stage = Stage;
    type Context = Context;

    fn first_stage() -> Stage {
        Stage::Rows
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, stage: Stage, run: &Run, context: &Context) -> Result<Next<Stage>, JobError> {
        let stop = || run.cancelled().is_cancelled();
        match stage {
            Stage::Rows => {
                for missing in verify_rows(context, stop).await? {
                    tracing::error!(
                        hash = missing.hash, owner = %missing.owner, app = missing.app, subject = missing.subject,
                        "bytes that a row points at are missing: restore them from a backup"
                    );
                    let Missing { hash, owner, app, subject } = missing;
                    run.log(format!("missing: {hash}, of {app} {subject} of {owner}"));
                }
                Ok(Next::Stage(Stage::Bytes))
            }
            Stage::Bytes => {
                let adopted = verify_bytes(context, stop).await?;
                let uploads = uploads::remove_unknown(context, stop).await?;
                Ok(Next::Done(json!({ "without_row": adopted, "uploads_without_row": uploads })))
            }
        }
    }
}

/// Missing bytes, and a row that references them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Their hash.
    pub hash: String,
    /// The owner of the row.
    pub owner: String,
    /// The app of the row.
    pub app: String,
    /// The subject of the row.
    pub subject: String,
}

/// Most rows that are reported for one blob.
const NAMED: u32 = 10;

/// Checks that there are bytes for every row.
pub async fn verify_rows(context: &Context, stop: impl Fn() -> bool) -> Result<Vec<Missing>, JobError> {
    let (store, bytes) = (&context.platform.store, context.platform.media.blobs());
    let mut batches = BatchSize::default();
    let mut missing = Vec::new();
    for _ in 0..PAGES {
        let page = store
            .read(async |tx| {
                let after = retention::cursor(tx, "verify_rows").await?;
                blobs::after(tx, &after, PAGE).await
            })
            .await?;
        let next = page.last().filter(|_| page.len() == PAGE as usize).map(|row| row.hash.clone());
        for row in page.iter().filter(|row| row.unreferenced_since.is_none()) {
            let Ok(hash) = row.hash.parse::<BlobHash>() else { continue };
            let there = bytes.size(&hash).await.map_err(MediaError::from)? == Some(row.bytes);
            if !there {
                let pointing = store.read(async |tx| blobs::pointing_at(tx, &row.hash, NAMED).await).await?;
                missing.extend(pointing.into_iter().map(|(owner, app, subject)| Missing {
                    hash: row.hash.clone(),
                    owner: owner.to_string(),
                    app,
                    subject,
                }));
            }
        }
        let position = next.as_deref();
        batches.batch(context, async |tx, _| retention::set_cursor(tx, "verify_rows", position).await).await?;
        if next.is_none() || stop() {
            break;
        }
    }
    Ok(missing)
}

/// Checks that there is a row for all bytes; blobs without one become garbage. Returns how many there were.
pub async fn verify_bytes(context: &Context, stop: impl Fn() -> bool) -> Result<u64, JobError> {
    let (store, bytes) = (&context.platform.store, context.platform.media.blobs());
    let mut batches = BatchSize::default();
    let mut adopted = 0;
    for _ in 0..PAGES {
        let after = store.read(async |tx| retention::cursor(tx, "verify_bytes").await).await?;
        let last: Option<BlobHash> = after.parse().ok();
        let listed = bytes.list(last.as_ref(), PAGE as usize).await.map_err(MediaError::from)?;
        let next = listed.last().filter(|_| listed.len() == PAGE as usize).map(|blob| blob.hash.to_string());
        let hashes: Vec<&str> = listed.iter().map(|blob| blob.hash.as_str()).collect();
        let unknown = store.read(async |tx| blobs::unknown(tx, &hashes).await).await?;
        let found: Vec<(&str, u64)> = listed
            .iter()
            .filter(|blob| unknown.contains(blob.hash.as_str()))
            .map(|blob| (blob.hash.as_str(), blob.bytes))
            .collect();
        let position = next.as_deref();
        adopted += batches
            .batch(context, async |tx, _| {
                retention::set_cursor(tx, "verify_bytes", position).await?;
                blobs::adopt(tx, &found).await
            })
            .await?;
        if next.is_none() || stop() {
            break;
        }
    }
    Ok(adopted)
}
