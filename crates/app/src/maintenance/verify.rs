//! The verification job. It compares rows and bytes in both directions, page by page: bytes that a row references but
//! that are missing are reported with their owner; bytes without a row become garbage. A blob that cannot be looked at is
//! reported, too, and passed over, unless nothing can be done in the whole store: then the run ends, and is tried again.

use std::error::Error as _;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::{BlobError, BlobHash, Blobs};
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
                let mut found = Vec::new();
                let done = verify_rows(context, stop, &mut found).await;
                for Finding { fault, hash, owner, app, subject } in found {
                    tracing::error!(
                        hash,
                        owner,
                        app,
                        subject,
                        "bytes that a row points at are {fault}: restore them from a backup"
                    );
                    run.log(format!("{fault}: {hash}, of {app} {subject} of {owner}"));
                }
                done?;
                Ok(Next::Stage(Stage::Bytes))
            }
            Stage::Bytes => {
                let WithoutRow { adopted, unusable } = verify_bytes(context, stop).await?;
                for hash in unusable {
                    run.log(format!("{}: {hash}, without a row", Fault::Unusable));
                }
                let uploads = uploads::remove_unknown(context, stop).await?;
                Ok(Next::Done(json!({ "without_row": adopted, "uploads_without_row": uploads })))
            }
        }
    }
}

/// What is wrong with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// There are none, or not as many as there should be.
    Missing,
    /// The store fails when it is asked for them, and does not for others.
    Unusable,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Unusable => "unusable",
        })
    }
}

/// Bytes with which something is wrong, and a row that references them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// Their hash.
    pub hash: String,
    /// The owner of the row.
    pub owner: String,
    /// The app of the row.
    pub app: String,
    /// The subject of the row.
    pub subject: String,
}

/// Blobs without a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WithoutRow {
    /// How many have become garbage.
    pub adopted: u64,
    /// The hashes of those that cannot be looked at.
    pub unusable: Vec<String>,
}

/// Most rows that are reported for one blob.
const NAMED: u32 = 10;

/// Checks that there are bytes for every row, and adds those for which there are none to `found`, also before an error: the next
/// run begins behind them.
pub async fn verify_rows(context: &Context, stop: impl Fn() -> bool, found: &mut Vec<Finding>) -> Result<(), JobError> {
    let (store, bytes) = (&context.platform.store, context.platform.media.blobs());
    let mut batches = BatchSize::default();
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
            let fault = match look(bytes, &hash).await? {
                Ok(Some(length)) if length == row.bytes => continue,
                Ok(_) => Fault::Missing,
                Err(_) => Fault::Unusable,
            };
            let pointing = store.read(async |tx| blobs::pointing_at(tx, &row.hash, NAMED).await).await?;
            found.extend(pointing.into_iter().map(|(owner, app, subject)| Finding {
                fault,
                hash: row.hash.clone(),
                owner,
                app,
                subject,
            }));
        }
        let position = next.as_deref();
        batches.batch(context, async |tx, _| retention::set_cursor(tx, "verify_rows", position).await).await?;
        if next.is_none() || stop() {
            break;
        }
    }
    Ok(())
}

/// The length of a blob, or why it cannot be looked at although the store can be used and it was tried twice, which is logged. If
/// the store cannot be used, the error ends the run.
async fn look(store: &Blobs, hash: &BlobHash) -> Result<Result<Option<u64>, BlobError>, MediaError> {
    let error = match store.size(hash).await {
        Ok(length) => return Ok(Ok(length)),
        Err(error) => error,
    };
    if let Err(broken) = store.check().await {
        tracing::warn!(
            error = %broken, cause = broken.source(),
            "the media store cannot be used; verification is tried again"
        );
        return Err(error.into());
    }
    let again = store.size(hash).await;
    Ok(again.inspect_err(|error| {
        tracing::error!(%hash, %error, cause = error.source(), "a blob cannot be looked at; it is passed over");
    }))
}

/// Checks that there is a row for all bytes; blobs without one become garbage.
pub async fn verify_bytes(context: &Context, stop: impl Fn() -> bool) -> Result<WithoutRow, JobError> {
    let (store, bytes) = (&context.platform.store, context.platform.media.blobs());
    let mut batches = BatchSize::default();
    let mut without = WithoutRow::default();
    for _ in 0..PAGES {
        let after = store.read(async |tx| retention::cursor(tx, "verify_bytes").await).await?;
        let last: Option<BlobHash> = after.parse().ok();
        let listed = bytes.list(last.as_ref(), PAGE as usize).await.map_err(MediaError::from)?;
        let next = listed.last().filter(|_| listed.len() == PAGE as usize).map(|blob| blob.hash.to_string());
        let hashes: Vec<&str> = listed.iter().map(|blob| blob.hash.as_str()).collect();
        let unknown = store.read(async |tx| blobs::unknown(tx, &hashes).await).await?;
        let mut found: Vec<(BlobHash, u64)> = Vec::new();
        for blob in listed.into_iter().filter(|blob| unknown.contains(blob.hash.as_str())) {
            match blob.bytes {
                Ok(length) => found.push((blob.hash, length)),
                Err(_) => match look(bytes, &blob.hash).await? {
                    Ok(Some(length)) => found.push((blob.hash, length)),
                    _ => without.unusable.push(blob.hash.to_string()),
                },
            }
        }
        let found: Vec<(&str, u64)> = found.iter().map(|(hash, length)| (hash.as_str(), *length)).collect();
        let position = next.as_deref();
        without.adopted += batches
            .batch(context, async |tx, _| {
                retention::set_cursor(tx, "verify_bytes", position).await?;
                blobs::adopt(tx, &found).await
            })
            .await?;
        if next.is_none() || stop() {
            break;
        }
    }
    Ok(without)
}
