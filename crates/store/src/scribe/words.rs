//! What is on top of a transcript: edits, speakers and their voices, and what is made of it.

use serde_json::Value;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use super::RecordingId;
use super::rows::number;
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx, json, storable};

sluice_domain::typed_id!(
    /// A voice of somebody, known in every session of its owner.
    VoiceId
);

/// Most speakers of an owner whose embeddings are looked at, those of the newest sessions first.
const MOST_HEARD: u32 = 2_000;
/// Most sessions that are named when a voice gets a name: the newest ones.
const MOST_NAMED: u32 = 100;

/// The latest edit of a passage, and what was heard there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditRow {
    /// The number of the passage.
    pub passage: u32,
    /// The segment in which it was heard.
    pub segment: u32,
    /// Where it begins, in milliseconds of the session.
    pub start_ms: u64,
    /// Where it ends.
    pub end_ms: u64,
    /// What was heard.
    pub heard: String,
    /// What a person wrote in its place; none if they did not.
    pub text: Option<String>,
    /// Who they say speaks; none if they did not.
    pub speaker: Option<u32>,
}

/// A speaker of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeakerRow {
    /// From 0, in the order in which they first speak.
    pub number: u32,
    /// Their voice.
    pub voice: VoiceId,
    /// What it sounds like here: a vector of length 1; empty if that is not known.
    pub embedding: Vec<f32>,
    /// The model that the vector is of. Only those of the same one can be compared.
    pub model: String,
    /// How long it is heard, in milliseconds.
    pub heard_ms: u64,
}

/// A speaker with the name of their voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSpeaker {
    /// As [`SpeakerRow::number`].
    pub number: u32,
    /// Their voice.
    pub voice: VoiceId,
    /// What somebody called it.
    pub name: Option<String>,
}

/// What is made of a session beside its transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Sentences that stand for the whole.
    Summary,
    /// How loud it is when.
    Waveform,
}

impl Made {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Waveform => "waveform",
        }
    }
}

