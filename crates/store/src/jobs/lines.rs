//! The owners that have ready jobs, and where a worker's walks over them begin.
//!
//! PostgreSQL keeps the index entries of what is no longer ready until the next vacuum, and a walk along the index
//! steps over all of them: milliseconds after a hundred thousand jobs. A worker therefore knows where its walks ended
//! ([`Floors`]), and begins there.

use std::collections::BTreeMap;
use std::time::Duration;

use sluice_domain::time::Timestamp;

use crate::jobs::gate::Gate;
use crate::sql::sql;
use crate::{StoreError, Tx};

/// An owner that has ready jobs.
pub(crate) struct Line {
    pub(crate) owner: String,
    /// What it has had, in milliseconds of work per weight.
    pub(crate) tag: i64,
    pub(crate) weight: i64,
    pub(crate) served: bool,
    pub(crate) empty: bool,
    /// Nothing below this place is ready.
    pub(crate) floor: i64,
}

/// Most owners that one claim looks at.
const MOST_LINES: u32 = 1_000;

/// Where a worker's walks over a pool's ready jobs begin: for each owner the place below which nothing is ready, as far
/// as is known. A walk from the start finds what that is wrong about: it is due about once a second, and at once when a
/// unit of work says that it made a job ready [`LATE`] (`Store::rescan_hint`).
#[derive(Debug, Clone, Default)]
pub struct Floors {
    of: BTreeMap<String, i64>,
    /// When they were learned, by the database's clock: one that was set back gives places below them.
    at: Option<Timestamp>,
}

/// A job is visible at most so long after its place, or it is told of by itself.
pub(crate) const LATE: Duration = Duration::from_secs(1);
/// Most owners whose floors are kept.
const MOST_FLOORS: usize = 100;

impl Floors {
    /// Lets the next walk begin at the start.
    pub fn forget(&mut self) {
        self.at = None;
    }

    /// The floors, if a walk at `now` may begin there.
    pub(crate) fn known(&self, now: Timestamp) -> Option<&BTreeMap<String, i64>> {
        (self.at.is_some_and(|at| at <= now) && !self.of.is_empty()).then_some(&self.of)
    }

    /// What is known after a walk at `now` that met `lines`.
    pub(crate) fn after(&self, lines: &[Line], now: Timestamp) -> Self {
        // What is not visible yet has a later place.
        let sure = (now - LATE).as_millis();
        let met = lines.iter().map(|line| (line.owner.as_str(), line.floor.min(sure)));
        let mut of: BTreeMap<String, i64> =
            met.filter(|(_, floor)| *floor > i64::MIN).map(|(owner, floor)| (owner.to_owned(), floor)).collect();
        if lines.len() < MOST_LINES as usize {
            // Who was known and not met has nothing that is ready.
            let gone = self.of.keys().filter(|owner| !lines.iter().any(|line| line.owner == **owner));
            of.extend(gone.map(|owner| (owner.clone(), sure)));
        }
        if of.len() > MOST_FLOORS {
            of.clear();
        }
        Self { of, at: Some(now) }
    }
}

/// The owners with ready jobs in a pool, the pool's clock, and what may stand in their way. Nothing if there are none.
pub(crate) async fn lines(
    tx: &mut Tx,
    pool: &str,
    floors: Option<&BTreeMap<String, i64>>,
) -> Result<Option<(Vec<Line>, i64, Gate)>, StoreError> {
    let query = match floors {
        Some(floors) => sql(format!("{FROM_FLOORS} {OF_LINES}")).bind(pool).bind(MOST_LINES).bind(listed(floors)?),
        None => sql(format!("{FROM_THE_START} {OF_LINES}")).bind(pool).bind(MOST_LINES),
    };
    let rows = query.all(tx).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let clock = first.get::<Option<i64>>("clock")?.unwrap_or(0);
    let mut gate = Gate::open(tx, first.get("limited")?, first.get("paused")?, first.get("choosy")?).await?;
    if first.get("rated")? {
        gate.heed_rates(tx).await?;
    }
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let used: i64 = row.get("used")?;
        let owner: String = row.get("owner")?;
        let empty = gate.is_paused("queue", pool) || gate.is_paused("owner", &owner);
        let floor = floors.and_then(|floors| floors.get(&owner)).copied().unwrap_or(i64::MIN);
        lines.push(Line { owner, tag: used.max(clock), weight: row.get("weight")?, served: false, empty, floor });
    }
    Ok(Some((lines, clock, gate)))
}

