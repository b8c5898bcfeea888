//! The archive of a session: one ZIP with `metadata.json`, `transcript.txt` and the joined bytes of each segment, which are not
//! compressed again. The same session gives the same bytes.

use std::fs::File;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use sluice_store::scribe::{ChunkRow, RecordingRow, SegmentRow};
use tokio::sync::mpsc::{Receiver, channel};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::media::Media;
use crate::scribe::CHUNK_BYTES;
use crate::scribe::audio::{self, Joined};
use crate::tiers::MoveError;

/// The largest entry without 64-bit sizes.
const LARGE: u64 = 0xffff_0000;
/// Buffered chunks between the archive and the blob store.
const AHEAD: usize = 4;

/// Restored chunks that are referenced in one unit of work.
const KEPT_TOGETHER: usize = 64;

/// The contents of an archive.
pub(super) struct Contents {
    metadata: Vec<u8>,
    transcript: Option<Vec<u8>>,
    segments: Vec<(Joined, Vec<ChunkRow>)>,
}

/// A part of an entry.
enum Piece {
    Entry(String, u64),
    Bytes(Vec<u8>),
}

fn archive_error(error: impl std::fmt::Display) -> MoveError {
    MoveError::Archive { what: error.to_string() }
}

fn differs(what: impl Into<String>) -> MoveError {
    MoveError::Differs { what: what.into() }
}

fn entry_of(joined: &Joined) -> String {
    format!("audio/{}", joined.name)
}

impl Contents {
    /// From these rows, and the text of the transcript.
    pub(super) fn of(
        row: &RecordingRow,
        segments: Vec<(SegmentRow, Vec<ChunkRow>)>,
        transcript: Option<Vec<u8>>,
    ) -> Result<Self, MoveError> {
        let mut described = Vec::with_capacity(segments.len());
        let mut joined = Vec::with_capacity(segments.len());
        for (segment, chunks) in segments {
            let sound = audio::of(&segment, &chunks)?;
            described.push(described_segment(&segment, &chunks, &sound));
            if !chunks.is_empty() {
                joined.push((sound, chunks));
            }
        }
        let metadata = json!({
            "format": "sluice-session/1", "id": row.id, "title": row.title, "language": row.language,
            "consent": row.consent, "gaps_accepted": row.gaps_accepted, "created_at": row.created_at,
            "ended_at": row.ended_at, "segments": described,
        });
        let metadata = serde_json::to_vec_pretty(&metadata).map_err(archive_error)?;
        Ok(Self { metadata, transcript, segments: joined })
    }

    /// Writes the archive to a file.
    pub(super) async fn write(&self, media: &Media, file: PathBuf) -> Result<(), MoveError> {
        let (pieces, receiver) = channel(AHEAD);
        let writing = tokio::task::spawn_blocking(move || write_pieces(&file, receiver));
        let sent = async {
            let texts = [("metadata.json", Some(&self.metadata)), ("transcript.txt", self.transcript.as_ref())];
            for (name, bytes) in texts {
                let Some(bytes) = bytes else { continue };
                pieces.send(Piece::Entry(name.to_owned(), 0)).await.map_err(archive_error)?;
                pieces.send(Piece::Bytes(bytes.clone())).await.map_err(archive_error)?;
            }
            for (joined, _) in &self.segments {
                let bytes = joined.parts.iter().map(|(_, bytes)| bytes).sum();
                pieces.send(Piece::Entry(entry_of(joined), bytes)).await.map_err(archive_error)?;
                for (hash, _) in &joined.parts {
                    let chunk = media.read(hash, CHUNK_BYTES).await?;
                    pieces.send(Piece::Bytes(chunk)).await.map_err(archive_error)?;
                }
            }
            Ok::<_, MoveError>(())
        }
        .await;
        drop(pieces);
        // If both failed, the error of the writer is the cause.
        writing.await.map_err(archive_error)??;
        sent
    }

    /// Verifies every byte of a stored archive: texts directly, chunks by the SHA-256 that their client sent.
    pub(super) async fn compare(self, file: PathBuf) -> Result<(), MoveError> {
        tokio::task::spawn_blocking(move || self.compare_now(&file)).await.map_err(archive_error)?
    }

    fn compare_now(&self, file: &Path) -> Result<(), MoveError> {
        let mut archive = open(file)?;
        let entries = 1 + usize::from(self.transcript.is_some()) + self.segments.len();
        if archive.len() != entries {
            return Err(differs(format!("it has {} entries instead of {entries}", archive.len())));
        }
        let texts = [("metadata.json", Some(&self.metadata)), ("transcript.txt", self.transcript.as_ref())];
        for (name, bytes) in texts {
            let Some(bytes) = bytes else { continue };
            let mut found = Vec::new();
            archive.by_name(name).map_err(archive_error)?.read_to_end(&mut found).map_err(archive_error)?;
            if found != *bytes {
                return Err(differs(name));
            }
        }
        for (joined, chunks) in &self.segments {
            read_chunks(&mut archive, &entry_of(joined), chunks, |_, _| Ok(()))?;
        }
        Ok(())
    }
}

