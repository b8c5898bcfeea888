//! Sessions as they are shown.

use std::collections::BTreeSet;

use serde::Serialize;
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;
use sluice_store::scribe::{RecordingRow, SegmentRow};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};

use super::clock::Measured;
use crate::tiers::Tier;
use crate::view::ErrorView;

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// Chunks are expected.
    Recording,
    /// The person paused it.
    Paused,
    /// Chunks are expected, but none has come for a while.
    Interrupted,
    /// It has ended, and is being transcribed, or its summary is made again.
    Finishing,
    /// It has ended.
    Complete,
    /// It has ended, and could not be transcribed.
    Failed,
}

/// A session without a chunk for this long is interrupted: three chunks of thirty seconds.
const SILENT: std::time::Duration = std::time::Duration::from_secs(90);

impl RecordingState {
    /// Of a row, now.
    pub fn of(row: &RecordingRow, now: Timestamp) -> Self {
        match row.state.as_str() {
            "complete" if row.jobs_at_work().next().is_some() => Self::Finishing,
            // Without a summary that was to be made again there is still all that was written down.
            "complete" => match row.job.as_ref().and_then(|job| job.state) {
                None | Some(JobState::Succeeded) => Self::Complete,
                Some(_) => Self::Failed,
            },
            "paused" => Self::Paused,
            _ if row.active_at + SILENT < now => Self::Interrupted,
            _ => Self::Recording,
        }
    }
}

/// A session in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordingSummary {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its title; may be empty.
    pub title: String,
    /// ISO 639-1 code of what is spoken; none if it is to be found out.
    pub language: Option<String>,
    /// Its state.
    pub state: RecordingState,
    /// Whether it is to be transcribed, or only recorded.
    pub transcribe: bool,
    /// What those who were recorded were told.
    pub consent: String,
    /// Whether it was ended although chunks were missing.
    pub gaps_accepted: bool,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    pub updated_at: Timestamp,
    /// When its latest chunk arrived; before the first one, when it began. In milliseconds since 1970.
    #[schema(value_type = i64)]
    pub active_at: Timestamp,
    /// When it ended, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub ended_at: Option<Timestamp>,
    /// The job that transcribes it or makes its summary again; while there is neither, the one that transcribed it.
    #[schema(format = "uuid")]
    pub job_id: Option<String>,
    /// Whether there is a transcript.
    pub has_transcript: bool,
    /// Why it could not be transcribed the last time; a summary that is made again changes nothing about it.
    pub error: Option<ErrorView>,
}

impl RecordingSummary {
    /// Of a row, now.
    pub fn of(row: &RecordingRow, now: Timestamp) -> Self {
        Self {
            id: row.id.to_string(),
            title: row.title.clone(),
            language: row.language.clone(),
            state: RecordingState::of(row, now),
            transcribe: row.transcribe,
            consent: row.consent.clone(),
            gaps_accepted: row.gaps_accepted,
            created_at: row.created_at,
            updated_at: row.updated_at,
            active_at: row.active_at,
            ended_at: row.ended_at,
            job_id: row.jobs_at_work().next().or(row.job.as_ref().map(|job| &job.id)).map(ToString::to_string),
            has_transcript: row.transcript.is_some(),
            error: row.job.as_ref().and_then(|job| job.error.as_ref()).map(ErrorView::of),
        }
    }
}

/// A session with its segments.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordingView {
    /// The session.
    #[serde(flatten)]
    pub session: RecordingSummary,
    /// Its segments, in the order in which they were begun.
    #[schema(max_items = 1440)]
    pub segments: Vec<SegmentView>,
    /// Bytes that are stored of it.
    pub bytes: u64,
    /// Milliseconds of sound that are stored of it, of all segments together.
    pub length_ms: u64,
    /// In which tier it is kept.
    pub kept: KeepingView,
}

/// Where a session is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeepingView {
    /// Its tier: `hot` with its chunks, `warm` as one archive, `cold` without its sound.
    pub tier: Tier,
    /// Since when, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub since: Timestamp,
    /// Whether it is held: nothing of it is moved or deleted.
    pub held: bool,
    /// How it got there, the earliest move first.
    #[schema(max_items = 1000)]
    pub moves: Vec<MoveView>,
}

/// A move from tier to tier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MoveView {
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub at: Timestamp,
    /// The rule, such as `hot for 7 days`, or `restored on demand`.
    pub rule: String,
    /// The tier afterwards.
    pub tier: Tier,
    /// What is no longer there.
    pub what: String,
    /// Bytes before.
    pub bytes_before: u64,
    /// Bytes after.
    pub bytes_after: u64,
}

/// A segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentView {
    /// Its number, from 0.
    pub number: u32,
    /// The recorder's own name for it.
    pub key: String,
    /// `microphone`, `tab`, `mixed` or `file`.
    pub source: String,
    /// What its bytes are.
    pub media_type: String,
    /// When it began, by the recorder's clock, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub started_at: Timestamp,
    /// How many chunks it has; none until its recorder has said so.
    pub chunks: Option<u32>,
    /// How many of them are stored.
    pub stored: u32,
    /// The number after the highest that is stored.
    pub beyond: u32,
    /// Where the last stored chunk ends, in milliseconds of the segment.
    pub length_ms: u64,
    /// Where it ends: behind its last stored chunk are those that are missing at its end, each as long as the others usually are, and the
    /// last one up to where another segment begins.
    pub until_ms: u64,
    /// How often its recorder's clock jumped: what came after a jump is where the sound before it ends.
    pub clock_jumps: u32,
}

