//! The queue of each owner that has ready jobs, and where a worker starts to scan it.
//!
//! PostgreSQL keeps the index entries of jobs that are no longer ready until the next vacuum, and an index scan steps over
//! all of them, which takes milliseconds after a hundred thousand jobs. So a worker remembers where its scans ended
//! ([`LowWaterMarks`]), and starts there.

use std::collections::BTreeMap;
use std::time::Duration;

use sluice_domain::time::Timestamp;

use crate::jobs::Unreadable;
use crate::jobs::admission::Admission;
use crate::sql::sql;
use crate::{StoreError, Tx};

/// An owner that has ready jobs.
pub(crate) struct OwnerQueue {
    pub(crate) owner: String,
    /// Its start tag: what it has used so far, in milliseconds of work per weight.
    pub(crate) tag: i64,
    pub(crate) weight: i64,
    pub(crate) served: bool,
    pub(crate) empty: bool,
    /// No job with a smaller sort key is ready.
    pub(crate) low_water_mark: i64,
}

/// The most owners that one claim considers.
const MAX_QUEUES: u32 = 1_000;

/// Where a worker's scans of a pool's ready jobs start: for each owner, the sort key below which no job is ready, as far
/// as the worker knows. A full scan finds what the marks missed. There is one about once a second, and one at once when a
/// unit of work has made a job ready later than [`ALLOWED_LATENESS`] permits (`Store::rescan_hint`).
#[derive(Debug, Clone, Default)]
pub struct LowWaterMarks {
    by_owner: BTreeMap<String, i64>,
    /// When they were recorded, by the database's clock. After a clock that was set back, new sort keys lie below them.
    at: Option<Timestamp>,
}

/// A job becomes visible to claims at most this long after its sort key; any later job requests a rescan.
pub(crate) const ALLOWED_LATENESS: Duration = Duration::from_secs(1);
/// The most owners whose marks are remembered.
const MAX_MARKS: usize = 100;

impl LowWaterMarks {
    /// Makes the next scan a full one.
    pub fn reset(&mut self) {
        self.at = None;
    }

    /// The marks, if a scan at `now` may start there.
    pub(crate) fn known(&self, now: Timestamp) -> Option<&BTreeMap<String, i64>> {
        (self.at.is_some_and(|at| at <= now) && !self.by_owner.is_empty()).then_some(&self.by_owner)
    }

    /// The marks after a scan at `now` that found `queues`.
    pub(crate) fn after(&self, queues: &[OwnerQueue], now: Timestamp) -> Self {
        // Jobs that are not visible yet have a sort key above this.
        let safe = (now - ALLOWED_LATENESS).as_millis();
        let found = queues.iter().map(|queue| (queue.owner.as_str(), queue.low_water_mark.min(safe)));
        let mut by_owner: BTreeMap<String, i64> =
            found.filter(|(_, mark)| *mark > i64::MIN).map(|(owner, mark)| (owner.to_owned(), mark)).collect();
        if queues.len() < MAX_QUEUES as usize {
            // An owner that has a mark and was not found has no ready job.
            let idle = self.by_owner.keys().filter(|owner| !queues.iter().any(|queue| queue.owner == **owner));
            by_owner.extend(idle.map(|owner| (owner.clone(), safe)));
        }
        if by_owner.len() > MAX_MARKS {
            by_owner.clear();
        }
        Self { by_owner, at: Some(now) }
    }
}

/// The owners with ready jobs in a pool, the pool's virtual time, and its admission control. `None` if no job is ready.
pub(crate) async fn owner_queues(
    tx: &mut Tx,
    pool: &str,
    marks: Option<&BTreeMap<String, i64>>,
) -> Result<Option<(Vec<OwnerQueue>, i64, Admission)>, StoreError> {
    let query = match marks {
        Some(marks) => {
            sql(format!("{FROM_THE_MARKS} {DETAILS}")).bind(pool).bind(MAX_QUEUES).bind(marks_as_json(marks)?)
        }
        None => sql(format!("{FROM_THE_START} {DETAILS}")).bind(pool).bind(MAX_QUEUES),
    };
    let rows = query.all(tx).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let virtual_time = first.get::<Option<i64>>("virtual_time")?.unwrap_or(0);
    let (limited, paused, needs_check) = (first.get("limited")?, first.get("paused")?, first.get("needs_check")?);
    let mut admission = Admission::load(tx, limited, paused, needs_check).await?;
    if first.get("rated")? {
        admission.load_rates(tx).await?;
    }
    let mut queues = Vec::with_capacity(rows.len());
    for row in &rows {
        let used: i64 = row.get("used")?;
        let owner: String = match row.get("owner") {
            Ok(owner) => owner,
            Err(error) => {
                admission.unreadable.push(Unreadable::of("jobs", "owner".to_owned(), &error));
                continue;
            }
        };
        // A weight is no limit that must be kept: an unreadable one is replaced by the default.
        let weight = row.get::<i64>("weight").unwrap_or_else(|error| {
            admission.unreadable.push(Unreadable::of("limits", format!("weight of {owner}"), &error));
            1
        });
        let empty = admission.is_paused("queue", pool) || admission.is_paused("owner", &owner);
        let low_water_mark = marks.and_then(|marks| marks.get(&owner)).copied().unwrap_or(i64::MIN);
        queues.push(OwnerQueue {
            owner,
            tag: used.max(virtual_time),
            weight: weight.max(1),
            served: false,
            empty,
            low_water_mark,
        });
    }
    Ok(Some((queues, virtual_time, admission)))
}

