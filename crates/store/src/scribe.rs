//! Recorded sessions: their segments, and the chunks that these consist of.
//!
//! A chunk is placed under the lock of its segment, so that of two requests with the same number one stores it and the other
//! finds it. What a segment has is counted with it, so that an acknowledgement costs the same after hours.

mod live;
mod rows;
mod spans;
pub mod tiers;
mod words;

use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;

use crate::blobs::{self, Subject};
use crate::keeping::{self, Days};
use crate::migrations::{Migration, Module};
use crate::sql::{containing, parse, sql};
use crate::{StoreError, Tx, storable};

pub use live::{LivePassage, LiveRow, forget_live, hear_by, live, live_passages, set_live};
pub use rows::{Begun, ChunkRow, Closed, NewSegment, Placed, RecordingJob, RecordingRow, SegmentRow, SummaryJob};
use rows::{chunk_row, recording_row, segment_row};
pub use spans::{Span, spans};
pub use words::{
    EditRow, Made, NamedSpeaker, SpeakerRow, VoiceId, delete_edit, edit, edits, lock_voices, made, name_speaker,
    replace_edits, set_made, set_speakers, speakers, voices,
};

sluice_domain::typed_id!(
    /// A recorded session.
    RecordingId
);

/// Its tables.
pub(crate) const MODULE: Module = Module {
    name: "scribe",
    migrations: &[
        Migration { name: "baseline", sql: include_str!("../migrations/scribe/0001_baseline.sql") },
        Migration { name: "words", sql: include_str!("../migrations/scribe/0002_words.sql") },
        Migration { name: "live", sql: include_str!("../migrations/scribe/0003_live.sql") },
        Migration { name: "keeping", sql: include_str!("../migrations/scribe/0004_keeping.sql") },
        Migration { name: "summary_job", sql: include_str!("../migrations/scribe/0005_summary_job.sql") },
        Migration { name: "unmade_error", sql: include_str!("../migrations/scribe/0006_unmade_error.sql") },
    ],
};

/// Its name in references to blobs.
const APP: &str = "scribe";
/// A chunk may be this far beyond the highest of its segment.
pub const FARTHEST: u32 = 1_000;
/// The same chunk may be sent again so often within [`REPEATS_WITHIN`].
pub const MOST_REPEATS: u32 = 3;
/// The kind of the jobs that make a summary again. They work on the transcript alone: what becomes of them says nothing of the sound.
pub const SUMMARISING: &str = "scribe.summarise";
/// See [`MOST_REPEATS`].
pub const REPEATS_WITHIN: Duration = Duration::from_mins(1);

/// A session with the states of its jobs, which are looked up for each: with a join, `PostgreSQL` may walk over all jobs. Rows of
/// jobs are deleted after a month; how one ended that did not succeed is remembered ([`tiers::remember_unmade`]).
const SELECT: &str = "SELECT scribe_sessions.*,
        COALESCE((SELECT state FROM jobs WHERE jobs.id = scribe_sessions.job_id),
            (SELECT unmade.state FROM scribe_unmade AS unmade
             WHERE unmade.session_id = scribe_sessions.id AND unmade.job_id = scribe_sessions.job_id)) AS job_state,
        COALESCE((SELECT error_code FROM jobs WHERE jobs.id = scribe_sessions.job_id),
            (SELECT unmade.error_code FROM scribe_unmade AS unmade
             WHERE unmade.session_id = scribe_sessions.id AND unmade.job_id = scribe_sessions.job_id
                 AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = unmade.job_id))) AS error_code,
        COALESCE((SELECT error_message FROM jobs WHERE jobs.id = scribe_sessions.job_id),
            (SELECT unmade.error_message FROM scribe_unmade AS unmade
             WHERE unmade.session_id = scribe_sessions.id AND unmade.job_id = scribe_sessions.job_id
                 AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = unmade.job_id))) AS error_message,
        (SELECT state FROM jobs WHERE jobs.id = summary_job_id) AS summary_job_state
    FROM scribe_sessions";

