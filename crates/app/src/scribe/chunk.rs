//! Chunks: received, checked, and stored once.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sluice_blobs::BlobError;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::scribe::{self, ChunkRow, Placed, RecordingId};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::context::ScribeApp;
use super::header::{self, HEAD};
use super::notify::has_room;
use super::{CHUNK_BYTES, MOST_WAITING};
use crate::limits::{Exceeded, LimitError, admit};
use crate::media::MediaError;

/// Where a chunk belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of its segment.
    pub segment: u32,
    /// Its own.
    pub number: u32,
    /// Where it begins, in milliseconds of the segment.
    pub start_ms: u64,
    /// How long it is, in milliseconds.
    pub length_ms: u64,
}

/// A chunk that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Acknowledged {
    /// It was stored before.
    pub duplicate: bool,
    /// Whether the next one may be sent.
    pub can_accept: bool,
    /// How many other chunks of this session the server works on.
    pub waiting: u32,
}

/// Why a chunk is not stored.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    /// This owner has no such session, or the session no such segment.
    #[error("there is no such session or segment: begin the segment first")]
    Unknown,
    /// The server works on enough chunks of this session.
    #[error("the server works on {waiting} chunks of this session: keep this one, and send it again in a moment")]
    Busy {
        /// How many.
        waiting: u32,
    },
    /// The server works on enough chunks of all sessions together.
    #[error(
        "the server works on as many recordings as its memory allows: keep this chunk, and send it again in a moment"
    )]
    ServerBusy {
        /// How many others of this session it works on.
        waiting: u32,
        /// When it may be sent again.
        pause: Duration,
    },
    /// It has too many bytes.
    #[error("a chunk has at most {most} bytes: send this part of the recording in smaller chunks")]
    TooLarge {
        /// How many it may have.
        most: u64,
    },
    /// It has none.
    #[error("the chunk is empty: send its bytes")]
    Empty,
    /// It lasts no time.
    #[error("a chunk lasts at least a millisecond: say in length_ms how long its sound is")]
    NoLength,
    /// Its bytes are not those that were meant.
    #[error("the bytes are not those of the digest: send the chunk again")]
    WrongDigest,
    /// The first bytes are not those of a recording.
    #[error("the first chunk of a segment does not begin like {media_type}: send what the recorder made, unchanged")]
    NotAudio {
        /// What it should be.
        media_type: String,
    },
    /// Other bytes are stored in its place.
    #[error("other bytes are stored as this chunk: nothing was changed. Give what is new a number of its own")]
    Differs,
    /// It has been sent too often.
    #[error("this chunk is stored, and was sent again too often: it need not be sent any more")]
    TooOften {
        /// When it may be sent again.
        until: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// Its number is too far from what is stored.
    #[error(
        "the number of this chunk is too far ahead: {most} is the highest that is taken now. Send what is before it"
    )]
    TooFar {
        /// The highest number that is taken.
        most: u32,
    },
    /// Its segment has ended.
    #[error("this segment has ended with {chunks} chunks: begin another one")]
    SegmentClosed {
        /// How many it has.
        chunks: u32,
    },
    /// The session has ended.
    #[error("this session has ended: begin another one")]
    Ended,
    /// It was sent too slowly.
    #[error(
        "the chunk was not received within {seconds} seconds: send it again, or this part of the recording in smaller chunks"
    )]
    TooSlow {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The request ended early.
    #[error("the request ended before the chunk was complete: send it again")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A limit is reached.
    #[error(transparent)]
    Limit(Exceeded),
    /// The bytes could not be stored.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LimitError> for ChunkError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => Self::Limit(exceeded),
            LimitError::Store(error) => error.into(),
        }
    }
}

impl From<BlobError> for ChunkError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::TooLarge { limit } => Self::TooLarge { most: limit },
            BlobError::Interrupted(source) => Self::Interrupted(source),
            error => Self::Media(error.into()),
        }
    }
}

/// The time that any chunk may take to arrive, whatever its size.
const SLOWEST: Duration = Duration::from_mins(1);
/// For every so many bytes a chunk may take a second more: that is slower than any recorder produces them.
const SLOWEST_BYTES: u64 = 4 * 1024;

/// Receives a chunk of so many bytes, unless it is sent so slowly that its share of the bound is better given to others.
async fn in_time<T>(bytes: u64, receiving: impl Future<Output = T>) -> Result<T, ChunkError> {
    let most = SLOWEST + Duration::from_secs(bytes.min(CHUNK_BYTES) / SLOWEST_BYTES);
    let received = tokio::time::timeout(most, receiving).await;
    received.map_err(|_| ChunkError::TooSlow { seconds: most.as_secs() })
}

