//! How long the segments of a session are, as the clocks of their recorders say.

use std::collections::BTreeMap;

use sluice_domain::ids::OwnerId;

use super::RecordingId;
use super::rows::number;
use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

/// What the chunks of a segment say together, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Where the last of them ends, in milliseconds of the segment.
    pub end_ms: u64,
    /// The length of all of them.
    pub length_ms: u64,
    /// The length of the longest.
    pub longest_ms: u64,
    /// How many they are.
    pub chunks: u32,
}

/// What the stored chunks of each segment say together, by its number.
pub async fn spans(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<BTreeMap<u32, Span>, StoreError> {
    let rows = sql("SELECT segment, MAX(start_ms + length_ms) AS end_ms, MAX(length_ms) AS longest_ms,
             COUNT(*) AS chunks, CAST(SUM(length_ms) AS BIGINT) AS length_ms
         FROM scribe_chunks WHERE session_id = $1 AND owner = $2 GROUP BY segment")
    .bind(id.as_str())
    .bind(owner.as_str())
    .all(tx)
    .await?;
    let span = |row: &Row| {
        let ms = |name| Ok::<_, StoreError>(row.get::<i64>(name)?.unsigned_abs());
        let (end_ms, length_ms, longest_ms) = (ms("end_ms")?, ms("length_ms")?, ms("longest_ms")?);
        Ok::<_, StoreError>(Span { end_ms, length_ms, longest_ms, chunks: number(row, "chunks")? })
    };
    rows.iter().map(|row| Ok((number(row, "segment")?, span(row)?))).collect()
}
