//! Sessions, segments and chunks as rows, and the answers to what is asked of them.

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use super::RecordingId;
use crate::StoreError;
use crate::jobs::JobError;
use crate::sql::{Row, parse};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingRow {
    /// Its id.
    pub id: RecordingId,
    /// Its owner.
    pub owner: OwnerId,
    /// Its title.
    pub title: String,
    /// ISO 639-1 code of what is spoken; none if it is to be found out.
    pub language: Option<String>,
    /// `recording`, `paused` or `complete`.
    pub state: String,
    /// Whether it is to be transcribed, or only recorded.
    pub transcribe: bool,
    /// What those who were recorded were told.
    pub consent: String,
    /// Whether it was ended although chunks were missing.
    pub gaps_accepted: bool,
    /// The caller's idempotency key, and the hash of the request under it.
    pub request: Option<(String, String)>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When its latest chunk, or else itself, arrived.
    pub active_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The job that transcribes it, the latest one.
    pub job: Option<RecordingJob>,
    /// The job that makes its summary again, the latest one.
    pub summary_job: Option<SummaryJob>,
    /// The name of the bytes of its transcript.
    pub transcript: Option<String>,
    /// Changes with every edit, and with a transcript in the place of another.
    pub revision: u64,
    /// Edits that the latest transcript has no passage for any more.
    pub edits_dropped: u32,
}

impl RecordingRow {
    /// Whether it is being transcribed.
    pub fn is_being_transcribed(&self) -> bool {
        self.job.as_ref().is_some_and(|job| goes_on(job.state))
    }

    /// The jobs at work on it: the one that transcribes it before the one that makes its summary again.
    pub fn jobs_at_work(&self) -> impl Iterator<Item = &JobId> {
        let transcribes = self.job.as_ref().map(|job| (&job.id, job.state));
        let summarises = self.summary_job.as_ref().map(|job| (&job.id, job.state));
        [transcribes, summarises].into_iter().flatten().filter(|(_, state)| goes_on(*state)).map(|(id, _)| id)
    }
}

/// The job that transcribes a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingJob {
    /// Its id.
    pub id: JobId,
    /// Its state; none if it succeeded so long ago that it is forgotten.
    pub state: Option<JobState>,
    /// Why it failed.
    pub error: Option<JobError>,
}

/// The job that makes the summary of a session again, of what was written down before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryJob {
    /// Its id.
    pub id: JobId,
    /// Its state; none if it was so long ago that it is forgotten.
    pub state: Option<JobState>,
}

/// Whether a job in this state is not over.
fn goes_on(state: Option<JobState>) -> bool {
    state.is_some_and(|state| !state.is_final())
}

/// A segment: one run of one recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// Its number in the session, from 0.
    pub number: u32,
    /// The recorder's own name for it.
    pub key: String,
    /// `microphone`, `tab`, `mixed` or `file`.
    pub source: String,
    /// What its bytes are, joined.
    pub media_type: String,
    /// When it began, by the recorder's clock.
    pub started_at: Timestamp,
    /// When it was announced.
    pub created_at: Timestamp,
    /// How many chunks it has, once its recorder has said so.
    pub chunks: Option<u32>,
    /// How many are stored.
    pub stored: u32,
    /// The number after the highest that is stored.
    pub beyond: u32,
}

impl SegmentRow {
    /// How many chunks it has as far as is known.
    pub fn expected(&self) -> u32 {
        self.chunks.unwrap_or(self.beyond)
    }
}

/// A segment that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSegment {
    /// As [`SegmentRow::key`].
    pub key: String,
    /// As [`SegmentRow::source`].
    pub source: String,
    /// As [`SegmentRow::media_type`].
    pub media_type: String,
    /// As [`SegmentRow::started_at`].
    pub started_at: Timestamp,
}

/// A chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkRow {
    /// Its segment's number.
    pub segment: u32,
    /// Its number in the segment, from 0.
    pub number: u32,
    /// Where it begins, in milliseconds of the segment.
    pub start_ms: u64,
    /// How long it is, in milliseconds.
    pub length_ms: u64,
    /// How many bytes it has.
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
    /// The name of its bytes.
    pub blob: String,
    /// When it was stored; [`place`] sets it.
    pub stored_at: Timestamp,
}