/// Receives a chunk, verifies its SHA-256, and stores it, unless it is stored already. It is admitted by its announced length,
/// before anything is read.
pub async fn take<E>(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    place: Place,
    sha256: [u8; 32],
    announced: Option<u64>,
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Acknowledged, ChunkError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if place.length_ms == 0 {
        return Err(ChunkError::NoLength);
    }
    let platform = &app.platform;
    let turn = app.waiting.enter(owner, id).ok_or(ChunkError::Busy { waiting: MOST_WAITING })?;
    let waiting = turn.others();
    let bytes = announced.unwrap_or(CHUNK_BYTES);
    let held = app.room.enter(owner, bytes, waiting);
    let held = held.map_err(|pause| {
        app.room.lets_wait(owner, id);
        ChunkError::ServerBusy { waiting, pause }
    })?;
    let segment = platform.store.read(async |tx| scribe::segment(tx, owner, id, place.segment).await).await?;
    let segment = segment.ok_or(ChunkError::Unknown)?;
    let _of_owner = held.receive().await;
    // The semaphore is never closed.
    let _permit = app.receiving.acquire().await.ok();
    let (mut hasher, mut head) = (Sha256::new(), Vec::with_capacity(HEAD));
    let seen = body.inspect(|part| {
        if let Ok(bytes) = part {
            hasher.update(bytes);
            head.extend_from_slice(&bytes[..bytes.len().min(HEAD - head.len())]);
        }
    });
    let staged = in_time(bytes, platform.media.blobs().stage_stream(seen, CHUNK_BYTES)).await??;
    if staged.bytes == 0 {
        return Err(ChunkError::Empty);
    }
    if hasher.finalize()[..] != sha256 {
        return Err(ChunkError::WrongDigest);
    }
    if place.number == 0 && !header::begins(&segment.media_type, &head) {
        return Err(ChunkError::NotAudio { media_type: segment.media_type });
    }
    let row = ChunkRow {
        segment: place.segment,
        number: place.number,
        start_ms: place.start_ms,
        length_ms: place.length_ms,
        bytes: staged.bytes,
        sha256: hex::encode(sha256),
        blob: staged.hash.to_string(),
        stored_at: segment.created_at,
    };
    let placed = platform.media.keep_with(staged, async |tx: &mut Tx, _| {
        let before = admit::before_keeping(tx, &platform.limits, owner).await?;
        let placed = scribe::place(tx, owner, id, &row).await?;
        admit::kept(tx, owner, before).await?;
        Ok::<_, ChunkError>((placed, tx.now().await?))
    });
    let (placed, now) = placed.await?;
    let waiting = turn.others();
    let (is_full, is_crowded) = (waiting + 1 >= MOST_WAITING, held.is_crowded());
    if is_full {
        turn.lets_wait();
    }
    if is_crowded {
        app.room.lets_wait(owner, id);
    }
    let can_accept = !is_full && !is_crowded;
    let mut told = held.ends_waits();
    if turn.ends_wait() {
        told.push((owner.clone(), id.clone()));
    }
    drop((turn, held));
    tell(app, told).await;
    Ok(Acknowledged { duplicate: is_duplicate(placed, now)?, can_accept, waiting })
}

/// Whether a chunk was stored already; an error if it was refused.
fn is_duplicate(placed: Placed, now: Timestamp) -> Result<bool, ChunkError> {
    match placed {
        Placed::New => Ok(false),
        Placed::Duplicate => Ok(true),
        Placed::TooOften { until } => Err(ChunkError::TooOften { until, now }),
        Placed::Differs => Err(ChunkError::Differs),
        Placed::TooFar { most } => Err(ChunkError::TooFar { most }),
        Placed::Closed { chunks } => Err(ChunkError::SegmentClosed { chunks }),
        Placed::Ended => Err(ChunkError::Ended),
        Placed::Unknown => Err(ChunkError::Unknown),
    }
}

/// Notifies the clients of waiting sessions that they may continue. A client that misses this continues by its own timer.
async fn tell(app: &ScribeApp, waiting: Vec<(OwnerId, RecordingId)>) {
    if waiting.is_empty() {
        return;
    }
    let told = app.platform.store.write(async |tx: &mut Tx| {
        for (owner, id) in &waiting {
            has_room(tx, owner, id)?;
        }
        Ok::<_, StoreError>(())
    });
    if let Err(error) = told.await {
        tracing::warn!(%error, "recordings that wait are not told that there is room");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_chunk_that_is_sent_too_slowly_is_given_up() {
        let arrives = async |bytes: u64, seconds: u64| {
            in_time(bytes, tokio::time::sleep(Duration::from_secs(seconds))).await.map_err(|error| match error {
                ChunkError::TooSlow { seconds } => seconds,
                error => panic!("{error}"),
            })
        };
        assert_eq!(arrives(1, 59).await, Ok(()));
        assert_eq!(arrives(1, 61).await, Err(60));
        assert_eq!(arrives(200_000, 107).await, Ok(()), "half a minute of sound");
        assert_eq!(arrives(200_000, 109).await, Err(108));
        assert_eq!(arrives(u64::MAX, 3_000).await, Err(2_501), "no more than the largest chunk has");
    }
}
