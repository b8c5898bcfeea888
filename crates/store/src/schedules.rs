//! Cron schedules: one job per tick, whatever the number of processes.

use sluice_domain::time::Timestamp;

use crate::sql::{Row, sql};
use crate::{StoreError, Tx, storable};

/// What happens to ticks that were missed because no worker was running.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CatchUp {
    /// The latest one fires, late.
    #[default]
    Latest,
    /// Each of them fires.
    All,
    /// They are skipped.
    None,
}

impl CatchUp {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::All => "all",
            Self::None => "none",
        }
    }
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// When, as a cron expression, in UTC.
    pub cron: String,
    /// The job that each tick enqueues, serialised by the engine.
    pub job: String,
    /// The rule for missed ticks.
    pub catch_up: CatchUp,
    /// The next tick.
    pub next_at: Timestamp,
    /// The last tick that made a job.
    pub last_at: Option<Timestamp>,
}

/// Creates or changes a schedule. Unless its cron expression changes, its next tick stays the same.
pub async fn set(tx: &mut Tx, schedule: &Schedule) -> Result<(), StoreError> {
    storable::name("a schedule's name", &schedule.name)?;
    sql("INSERT INTO schedules (name, cron, job, catch_up, next_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET job = excluded.job, catch_up = excluded.catch_up,
             next_at = CASE WHEN schedules.cron = excluded.cron THEN schedules.next_at ELSE excluded.next_at END,
             cron = excluded.cron")
    .bind(&schedule.name)
    .bind(&schedule.cron)
    .bind(&schedule.job)
    .bind(schedule.catch_up.as_str())
    .bind(schedule.next_at.as_millis())
    .execute(tx)
    .await?;
    tx.notify_workers();
    Ok(())
}

/// Removes a schedule; returns whether there was one.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    Ok(sql("DELETE FROM schedules WHERE name = $1").bind(name).execute(tx).await? > 0)
}

/// Every schedule.
pub async fn all(tx: &mut Tx) -> Result<Vec<Schedule>, StoreError> {
    sql("SELECT * FROM schedules ORDER BY name").all(tx).await?.iter().map(read).collect()
}

/// The names of at most `most` schedules that are due.
pub async fn due(tx: &mut Tx, most: u32) -> Result<Vec<String>, StoreError> {
    let now = tx.now().await?;
    let rows = sql("SELECT name FROM schedules WHERE next_at <= $1 ORDER BY next_at LIMIT $2")
        .bind(now.as_millis())
        .bind(most)
        .all(tx)
        .await?;
    rows.iter().map(|row| row.get("name")).collect()
}

/// A schedule, locked, if it is due and no other process has locked it.
pub async fn take_due(tx: &mut Tx, name: &str) -> Result<Option<Schedule>, StoreError> {
    let now = tx.now().await?;
    let row = sql("SELECT * FROM schedules WHERE name = $1 AND next_at <= $2 {skip_locked}")
        .bind(name)
        .bind(now.as_millis())
        .optional(tx)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Advances a schedule, in the unit of work that enqueued its jobs.
pub async fn ticked(tx: &mut Tx, name: &str, last: Option<Timestamp>, next: Timestamp) -> Result<(), StoreError> {
    sql("UPDATE schedules SET next_at = $2, last_at = COALESCE($3, last_at) WHERE name = $1")
        .bind(name)
        .bind(next.as_millis())
        .bind(last.map(Timestamp::as_millis))
        .execute(tx)
        .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Schedule, StoreError> {
    let catch_up: String = row.get("catch_up")?;
    Ok(Schedule {
        name: row.get("name")?,
        cron: row.get("cron")?,
        job: row.get("job")?,
        catch_up: match catch_up.as_str() {
            "all" => CatchUp::All,
            "none" => CatchUp::None,
            _ => CatchUp::Latest,
        },
        next_at: Timestamp::from_millis(row.get("next_at")?),
        last_at: row.get::<Option<i64>>("last_at")?.map(Timestamp::from_millis),
    })
}
