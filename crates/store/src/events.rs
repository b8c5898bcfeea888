//! The ordered event log: entries are written in the transaction of the change that they describe.
//!
//! Each owner has a stream, whose entries are numbered from 1 without gaps. The counter is a row that the writer locks until
//! its transaction ends, so numbers become visible in order. A PostgreSQL sequence would assign them before the commit, and a
//! reader could miss an entry that commits late. The counter is the last row that a unit of work locks, so its holder waits
//! for nobody. The entries of a commit share rows, each with the number of its last entry; entries that differ only in their
//! subject are stored once, with a list of subjects.

mod search;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use crate::jobs::Common;
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx, storable};

pub use search::{LOOKED_THROUGH, Place, Sought, search};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its number in its stream, from 1 without gaps.
    pub seq: i64,
    /// The owner of the stream, and of what changed.
    pub owner: OwnerId,
    /// What happened, as `job.changed`.
    pub kind: String,
    /// The id of what it happened to.
    pub subject: String,
    /// More about it.
    pub data: Value,
    /// When.
    pub at: Timestamp,
}

/// Entries that differ only in their subject, as they are stored; a row has several such runs.
#[derive(Deserialize)]
struct Stored {
    kind: String,
    subject: Subjects,
    data: Box<serde_json::value::RawValue>,
}

/// The ids of what changed.
#[derive(Deserialize)]
#[serde(untagged)]
enum Subjects {
    One(String),
    Many(Vec<String>),
}

impl Stored {
    fn subjects(&self) -> &[String] {
        match &self.subject {
            Subjects::One(subject) => std::slice::from_ref(subject),
            Subjects::Many(subjects) => subjects,
        }
    }
}

/// What the entries of a run have in common.
#[derive(Serialize)]
struct Shared<'a, D> {
    kind: &'a str,
    data: &'a D,
}

/// The most entries in a row, all of which a reader has to unpack to find one.
const ROW: usize = 500;

/// The pending entries of a stream, in order.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    runs: Vec<Run>,
    /// What the last entry is about, if it is a change of a job.
    pub(crate) last: Option<Common>,
}

#[derive(Debug)]
struct Run {
    /// [`Shared`] as JSON.
    common: String,
    subjects: Vec<String>,
}

impl Entries {
    /// Adds an entry that differs from the last one only in its subject.
    pub(crate) fn repeat(&mut self, subject: &str) {
        if let Some(run) = self.runs.last_mut() {
            run.subjects.push(subject.to_owned());
        }
    }

    fn push(&mut self, common: String, subject: &str) {
        self.last = None;
        match self.runs.last_mut().filter(|run| run.common == common) {
            Some(run) => run.subjects.push(subject.to_owned()),
            None => self.runs.push(Run { common, subjects: vec![subject.to_owned()] }),
        }
    }

    /// Adds the entries of another unit of work.
    pub(crate) fn append(&mut self, mut later: Self) {
        self.runs.append(&mut later.runs);
        self.last = later.last;
    }

    fn len(&self) -> usize {
        self.runs.iter().map(|run| run.subjects.len()).sum()
    }

    /// The rows to write: the number of entries in each, and these as a JSON array.
    fn rows(&self) -> Result<Vec<(usize, String)>, serde_json::Error> {
        let mut rows: Vec<(usize, String)> = Vec::new();
        for run in &self.runs {
            let mut rest = run.subjects.as_slice();
            while !rest.is_empty() {
                if rows.last().is_none_or(|(count, _)| *count == ROW) {
                    rows.push((0, String::new()));
                }
                let Some((count, text)) = rows.last_mut() else { break };
                let (these, others) = rest.split_at(rest.len().min(ROW - *count));
                text.push(if *count == 0 { '[' } else { ',' });
                text.push_str("{\"subject\":");
                text.push_str(&serde_json::to_string(these)?);
                text.push(',');
                text.push_str(run.common.trim_start_matches('{'));
                *count += these.len();
                rest = others;
            }
        }
        for (_, text) in &mut rows {
            text.push(']');
        }
        Ok(rows)
    }
}

/// Adds an entry. Readers see it when the unit of work commits.
pub fn emit<D: Serialize>(tx: &mut Tx, owner: &OwnerId, kind: &str, subject: &str, data: &D) -> Result<(), StoreError> {
    if !tx.may_write() {
        return Err(StoreError::ReadOnly);
    }
    let common = serde_json::to_string(&Shared { kind, data }).map_err(|error| unwritable(&error))?;
    storable::written_json("an event's data", &common)?;
    match tx.pending.events.get_mut(owner) {
        Some(entries) => entries.push(common, subject),
        None => tx.pending.events.entry(owner.clone()).or_default().push(common, subject),
    }
    Ok(())
}