/// Adds a session.
pub async fn insert(tx: &mut Tx, row: &RecordingRow) -> Result<(), StoreError> {
    storable::name("an idempotency key", row.request.as_ref().map_or("", |(key, _)| key))?;
    sql("INSERT INTO scribe_sessions (id, owner, title, search, language, state, transcribe, consent, request_key,
             request_hash, created_at, updated_at, active_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.title)
    .bind(row.title.to_lowercase())
    .bind(row.language.as_deref())
    .bind(&row.state)
    .bind(row.transcribe)
    .bind(&row.consent)
    .bind(row.request.as_ref().map(|(key, _)| key.as_str()))
    .bind(row.request.as_ref().map(|(_, hash)| hash.as_str()))
    .bind(row.created_at.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// A session of this owner by its id.
pub async fn find(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Option<RecordingRow>, StoreError> {
    let row = sql(format!("{SELECT} WHERE id = $1 AND owner = $2"))
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(recording_row).transpose()
}

/// The same, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Option<RecordingRow>, StoreError> {
    let row = sql(format!("{SELECT} WHERE id = $1 AND owner = $2 {{lock}}"))
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(recording_row).transpose()
}

/// The session that an owner began with this idempotency key.
pub async fn find_by_key(tx: &mut Tx, owner: &OwnerId, key: &str) -> Result<Option<RecordingRow>, StoreError> {
    let row = sql(format!("{SELECT} WHERE owner = $1 AND request_key = $2"))
        .bind(owner.as_str())
        .bind(key)
        .optional(tx)
        .await?;
    row.as_ref().map(recording_row).transpose()
}

/// The sessions of an owner, the newest first, at most `limit`; only those whose title contains `words`, ignoring case, and
/// only those after `after`: a time of creation and an id. One whose row cannot be read is logged and left out.
pub async fn listed(
    tx: &mut Tx,
    owner: &OwnerId,
    words: &str,
    after: Option<(Timestamp, RecordingId)>,
    limit: u32,
) -> Result<Vec<RecordingRow>, StoreError> {
    let mut listed = Vec::new();
    let mut after = after.map_or((i64::MAX, String::new()), |(at, id)| (at.as_millis(), id.to_string()));
    while listed.len() < limit as usize {
        let wanted = limit - u32::try_from(listed.len()).unwrap_or(limit);
        let rows = sql(format!(
            "{SELECT} WHERE owner = $1 AND (created_at, id) < ($2, $3) AND search LIKE $4 ESCAPE '!'
             ORDER BY created_at DESC, id DESC LIMIT $5"
        ))
        .bind(owner.as_str())
        .bind(after.0)
        .bind(&after.1)
        .bind(containing(words))
        .bind(wanted)
        .all(tx)
        .await?;
        for row in &rows {
            match recording_row(row) {
                Ok(row) => listed.push(row),
                Err(error) => tracing::error!(%owner, %error, "a recording is left out of a list"),
            }
        }
        match rows.last() {
            Some(last) if rows.len() == wanted as usize => after = (last.get("created_at")?, last.get("id")?),
            _ => break,
        }
    }
    Ok(listed)
}

/// Writes what can change of a session: its title, language, state, whether it is transcribed, whether gaps were accepted,
/// and its end.
pub async fn update(tx: &mut Tx, row: &RecordingRow) -> Result<bool, StoreError> {
    let now = tx.now().await?;
    let changed = sql("UPDATE scribe_sessions SET title = $3, search = $4, language = $5, state = $6, transcribe = $7,
             gaps_accepted = $8, ended_at = $9, updated_at = $10
         WHERE id = $1 AND owner = $2")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.title)
    .bind(row.title.to_lowercase())
    .bind(row.language.as_deref())
    .bind(&row.state)
    .bind(row.transcribe)
    .bind(row.gaps_accepted)
    .bind(row.ended_at.map(Timestamp::as_millis))
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(changed == 1)
}

/// Records the job that transcribes a session.
pub async fn set_job(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, job: &JobId) -> Result<(), StoreError> {
    set_job_in("job_id", tx, owner, id, job).await
}

/// Records the job that makes the summary of a session again.
pub async fn set_summary_job(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, job: &JobId) -> Result<(), StoreError> {
    set_job_in("summary_job_id", tx, owner, id, job).await
}

async fn set_job_in(
    column: &'static str,
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    job: &JobId,
) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql(format!("UPDATE scribe_sessions SET {column} = $3, updated_at = $4 WHERE id = $1 AND owner = $2"))
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(job.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Records the bytes of a session's transcript; false if there is no such session any more. In the place of another one, it
/// changes the revision.
pub async fn set_transcript(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, blob: &str) -> Result<bool, StoreError> {
    let now = tx.now().await?;
    let set = sql("UPDATE scribe_sessions SET transcript = $3, updated_at = $4,
             revision = revision + CASE WHEN transcript IS NULL OR transcript = $3 THEN 0 ELSE 1 END
         WHERE id = $1 AND owner = $2")
    .bind(id.as_str())
    .bind(owner.as_str())
    .bind(blob)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    if set == 0 {
        return Ok(false);
    }
    blobs::replace(tx, &Subject { owner, app: APP, id: &transcript_of(id) }, &[blob]).await?;
    Ok(true)
}

/// The subject of the references to a session's transcript.
fn transcript_of(id: &RecordingId) -> String {
    format!("{id}/transcript")
}

/// Begins a segment; with a key that was used before it is the same one. A session has at most `most`.
pub async fn begin_segment(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    new: &NewSegment,
    most: u32,
) -> Result<Begun, StoreError> {
    storable::name("the key of a segment", &new.key)?;
    storable::name("a media type", &new.media_type)?;
    let Some(session) = lock(tx, owner, id).await? else { return Ok(Begun::Unknown) };
    let known = segments(tx, owner, id).await?;
    if let Some(same) = known.iter().find(|segment| segment.key == new.key) {
        return Ok(Begun::Segment(same.clone()));
    }
    if session.ended_at.is_some() {
        return Ok(Begun::Ended);
    }
    let number = known.last().map_or(0, |last| last.number + 1);
    if number >= most {
        return Ok(Begun::TooMany);
    }
    let now = tx.now().await?;
    sql("INSERT INTO scribe_segments (session_id, number, owner, key, source, media_type, started_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(id.as_str())
    .bind(number)
    .bind(owner.as_str())
    .bind(&new.key)
    .bind(&new.source)
    .bind(&new.media_type)
    .bind(new.started_at.as_millis())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    let NewSegment { key, source, media_type, started_at } = new.clone();
    let row =
        SegmentRow { number, key, source, media_type, started_at, created_at: now, chunks: None, stored: 0, beyond: 0 };
    Ok(Begun::Segment(row))
}

/// The segments of a session, in order.
pub async fn segments(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Vec<SegmentRow>, StoreError> {
    let rows = sql("SELECT * FROM scribe_segments WHERE session_id = $1 AND owner = $2 ORDER BY number")
        .bind(id.as_str())
        .bind(owner.as_str())
        .all(tx)
        .await?;
    rows.iter().map(segment_row).collect()
}

/// A segment.
pub async fn segment(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    number: u32,
) -> Result<Option<SegmentRow>, StoreError> {
    let row = sql("SELECT * FROM scribe_segments WHERE session_id = $1 AND owner = $2 AND number = $3")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(number)
        .optional(tx)
        .await?;
    row.as_ref().map(segment_row).transpose()
}

/// Stores the row of a chunk with the reference to its bytes, which must have been confirmed.
pub async fn place(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, chunk: &ChunkRow) -> Result<Placed, StoreError> {
    let row = sql("SELECT g.*, s.ended_at FROM scribe_segments g JOIN scribe_sessions s ON s.id = g.session_id
         WHERE g.session_id = $1 AND g.owner = $2 AND g.number = $3 {lock}")
    .bind(id.as_str())
    .bind(owner.as_str())
    .bind(chunk.segment)
    .optional(tx)
    .await?;
    let Some(row) = row else { return Ok(Placed::Unknown) };
    let segment = segment_row(&row)?;
    let now = tx.now().await?;
    if chunk.number < segment.beyond
        && let Some(again) = again(tx, id, chunk, now).await?
    {
        return Ok(again);
    }
    if row.get::<Option<i64>>("ended_at")?.is_some() {
        return Ok(Placed::Ended);
    }
    if let Some(chunks) = segment.chunks.filter(|chunks| chunk.number >= *chunks) {
        return Ok(Placed::Closed { chunks });
    }
    if chunk.number >= segment.beyond.saturating_add(FARTHEST) {
        return Ok(Placed::TooFar { most: segment.beyond + FARTHEST - 1 });
    }
    sql("INSERT INTO scribe_chunks (session_id, segment, number, owner, start_ms, length_ms, bytes, sha256, blob, stored_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    .bind(id.as_str())
    .bind(chunk.segment)
    .bind(chunk.number)
    .bind(owner.as_str())
    .bind(chunk.start_ms)
    .bind(chunk.length_ms)
    .bind(chunk.bytes)
    .bind(&chunk.sha256)
    .bind(&chunk.blob)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    sql("UPDATE scribe_segments SET stored = stored + 1, beyond = $3 WHERE session_id = $1 AND number = $2")
        .bind(id.as_str())
        .bind(chunk.segment)
        .bind(segment.beyond.max(chunk.number + 1))
        .execute(tx)
        .await?;
    sql("UPDATE scribe_sessions SET active_at = $2 WHERE id = $1 AND active_at < $2")
        .bind(id.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    blobs::reference(tx, &Subject { owner, app: APP, id: id.as_str() }, &[&chunk.blob]).await?;
    Ok(Placed::New)
}

/// What a chunk is that was stored before; none if it was not.
async fn again(tx: &mut Tx, id: &RecordingId, chunk: &ChunkRow, now: Timestamp) -> Result<Option<Placed>, StoreError> {
    let row = sql("SELECT sha256, repeats, repeats_since FROM scribe_chunks
         WHERE session_id = $1 AND segment = $2 AND number = $3")
    .bind(id.as_str())
    .bind(chunk.segment)
    .bind(chunk.number)
    .optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.get::<String>("sha256")? != chunk.sha256 {
        return Ok(Some(Placed::Differs));
    }
    let since = Timestamp::from_millis(row.get("repeats_since")?);
    let until = since + REPEATS_WITHIN;
    let (repeats, since) = if until > now { (row.get::<i64>("repeats")? + 1, since) } else { (1, now) };
    if repeats > i64::from(MOST_REPEATS) {
        return Ok(Some(Placed::TooOften { until }));
    }
    sql("UPDATE scribe_chunks SET repeats = $4, repeats_since = $5
         WHERE session_id = $1 AND segment = $2 AND number = $3")
    .bind(id.as_str())
    .bind(chunk.segment)
    .bind(chunk.number)
    .bind(repeats)
    .bind(since.as_millis())
    .execute(tx)
    .await?;
    Ok(Some(Placed::Duplicate))
}

/// Records how many chunks a segment has.
pub async fn close_segment(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    number: u32,
    chunks: u32,
) -> Result<Closed, StoreError> {
    let row = sql("SELECT * FROM scribe_segments WHERE session_id = $1 AND owner = $2 AND number = $3 {lock}")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(number)
        .optional(tx)
        .await?;
    let Some(row) = row else { return Ok(Closed::Unknown) };
    let segment = segment_row(&row)?;
    let has = segment.expected();
    if segment.chunks.is_some_and(|known| known != chunks) || segment.beyond > chunks {
        return Ok(Closed::Differs { chunks: has });
    }
    sql("UPDATE scribe_segments SET chunks = $3 WHERE session_id = $1 AND number = $2")
        .bind(id.as_str())
        .bind(number)
        .bind(chunks)
        .execute(tx)
        .await?;
    Ok(Closed::Yes)
}

/// The chunks of a segment, in order.
pub async fn chunks(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, segment: u32) -> Result<Vec<ChunkRow>, StoreError> {
    let rows = sql("SELECT * FROM scribe_chunks WHERE session_id = $1 AND owner = $2 AND segment = $3 ORDER BY number")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(segment)
        .all(tx)
        .await?;
    rows.iter().map(chunk_row).collect()
}

/// The bytes that are stored of a session.
pub async fn stored_bytes(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<u64, StoreError> {
    let row = sql("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM scribe_chunks WHERE session_id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .one(tx)
        .await?;
    Ok(row.get::<i64>("bytes")?.unsigned_abs())
}

/// At most `limit` sessions that have not ended and got nothing since `before`, of all owners.
pub async fn abandoned(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<Vec<(OwnerId, RecordingId)>, StoreError> {
    let rows = sql("SELECT owner, id FROM scribe_sessions WHERE ended_at IS NULL AND active_at < $1
         ORDER BY active_at LIMIT $2")
    .bind(before.as_millis())
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(|row| Ok((parse(row, "owner")?, parse(row, "id")?))).collect()
}

/// At most `limit` sessions of an owner, by their ids.
pub async fn of_owner(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<Vec<RecordingId>, StoreError> {
    let rows = sql("SELECT id FROM scribe_sessions WHERE owner = $1 ORDER BY created_at, id LIMIT $2")
        .bind(owner.as_str())
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(|row| parse(row, "id")).collect()
}

/// Deletes a session with its segments, its chunks, and what is on top of them; their bytes are collected. Returns whether it
/// existed.
pub async fn delete(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<bool, StoreError> {
    lock_voices(tx, owner).await?;
    if lock(tx, owner, id).await?.is_none() {
        return Ok(false);
    }
    forget_live(tx, owner, id).await?;
    for table in ["scribe_unmade", "scribe_chunks", "scribe_segments", "scribe_edits", "scribe_speakers", "scribe_made"]
    {
        sql(format!("DELETE FROM {table} WHERE session_id = $1 AND owner = $2"))
            .bind(id.as_str())
            .bind(owner.as_str())
            .execute(tx)
            .await?;
    }
    words::forget_voices(tx, owner).await?;
    keeping::set_days(tx, owner, APP, id.as_str(), Days::default()).await?;
    sql("DELETE FROM scribe_sessions WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .execute(tx)
        .await?;
    blobs::release_all(tx, owner, APP, &[id.as_str(), &transcript_of(id), &tiers::archive_of(id)]).await?;
    Ok(true)
}
