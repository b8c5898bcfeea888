//! Segments: begun, ended, and what is missing of them.

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::scribe::{self, Begun, Closed, NewSegment, RecordingId, SegmentRow};
use sluice_store::{StoreError, Tx};

use super::clock;
use super::context::ScribeApp;
use super::notify::changed;
use super::view::{Gaps, SegmentView};
use super::{MOST_CHUNKS, MOST_SEGMENTS, header};

/// The most missing chunks that are named.
const NAMED: usize = 10_000;

/// Why a segment is not begun or ended.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// This owner has no such session, or the session no such segment.
    #[error("there is no such session or segment")]
    Unknown,
    /// The key is no name.
    #[error("the key of a segment has from 1 to 100 characters")]
    Key,
    /// What it is cannot be recorded.
    #[error("\"{media_type}\" cannot be recorded: record one of {known}")]
    MediaType {
        /// What was given, at most 100 characters of it.
        media_type: String,
        /// What can be.
        known: String,
    },
    /// The session has as many segments as it may have.
    #[error("this session has {most} segments, as many as it may have: finish it, and begin another one")]
    TooMany {
        /// How many it may have.
        most: u32,
    },
    /// The session has ended.
    #[error("this session has ended: begin another one")]
    Ended,
    /// The segment has another number of chunks.
    #[error("this segment has {chunks} chunks already: it cannot end with another number")]
    Differs {
        /// How many it has.
        chunks: u32,
    },
    /// There are more chunks than a segment may have.
    #[error("a segment has at most {most} chunks")]
    TooManyChunks {
        /// How many it may have.
        most: u32,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Begins a segment, or returns the one with the same key.
pub async fn begin(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    new: &NewSegment,
) -> Result<SegmentView, SegmentError> {
    if !(1..=100).contains(&new.key.chars().count()) {
        return Err(SegmentError::Key);
    }
    if new.media_type.len() > 200 || header::kind(&new.media_type).is_none() {
        let media_type = new.media_type.chars().take(100).collect();
        return Err(SegmentError::MediaType { media_type, known: header::kinds() });
    }
    // A clock that is far off must not make a row that nobody can read.
    let started_at = new.started_at.as_millis().clamp(0, 32_503_680_000_000);
    let new = NewSegment { started_at: Timestamp::from_millis(started_at), ..new.clone() };
    let begun = app
        .platform
        .store
        .write(async |tx: &mut Tx| {
            let begun = scribe::begin_segment(tx, owner, id, &new, MOST_SEGMENTS).await?;
            if let Begun::Segment(_) = begun {
                changed(tx, owner, id)?;
            }
            Ok::<_, StoreError>(begun)
        })
        .await?;
    match begun {
        Begun::Segment(row) => view(app, owner, id, &row).await,
        Begun::TooMany => Err(SegmentError::TooMany { most: MOST_SEGMENTS }),
        Begun::Ended => Err(SegmentError::Ended),
        Begun::Unknown => Err(SegmentError::Unknown),
    }
}

/// Says how many chunks a segment has.
pub async fn close(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    number: u32,
    chunks: u32,
) -> Result<SegmentView, SegmentError> {
    if chunks > MOST_CHUNKS {
        return Err(SegmentError::TooManyChunks { most: MOST_CHUNKS });
    }
    let row = app
        .platform
        .store
        .write(async |tx: &mut Tx| {
            match scribe::close_segment(tx, owner, id, number, chunks).await? {
                Closed::Yes => changed(tx, owner, id)?,
                Closed::Differs { chunks } => return Err(SegmentError::Differs { chunks }),
                Closed::Unknown => return Err(SegmentError::Unknown),
            }
            scribe::segment(tx, owner, id, number).await?.ok_or(SegmentError::Unknown)
        })
        .await?;
    view(app, owner, id, &row).await
}

async fn view(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    row: &SegmentRow,
) -> Result<SegmentView, SegmentError> {
    // Where it ends may depend on where others begin.
    let measure = async |tx: &mut Tx| {
        let all = scribe::segments(tx, owner, id).await?;
        clock::measured(tx, owner, id, &all).await
    };
    let measured = app.platform.store.read(measure).await?;
    Ok(SegmentView::of(row, measured.get(&row.number).copied().unwrap_or_default()))
}

/// What is missing of a session; none if this owner has no such session.
pub async fn gaps(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<Option<Gaps>, StoreError> {
    app.platform
        .store
        .read(async |tx: &mut Tx| match scribe::find(tx, owner, id).await? {
            Some(_) => gaps_in(tx, owner, id).await.map(Some),
            None => Ok(None),
        })
        .await
}

/// What is missing, in a unit of work. Only segments of which something is missing are looked into.
pub(super) async fn gaps_in(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Gaps, StoreError> {
    let segments = scribe::segments(tx, owner, id).await?;
    let mut missing = Vec::new();
    let mut named = 0;
    for segment in segments.iter().filter(|segment| segment.stored < segment.expected()) {
        let stored = scribe::chunks(tx, owner, id, segment.number).await?;
        let stored: Vec<u32> = stored.iter().map(|chunk| chunk.number).collect();
        let numbers: Vec<u32> = absent(&stored, segment.expected()).take(NAMED - named).collect();
        named += numbers.len();
        if !numbers.is_empty() {
            missing.push((segment.number, numbers));
        }
    }
    let expected = |segment: &SegmentRow| u64::from(segment.expected());
    let open: Vec<u32> =
        segments.iter().filter(|segment| segment.chunks.is_none()).map(|segment| segment.number).collect();
    Ok(Gaps {
        complete: missing.is_empty() && open.is_empty(),
        open,
        max_sequence: segments.iter().filter_map(|segment| segment.beyond.checked_sub(1)).max(),
        total: segments.iter().map(expected).sum(),
        missing,
    })
}

/// The numbers below `expected` that are not in `stored`, which is in order.
fn absent(stored: &[u32], expected: u32) -> impl Iterator<Item = u32> {
    let mut stored = stored.iter().peekable();
    (0..expected).filter(move |number| stored.next_if_eq(&number).is_none())
}

#[cfg(test)]
mod tests {
    use super::absent;

    #[test]
    fn what_is_absent_is_found() {
        let found = |stored: &[u32], expected| absent(stored, expected).collect::<Vec<_>>();
        assert_eq!(found(&[0, 1, 3, 4, 6], 9), [2, 5, 7, 8]);
        assert_eq!(found(&[], 2), [0, 1]);
        assert_eq!(found(&[0, 1], 2), [0_u32; 0]);
        assert_eq!(found(&[], 0), [0_u32; 0]);
    }
}