fn unwritable(error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: format!("an event's data ({error})") }
}

/// Writes the entries of a transaction on `SQLite`, right before its commit.
pub(crate) async fn write(tx: &mut Tx, entries: BTreeMap<OwnerId, Entries>) -> Result<(), StoreError> {
    for (owner, entries) in entries {
        let now = tx.now().await?;
        let mut left = length(entries.len());
        sql(COUNT).bind(owner.as_str()).bind(left).execute(tx).await?;
        for (count, text) in entries.rows().map_err(|error| unwritable(&error))? {
            left -= length(count);
            sql(LOG).bind(owner.as_str()).bind(left).bind(text).bind(now.as_millis()).execute(tx).await?;
        }
    }
    Ok(())
}

/// The same for `PostgreSQL`, as statements that are sent in one message with the COMMIT: the stream's counter, for which
/// other commits wait, is not locked for a round trip. Streams are sorted, so that two transactions never deadlock.
pub(crate) fn statements(entries: BTreeMap<OwnerId, Entries>, now: Timestamp) -> Result<String, StoreError> {
    let mut all = String::new();
    for (owner, entries) in entries {
        let mut left = length(entries.len());
        // Writing to a String does not fail.
        let _ = write!(
            all,
            "WITH counted AS (INSERT INTO streams (owner, last) VALUES ({}, {left})
                 ON CONFLICT (owner) DO UPDATE SET last = streams.last + excluded.last RETURNING owner, last)
             INSERT INTO event_log (owner, seq, entries, at)
             SELECT owner, last - column1, column2, {} FROM counted, (VALUES ",
            literal(owner.as_str()),
            now.as_millis()
        );
        for (at, (count, text)) in entries.rows().map_err(|error| unwritable(&error))?.into_iter().enumerate() {
            left -= length(count);
            let _ = write!(all, "{}({left}, {})", if at == 0 { "" } else { ", " }, literal(&text));
        }
        all.push_str(") AS run; ");
    }
    Ok(all)
}

/// A string literal that does not depend on the server's settings.
fn literal(text: &str) -> String {
    format!("E'{}'", storable::text(text).replace('\\', "\\\\").replace('\'', "''"))
}

const COUNT: &str = "INSERT INTO streams (owner, last) VALUES ($1, $2)
    ON CONFLICT (owner) DO UPDATE SET last = streams.last + excluded.last";
const LOG: &str = "INSERT INTO event_log (owner, seq, entries, at)
    SELECT owner, last - $2, $3, $4 FROM streams WHERE owner = $1";

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A page of an owner's log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The entries that could be read, in order.
    pub events: Vec<Event>,
    /// How many rows, and runs of entries in a row, were skipped before the first of them.
    pub unreadable: usize,
    /// The number of the last entry, readable or not; that of the last readable one, if the page ends before others.
    pub read_to: i64,
}

/// The owner's next `limit` entries after number `seq`, in order. Unreadable ones are skipped; see [`page`].
pub async fn after(tx: &mut Tx, owner: &OwnerId, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
    page(tx, owner, seq, limit).await.map(|page| page.events)
}

/// The owner's next `limit` entries after number `seq`, in order. Unreadable ones are logged and skipped. A page ends before
/// such entries, unless it starts with them, so a reader finds every gap before the first entry of a page, as it does after
/// entries were deleted.
pub async fn page(tx: &mut Tx, owner: &OwnerId, seq: i64, limit: u32) -> Result<Page, StoreError> {
    // A row has up to 500 entries, so few rows are read at a time.
    const ROWS: u32 = 4;
    let text = "SELECT seq, owner, entries, at FROM event_log WHERE owner = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let mut page = Page::default();
    let mut last = seq;
    while page.events.len() < limit as usize {
        let rows = sql(text).bind(owner.as_str()).bind(last).bind(ROWS).all(tx).await?;
        for row in &rows {
            for entry in unpack(row, seq).unwrap_or_else(|error| vec![Err(error)]) {
                match entry {
                    Ok(event) => page.events.push(event),
                    Err(error) if page.events.is_empty() => {
                        tracing::error!(%owner, %error, "entries of the event log are skipped");
                        page.unreadable += 1;
                    }
                    Err(_) => {
                        page.events.truncate(limit as usize);
                        page.read_to = page.events.last().map_or(seq, |event| event.seq);
                        return Ok(page);
                    }
                }
            }
            last = row.get("seq")?;
        }
        if rows.len() < ROWS as usize {
            break;
        }
    }
    page.events.truncate(limit as usize);
    // Without an entry, all that there is up to `last` was skipped, and need not be looked at again.
    page.read_to = page.events.last().map_or(last, |event| event.seq);
    Ok(page)
}

