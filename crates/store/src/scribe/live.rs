//! What is heard of a session while it is recorded: one row with what may still change, and a row for each passage that is
//! certain.

use serde_json::Value;
use sluice_domain::ids::{JobId, OwnerId};

use super::RecordingId;
use crate::sql::{Row, json, parse, sql};
use crate::{StoreError, Tx, storable};

/// How far the hearing of a session is.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveRow {
    /// The job that hears it, the latest one.
    pub job: JobId,
    /// What it knows; null before it has heard anything.
    pub state: Value,
}

/// A passage that is certain.
#[derive(Debug, Clone, PartialEq)]
pub struct LivePassage {
    /// Its end, in milliseconds of the session.
    pub end_ms: u64,
    /// The passage.
    pub passage: Value,
}

/// Records the job that hears a session, in the place of an earlier one; what was heard stays.
pub async fn hear_by(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, job: &JobId) -> Result<(), StoreError> {
    sql("INSERT INTO scribe_live (session_id, owner, job_id, state) VALUES ($1, $2, $3, 'null')
         ON CONFLICT (session_id) DO UPDATE SET job_id = excluded.job_id")
    .bind(id.as_str())
    .bind(owner.as_str())
    .bind(job.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

/// How far the hearing of a session is; none if nobody hears it.
pub async fn live(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Option<LiveRow>, StoreError> {
    let row = sql("SELECT job_id, state FROM scribe_live WHERE session_id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    let read = |row: &Row| Ok(LiveRow { job: parse(row, "job_id")?, state: json(row, "state")? });
    row.as_ref().map(read).transpose()
}

/// Replaces what may still change, and adds passages that are certain; false if nobody hears the session any more.
pub async fn set_live(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    state: &Value,
    certain: &[LivePassage],
) -> Result<bool, StoreError> {
    storable::json("what is heard of a session", state)?;
    let set = sql("UPDATE scribe_live SET state = $3 WHERE session_id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(state.to_string())
        .execute(tx)
        .await?;
    if set == 0 {
        return Ok(false);
    }
    let next = sql("SELECT COALESCE(MAX(number) + 1, 0) AS next FROM scribe_live_passages WHERE session_id = $1")
        .bind(id.as_str())
        .one(tx)
        .await?
        .get::<i64>("next")?;
    for (number, LivePassage { end_ms, passage }) in (next..).zip(certain) {
        storable::json("a passage of a session", passage)?;
        sql(
            "INSERT INTO scribe_live_passages (session_id, number, owner, end_ms, passage) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id.as_str())
        .bind(number)
        .bind(owner.as_str())
        .bind(*end_ms)
        .bind(passage.to_string())
        .execute(tx)
        .await?;
    }
    Ok(true)
}

/// The passages of a session that are certain and end after a moment, in the order in which they became so: the latest, at
/// most `limit`.
pub async fn live_passages(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    after_ms: u64,
    limit: u32,
) -> Result<Vec<LivePassage>, StoreError> {
    let rows = sql("SELECT end_ms, passage FROM scribe_live_passages
         WHERE session_id = $1 AND owner = $2 AND end_ms > $3 ORDER BY number DESC LIMIT $4")
    .bind(id.as_str())
    .bind(owner.as_str())
    .bind(after_ms)
    .bind(limit)
    .all(tx)
    .await?;
    let read = |row: &Row| {
        Ok(LivePassage { end_ms: row.get::<i64>("end_ms")?.unsigned_abs(), passage: json(row, "passage")? })
    };
    rows.iter().rev().map(read).collect()
}

/// Deletes what was heard of a session while it was recorded.
pub async fn forget_live(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<(), StoreError> {
    for table in ["scribe_live_passages", "scribe_live"] {
        sql(format!("DELETE FROM {table} WHERE session_id = $1 AND owner = $2"))
            .bind(id.as_str())
            .bind(owner.as_str())
            .execute(tx)
            .await?;
    }
    Ok(())
}
