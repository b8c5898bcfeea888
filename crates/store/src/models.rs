//! The sets of model files that administrators manage: the last job of each, and what it found.

use sluice_domain::ids::JobId;

use crate::jobs::readable;
use crate::sql::{Row, sql};
use crate::{StoreError, Tx};

/// A set, as far as jobs have dealt with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRow {
    /// The set's name.
    pub name: String,
    /// The last job that was asked for. Its row may be gone by now.
    pub job: Option<JobId>,
    /// What that job does: `pull`, `verify` or `remove`.
    pub action: Option<String>,
    /// The machine whose worker ended the last job that came to its end.
    pub machine: Option<String>,
    /// What was found damaged there, as JSON of the caller.
    pub damaged: String,
}

impl SetRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let job: Option<String> = row.get("job")?;
        let unreadable = |_| StoreError::Unreadable { what: "the job of a set of models".to_owned() };
        Ok(Self {
            name: row.get("name")?,
            job: job.map(|id| id.parse().map_err(unreadable)).transpose()?,
            action: row.get("action")?,
            machine: row.get("machine")?,
            damaged: row.get("damaged")?,
        })
    }
}

/// A set, locked until the unit of work ends, so that one job at a time is begun for it.
pub async fn locked(tx: &mut Tx, name: &str) -> Result<SetRow, StoreError> {
    sql("INSERT INTO model_sets (name) VALUES ($1) ON CONFLICT (name) DO NOTHING").bind(name).execute(tx).await?;
    let row = sql("SELECT * FROM model_sets WHERE name = $1 {lock}").bind(name).one(tx).await?;
    SetRow::read(&row)
}

/// Notes the job that was begun for a locked set.
pub async fn begin(tx: &mut Tx, name: &str, action: &str, job: &JobId) -> Result<(), StoreError> {
    sql("UPDATE model_sets SET job = $2, action = $3 WHERE name = $1")
        .bind(name)
        .bind(job.as_str())
        .bind(action)
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes what a job found on a machine, unless another one was begun after it.
pub async fn end(tx: &mut Tx, name: &str, job: &JobId, machine: &str, damaged: &str) -> Result<(), StoreError> {
    sql("UPDATE model_sets SET machine = $3, damaged = $4 WHERE name = $1 AND job = $2")
        .bind(name)
        .bind(job.as_str())
        .bind(machine)
        .bind(damaged)
        .execute(tx)
        .await?;
    Ok(())
}

/// Every set that a job was ever begun for.
pub async fn all(tx: &mut Tx) -> Result<Vec<SetRow>, StoreError> {
    let rows = sql("SELECT * FROM model_sets ORDER BY name").all(tx).await?;
    Ok(readable("model_sets", &rows, SetRow::read))
}
