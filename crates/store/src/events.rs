//! The ordered event log: rows that are written with the change that they tell of.

use serde_json::Value;
use sluice_domain::time::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::{StoreError, Tx};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place in the log; grows, with gaps.
    pub seq: i64,
    /// Whose log it is: the owner of what changed.
    pub stream: String,
    /// What happened, as `job.changed`.
    pub kind: String,
    /// The id of what it happened to.
    pub subject: String,
    /// More about it.
    pub data: Value,
    /// When.
    pub at: Timestamp,
}

/// Adds an entry and gives its place. Readers see it when the unit of work commits.
pub async fn emit(tx: &mut Tx, stream: &str, kind: &str, subject: &str, data: &Value) -> Result<i64, StoreError> {
    let now = tx.now().await?;
    let row =
        sqlx::query("INSERT INTO events (stream, kind, subject, data, at) VALUES ($1, $2, $3, $4, $5) RETURNING seq")
            .bind(stream)
            .bind(kind)
            .bind(subject)
            .bind(data.to_string())
            .bind(now.as_millis())
            .fetch_one(tx.connection())
            .await?;
    tx.tell_readers();
    Ok(row.try_get(0)?)
}

/// The next `limit` entries of `stream` after place `seq`, in order.
pub async fn after(tx: &mut Tx, stream: &str, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, stream, kind, subject, data, at FROM events WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(stream)
    .bind(seq)
    .bind(limit)
    .fetch_all(tx.connection())
    .await?;
    rows.iter().map(event).collect()
}

/// The place of the last entry of `stream`, zero when it is empty.
pub async fn last(tx: &mut Tx, stream: &str) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT COALESCE(MAX(seq), 0) FROM events WHERE stream = $1")
        .bind(stream)
        .fetch_one(tx.connection())
        .await?;
    Ok(row.try_get(0)?)
}

/// The place of the first entry of `stream` that is still kept, if any: a reader that was further behind has missed
/// something and must look at the whole.
pub async fn first(tx: &mut Tx, stream: &str) -> Result<Option<i64>, StoreError> {
    let row =
        sqlx::query("SELECT MIN(seq) FROM events WHERE stream = $1").bind(stream).fetch_one(tx.connection()).await?;
    Ok(row.try_get(0)?)
}

/// Forgets the entries from before `before`, and says how many.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let done =
        sqlx::query("DELETE FROM events WHERE at < $1").bind(before.as_millis()).execute(tx.connection()).await?;
    Ok(done.rows_affected())
}

fn event(row: &SqliteRow) -> Result<Event, StoreError> {
    let data: String = row.try_get("data")?;
    Ok(Event {
        seq: row.try_get("seq")?,
        stream: row.try_get("stream")?,
        kind: row.try_get("kind")?,
        subject: row.try_get("subject")?,
        data: crate::json(&data, "an event's data")?,
        at: Timestamp::from_millis(row.try_get("at")?),
    })
}
