//! What calls have cost, and how many there were.

use std::collections::BTreeMap;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use super::Outcome;
use crate::sql::{ROWS, Row, list, sql};
use crate::{StoreError, Tx};

/// What the calls of an owner's job have cost, by kind. Calls with an unknown cost are left out; built-in engines cost nothing.
pub async fn costs(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<BTreeMap<String, MicroUsd>, StoreError> {
    let rows = sql("SELECT kind, CAST(SUM(COALESCE(cost, 0)) AS BIGINT) AS cost FROM calls
         WHERE job = $1 AND owner = $2 AND (cost IS NOT NULL OR provider IS NULL) GROUP BY kind ORDER BY kind")
    .bind(job.as_str())
    .bind(owner.as_str())
    .all(tx)
    .await?;
    rows.iter().map(|row| Ok((row.get("kind")?, MicroUsd(row.get("cost")?)))).collect()
}

/// How many calls of an owner's job ended without a known cost, by kind. Those of built-in engines are none of them.
pub async fn unpriced(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<BTreeMap<String, u64>, StoreError> {
    let rows = sql("SELECT kind, COUNT(*) AS count FROM calls
         WHERE job = $1 AND owner = $2 AND cost IS NULL AND provider IS NOT NULL AND finished_at IS NOT NULL
         GROUP BY kind ORDER BY kind")
    .bind(job.as_str())
    .bind(owner.as_str())
    .all(tx)
    .await?;
    rows.iter().map(|row| Ok((row.get("kind")?, row.get::<i64>("count")?.unsigned_abs()))).collect()
}

/// When the latest call of a job that succeeded ended; none if none did.
pub(crate) async fn last_succeeded(tx: &mut Tx, job: &JobId) -> Result<Option<Timestamp>, StoreError> {
    let row = sql("SELECT MAX(finished_at) AS last FROM calls WHERE job = $1 AND outcome = 'succeeded'")
        .bind(job.as_str())
        .one(tx)
        .await?;
    Ok(row.get::<Option<i64>>("last")?.map(Timestamp::from_millis))
}

/// What providers were paid for one kind of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The kind of the calls.
    pub kind: String,
    /// The owner paid them, with a key of their own.
    pub own_key: bool,
    /// As far as it is known.
    pub known: MicroUsd,
    /// How many of them have no known cost.
    pub unpriced: u64,
}

/// What the jobs of a subject have cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfSubject {
    /// How many jobs there are: of those that retention removed nothing is known any more.
    pub jobs: u64,
    /// The calls that have ended, and those whose answer was lost, which may have been paid: their cost is not known until it is
    /// found out. Those of built-in engines, for which nobody is paid, are left out.
    pub paid: Vec<Paid>,
}

/// What the jobs of these subjects of an owner have cost; a subject without jobs is missing.
pub async fn of_subjects(
    tx: &mut Tx,
    owner: &OwnerId,
    subjects: &[&str],
) -> Result<BTreeMap<String, OfSubject>, StoreError> {
    let mut found: BTreeMap<String, OfSubject> = BTreeMap::new();
    for subjects in subjects.chunks(ROWS) {
        let these = list(2, subjects.len());
        let jobs = sql(format!(
            "SELECT subject, COUNT(*) AS count FROM jobs
             WHERE owner = $1 AND subject > '' AND subject IN ({these}) GROUP BY subject"
        ));
        for row in &jobs.bind(owner.as_str()).bind_all(subjects.iter().copied()).all(tx).await? {
            found.entry(row.get("subject")?).or_default().jobs = row.get::<i64>("count")?.unsigned_abs();
        }
        let paid = sql(format!(
            "SELECT jobs.subject AS subject, calls.kind AS kind, calls.own_key AS own_key,
                 CAST(SUM(COALESCE(calls.cost, 0)) AS BIGINT) AS cost,
                 CAST(SUM(CASE WHEN calls.cost IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unpriced
             FROM jobs JOIN calls ON calls.job = jobs.id
             WHERE jobs.owner = $1 AND jobs.subject > '' AND jobs.subject IN ({these}) AND calls.owner = jobs.owner
                 AND calls.provider IS NOT NULL AND (calls.finished_at IS NOT NULL OR calls.outcome = 'unknown')
             GROUP BY jobs.subject, calls.kind, calls.own_key ORDER BY jobs.subject, calls.kind, calls.own_key"
        ));
        for row in &paid.bind(owner.as_str()).bind_all(subjects.iter().copied()).all(tx).await? {
            found.entry(row.get("subject")?).or_default().paid.push(Paid {
                kind: row.get("kind")?,
                own_key: row.get("own_key")?,
                known: MicroUsd(row.get("cost")?),
                unpriced: row.get::<i64>("unpriced")?.unsigned_abs(),
            });
        }
    }
    Ok(found)
}

/// The number of calls per kind and outcome, for tests that nothing was done twice.
pub async fn count(tx: &mut Tx) -> Result<Vec<(String, Outcome, u64)>, StoreError> {
    let rows = sql("SELECT kind, outcome, COUNT(*) AS count FROM calls GROUP BY kind, outcome ORDER BY kind, outcome")
        .all(tx)
        .await?;
    rows.iter()
        .map(|row| {
            let count: i64 = row.get("count")?;
            Ok((row.get("kind")?, Outcome::parse(&row.get::<String>("outcome")?)?, count.unsigned_abs()))
        })
        .collect()
}

/// Every successful call: its kind, its start and its end, for benchmarks.
pub async fn finished(tx: &mut Tx) -> Result<Vec<(String, Timestamp, Timestamp)>, StoreError> {
    let rows =
        sql("SELECT kind, started_at, finished_at FROM calls WHERE outcome = 'succeeded' ORDER BY id").all(tx).await?;
    let time = |row: &Row, column: &str| Ok::<_, StoreError>(Timestamp::from_millis(row.get(column)?));
    rows.iter().map(|row| Ok((row.get("kind")?, time(row, "started_at")?, time(row, "finished_at")?))).collect()
}
