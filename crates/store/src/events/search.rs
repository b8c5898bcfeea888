//! The log as an operator searches it: the entries of all owners, the newest first, page by page.
//!
//! There is no index for it, which every commit would pay for. A page is merged from the streams instead, each from where the
//! page before it ended: found by bisection, because the numbers of a stream grow with time.

use std::cmp::Reverse;

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use super::{Event, ROW, length, unpack};
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx};

/// What an operator looks for in the log.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Only entries of this owner.
    pub owner: Option<OwnerId>,
    /// Only entries of this kind, such as `job.changed`.
    pub kind: Option<String>,
    /// Only entries about this.
    pub subject: Option<String>,
    /// Only those after this place, which are older.
    pub after: Option<Place>,
}

/// Where an entry is among those of all owners, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// When.
    pub at: Timestamp,
    /// The owner of its stream.
    pub owner: OwnerId,
    /// Its number there.
    pub seq: i64,
}

impl Sought {
    fn matches(&self, event: &Event) -> bool {
        let is = |wanted: &Option<String>, text: &str| wanted.as_deref().is_none_or(|wanted| wanted == text);
        let follows = |place: &Place| {
            // Within a stream the numbers alone count: transactions that ran side by side have times in another order.
            if self.owner.as_ref() == Some(&place.owner) {
                return event.seq < place.seq;
            }
            event.at < place.at
                || event.at == place.at
                    && (event.owner > place.owner || event.owner == place.owner && event.seq < place.seq)
        };
        is(&self.kind, &event.kind) && is(&self.subject, &event.subject) && self.after.as_ref().is_none_or(follows)
    }
}

/// The entries that an operator looks for, newest first, at most `limit`; never for a request of an owner. Those of the same
/// time are in the order of their owners' bytes. With an owner all of the stream is looked through, without one
/// [`LOOKED_THROUGH`] entries for each page.
pub async fn search(tx: &mut Tx, sought: &Sought, limit: u32) -> Result<Vec<Event>, StoreError> {
    match &sought.owner {
        Some(owner) => search_stream(tx, owner, sought, limit).await,
        None => search_all(tx, sought, limit).await,
    }
}

/// So many entries of all owners are looked through for a page.
pub const LOOKED_THROUGH: usize = 20_000;

/// Within a stream, times may be out of order by less than this: by how long transactions run side by side.
const SLACK_MS: i64 = 5_000;

/// A stream, as far as it is not read yet.
struct Head {
    owner: OwnerId,
    /// Its rows before this number come next.
    before: i64,
    /// When the newest of them was written, or a little later.
    at: i64,
}

async fn search_all(tx: &mut Tx, sought: &Sought, limit: u32) -> Result<Vec<Event>, StoreError> {
    let limit = limit as usize;
    let mut heads = heads(tx, sought.after.as_ref()).await?;
    let mut found: Vec<Event> = Vec::new();
    let mut looked_through = 0;
    while let Some(newest) = (0..heads.len()).max_by_key(|n| heads[*n].at) {
        let is_full = limit.checked_sub(1).is_none_or(|last| {
            found.get(last).is_some_and(|event| heads[newest].at.saturating_add(SLACK_MS) < event.at.as_millis())
        });
        if is_full {
            break;
        }
        if looked_through >= LOOKED_THROUGH {
            // Events older than the next unread row of another stream are dropped: that row may be newer.
            found.retain(|event| event.at.as_millis() > heads[newest].at);
            break;
        }
        let rows = rows_before(tx, &heads[newest].owner, heads[newest].before).await?;
        let Some(oldest) = rows.last() else {
            heads.swap_remove(newest);
            continue;
        };
        (heads[newest].before, heads[newest].at) = (oldest.get("seq")?, oldest.get("at")?);
        for entry in rows.iter().flat_map(|row| unpack(row, i64::MIN).unwrap_or_else(|error| vec![Err(error)])) {
            looked_through += 1;
            match entry {
                Ok(event) if sought.matches(&event) => found.push(event),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "entries of the event log are skipped"),
            }
        }
        found.sort_by(|a, b| (Reverse(a.at), &a.owner, Reverse(a.seq)).cmp(&(Reverse(b.at), &b.owner, Reverse(b.seq))));
    }
    found.truncate(limit);
    Ok(found)
}

/// Every stream, from where a page after this place begins in it.
async fn heads(tx: &mut Tx, after: Option<&Place>) -> Result<Vec<Head>, StoreError> {
    let rows = sql("SELECT owner, last, COALESCE((SELECT at FROM event_log
             WHERE event_log.owner = streams.owner ORDER BY seq DESC LIMIT 1), 0) AS at
         FROM streams")
    .all(tx)
    .await?;
    let mut heads = Vec::with_capacity(rows.len());
    for row in &rows {
        let (owner, last, at): (OwnerId, i64, i64) = (parse(row, "owner")?, row.get("last")?, row.get("at")?);
        let most = after.map_or(i64::MAX, |place| place.at.as_millis().saturating_add(SLACK_MS));
        heads.push(if at <= most {
            Head { owner, before: i64::MAX, at }
        } else {
            let before = bisect(tx, &owner, last, most).await?;
            Head { owner, before, at: most }
        });
    }
    Ok(heads)
}

/// A number in a stream that is a little greater than that of its last row until `most`.
async fn bisect(tx: &mut Tx, owner: &OwnerId, last: i64, most: i64) -> Result<i64, StoreError> {
    let text = "SELECT seq, at FROM event_log WHERE owner = $1 AND seq >= $2 ORDER BY seq LIMIT 1";
    // Every row before `low` is at `most` or earlier; the row at `high` is later.
    let (mut low, mut high) = (0, last);
    while low < high {
        let middle = low + (high - low) / 2;
        let row = sql(text).bind(owner.as_str()).bind(middle).optional(tx).await?;
        match row {
            Some(row) if row.get::<i64>("at")? <= most => low = row.get::<i64>("seq")? + 1,
            _ => high = middle,
        }
    }
    // The number of a row is that of its last entry.
    Ok(high.saturating_add(length(ROW)))
}

/// The next rows of a stream, the newest first.
async fn rows_before(tx: &mut Tx, owner: &OwnerId, before: i64) -> Result<Vec<Row>, StoreError> {
    // A row has up to 500 entries, so few rows are read at a time.
    const ROWS: u32 = 8;
    let text = "SELECT seq, owner, entries, at FROM event_log WHERE owner = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    sql(text).bind(owner.as_str()).bind(before).bind(ROWS).all(tx).await
}

async fn search_stream(tx: &mut Tx, owner: &OwnerId, sought: &Sought, limit: u32) -> Result<Vec<Event>, StoreError> {
    // The number of a row is that of its last entry: the row with the entry before a place may be behind it.
    let place = sought.after.as_ref().filter(|place| place.owner == *owner);
    let mut before = place.map_or(i64::MAX, |place| place.seq.saturating_add(length(ROW)));
    let mut found = Vec::new();
    loop {
        let rows = rows_before(tx, owner, before).await?;
        let Some(oldest) = rows.last() else { return Ok(found) };
        before = oldest.get("seq")?;
        for entry in
            rows.iter().flat_map(|row| unpack(row, i64::MIN).unwrap_or_else(|error| vec![Err(error)]).into_iter().rev())
        {
            if found.len() >= limit as usize {
                return Ok(found);
            }
            match entry {
                Ok(event) if sought.matches(&event) => found.push(event),
                Ok(_) => {}
                Err(error) => tracing::error!(%owner, %error, "entries of the event log are skipped"),
            }
        }
    }
}