/// The entries of a row after a number, and an error for each run of them that cannot be read.
fn unpack(row: &Row, after: i64) -> Result<Vec<Result<Event, StoreError>>, StoreError> {
    let entries: String = row.get("entries")?;
    let runs: Vec<Stored> = crate::json(&entries, "entries of the event log")?;
    let (last, owner): (i64, OwnerId) = (row.get("seq")?, parse(row, "owner")?);
    let at = Timestamp::from_millis(row.get("at")?);
    let mut place = last - length(runs.iter().map(|run| run.subjects().len()).sum());
    let mut entries = Vec::new();
    for run in &runs {
        let (first, subjects) = (place + 1, run.subjects());
        place += length(subjects.len());
        if place <= after {
            continue;
        }
        match crate::json::<Value>(run.data.get(), "an event's data") {
            Ok(data) => {
                for (seq, subject) in (first..).zip(subjects).filter(|(seq, _)| *seq > after) {
                    let (owner, kind, subject) = (owner.clone(), run.kind.clone(), subject.clone());
                    entries.push(Ok(Event { seq, owner, kind, subject, data: data.clone(), at }));
                }
            }
            Err(error) => entries.push(Err(error)),
        }
    }
    Ok(entries)
}

/// All owners that have ever had an entry.
pub async fn owners(tx: &mut Tx) -> Result<Vec<OwnerId>, StoreError> {
    let rows = sql("SELECT owner FROM streams ORDER BY owner").all(tx).await?;
    rows.iter().map(|row| parse(row, "owner")).collect()
}

/// The number of the owner's last entry; 0 if there never was one.
pub async fn last(tx: &mut Tx, owner: &OwnerId) -> Result<i64, StoreError> {
    let row = sql("SELECT last FROM streams WHERE owner = $1").bind(owner.as_str()).optional(tx).await?;
    row.map_or(Ok(0), |row| row.get("last"))
}

/// The number of the owner's oldest entry that is still retained and can be read, if any. A reader that is further behind has
/// missed entries and must reload everything.
pub async fn first(tx: &mut Tx, owner: &OwnerId) -> Result<Option<i64>, StoreError> {
    Ok(after(tx, owner, i64::MIN, 1).await?.first().map(|event| event.seq))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    #[tokio::test]
    async fn entries_that_share_rows_and_what_is_common_come_back_one_by_one() -> Result<(), StoreError> {
        let folder = tempfile::tempdir().map_err(|error| StoreError::Database(error.into()))?;
        let owner: OwnerId = OwnerId::local();
        let store = Store::open(&folder.path().join("a.db")).await?;
        // As rows were before: each entry whole.
        store
            .write(async |tx| {
                sql(COUNT).bind(owner.as_str()).bind(2).execute(tx).await?;
                let whole =
                    r#"[{"kind":"k","subject":"\"a\"","data":{"n":0}},{"kind":"k","subject":"b","data":{"n":0}}]"#;
                sql(LOG).bind(owner.as_str()).bind(0).bind(whole).bind(7).execute(tx).await
            })
            .await?;
        // 1,300 in one unit: a long run, one by itself, and another run, over three rows.
        let expected: Vec<(String, i64)> =
            (0..1_300).map(|n| (format!("\"{n}\" }}]"), if n == 700 { 1 } else { 2 })).collect();
        store
            .write(async |tx| {
                for (subject, n) in &expected {
                    emit(tx, &owner, "k", subject, &serde_json::json!({ "n": n, "brace": {} }))?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        let (all, some, rows) = store
            .read(async |tx| {
                let rows = sql("SELECT seq FROM event_log").all(tx).await?.len();
                Ok::<_, StoreError>((after(tx, &owner, 0, 2_000).await?, after(tx, &owner, 650, 60).await?, rows))
            })
            .await?;
        assert_eq!(rows, 1 + 3);
        assert!(all.iter().map(|event| event.seq).eq(1..=1_302));
        assert_eq!((all[0].subject.as_str(), all[1].subject.as_str()), ("\"a\"", "b"));
        let read = all[2..].iter().map(|event| (event.subject.clone(), event.data["n"].as_i64().unwrap_or(-1)));
        assert!(read.eq(expected));
        assert_eq!(some, all[650..710]);
        Ok(())
    }
}
