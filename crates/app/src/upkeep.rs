//! What is done now and then: bytes that nothing points at go, temporary folders of dead attempts go, documents that
//! nobody used go, old history goes.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;
use sluice_blobs::{BlobError, BlobHash};
use sluice_domain::ids::DocumentId;
use sluice_store::jobs::JobRow;
use sluice_store::{StoreError, Tx, documents, events, jobs, reel, results};

use crate::platform::Platform;

/// Why a sweep stopped. What it had not removed goes with the next one.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The media folder.
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs that nothing pointed at.
    pub blobs: usize,
    /// Temporary folders of attempts that are over.
    pub folders: usize,
}

/// Unused documents are kept this long, for someone who uploaded one and is still choosing.
const DOCUMENT_REST: Duration = Duration::from_hours(24);
/// Unused stage results are kept this long, so that the same work is not done again next week.
const RESULT_REST: Duration = Duration::from_hours(30 * 24);
/// Finished jobs, with their steps and logs, and the ledger of calls are kept this long.
const HISTORY_REST: Duration = Duration::from_hours(30 * 24);
/// A browser that was away for longer than this is told to look at the whole.
const EVENT_REST: Duration = Duration::from_hours(7 * 24);
/// No upload takes longer than this.
const UPLOAD_REST: Duration = Duration::from_hours(1);

/// Removes what nothing needs. Blobs younger than `rest` are spared: what is being made now is not pointed at yet.
///
/// First it looks at the disk and then at the rows: what is begun in between was not on the disk, and is not touched.
pub async fn sweep(platform: &Platform, rest: Duration) -> Result<Swept, SweepError> {
    let (blobs, folders) = (platform.blobs.all()?, platform.blobs.work_names()?);
    let now = platform.now().await?;
    let (texts, live) = platform
        .store
        .write(async move |tx: &mut Tx| {
            documents::forget_unused_documents(tx, now - DOCUMENT_REST).await?;
            results::forget_unused(tx, now - RESULT_REST).await?;
            results::forget_calls(tx, now - HISTORY_REST).await?;
            jobs::forget_finished(tx, now - HISTORY_REST).await?;
            events::forget(tx, now - EVENT_REST).await?;
            let unfinished = jobs::operator::unfinished(tx).await?;
            let live: HashSet<String> = unfinished.iter().filter_map(JobRow::held).map(|lease| lease.name()).collect();
            Ok::<_, StoreError>((reel::what_points_at_bytes(tx).await?, live))
        })
        .await?;
    // An upload's folder is named by an id, and ids sort by time: what is younger than this may still be arriving.
    let oldest = format!("{UPLOAD}{}", DocumentId::new(now - UPLOAD_REST, [0; 10]));
    let (in_use, dead): (Vec<_>, Vec<_>) = folders
        .into_iter()
        .partition(|name| live.contains(name) || (name.starts_with(UPLOAD) && name.as_str() >= oldest.as_str()));
    for name in &dead {
        platform.blobs.clear_work(name)?;
    }
    // Whoever is at work may have kept bytes that no row names yet.
    let rest = if live.is_empty() && in_use.is_empty() { rest } else { rest.max(Duration::from_hours(1)) };
    let wanted = texts.iter().flat_map(|text| hashes_in(text)).collect();
    Ok(Swept { blobs: platform.blobs.sweep(blobs, wanted, rest).await?, folders: dead.len() })
}

/// What the temporary folders of uploads begin with.
pub const UPLOAD: &str = "upload-";

/// Every content hash that stands in a text: 64 hexadecimal digits on their own.
fn hashes_in(text: &str) -> impl Iterator<Item = BlobHash> + '_ {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|word| word.parse().ok())
}

/// The blobs that a stored result points at: its strings that are a content hash and nothing else. A result's key, which
/// has a hash too, is none.
pub(crate) fn blobs_of(value: &Value) -> Vec<BlobHash> {
    match value {
        Value::String(text) => text.parse().into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(blobs_of).collect(),
        Value::Object(fields) => fields.values().flat_map(blobs_of).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_found_in_any_json() {
        let hash = BlobHash::of(b"x");
        let text = format!("{{\"video\":\"{hash}\",\"key\":\"clip/1:{hash}\",\"other\":\"abc\"}}");
        assert_eq!(hashes_in(&text).collect::<Vec<_>>(), vec![hash.clone(), hash.clone()]);
        assert_eq!(blobs_of(&serde_json::from_str(&text).unwrap()), vec![hash]);
    }
}
