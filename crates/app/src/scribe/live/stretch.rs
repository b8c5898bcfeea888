//! Plans the next stretch of a segment to transcribe, and writes the file for it.

use std::path::{Path, PathBuf};

use futures::TryStreamExt as _;
use sluice_blobs::BlobError;
use sluice_store::scribe::{ChunkRow, SegmentRow};
use tokio::io::AsyncWriteExt as _;

use super::passages::Ear;
use super::webm;
use crate::media::{Media, MediaError};
use crate::scribe::CHUNK_BYTES;
use crate::scribe::audio::Joined;

/// The shortest stretch that is transcribed on its own, in milliseconds.
const LEAST_MS: u32 = 800;
/// The longest stretch from the end of the final words, in milliseconds: the window of an engine is 30 seconds.
const WINDOW_MS: u32 = 20_000;
/// The least new sound of a stretch, however much before it is not final.
const STEP_MS: u32 = 5_000;
/// The backlog from which the transcription skips ahead, in milliseconds: longer than the longest chunks of a recorder.
const MOST_BEHIND_MS: u32 = 45_000;
/// How much of the backlog is transcribed then, in milliseconds.
const KEPT_MS: u32 = 15_000;
/// A missing chunk is awaited until this many chunks after it have arrived.
const PASSED: usize = 3;
/// The longest time between the start of a cluster and the time that is looked for, in milliseconds.
const CLUSTER_MS: u64 = 35_000;
/// Most bytes that are read from the middle of a recording; a video may have more.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// The next step for a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// No new sound has arrived.
    Wait,
    /// The segment is transcribed to its end.
    Finish,
    /// A stretch is to be transcribed.
    Hear {
        /// Its start, if the sound before it is skipped.
        skip_to: Option<u32>,
        /// Its end.
        until_ms: u32,
        /// Whether more sound is available than fits into it.
        more: bool,
    },
}

/// The next step for a segment with these chunks.
pub(super) fn plan(segment: &SegmentRow, chunks: &[ChunkRow], ear: &Ear) -> Plan {
    let until_ms = u32::try_from(available(chunks)).unwrap_or(u32::MAX);
    let behind = until_ms.saturating_sub(ear.heard_ms);
    let is_whole = segment.chunks == Some(segment.stored);
    if behind < if is_whole { 1 } else { LEAST_MS } {
        return if is_whole { Plan::Finish } else { Plan::Wait };
    }
    let skip_to = (behind > MOST_BEHIND_MS).then(|| until_ms - KEPT_MS);
    let from_ms = skip_to.unwrap_or(ear.from_ms);
    let most = from_ms.saturating_add(WINDOW_MS).max(ear.heard_ms.saturating_add(STEP_MS));
    Plan::Hear { skip_to, until_ms: until_ms.min(most), more: until_ms > most }
}

/// The end of the available sound, up to a missing chunk that is still awaited.
fn available(chunks: &[ChunkRow]) -> u64 {
    let (mut until_ms, mut next) = (0, 0);
    for (index, chunk) in chunks.iter().enumerate() {
        if chunk.number != next && chunks.len() - index < PASSED {
            break;
        }
        until_ms = until_ms.max(chunk.start_ms + chunk.length_ms);
        next = chunk.number + 1;
    }
    until_ms
}

/// A file with a stretch of a segment.
pub(super) struct Stretch {
    pub(super) file: PathBuf,
    /// Its start, in milliseconds from that of the segment.
    pub(super) starts_ms: u32,
}

/// Writes the sound of a time range to a file in a folder. From the middle of a `WebM` recording only the necessary clusters are
/// read; of other formats, everything before the range as well.
pub(super) async fn write(
    media: &Media,
    folder: &Path,
    sound: &Joined,
    chunks: &[ChunkRow],
    from_ms: u32,
    until_ms: u32,
) -> Result<Stretch, MediaError> {
    let file = folder.join(&sound.name);
    let count = chunks.partition_point(|chunk| chunk.start_ms < u64::from(until_ms));
    if sound.media_type.ends_with("/webm")
        && let Some((starts_ms, bytes)) = middle(media, sound, chunks, count, from_ms).await?
    {
        tokio::fs::write(&file, bytes).await.map_err(|source| io(&file, source))?;
        return Ok(Stretch { file, starts_ms });
    }
    let mut written = tokio::fs::File::create(&file).await.map_err(|source| io(&file, source))?;
    for (hash, bytes) in sound.parts.iter().take(count) {
        let mut stream = media.open_range(hash, 0..*bytes).await?;
        while let Some(piece) = stream.try_next().await? {
            written.write_all(&piece).await.map_err(|source| io(&file, source))?;
        }
    }
    written.flush().await.map_err(|source| io(&file, source))?;
    Ok(Stretch { file, starts_ms: 0 })
}

