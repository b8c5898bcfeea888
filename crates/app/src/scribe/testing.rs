//! Rows of segments and chunks, for tests.

use sluice_domain::time::Timestamp;
use sluice_store::scribe::{ChunkRow, SegmentRow};

/// An open segment of a microphone that began and was announced then, of which nothing arrived.
pub(super) fn segment(started_at: i64) -> SegmentRow {
    SegmentRow {
        number: 0,
        key: String::new(),
        source: "microphone".to_owned(),
        media_type: "audio/webm".to_owned(),
        started_at: Timestamp::from_millis(started_at),
        created_at: Timestamp::from_millis(started_at),
        chunks: None,
        stored: 0,
        beyond: 0,
    }
}

/// A chunk with its number, start and length.
pub(super) fn chunk(number: u32, start_ms: u64, length_ms: u64) -> ChunkRow {
    ChunkRow {
        segment: 0,
        number,
        start_ms,
        length_ms,
        bytes: 1_000,
        sha256: String::new(),
        blob: String::new(),
        stored_at: Timestamp::from_millis(1_000),
    }
}

/// Chunks of these numbers, each as long as that and where its number says.
pub(super) fn chunks(numbers: &[u32], length_ms: u64) -> Vec<ChunkRow> {
    numbers.iter().map(|number| chunk(*number, u64::from(*number) * length_ms, length_ms)).collect()
}
