//! Deletes rows after their retention period, in small batches: every function looks at a limited number of rows, which it
//! finds by an index or by scanning a primary key from a cursor, and returns how far it came. A scheduled job calls them,
//! each in a unit of work of its own, so that `SQLite`'s writer is never held for long.
//!
//! Most expired rows are found by an index on their time. Finished jobs are not: an index on `finished_at` would be written
//! for every job that ends. Ids sort by time of creation, and no job ends before it is created, so a scan of the ids that are
//! old enough finds all of them.

use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;

use crate::blobs::{self, RESULTS};
use crate::jobs::spend;
use crate::sql::{list, sql};
use crate::{StoreError, Tx, calls};

/// What a scan for finished jobs found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finished {
    /// Jobs without parent and children.
    pub single: Vec<String>,
    /// Jobs without parent whose descendants have all ended, too.
    pub families: Vec<String>,
    /// The cursor of the next batch; `None` at the end.
    pub next: Option<String>,
}

/// The result of one batch of a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Rows that were deleted, or ended.
    pub removed: u64,
    /// The cursor of the next batch; `None` at the end.
    pub next: Option<String>,
}

impl Batch {
    fn of(removed: u64, looked_at: usize, limit: u32, last: Option<String>) -> Self {
        Self { removed, next: last.filter(|_| looked_at == limit as usize) }
    }
}

