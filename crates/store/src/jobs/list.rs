//! Lists of jobs: newest first, filtered, a page at a time.

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use crate::jobs::row::JobRow;
use crate::sql::sql;
use crate::{StoreError, Tx};

/// Which jobs a list has.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those about this subject.
    pub subject: Option<String>,
    /// Only those that were made before this one: the last of the page before.
    pub before: Option<JobId>,
    /// At most so many.
    pub limit: u32,
}

/// Which dead jobs are run again.
#[derive(Debug, Clone, Default)]
pub struct Redrive {
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those that ended with this code.
    pub error: Option<String>,
    /// Only those that ended since.
    pub since: Option<Timestamp>,
    /// From their first stage, instead of the one where they stopped.
    pub from_start: bool,
    /// At most so many.
    pub limit: u32,
}

/// The jobs that pass a filter, newest first: ids sort by the time at which they were made. The jobs of one owner are
/// those that are about something: what has no subject is the engine's own business.
pub(crate) async fn list(tx: &mut Tx, owner: Option<&OwnerId>, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
    // Only what is asked for is in the text, so that each combination finds its index.
    let mut text = String::from("SELECT * FROM jobs WHERE id < $1");
    let latest = filter.before.as_ref().map_or("~", JobId::as_str);
    let mut values = vec![latest];
    let mut equal = |column: &str, value| {
        values.push(value);
        text.push_str(&format!(" AND {column} = ${}", values.len()));
    };
    if let Some(owner) = owner {
        equal("owner", owner.as_str());
    }
    if let Some(kind) = &filter.kind {
        equal("kind", kind);
    }
    if let Some(subject) = &filter.subject {
        equal("subject", subject);
    }
    if owner.is_some() {
        text.push_str(" AND subject <> ''");
    }
    if let Some(state) = filter.state {
        // In the text: it leads to the indexes that have only some states.
        let over = if state.is_final() { "IS NOT NULL" } else { "IS NULL" };
        text.push_str(&format!(" AND state = '{}' AND finished_at {over}", state.as_str()));
    }
    text.push_str(&format!(" ORDER BY id DESC LIMIT ${}", values.len() + 1));
    let rows = sql(text).bind_all(values).bind(filter.limit).all(tx).await?;
    rows.iter().map(JobRow::read).collect()
}

/// The dead jobs that are to run again, oldest first, with what each was at its first stage.
pub(crate) async fn dead(
    tx: &mut Tx,
    owner: Option<&OwnerId>,
    filter: &Redrive,
) -> Result<Vec<crate::sql::Row>, StoreError> {
    sql("SELECT id, first_stage, first_need FROM jobs WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR kind = $1)
             AND (CAST($2 AS TEXT) IS NULL OR owner = $2) AND (CAST($3 AS TEXT) IS NULL OR error_code = $3)
             AND finished_at >= $4
             AND (parent IS NULL OR EXISTS (SELECT 1 FROM jobs AS whole WHERE whole.id = jobs.parent
                 AND whole.finished_at IS NULL))
         ORDER BY finished_at, id LIMIT $5")
    .bind(filter.kind.as_deref())
    .bind(owner.map(OwnerId::as_str))
    .bind(filter.error.as_deref())
    .bind(filter.since.map_or(0, Timestamp::as_millis))
    .bind(filter.limit)
    .all(tx)
    .await
}