impl SegmentView {
    /// Of a row, and what was measured of its chunks.
    pub(super) fn of(row: &SegmentRow, measured: Measured) -> Self {
        Self {
            length_ms: measured.end_ms,
            until_ms: measured.until_ms,
            clock_jumps: measured.jumps,
            number: row.number,
            key: row.key.clone(),
            source: row.source.clone(),
            media_type: row.media_type.clone(),
            started_at: row.started_at,
            chunks: row.chunks,
            stored: row.stored,
            beyond: row.beyond,
        }
    }
}

/// As many chunks as are named, and as many segments as a session may have.
const NAMED: usize = 10_000;
const SEGMENTS: usize = 1_440;

/// The number of a segment and the numbers of chunks, in JSON an array of the two. Written without `prefixItems`, which
/// clients that are generated from the description rarely know.
pub fn missing_chunks() -> Schema {
    let numbers = ArrayBuilder::new().items(number()).max_items(Some(NAMED));
    let either = OneOfBuilder::new().item(number()).item(numbers);
    let pair = ArrayBuilder::new().items(either).min_items(Some(2)).max_items(Some(2));
    let what = "Each segment of which chunks are missing: its number and the numbers of the chunks.";
    ArrayBuilder::new().items(pair).max_items(Some(SEGMENTS)).description(Some(what)).build().into()
}

/// The numbers of segments that have not ended.
pub fn open_segments() -> Schema {
    let what = "The segments that have not ended, so that their recorders may have more.";
    ArrayBuilder::new().items(number()).max_items(Some(SEGMENTS)).description(Some(what)).build().into()
}

fn number() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(i32::MAX))
}

/// What is missing of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gaps {
    /// Each segment of which chunks are missing: its number and the numbers of the chunks.
    #[schema(schema_with = missing_chunks)]
    pub missing: Vec<(u32, Vec<u32>)>,
    /// The highest number of a chunk that is stored, in any segment.
    pub max_sequence: Option<u32>,
    /// How many chunks there are, as far as is known.
    pub total: u64,
    /// The segments that have not ended, so that their recorders may have more.
    #[schema(schema_with = open_segments)]
    pub open: Vec<u32>,
    /// Whether every segment has ended and nothing is missing.
    pub complete: bool,
}

/// What a person who ends a session accepts as missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Accepted {
    /// Nothing.
    #[default]
    Nothing,
    /// Whatever is missing.
    Everything,
    /// What they were told of: chunks by their segments, and the segments that have not ended.
    Named {
        /// As [`Gaps::missing`].
        missing: Vec<(u32, Vec<u32>)>,
        /// As [`Gaps::open`].
        open: Vec<u32>,
    },
}

impl Accepted {
    /// Whether this is all that is missing.
    pub(super) fn covers(&self, gaps: &Gaps) -> bool {
        match self {
            Self::Nothing => gaps.complete,
            Self::Everything => true,
            Self::Named { missing, open } => {
                let named: BTreeSet<(u32, u32)> = pairs(missing).collect();
                gaps.open.iter().all(|segment| open.contains(segment))
                    && pairs(&gaps.missing).all(|chunk| named.contains(&chunk))
            }
        }
    }
}

/// Each chunk with its segment.
fn pairs(missing: &[(u32, Vec<u32>)]) -> impl Iterator<Item = (u32, u32)> {
    missing.iter().flat_map(|(segment, chunks)| chunks.iter().map(|chunk| (*segment, *chunk)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_named_covers_no_more_than_that() {
        let gaps = |missing: &[(u32, Vec<u32>)], open: &[u32]| Gaps {
            missing: missing.to_vec(),
            max_sequence: Some(9),
            total: 10,
            open: open.to_vec(),
            complete: missing.is_empty() && open.is_empty(),
        };
        let named = Accepted::Named { missing: vec![(0, vec![1, 2]), (3, vec![0])], open: vec![3] };
        assert!(named.covers(&gaps(&[(0, vec![1, 2]), (3, vec![0])], &[3])));
        assert!(named.covers(&gaps(&[(0, vec![2])], &[])), "one arrived meanwhile");
        assert!(named.covers(&gaps(&[], &[])));
        assert!(!named.covers(&gaps(&[(0, vec![2, 5])], &[])));
        assert!(!named.covers(&gaps(&[(1, vec![2])], &[])));
        assert!(!named.covers(&gaps(&[], &[4])), "another device has begun to record");
        assert!(Accepted::Everything.covers(&gaps(&[(1, vec![2])], &[1])));
        assert!(!Accepted::Nothing.covers(&gaps(&[], &[1])) && Accepted::Nothing.covers(&gaps(&[], &[])));
    }
}