/// Scans the next `limit` jobs after an id for those that ended before `before`. Read-only, since a family may be large.
pub async fn finished_jobs(tx: &mut Tx, after: &str, before: Timestamp, limit: u32) -> Result<Finished, StoreError> {
    // A job with a later id cannot have ended before.
    let youngest = JobId::new(before, [0; 10]);
    let rows = sql("SELECT id, CAST(CASE WHEN EXISTS (SELECT 1 FROM jobs AS child WHERE child.parent = page.id)
             THEN 1 ELSE 0 END AS BIGINT) AS family
         FROM (SELECT id, parent, finished_at FROM jobs WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3) AS page
         WHERE parent IS NULL AND finished_at IS NOT NULL AND finished_at < $4 ORDER BY id")
    .bind(after)
    .bind(youngest.as_str())
    .bind(limit)
    .bind(before.as_millis())
    .all(tx)
    .await?;
    let end = sql("SELECT MAX(id) AS last, COUNT(*) AS count FROM
             (SELECT id FROM jobs WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3) AS page")
    .bind(after)
    .bind(youngest.as_str())
    .bind(limit)
    .one(tx)
    .await?;
    let mut finished = Finished { next: end.get("last")?, ..Finished::default() };
    if end.get::<i64>("count")? < i64::from(limit) {
        finished.next = None;
    }
    for row in &rows {
        let id: String = row.get("id")?;
        if !row.get::<bool>("family")? {
            finished.single.push(id);
        } else if is_over(tx, &id, before).await? {
            finished.families.push(id);
        }
    }
    Ok(finished)
}

/// Whether every descendant of a job ended before `before`.
async fn is_over(tx: &mut Tx, root: &str, before: Timestamp) -> Result<bool, StoreError> {
    let row = sql("WITH RECURSIVE family(id, finished_at) AS (
             SELECT id, finished_at FROM jobs WHERE parent = $1
             UNION ALL SELECT jobs.id, jobs.finished_at FROM family JOIN jobs ON jobs.parent = family.id)
         SELECT id FROM family WHERE finished_at IS NULL OR finished_at >= $2 LIMIT 1")
    .bind(root)
    .bind(before.as_millis())
    .optional(tx)
    .await?;
    Ok(row.is_none())
}

/// Deletes jobs without children, with their steps, logs and signals. One that was retried meanwhile stays.
pub async fn forget_jobs(tx: &mut Tx, jobs: &[String], before: Timestamp) -> Result<u64, StoreError> {
    if jobs.is_empty() {
        return Ok(0);
    }
    sql(format!(
        "DELETE FROM jobs WHERE id IN ({}) AND finished_at < $1
         AND NOT EXISTS (SELECT 1 FROM jobs AS child WHERE child.parent = jobs.id)",
        list(2, jobs.len())
    ))
    .bind(before.as_millis())
    .bind_all(jobs)
    .execute(tx)
    .await
}

/// Deletes at most `limit` jobs of a family, the youngest generation first; `next` is the family while some of it is left.
pub async fn forget_family(tx: &mut Tx, root: &str, before: Timestamp, limit: u32) -> Result<Batch, StoreError> {
    let mut removed = 0;
    let mut parent = root.to_owned();
    while removed < u64::from(limit) {
        let left = u64::from(limit) - removed;
        let leaves = sql("DELETE FROM jobs WHERE id IN (
                 SELECT id FROM jobs AS leaf WHERE parent = $1 AND finished_at < $2
                 AND NOT EXISTS (SELECT 1 FROM jobs AS child WHERE child.parent = leaf.id) LIMIT $3)")
        .bind(&parent)
        .bind(before.as_millis())
        .bind(left)
        .execute(tx)
        .await?;
        removed += leaves;
        if leaves == left {
            break;
        }
        let deeper = sql("SELECT id FROM jobs AS inner_job WHERE parent = $1
             AND EXISTS (SELECT 1 FROM jobs AS child WHERE child.parent = inner_job.id) LIMIT 1")
        .bind(&parent)
        .optional(tx)
        .await?;
        match deeper {
            Some(row) => parent = row.get("id")?,
            None if parent == root => {
                removed += forget_jobs(tx, &[root.to_owned()], before).await?;
                return Ok(Batch { removed, next: None });
            }
            // No job of this branch can be deleted: one of them was retried.
            None if leaves == 0 => return Ok(Batch { removed, next: None }),
            None => root.clone_into(&mut parent),
        }
    }
    Ok(Batch { removed, next: Some(root.to_owned()) })
}

/// Deletes stage results that were not used since `before`, and releases their bytes.
pub async fn forget_results(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let rows =
        sql("SELECT key FROM stage_results WHERE last_used_at < $1 ORDER BY last_used_at LIMIT $2 {skip_locked}")
            .bind(before.as_millis())
            .bind(limit)
            .all(tx)
            .await?;
    let keys = rows.iter().map(|row| row.get("key")).collect::<Result<Vec<String>, _>>()?;
    forget_result_keys(tx, &keys).await
}

/// Deletes these stage results, and releases their bytes.
pub async fn forget_result_keys(tx: &mut Tx, keys: &[String]) -> Result<u64, StoreError> {
    if keys.is_empty() {
        return Ok(0);
    }
    let subjects: Vec<&str> = keys.iter().map(String::as_str).collect();
    blobs::release_all(tx, &OwnerId::system(), RESULTS, &subjects).await?;
    sql(format!("DELETE FROM stage_results WHERE key IN ({})", list(1, keys.len()))).bind_all(keys).execute(tx).await
}

/// Deletes calls that ended before `before`.
pub async fn forget_calls(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    sql("DELETE FROM calls WHERE id IN (
             SELECT id FROM calls WHERE finished_at IS NOT NULL AND finished_at < $1 ORDER BY finished_at LIMIT $2)")
    .bind(before.as_millis())
    .bind(limit)
    .execute(tx)
    .await
}

/// Scans the next `limit` calls with an unknown outcome that were to end before `before`, and ends those whose job has ended
/// as `lost`: nobody will ask their provider any more. Such a call counts as spent already, and continues to. An ended call
/// is deleted by its age.
pub async fn give_up_calls(tx: &mut Tx, after: &str, before: Timestamp, limit: u32) -> Result<Batch, StoreError> {
    let (deadline, id) = after.split_once('\n').unwrap_or_default();
    let rows = sql("SELECT id, deadline_at FROM calls
         WHERE outcome = 'unknown' AND (deadline_at, id) > ($1, $2) AND deadline_at < $3 ORDER BY deadline_at, id LIMIT $4")
    .bind(deadline.parse::<i64>().unwrap_or(i64::MIN))
    .bind(id)
    .bind(before.as_millis())
    .bind(limit)
    .all(tx)
    .await?;
    let mut ended = 0;
    let mut last = None;
    for row in &rows {
        let (deadline, id): (i64, String) = (row.get("deadline_at")?, row.get("id")?);
        ended += u64::from(calls::give_up(tx, &id).await?);
        last = Some(format!("{deadline}\n{id}"));
    }
    Ok(Batch::of(ended, rows.len(), limit, last))
}

/// Deletes events that were written before `before`, at most `limit` rows of the next `limit` streams after an owner. Each
/// stream is in the order of time, so that its beginning is looked at, and no index on the time is needed, which every
/// commit would have to write.
pub async fn forget_events(tx: &mut Tx, after: &str, before: Timestamp, limit: u32) -> Result<Batch, StoreError> {
    let streams = sql("SELECT owner, (SELECT at FROM event_log WHERE event_log.owner = page.owner AND seq > 0
             ORDER BY seq LIMIT 1) AS oldest
         FROM (SELECT owner FROM streams WHERE owner > $1 ORDER BY owner LIMIT $2) AS page ORDER BY owner")
    .bind(after)
    .bind(limit)
    .all(tx)
    .await?;
    let mut removed = 0;
    let mut last = None;
    for row in &streams {
        let (owner, oldest): (String, Option<i64>) = (row.get("owner")?, row.get("oldest")?);
        if oldest.is_some_and(|at| at < before.as_millis()) {
            removed += sql("DELETE FROM event_log WHERE owner = $1 AND seq IN (
                     SELECT seq FROM event_log WHERE owner = $1 AND seq > 0 ORDER BY seq LIMIT $2) AND at < $3")
            .bind(&owner)
            .bind(u64::from(limit) - removed)
            .bind(before.as_millis())
            .execute(tx)
            .await?;
            if removed == u64::from(limit) {
                // There may be more of this stream.
                return Ok(Batch { removed, next: Some(last.unwrap_or_else(|| after.to_owned())) });
            }
        }
        last = Some(owner);
    }
    Ok(Batch::of(removed, streams.len(), limit, last))
}

/// Ends reservations that attempts of an earlier version have left at their second provider.
pub async fn end_left_reservations(tx: &mut Tx, limit: u32) -> Result<u64, StoreError> {
    spend::settle_left(tx, limit).await
}

/// Deletes ledger rows from before `before`. Open reservations stay, and so do the figures of budgets.
pub async fn forget_spend(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    spend::forget_spend(tx, before, limit).await
}

/// Deletes the budgets of days that ended before `before`, under which nothing is reserved.
pub async fn forget_day_budgets(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    sql("DELETE FROM budgets WHERE scope = 'day' AND reserved = 0 AND name IN (
             SELECT name FROM budgets WHERE scope = 'day' AND reserved = 0 AND name < $1 AND name <> '*'
             ORDER BY name LIMIT $2)")
    .bind(spend::day(before))
    .bind(limit)
    .execute(tx)
    .await
}

/// Scans the next `limit` of what owners spent on days or in months, and deletes what is from before `before`.
pub async fn forget_owner_budgets(
    tx: &mut Tx,
    scope: &'static str,
    after: &str,
    before: Timestamp,
    limit: u32,
) -> Result<Batch, StoreError> {
    let rows = sql("SELECT name FROM budgets WHERE scope = $1 AND name > $2 ORDER BY name LIMIT $3")
        .bind(scope)
        .bind(after)
        .bind(limit)
        .all(tx)
        .await?;
    let names = rows.iter().map(|row| row.get("name")).collect::<Result<Vec<String>, _>>()?;
    let day = spend::day(before);
    // A month is over when its last day is.
    let is_old =
        |name: &&String| name.rsplit(' ').next().is_some_and(|time| time < day.get(..time.len()).unwrap_or_default());
    let old: Vec<&String> = names.iter().filter(is_old).collect();
    let mut removed = 0;
    if !old.is_empty() {
        let text =
            format!("DELETE FROM budgets WHERE scope = $1 AND reserved = 0 AND name IN ({})", list(2, old.len()));
        removed = sql(text).bind(scope).bind_all(old.into_iter().map(String::as_str)).execute(tx).await?;
    }
    let last = names.last().cloned();
    Ok(Batch::of(removed, names.len(), limit, last))
}

/// Scans the next `limit` budgets of jobs, and deletes those whose job is gone.
pub async fn forget_job_budgets(tx: &mut Tx, after: &str, limit: u32) -> Result<Batch, StoreError> {
    let rows = sql("SELECT name FROM budgets WHERE scope = 'job' AND name > $1 ORDER BY name LIMIT $2")
        .bind(after)
        .bind(limit)
        .all(tx)
        .await?;
    let names = rows.iter().map(|row| row.get("name")).collect::<Result<Vec<String>, _>>()?;
    if names.is_empty() {
        return Ok(Batch::default());
    }
    let removed = sql(format!(
        "DELETE FROM budgets WHERE scope = 'job' AND name <> '*' AND reserved = 0 AND name IN ({})
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = budgets.name)",
        list(1, names.len())
    ))
    .bind_all(&names)
    .execute(tx)
    .await?;
    Ok(Batch::of(removed, names.len(), limit, names.last().cloned()))
}

/// Scans the next `limit` shares, and deletes those that do not exceed the virtual time of their pool, at which an owner
/// without a share starts anyway.
pub async fn forget_shares(tx: &mut Tx, after: &str, limit: u32) -> Result<Batch, StoreError> {
    let (pool, owner) = after.split_once('\n').unwrap_or_default();
    let rows = sql("SELECT pool, owner FROM shares WHERE (pool, owner) > ($1, $2) ORDER BY pool, owner LIMIT $3")
        .bind(pool)
        .bind(owner)
        .bind(limit)
        .all(tx)
        .await?;
    let mut removed = 0;
    let mut last = None;
    for row in &rows {
        let (pool, owner): (String, String) = (row.get("pool")?, row.get("owner")?);
        removed += sql("DELETE FROM shares WHERE pool = $1 AND owner = $2 AND owner <> ''
             AND used <= (SELECT clock.used FROM shares AS clock WHERE clock.pool = $1 AND clock.owner = '')")
        .bind(&pool)
        .bind(&owner)
        .execute(tx)
        .await?;
        last = Some(format!("{pool}\n{owner}"));
    }
    Ok(Batch::of(removed, rows.len(), limit, last))
}

/// Scans the next `limit` buckets, and deletes those that are full again: a missing bucket counts as full.
pub async fn forget_buckets(tx: &mut Tx, after: &str, limit: u32) -> Result<Batch, StoreError> {
    let now = tx.now().await?;
    let mut from = after.splitn(3, '\n');
    let (scope, name, unit) =
        (from.next().unwrap_or_default(), from.next().unwrap_or_default(), from.next().unwrap_or_default());
    let rows = sql("SELECT scope, name, unit FROM buckets WHERE (scope, name, unit) > ($1, $2, $3)
         ORDER BY scope, name, unit LIMIT $4")
    .bind(scope)
    .bind(name)
    .bind(unit)
    .bind(limit)
    .all(tx)
    .await?;
    let mut removed = 0;
    let mut last = None;
    for row in &rows {
        let (scope, name, unit): (String, String, String) = (row.get("scope")?, row.get("name")?, row.get("unit")?);
        removed += sql("DELETE FROM buckets WHERE scope = $1 AND name = $2 AND unit = $3 AND full_at <= $4")
            .bind(&scope)
            .bind(&name)
            .bind(&unit)
            .bind(now.as_millis())
            .execute(tx)
            .await?;
        last = Some(format!("{scope}\n{name}\n{unit}"));
    }
    Ok(Batch::of(removed, rows.len(), limit, last))
}

/// Deletes workers whose last heartbeat was before `before`.
pub async fn forget_workers(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    sql("DELETE FROM workers WHERE name IN (SELECT name FROM workers WHERE seen_at < $1 LIMIT $2)")
        .bind(before.as_millis())
        .bind(limit)
        .execute(tx)
        .await
}

/// Whether an attempt still holds its job.
pub async fn is_leased(tx: &mut Tx, job: &JobId, lease: &str) -> Result<bool, StoreError> {
    let row = sql("SELECT 1 AS one FROM jobs WHERE id = $1 AND lease_id = $2 AND state = 'running'")
        .bind(job.as_str())
        .bind(lease)
        .optional(tx)
        .await?;
    Ok(row.is_some())
}

/// The stored cursor of a scan; empty at its beginning.
pub async fn cursor(tx: &mut Tx, walk: &str) -> Result<String, StoreError> {
    let row = sql("SELECT position FROM maintenance_cursors WHERE walk = $1").bind(walk).optional(tx).await?;
    row.map_or(Ok(String::new()), |row| row.get("position"))
}

/// Stores the cursor of a scan; `None` restarts it.
pub async fn set_cursor(tx: &mut Tx, walk: &str, position: Option<&str>) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("INSERT INTO maintenance_cursors (walk, position, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (walk) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at")
    .bind(walk)
    .bind(position.unwrap_or_default())
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    Ok(())
}

/// How long rows are retained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionPeriods {
    /// Finished jobs with their steps and logs. A call whose outcome stayed unknown ends this long after its deadline.
    pub history: Duration,
    /// Calls that have ended: longer than any month, since what owners paid with their own keys this month is summed from them.
    pub calls: Duration,
    /// Stage results, after their last use: longer than any month, since a job that waits for the next month's budget does not
    /// run, and would pay again for what it has.
    pub results: Duration,
    /// Events: a client that was away for longer reloads everything.
    pub events: Duration,
    /// The ledger, and the budgets of days.
    pub spend: Duration,
    /// Documents that no app uses.
    pub documents: Duration,
    /// Workers that are gone.
    pub workers: Duration,
}

const DAY: Duration = Duration::from_hours(24);

impl Default for RetentionPeriods {
    fn default() -> Self {
        Self {
            history: 30 * DAY,
            calls: 32 * DAY,
            results: 32 * DAY,
            events: 7 * DAY,
            // A year, and a month to review it.
            spend: 400 * DAY,
            documents: DAY,
            workers: DAY,
        }
    }
}
