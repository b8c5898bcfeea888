//! The bytes of a segment, joined.

use sluice_blobs::BlobHash;
use sluice_domain::ids::OwnerId;
use sluice_store::scribe::{self, ChunkRow, RecordingId, SegmentRow};
use sluice_store::{StoreError, Tx};

use super::context::ScribeApp;
use super::header;

/// The chunks of a segment, in order, without those that are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// What they are, joined.
    pub media_type: &'static str,
    /// A file's name for them, with its ending.
    pub name: String,
    /// Each with its length in bytes.
    pub parts: Vec<(BlobHash, u64)>,
}

/// The bytes of a segment; none if this owner has no such session, or the session no such segment.
pub async fn joined(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    number: u32,
) -> Result<Option<Joined>, StoreError> {
    app.platform
        .store
        .read(async |tx: &mut Tx| {
            let Some(segment) = scribe::segment(tx, owner, id, number).await? else { return Ok(None) };
            let chunks = scribe::chunks(tx, owner, id, number).await?;
            of(&segment, &chunks).map(Some)
        })
        .await
}

/// The bytes of a segment with these chunks.
pub(super) fn of(segment: &SegmentRow, chunks: &[ChunkRow]) -> Result<Joined, StoreError> {
    let media_type = header::kind(&segment.media_type).unwrap_or("application/octet-stream");
    let ending = media_type.rsplit('/').next().unwrap_or_default();
    let part = |chunk: &ChunkRow| match chunk.blob.parse() {
        Ok(hash) => Ok((hash, chunk.bytes)),
        Err(_) => Err(StoreError::Unreadable { what: format!("the bytes of chunk {}", chunk.number) }),
    };
    let parts = chunks.iter().map(part).collect::<Result<_, _>>()?;
    Ok(Joined { media_type, name: format!("segment-{}.{ending}", segment.number), parts })
}