/// The header, and the clusters from the last one that begins at or before a time, of the first `count` chunks, with the time of
/// that cluster; none if everything has to be read.
async fn middle(
    media: &Media,
    sound: &Joined,
    chunks: &[ChunkRow],
    count: usize,
    from_ms: u32,
) -> Result<Option<(u32, Vec<u8>)>, MediaError> {
    let before = chunks.partition_point(|chunk| chunk.start_ms + CLUSTER_MS <= u64::from(from_ms));
    let first = before.saturating_sub(1);
    let parts = sound.parts.get(first..count).unwrap_or_default();
    if first == 0 || chunks.first().is_none_or(|chunk| chunk.number != 0) {
        return Ok(None);
    }
    if parts.iter().map(|(_, bytes)| bytes).sum::<u64>() > MOST_BYTES {
        return Ok(None);
    }
    let Some((hash, _)) = sound.parts.first() else { return Ok(None) };
    let beginning = media.read(hash, CHUNK_BYTES).await?;
    let Some(header) = webm::header(&beginning) else { return Ok(None) };
    let mut bytes = Vec::new();
    for (hash, _) in parts {
        bytes.extend(media.read(hash, CHUNK_BYTES).await?);
    }
    let cluster = webm::clusters(&bytes).take_while(|cluster| cluster.start_ms <= from_ms).last();
    let Some(cluster) = cluster else { return Ok(None) };
    let rest = bytes.get(cluster.at..).unwrap_or_default();
    Ok(Some((cluster.start_ms, [header, rest].concat())))
}

fn io(path: &Path, source: std::io::Error) -> MediaError {
    BlobError::Io { path: path.to_owned(), source }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scribe::testing;

    /// The next step for chunks of five seconds with these numbers.
    fn planned(numbers: &[u32], closed: Option<u32>, from_ms: u32, heard_ms: u32) -> Plan {
        let stored = u32::try_from(numbers.len()).unwrap();
        let segment = SegmentRow { chunks: closed, stored, beyond: stored, ..testing::segment(0) };
        let ear = Ear { from_ms, heard_ms, ..Ear::default() };
        plan(&segment, &testing::chunks(numbers, 5_000), &ear)
    }

    fn hears(until_ms: u32) -> Plan {
        Plan::Hear { skip_to: None, until_ms, more: false }
    }

    #[test]
    fn what_came_is_heard_with_what_is_not_certain() {
        assert_eq!(planned(&[], None, 0, 0), Plan::Wait);
        assert_eq!(planned(&[0], None, 0, 0), hears(5_000));
        assert_eq!(planned(&[0], None, 0, 5_000), Plan::Wait);
        assert_eq!(planned(&[0], Some(1), 0, 5_000), Plan::Finish);
        assert_eq!(planned(&[0, 1], Some(2), 3_000, 5_000), hears(10_000));
        let long: Vec<u32> = (0..8).collect();
        assert_eq!(planned(&long, None, 0, 0), Plan::Hear { skip_to: None, until_ms: 20_000, more: true });
        assert_eq!(planned(&long, None, 0, 24_000), Plan::Hear { skip_to: None, until_ms: 29_000, more: true });
    }

    #[test]
    fn too_much_at_once_is_skipped() {
        let many: Vec<u32> = (0..20).collect();
        let skips = Plan::Hear { skip_to: Some(85_000), until_ms: 100_000, more: false };
        assert_eq!(planned(&many, None, 2_000, 5_000), skips);
    }

    #[test]
    fn a_missing_chunk_is_waited_for_until_some_after_it_are_there() {
        assert_eq!(planned(&[0, 2], None, 0, 5_000), Plan::Wait);
        assert_eq!(planned(&[0, 2, 3], Some(4), 0, 5_000), Plan::Wait);
        assert_eq!(planned(&[0, 2, 3, 4], None, 5_000, 5_000), hears(25_000));
    }
}