/// A walk from owner to owner along the index, whatever the number of their jobs.
const FROM_THE_START: &str = "WITH RECURSIVE line(owner) AS (
     SELECT (SELECT owner FROM jobs WHERE state = 'ready' AND pool = $1 ORDER BY owner LIMIT 1)
     UNION ALL
     SELECT (SELECT owner FROM jobs WHERE state = 'ready' AND pool = $1 AND owner > line.owner ORDER BY owner LIMIT 1)
     FROM line WHERE line.owner IS NOT NULL)";
/// The same, without a step below the floors, which are known on PostgreSQL: a walk from each of them to the next owner
/// that has one, and one from the start to the first of them.
const FROM_FLOORS: &str = "WITH RECURSIVE floors(owner, place) AS (
     SELECT '', CAST(-9223372036854775808 AS BIGINT)
     UNION ALL SELECT owner, place FROM json_to_recordset(CAST($3 AS JSON)) AS known(owner TEXT, place BIGINT)),
 spans(owner, place, next) AS (SELECT owner, place, LEAD(owner) OVER (ORDER BY owner, place) FROM floors),
 line(owner, next) AS (
     SELECT CASE WHEN next IS NULL
         THEN (SELECT jobs.owner FROM jobs WHERE state = 'ready' AND pool = $1
               AND (jobs.owner, jobs.place) >= (spans.owner, spans.place)
               ORDER BY jobs.owner, jobs.place LIMIT 1)
         ELSE (SELECT jobs.owner FROM jobs WHERE state = 'ready' AND pool = $1
               AND (jobs.owner, jobs.place) >= (spans.owner, spans.place) AND jobs.owner < spans.next
               ORDER BY jobs.owner, jobs.place LIMIT 1) END, next
     FROM spans
     UNION ALL
     SELECT CASE WHEN next IS NULL
         THEN (SELECT jobs.owner FROM jobs WHERE state = 'ready' AND pool = $1 AND jobs.owner > line.owner
               ORDER BY jobs.owner LIMIT 1)
         ELSE (SELECT jobs.owner FROM jobs WHERE state = 'ready' AND pool = $1 AND jobs.owner > line.owner
               AND jobs.owner < line.next ORDER BY jobs.owner LIMIT 1) END, next
     FROM line WHERE line.owner IS NOT NULL)";
const OF_LINES: &str =
    "SELECT line.owner AS owner, COALESCE(shares.used, 0) AS used, COALESCE(limits.weight, 1) AS weight,
     (SELECT used FROM shares WHERE pool = $1 AND owner = '') AS clock,
     (SELECT COUNT(*) FROM limits) AS limited,
     (SELECT COUNT(*) FROM rates) AS rated,
     (SELECT COUNT(*) FROM pauses) AS paused,
     (SELECT COUNT(*) FROM (SELECT id FROM jobs WHERE state = 'ready' AND pool = $1
         AND (limit_key IS NOT NULL OR provider IS NOT NULL OR cost > 0) LIMIT 1) AS one) AS choosy
     FROM line LEFT JOIN shares ON shares.pool = $1 AND shares.owner = line.owner
     LEFT JOIN limits ON limits.scope = 'owner' AND limits.name = line.owner
     WHERE line.owner IS NOT NULL LIMIT $2";

/// The floors as JSON.
fn listed(floors: &BTreeMap<String, i64>) -> Result<String, StoreError> {
    #[derive(serde::Serialize)]
    struct Known<'a> {
        owner: &'a str,
        place: i64,
    }
    let known: Vec<_> = floors.iter().map(|(owner, place)| Known { owner, place: *place }).collect();
    serde_json::to_string(&known).map_err(|error| StoreError::Unreadable { what: format!("an owner ({error})") })
}
