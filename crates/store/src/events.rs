//! The ordered event log: entries that are written with the change that they tell of.
//!
//! Each stream counts its entries from 1, without gaps. The count is a row that the writer holds until its transaction
//! ends, so numbers become visible in their order, also on PostgreSQL, where a sequence would hand them out before the
//! commit and a reader could pass by one that commits late. It is the last row that a unit of work takes: whoever
//! holds it waits for nobody. All entries of one commit are one row, whose number is that of its last entry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_domain::time::Timestamp;

use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place in its stream, counted from 1 without gaps.
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

/// An entry as it is stored: many to a row.
#[derive(Deserialize)]
struct Entry {
    kind: String,
    subject: String,
    data: Box<serde_json::value::RawValue>,
}

/// The same, as it is written.
#[derive(Serialize)]
struct NewEntry<'a, D> {
    kind: &'a str,
    subject: &'a str,
    data: &'a D,
}

/// Most entries in a row: what a reader has to unpack to find one.
const ROW: usize = 200;

/// Adds an entry. Readers see it when the unit of work commits.
pub fn emit<D: Serialize>(tx: &mut Tx, stream: &str, kind: &str, subject: &str, data: &D) -> Result<(), StoreError> {
    if !tx.may_write() {
        return Err(StoreError::ReadOnly);
    }
    let entry = serde_json::to_string(&NewEntry { kind, subject, data })
        .map_err(|error| StoreError::Unreadable { what: format!("an event's data ({error})") })?;
    match tx.told.entries.get_mut(stream) {
        Some(entries) => entries.push(entry),
        None => drop(tx.told.entries.insert(stream.to_owned(), vec![entry])),
    }
    Ok(())
}

/// Writes the entries of a transaction, as the last thing that it does. Streams come in their order, so that two
/// transactions never wait for each other.
pub(crate) async fn write(tx: &mut Tx, entries: BTreeMap<String, Vec<String>>) -> Result<(), StoreError> {
    for (stream, entries) in entries {
        let now = tx.now().await?;
        if tx.on_postgres() && entries.len() <= ROW {
            let both = sql(BOTH).bind(stream.as_str()).bind(length(&entries));
            both.bind(array(&entries)).bind(now.as_millis()).execute(tx).await?;
            continue;
        }
        sql(COUNT).bind(stream.as_str()).bind(length(&entries)).execute(tx).await?;
        let mut left = length(&entries);
        for entries in entries.chunks(ROW) {
            left -= length(entries);
            sql(LOG).bind(stream.as_str()).bind(left).bind(array(entries)).bind(now.as_millis()).execute(tx).await?;
        }
    }
    Ok(())
}

const COUNT: &str = "INSERT INTO streams (stream, last) VALUES ($1, $2)
    ON CONFLICT (stream) DO UPDATE SET last = streams.last + excluded.last";
/// Both of these, without a second way to the server; SQLite has no statement within a statement that writes.
const BOTH: &str = "WITH counted AS (INSERT INTO streams (stream, last) VALUES ($1, $2)
        ON CONFLICT (stream) DO UPDATE SET last = streams.last + excluded.last RETURNING stream, last)
    INSERT INTO event_log (stream, seq, entries, at) SELECT stream, last, $3, $4 FROM counted";
const LOG: &str = "INSERT INTO event_log (stream, seq, entries, at)
    SELECT stream, last - $2, $3, $4 FROM streams WHERE stream = $1";

fn length(entries: &[String]) -> i64 {
    i64::try_from(entries.len()).unwrap_or(i64::MAX)
}

/// Entries as one JSON array.
fn array(entries: &[String]) -> String {
    format!("[{}]", entries.join(","))
}

/// The next `limit` entries of `stream` after place `seq`, in order.
pub async fn after(tx: &mut Tx, stream: &str, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
    // A row has up to 200 entries: few rows at a time.
    const PAGE: u32 = 8;
    let text = "SELECT seq, stream, entries, at FROM event_log WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let mut events: Vec<Event> = Vec::new();
    let mut place = seq;
    while events.len() < limit as usize {
        let rows = sql(text).bind(stream).bind(place).bind(PAGE).all(tx).await?;
        for row in &rows {
            unpack(row, seq, &mut events)?;
            place = row.get("seq")?;
        }
        if rows.len() < PAGE as usize {
            break;
        }
    }
    events.truncate(limit as usize);
    Ok(events)
}

fn unpack(row: &Row, after: i64, events: &mut Vec<Event>) -> Result<(), StoreError> {
    let entries: String = row.get("entries")?;
    let entries: Vec<Entry> = crate::json(&entries, "entries of the event log")?;
    let (last, stream): (i64, String) = (row.get("seq")?, row.get("stream")?);
    let first = last + 1 - i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let at = Timestamp::from_millis(row.get("at")?);
    for (seq, entry) in (first..).zip(entries).filter(|(seq, _)| *seq > after) {
        let data = crate::json(entry.data.get(), "an event's data")?;
        events.push(Event { seq, stream: stream.clone(), kind: entry.kind, subject: entry.subject, data, at });
    }
    Ok(())
}

/// All streams that have ever had an entry.
pub async fn streams(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = sql("SELECT stream FROM streams ORDER BY stream").all(tx).await?;
    rows.iter().map(|row| row.get("stream")).collect()
}

/// The place of the last entry of `stream`, zero when there never was one.
pub async fn last(tx: &mut Tx, stream: &str) -> Result<i64, StoreError> {
    let row = sql("SELECT last FROM streams WHERE stream = $1").bind(stream).optional(tx).await?;
    row.map_or(Ok(0), |row| row.get("last"))
}

/// The place of the first entry of `stream` that is still kept, if any: a reader that was further behind has missed
/// something and must look at the whole.
pub async fn first(tx: &mut Tx, stream: &str) -> Result<Option<i64>, StoreError> {
    let row = sql("SELECT seq, stream, entries, at FROM event_log WHERE stream = $1 ORDER BY seq LIMIT 1")
        .bind(stream)
        .optional(tx)
        .await?;
    let mut events = Vec::new();
    if let Some(row) = row {
        unpack(&row, i64::MIN, &mut events)?;
    }
    Ok(events.first().map(|event| event.seq))
}

/// Forgets what was written before `before`, and says how many rows that were.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    sql("DELETE FROM event_log WHERE at < $1").bind(before.as_millis()).execute(tx).await
}