/// The answer to a request for a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is there: a new one, or the one that was begun with the same key.
    Segment(SegmentRow),
    /// The session has as many as it may have.
    TooMany,
    /// The session has ended.
    Ended,
    /// This owner has no such session.
    Unknown,
}

/// What became of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is stored.
    New,
    /// It was stored before.
    Duplicate,
    /// It was stored before, and has been sent too often since.
    TooOften {
        /// When it may be sent again.
        until: Timestamp,
    },
    /// Other bytes are stored in its place.
    Differs,
    /// Its number is too far beyond those that are stored: the highest that is taken.
    TooFar {
        /// That number.
        most: u32,
    },
    /// Its segment has fewer chunks.
    Closed {
        /// How many.
        chunks: u32,
    },
    /// The session has ended.
    Ended,
    /// This owner has no such session, or the session no such segment.
    Unknown,
}

/// What became of the end of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It has so many chunks now, as it may have had before.
    Yes,
    /// It ended before with another number of chunks, or has more.
    Differs {
        /// How many it has.
        chunks: u32,
    },
    /// This owner has no such session, or the session no such segment.
    Unknown,
}

pub(super) fn recording_row(row: &Row) -> Result<RecordingRow, StoreError> {
    let key: Option<String> = row.get("request_key")?;
    let hash: Option<String> = row.get("request_hash")?;
    let job = match row.get::<Option<String>>("job_id")? {
        None => None,
        Some(_) => Some(RecordingJob {
            id: parse(row, "job_id")?,
            state: job_state(row, "job_state")?,
            error: (row.get::<Option<String>>("error_code")?)
                .zip(row.get::<Option<String>>("error_message")?)
                .map(|(code, message)| JobError { code, message }),
        }),
    };
    let summary_job = match row.get::<Option<String>>("summary_job_id")? {
        None => None,
        Some(_) => Some(SummaryJob { id: parse(row, "summary_job_id")?, state: job_state(row, "summary_job_state")? }),
    };
    Ok(RecordingRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        title: row.get("title")?,
        language: row.get("language")?,
        state: row.get("state")?,
        transcribe: row.get("transcribe")?,
        consent: row.get("consent")?,
        gaps_accepted: row.get("gaps_accepted")?,
        request: key.zip(hash),
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
        active_at: Timestamp::from_millis(row.get("active_at")?),
        ended_at: row.get::<Option<i64>>("ended_at")?.map(Timestamp::from_millis),
        job,
        summary_job,
        transcript: row.get("transcript")?,
        revision: row.get::<i64>("revision")?.unsigned_abs(),
        edits_dropped: number(row, "edits_dropped")?,
    })
}

fn job_state(row: &Row, column: &'static str) -> Result<Option<JobState>, StoreError> {
    Ok(row.get::<Option<String>>(column)?.and_then(|state| JobState::parse(&state)))
}

pub(super) fn segment_row(row: &Row) -> Result<SegmentRow, StoreError> {
    Ok(SegmentRow {
        number: number(row, "number")?,
        key: row.get("key")?,
        source: row.get("source")?,
        media_type: row.get("media_type")?,
        started_at: Timestamp::from_millis(row.get("started_at")?),
        created_at: Timestamp::from_millis(row.get("created_at")?),
        chunks: row.get::<Option<i64>>("chunks")?.map(|_| number(row, "chunks")).transpose()?,
        stored: number(row, "stored")?,
        beyond: number(row, "beyond")?,
    })
}

pub(super) fn chunk_row(row: &Row) -> Result<ChunkRow, StoreError> {
    Ok(ChunkRow {
        segment: number(row, "segment")?,
        number: number(row, "number")?,
        start_ms: row.get::<i64>("start_ms")?.unsigned_abs(),
        length_ms: row.get::<i64>("length_ms")?.unsigned_abs(),
        bytes: row.get::<i64>("bytes")?.unsigned_abs(),
        sha256: row.get("sha256")?,
        blob: row.get("blob")?,
        stored_at: Timestamp::from_millis(row.get("stored_at")?),
    })
}

pub(super) fn number(row: &Row, column: &'static str) -> Result<u32, StoreError> {
    let found: i64 = row.get(column)?;
    u32::try_from(found).map_err(|_| StoreError::Unreadable { what: format!("{column} is {found}") })
}