/// A segment in `metadata.json`.
fn described_segment(segment: &SegmentRow, chunks: &[ChunkRow], sound: &Joined) -> serde_json::Value {
    let described: Vec<_> = chunks
        .iter()
        .map(|chunk| {
            json!({ "number": chunk.number, "start_ms": chunk.start_ms, "length_ms": chunk.length_ms,
                    "bytes": chunk.bytes, "sha256": chunk.sha256 })
        })
        .collect();
    json!({ "number": segment.number, "source": segment.source, "media_type": segment.media_type,
            "started_at": segment.started_at, "expected_chunks": segment.expected(),
            "file": (!chunks.is_empty()).then(|| entry_of(sound)), "chunks": described })
}

fn write_pieces(file: &Path, mut pieces: Receiver<Piece>) -> Result<(), MoveError> {
    let mut zip = ZipWriter::new(File::create(file).map_err(archive_error)?);
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Entry(name, bytes) => {
                let sound = name.starts_with("audio/");
                let method = if sound { CompressionMethod::Stored } else { CompressionMethod::Deflated };
                let options = SimpleFileOptions::default().compression_method(method).large_file(bytes > LARGE);
                zip.start_file(name, options).map_err(archive_error)?;
            }
            Piece::Bytes(bytes) => zip.write_all(&bytes).map_err(archive_error)?,
        }
    }
    zip.finish().map_err(archive_error)?.sync_all().map_err(archive_error)
}

fn open(file: &Path) -> Result<ZipArchive<File>, MoveError> {
    ZipArchive::new(File::open(file).map_err(archive_error)?).map_err(archive_error)
}

/// Reads the chunks of an entry, verifies the SHA-256 of each, and that nothing follows them.
fn read_chunks(
    archive: &mut ZipArchive<File>,
    entry: &str,
    chunks: &[ChunkRow],
    mut take: impl FnMut(&ChunkRow, Vec<u8>) -> Result<(), MoveError>,
) -> Result<(), MoveError> {
    let mut sound = archive.by_name(entry).map_err(archive_error)?;
    for chunk in chunks {
        let mut bytes = Vec::new();
        (&mut sound).take(chunk.bytes).read_to_end(&mut bytes).map_err(archive_error)?;
        if hex::encode(Sha256::digest(&bytes)) != chunk.sha256 {
            return Err(differs(format!("chunk {} of {entry}", chunk.number)));
        }
        take(chunk, bytes)?;
    }
    // Reading to the end of an entry verifies its checksum, too.
    let mut rest = [0];
    if sound.read(&mut rest).map_err(archive_error)? > 0 {
        return Err(differs(format!("{entry} has more than its chunks")));
    }
    Ok(())
}

/// Verifies the sound in an archive against the rows of its chunks.
pub(super) async fn check(file: PathBuf, segments: Vec<(SegmentRow, Vec<ChunkRow>)>) -> Result<(), MoveError> {
    let reading = tokio::task::spawn_blocking(move || each_chunk(&file, &segments, |_, _| Ok(())));
    reading.await.map_err(archive_error)?
}

/// Reads the chunks of all segments in an archive.
fn each_chunk(
    file: &Path,
    segments: &[(SegmentRow, Vec<ChunkRow>)],
    mut take: impl FnMut(&ChunkRow, Vec<u8>) -> Result<(), MoveError>,
) -> Result<(), MoveError> {
    let mut archive = open(file)?;
    for (segment, rows) in segments.iter().filter(|(_, rows)| !rows.is_empty()) {
        read_chunks(&mut archive, &entry_of(&audio::of(segment, rows)?), rows, &mut take)?;
    }
    Ok(())
}

/// Stores the chunks of an archive again, byte for byte. `keep` references them a few at a time, long before the first ones would
/// be collected as garbage. None if it returned false: they are no longer needed.
pub(super) async fn unpack<'a>(
    media: &Media,
    file: PathBuf,
    segments: Vec<(SegmentRow, Vec<ChunkRow>)>,
    keep: impl Fn(Vec<String>) -> BoxFuture<'a, Result<bool, MoveError>>,
) -> Result<Option<Vec<String>>, MoveError> {
    let (chunks, mut receiver) = channel::<(String, Vec<u8>)>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        each_chunk(&file, &segments, |row, bytes| {
            chunks.blocking_send((row.blob.clone(), bytes)).map_err(archive_error)
        })
    });
    let (mut stored, mut kept_until) = (Vec::new(), 0);
    while let Some((expected, bytes)) = receiver.recv().await {
        let kept = media.keep_bytes(bytes).await?;
        if kept.hash.as_str() != expected {
            return Err(differs(format!("the bytes of {expected}")));
        }
        stored.push(expected);
        if stored.len() - kept_until == KEPT_TOGETHER {
            if !keep(stored[kept_until..].to_vec()).await? {
                return Ok(None);
            }
            kept_until = stored.len();
        }
    }
    reading.await.map_err(archive_error)??;
    Ok(Some(stored))
}