/// A loose index scan: from owner to owner, however many jobs each has.
const FROM_THE_START: &str = "WITH RECURSIVE queue(owner) AS (
     SELECT (SELECT owner FROM jobs WHERE state = 'ready' AND pool = $1 ORDER BY owner LIMIT 1)
     UNION ALL
     SELECT (SELECT owner FROM jobs WHERE state = 'ready' AND pool = $1 AND owner > queue.owner ORDER BY owner LIMIT 1)
     FROM queue WHERE queue.owner IS NOT NULL)";
/// The same, never below the marks, which only PostgreSQL uses: one scan from each mark to the next owner that has one, and
/// one from the start to the first mark.
const FROM_THE_MARKS: &str = "WITH RECURSIVE marks(owner, sort_key) AS (
     SELECT '', CAST(-9223372036854775808 AS BIGINT)
     UNION ALL SELECT owner, sort_key FROM json_to_recordset(CAST($3 AS JSON)) AS known(owner TEXT, sort_key BIGINT)),
 spans(owner, sort_key, next) AS (SELECT owner, sort_key, LEAD(owner) OVER (ORDER BY owner, sort_key) FROM marks),
 queue(owner, next) AS (
     SELECT CASE WHEN next IS NULL
         THEN (SELECT jobs.owner FROM jobs WHERE state = 'ready' AND pool = $1
               AND (jobs.owner, jobs.sort_key) >= (spans.owner, spans.sort_key)
               ORDER BY jobs.owner, jobs.sort_key LIMIT 1)
         ELSE (SELECT jobs.owner FROM jobs WHERE state = 'ready' AND pool = $1
               AND (jobs.owner, jobs.sort_key) >= (spans.owner, spans.sort_key) AND jobs.owner < spans.next
               ORDER BY jobs.owner, jobs.sort_key LIMIT 1) END, next
     FROM spans
     UNION ALL
     SELECT CASE WHEN next IS NULL
         THEN (SELECT jobs.owner FROM jobs WHERE state = 'ready' AND pool = $1 AND jobs.owner > queue.owner
               ORDER BY jobs.owner LIMIT 1)
         ELSE (SELECT jobs.owner FROM jobs WHERE state = 'ready' AND pool = $1 AND jobs.owner > queue.owner
               AND jobs.owner < queue.next ORDER BY jobs.owner LIMIT 1) END, next
     FROM queue WHERE queue.owner IS NOT NULL)";
const DETAILS: &str =
    "SELECT queue.owner AS owner, COALESCE(shares.used, 0) AS used, COALESCE(limits.weight, 1) AS weight,
     (SELECT used FROM shares WHERE pool = $1 AND owner = '') AS virtual_time,
     (SELECT COUNT(*) FROM limits) AS limited,
     (SELECT COUNT(*) FROM rates) AS rated,
     (SELECT COUNT(*) FROM pauses) AS paused,
     (SELECT COUNT(*) FROM (SELECT id FROM jobs WHERE state = 'ready' AND pool = $1
         AND (limit_key IS NOT NULL OR provider IS NOT NULL OR cost > 0) LIMIT 1) AS one) AS needs_check
     FROM queue LEFT JOIN shares ON shares.pool = $1 AND shares.owner = queue.owner
     LEFT JOIN limits ON limits.scope = 'owner' AND limits.name = queue.owner
     WHERE queue.owner IS NOT NULL LIMIT $2";

/// The marks as JSON.
fn marks_as_json(marks: &BTreeMap<String, i64>) -> Result<String, StoreError> {
    #[derive(serde::Serialize)]
    struct Mark<'a> {
        owner: &'a str,
        sort_key: i64,
    }
    let list: Vec<_> = marks.iter().map(|(owner, sort_key)| Mark { owner, sort_key: *sort_key }).collect();
    serde_json::to_string(&list).map_err(|error| StoreError::Unreadable { what: format!("an owner ({error})") })
}
