//! What is read of a session by the stages of its transcription, and how they keep what they make.

use std::path::PathBuf;

use futures::TryStreamExt as _;
use serde::Serialize;
use sluice_blobs::BlobHash;
use sluice_capability::{CapabilityError, Doing};
use sluice_engine::{JobError, Run};
use sluice_store::scribe::{self, ChunkRow, RecordingId, RecordingRow, SegmentRow};
use sluice_store::{StoreError, Tx};
use tokio::io::AsyncWriteExt as _;

use super::audio::Joined;
use super::clock::{self, UsualMs, end_of};
use super::context::ScribeApp;
use crate::media::{Media, MediaError};

/// Most bytes of a stored transcript.
pub(super) const TRANSCRIPT_BYTES: u64 = 256 * 1024 * 1024;

/// A segment of which there is, or was to be, sound.
pub(super) struct Recorded {
    pub(super) segment: SegmentRow,
    /// Those that are there; none of a segment of which nothing arrived.
    pub(super) chunks: Vec<ChunkRow>,
    /// Where it ends, in milliseconds of the segment: later than its chunks, if some are missing at its end.
    pub(super) until_ms: u64,
}

/// A session, and its segments.
pub(super) async fn load(run: &Run, id: &RecordingId) -> Result<(RecordingRow, Vec<Recorded>), JobError> {
    let load = async |tx: &mut Tx| {
        let row = scribe::find(tx, run.owner(), id).await?;
        let of_session = UsualMs::of_session(&scribe::spans(tx, run.owner(), id).await?);
        let mut sounds = Vec::new();
        for segment in scribe::segments(tx, run.owner(), id).await? {
            let steady = clock::steady(&segment, scribe::chunks(tx, run.owner(), id, segment.number).await?);
            if steady.jumps > 0 {
                run.log(format!("the clock of the recorder of part {} jumped", segment.number + 1));
            }
            if segment.expected() > 0 {
                let until_ms = steady.until(&segment, of_session);
                sounds.push(Recorded { segment, chunks: steady.chunks, until_ms });
            }
        }
        let ends = sounds.iter_mut().map(|one| (&one.segment, end_of(&one.chunks), &mut one.until_ms));
        clock::end_before_the_next(ends);
        Ok::<_, StoreError>((row, sounds))
    };
    let (row, sounds) = run.read(load).await?;
    Ok((row.ok_or_else(deleted)?, sounds))
}

/// There is nothing to do any more.
pub(super) fn deleted() -> JobError {
    JobError::fail("session_deleted", "the session was deleted")
}

/// Stores an answer, which may be long, outside the database.
pub(super) fn keeping<T>(media: Media) -> impl Fn(T) -> Doing<'static, BlobHash> + Send + Sync
where
    T: Serialize + Send + 'static,
{
    move |answer: T| {
        let media = media.clone();
        Box::pin(async move {
            let bytes =
                serde_json::to_vec(&answer).map_err(|error| CapabilityError::fail("bad_answer", error.to_string()))?;
            let stored = media.keep_bytes(bytes).await;
            Ok(stored.map_err(|error| CapabilityError::retry("not_stored", error.to_string()))?.hash)
        })
    }
}

/// A file with the bytes of a segment, for a child process.
pub(super) async fn join(run: &Run, app: &ScribeApp, sound: &Joined) -> Result<PathBuf, JobError> {
    let media = &app.platform.media;
    let path = media.work_folder(&run.lease().name()).await?.join(&sound.name);
    let failed = |source| MediaError::Blobs(sluice_blobs::BlobError::Io { path: path.clone(), source });
    let mut file = tokio::fs::File::create(&path).await.map_err(failed)?;
    for (hash, bytes) in &sound.parts {
        let mut stream = media.open_range(hash, 0..*bytes).await?;
        while let Some(piece) = stream.try_next().await.map_err(MediaError::from)? {
            file.write_all(&piece).await.map_err(failed)?;
        }
    }
    file.flush().await.map_err(failed)?;
    Ok(path)
}