/// The edits of a session, by their passages.
pub async fn edits(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Vec<EditRow>, StoreError> {
    let rows = sql("SELECT * FROM scribe_edits WHERE session_id = $1 AND owner = $2 ORDER BY passage")
        .bind(id.as_str())
        .bind(owner.as_str())
        .all(tx)
        .await?;
    rows.iter().map(edit_row).collect()
}

/// Writes the edit of a passage, in the place of an earlier one, and returns the session's new revision; none if there is no
/// such session.
pub async fn edit(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, edit: &EditRow) -> Result<Option<u64>, StoreError> {
    let Some(revision) = revise(tx, owner, id).await? else { return Ok(None) };
    unedit(tx, owner, id, edit.passage).await?;
    insert_edit(tx, owner, id, edit).await?;
    Ok(Some(revision))
}

/// Deletes the edit of a passage, and returns the session's new revision; none if the passage has no edit.
pub async fn delete_edit(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    passage: u32,
) -> Result<Option<u64>, StoreError> {
    if unedit(tx, owner, id, passage).await? { revise(tx, owner, id).await } else { Ok(None) }
}

/// Puts edits in the place of all that a session has, and says how many could not be kept.
pub async fn replace_edits(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    edits: &[EditRow],
    dropped: u32,
) -> Result<(), StoreError> {
    sql("DELETE FROM scribe_edits WHERE session_id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .execute(tx)
        .await?;
    for edit in edits {
        insert_edit(tx, owner, id, edit).await?;
    }
    sql("UPDATE scribe_sessions SET edits_dropped = $3 WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(dropped)
        .execute(tx)
        .await?;
    Ok(())
}

async fn unedit(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, passage: u32) -> Result<bool, StoreError> {
    let deleted = sql("DELETE FROM scribe_edits WHERE session_id = $1 AND owner = $2 AND passage = $3")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(passage)
        .execute(tx)
        .await?;
    Ok(deleted == 1)
}

async fn insert_edit(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, edit: &EditRow) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql(
        "INSERT INTO scribe_edits (session_id, passage, owner, segment, start_ms, end_ms, heard, text, speaker, edited_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id.as_str())
    .bind(edit.passage)
    .bind(owner.as_str())
    .bind(edit.segment)
    .bind(edit.start_ms)
    .bind(edit.end_ms)
    .bind(&edit.heard)
    .bind(edit.text.as_deref())
    .bind(edit.speaker.map(i64::from))
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// Counts a change of the transcript; returns the new number.
async fn revise(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Option<u64>, StoreError> {
    let now = tx.now().await?;
    let row = sql("UPDATE scribe_sessions SET revision = revision + 1, updated_at = $3 WHERE id = $1 AND owner = $2
         RETURNING revision")
    .bind(id.as_str())
    .bind(owner.as_str())
    .bind(now.as_millis())
    .optional(tx)
    .await?;
    row.map(|row| Ok(row.get::<i64>("revision")?.unsigned_abs())).transpose()
}

/// Lets one unit of work at a time look at the voices of an owner and add to them, so that a person who is heard in two sessions
/// that end together does not get two: it locks the owner's oldest session. Begin with it, or another lock may wait for this one.
pub async fn lock_voices(tx: &mut Tx, owner: &OwnerId) -> Result<(), StoreError> {
    sql("SELECT id FROM scribe_sessions WHERE owner = $1 ORDER BY created_at, id LIMIT 1 {lock}")
        .bind(owner.as_str())
        .all(tx)
        .await?;
    Ok(())
}

/// Who is heard in the sessions of an owner, those of the newest sessions first: a voice as often as there are sessions with it.
pub async fn voices(tx: &mut Tx, owner: &OwnerId) -> Result<Vec<SpeakerRow>, StoreError> {
    let rows = sql("SELECT number, voice_id, embedding, model, heard_ms FROM scribe_speakers WHERE owner = $1
         ORDER BY session_id DESC, number LIMIT $2")
    .bind(owner.as_str())
    .bind(MOST_HEARD)
    .all(tx)
    .await?;
    rows.iter().map(speaker_row).collect()
}

/// Puts the speakers of a session in the place of those that it had. Voices that are new are added, and those that are heard
/// nowhere any more deleted.
pub async fn set_speakers(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    speakers: &[SpeakerRow],
) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("DELETE FROM scribe_speakers WHERE session_id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .execute(tx)
        .await?;
    for speaker in speakers {
        sql("INSERT INTO scribe_voices (id, owner, created_at, updated_at) VALUES ($1, $2, $3, $3)
             ON CONFLICT (id) DO NOTHING")
        .bind(speaker.voice.as_str())
        .bind(owner.as_str())
        .bind(now.as_millis())
        .execute(tx)
        .await?;
        sql("INSERT INTO scribe_speakers (session_id, number, owner, voice_id, embedding, model, heard_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(id.as_str())
        .bind(speaker.number)
        .bind(owner.as_str())
        .bind(speaker.voice.as_str())
        .bind(written(&speaker.embedding)?)
        .bind(&speaker.model)
        .bind(speaker.heard_ms)
        .execute(tx)
        .await?;
    }
    forget_voices(tx, owner).await
}

fn written(embedding: &[f32]) -> Result<String, StoreError> {
    let what = |error| format!("a voice's embedding ({error})");
    serde_json::to_string(embedding).map_err(|error| StoreError::NotStorable { what: what(error) })
}

/// Deletes the voices of an owner that are heard in no session.
pub(super) async fn forget_voices(tx: &mut Tx, owner: &OwnerId) -> Result<(), StoreError> {
    sql("DELETE FROM scribe_voices WHERE owner = $1
         AND NOT EXISTS (SELECT 1 FROM scribe_speakers WHERE scribe_speakers.voice_id = scribe_voices.id)")
    .bind(owner.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

/// The speakers of a session, in order.
pub async fn speakers(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Vec<NamedSpeaker>, StoreError> {
    let rows =
        sql("SELECT s.number, s.voice_id, v.name FROM scribe_speakers s JOIN scribe_voices v ON v.id = s.voice_id
         WHERE s.session_id = $1 AND s.owner = $2 ORDER BY s.number")
        .bind(id.as_str())
        .bind(owner.as_str())
        .all(tx)
        .await?;
    let speaker = |row: &Row| {
        Ok(NamedSpeaker { number: number(row, "number")?, voice: parse(row, "voice_id")?, name: row.get("name")? })
    };
    rows.iter().map(speaker).collect()
}

/// Names the voice of a speaker, or takes its name away. Returns the sessions in which it is heard, the newest first, at most a
/// hundred; none if this owner has no such session, or the session no such speaker.
pub async fn name_speaker(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    speaker: u32,
    name: Option<&str>,
) -> Result<Option<Vec<RecordingId>>, StoreError> {
    let row = sql("SELECT voice_id FROM scribe_speakers WHERE session_id = $1 AND owner = $2 AND number = $3")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(speaker)
        .optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let voice: String = row.get("voice_id")?;
    let now = tx.now().await?;
    sql("UPDATE scribe_voices SET name = $3, updated_at = $4 WHERE id = $1 AND owner = $2")
        .bind(&voice)
        .bind(owner.as_str())
        .bind(name)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    let rows = sql("SELECT DISTINCT session_id FROM scribe_speakers WHERE voice_id = $1 AND owner = $2
         ORDER BY session_id DESC LIMIT $3")
    .bind(&voice)
    .bind(owner.as_str())
    .bind(MOST_NAMED)
    .all(tx)
    .await?;
    rows.iter().map(|row| parse(row, "session_id")).collect::<Result<_, _>>().map(Some)
}

/// Keeps what was made of a session, in the place of an earlier one; false if there is no such session any more.
pub async fn set_made(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    kind: Made,
    value: &Value,
) -> Result<bool, StoreError> {
    storable::json("what is made of a session", value)?;
    if super::lock(tx, owner, id).await?.is_none() {
        return Ok(false);
    }
    let now = tx.now().await?;
    sql("INSERT INTO scribe_made (session_id, kind, owner, value, made_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (session_id, kind) DO UPDATE SET value = excluded.value, made_at = excluded.made_at")
    .bind(id.as_str())
    .bind(kind.as_str())
    .bind(owner.as_str())
    .bind(value.to_string())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(true)
}

/// What was made of a session, and when.
pub async fn made(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    kind: Made,
) -> Result<Option<(Value, Timestamp)>, StoreError> {
    let row = sql("SELECT value, made_at FROM scribe_made WHERE session_id = $1 AND owner = $2 AND kind = $3")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(kind.as_str())
        .optional(tx)
        .await?;
    row.map(|row| {
        let value = json(&row.get::<String>("value")?, "what was made of a session")?;
        Ok((value, Timestamp::from_millis(row.get("made_at")?)))
    })
    .transpose()
}

fn speaker_row(row: &Row) -> Result<SpeakerRow, StoreError> {
    Ok(SpeakerRow {
        number: number(row, "number")?,
        voice: parse(row, "voice_id")?,
        embedding: json(&row.get::<String>("embedding")?, "a voice's embedding")?,
        model: row.get("model")?,
        heard_ms: row.get::<i64>("heard_ms")?.unsigned_abs(),
    })
}

fn edit_row(row: &Row) -> Result<EditRow, StoreError> {
    Ok(EditRow {
        passage: number(row, "passage")?,
        segment: number(row, "segment")?,
        start_ms: row.get::<i64>("start_ms")?.unsigned_abs(),
        end_ms: row.get::<i64>("end_ms")?.unsigned_abs(),
        heard: row.get("heard")?,
        text: row.get("text")?,
        speaker: row.get::<Option<i64>>("speaker")?.map(|_| number(row, "speaker")).transpose()?,
    })
}
