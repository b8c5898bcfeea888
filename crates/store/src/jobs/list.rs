//! Lists of jobs: newest first, filtered, a page at a time.

use std::fmt::Write as _;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use crate::jobs::row::{JobRow, Need, id};
use crate::sql::{chunk, list as numbered, sql};
use crate::{StoreError, Tx};

/// A filter for a list of jobs.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those about this subject.
    pub subject: Option<String>,
    /// Only those of this owner. A list for an owner has no others anyway.
    pub owner: Option<OwnerId>,
    /// Only those that ended with this code.
    pub error: Option<String>,
    /// Only those created before this one, the last of the previous page.
    pub before: Option<JobId>,
    /// At most so many.
    pub limit: u32,
}

/// Which dead jobs are retried.
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

/// Which jobs a list by index has. Those with a subject have indexes of their own, because owners see only them; others are
/// internal, and in their index once they have ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subjects {
    Some,
    None,
    Any,
}

/// Ids are hexadecimal, so this sorts after all of them in every collation.
const AFTER_ALL: &str = "g";

/// The states of jobs that have not ended.
const OPEN: [JobState; 5] =
    [JobState::Ready, JobState::Running, JobState::Scheduled, JobState::Waiting, JobState::Blocked];

/// The jobs that match a filter, newest first: ids sort by time of creation. An owner's list has only jobs with a subject;
/// others are internal, and listed for operators alone.
pub(crate) async fn list(tx: &mut Tx, owner: Option<&OwnerId>, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
    match (owner, &filter.owner, filter.state) {
        (Some(_), ..) => select(tx, owner, Subjects::Some, filter).await,
        (None, _, Some(state)) if !state.is_final() => open(tx, &[state], filter).await,
        (None, of @ Some(_), state) if filter.is_wide() && filter.error.is_none() => {
            // Open jobs with a subject are in the first two.
            let mut rows = if state.is_none() { open(tx, &OPEN, filter).await? } else { Vec::new() };
            rows.extend(select(tx, of.as_ref(), Subjects::Some, filter).await?);
            rows.extend(select(tx, of.as_ref(), Subjects::None, filter).await?);
            rows.sort_by(|a, b| b.id.cmp(&a.id));
            rows.dedup_by(|a, b| a.id == b.id);
            rows.truncate(filter.limit as usize);
            Ok(rows)
        }
        (None, ..) => select(tx, None, Subjects::Any, filter).await,
    }
}

/// A statement that reads the ids of the jobs in these states, none of which is final, for which a condition holds. It is one
/// statement, so that a job which changes from one state to another meanwhile is in it once. An id that is the result of an
/// expression leaves only the index of each state, all of which is read: with the order of the ids, a database would look for
/// the few open jobs in the whole history. So its work grows with the jobs in these states, and not with the history.
fn open_in(states: &[JobState], condition: &str, order: &str) -> String {
    let of_state = |state: &JobState| {
        // Always true; they name the condition or the first column of an index.
        let known = match state {
            JobState::Running => " AND owner >= ''",
            JobState::Waiting => " AND wait_signal IS NOT NULL",
            _ => "",
        };
        format!("SELECT id || '' AS id FROM jobs WHERE state = '{}'{known}{condition}", state.as_str())
    };
    let all = states.iter().map(of_state).collect::<Vec<_>>().join(" UNION ALL ");
    format!("SELECT id FROM ({all}) AS unfinished ORDER BY id {order}")
}

/// Up to `limit` jobs of an owner that have not ended and for which `also` holds, the oldest first.
pub(crate) async fn open_of(tx: &mut Tx, owner: &OwnerId, also: &str, limit: u32) -> Result<Vec<JobId>, StoreError> {
    let text = format!("{} LIMIT $2", open_in(&OPEN, &format!(" AND owner = $1{also}"), "ASC"));
    let rows = sql(text).bind(owner.as_str()).bind(limit).all(tx).await?;
    rows.iter().map(|row| id(row, "id")).collect()
}

/// The jobs in these states, none of which is final, that match a filter. Whether they have a subject makes no difference.
async fn open(tx: &mut Tx, states: &[JobState], filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
    let mut condition = String::from(" AND id || '' < $1");
    let mut values = vec![filter.before.as_ref().map_or(AFTER_ALL, JobId::as_str)];
    for (column, value) in [
        ("owner", filter.owner.as_ref().map(OwnerId::as_str)),
        ("kind", filter.kind.as_deref()),
        ("subject", filter.subject.as_deref()),
        ("error_code", filter.error.as_deref()),
    ] {
        if let Some(value) = value {
            values.push(value);
            // Writing to a String does not fail.
            let _ = write!(condition, " AND {column} = ${}", values.len());
        }
    }
    let text = format!("{} LIMIT ${}", open_in(states, &condition, "DESC"), values.len() + 1);
    let found = sql(text).bind_all(values).bind(filter.limit).all(tx).await?;
    let ids: Vec<String> = found.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    let mut rows = Vec::with_capacity(ids.len());
    let mut rest = &ids[..];
    while !rest.is_empty() {
        let these;
        (these, rest) = rest.split_at(chunk(rest.len()));
        let text = format!("SELECT * FROM jobs WHERE id IN ({}) ORDER BY id DESC", numbered(1, these.len()));
        let found = sql(text).bind_all(these.iter().map(String::as_str)).all(tx).await?;
        for row in &found {
            rows.push(JobRow::read(row)?);
        }
    }
    Ok(rows)
}

impl Filter {
    /// Whether it may match most of the history.
    fn is_wide(&self) -> bool {
        self.subject.is_none() && matches!(self.state, None | Some(JobState::Succeeded))
    }
}

async fn select(
    tx: &mut Tx,
    owner: Option<&OwnerId>,
    subjects: Subjects,
    filter: &Filter,
) -> Result<Vec<JobRow>, StoreError> {
    // The text has only the conditions of this filter, so that each combination finds its index.
    let mut text = String::from("SELECT * FROM jobs WHERE id < $1");
    let mut order = String::from("id DESC");
    let latest = filter.before.as_ref().map_or(AFTER_ALL, JobId::as_str);
    let mut values = vec![latest];
    let mut kind = filter.kind.as_deref();
    let mut error = filter.error.as_deref();
    let mut of = owner.or(filter.owner.as_ref()).map(OwnerId::as_str);
    let all = filter.is_wide();
    let by_kind = all && subjects == Subjects::Some && kind.is_some();
    let mut lead = None;
    if let Some(owner) = of.take_if(|_| all && subjects != Subjects::Any) {
        values.push(owner);
        lead = Some(("owner", "$2"));
        if let Some(kind) = kind.take_if(|_| by_kind) {
            values.push(kind);
            lead = Some(("owner, kind", "$2, $3"));
        }
    } else if let Some(code) = error.take_if(|_| all) {
        values.push(code);
        lead = Some(("error_code", "$2"));
    }
    if let Some((columns, numbers)) = lead {
        // In the order of an index that begins with these. A column that has to be equal is no part of an order to
        // PostgreSQL, which may then walk over everybody's jobs in the order of their ids.
        text = format!("SELECT * FROM jobs WHERE ({columns}, id) < ({numbers}, $1) AND ({columns}) >= ({numbers})");
        order = format!("{} DESC, id DESC", columns.replace(',', " DESC,"));
    }
    let mut equal = |column: &str, value| {
        values.push(value);
        // Writing to a String does not fail.
        let _ = write!(text, " AND {column} = ${}", values.len());
    };
    for (column, value) in
        [("owner", of), ("kind", kind), ("subject", filter.subject.as_deref()), ("error_code", error)]
    {
        if let Some(value) = value {
            equal(column, value);
        }
    }
    // These are the conditions of the partial indexes `jobs_list…`, `jobs_internal` and `jobs_stopped`, verbatim, because
    // SQLite matches them by their text. Open and stopped jobs are few compared to the history, and have indexes of their
    // own.
    text.push_str(match (subjects, filter.state) {
        (Subjects::Some, None | Some(JobState::Succeeded)) if by_kind => " AND subject <> ''",
        (Subjects::Some, None | Some(JobState::Succeeded)) => " AND subject > ''",
        (Subjects::Some, Some(state)) if !state.is_final() => " AND subject > '' AND finished_at IS NULL",
        (Subjects::Some, Some(_)) => " AND subject > '' AND finished_at IS NOT NULL AND state <> 'succeeded'",
        (Subjects::None, _) => " AND finished_at IS NOT NULL AND subject = ''",
        (Subjects::Any, None | Some(JobState::Succeeded)) => "",
        (Subjects::Any, Some(_)) => " AND finished_at IS NOT NULL AND state <> 'succeeded'",
    });
    if let Some(state) = filter.state {
        let _ = write!(text, " AND state = '{}'", state.as_str());
    }
    let _ = write!(text, " ORDER BY {order} LIMIT ${}", values.len() + 1);
    let rows = sql(text).bind_all(values).bind(filter.limit).all(tx).await?;
    rows.iter().map(JobRow::read).collect()
}

/// The dead jobs to retry, with their first stage and its need: the oldest ones, in the order in which everyone locks jobs.
pub(crate) async fn dead(
    tx: &mut Tx,
    owner: Option<&OwnerId>,
    filter: &Redrive,
) -> Result<Vec<(JobId, String, Need)>, StoreError> {
    let rows = sql(
        "SELECT id, first_stage, first_need FROM jobs WHERE state = 'dead' AND (CAST($1 AS TEXT) IS NULL OR kind = $1)
             AND (CAST($2 AS TEXT) IS NULL OR owner = $2) AND (CAST($3 AS TEXT) IS NULL OR error_code = $3)
             AND finished_at >= $4
             AND (parent IS NULL OR EXISTS (SELECT 1 FROM jobs AS whole WHERE whole.id = jobs.parent
                 AND whole.finished_at IS NULL))
         ORDER BY finished_at, id LIMIT $5",
    )
    .bind(filter.kind.as_deref())
    .bind(owner.map(OwnerId::as_str))
    .bind(filter.error.as_deref())
    .bind(filter.since.map_or(0, Timestamp::as_millis))
    .bind(filter.limit)
    .all(tx)
    .await?;
    let read = |row| Ok::<_, StoreError>((id(row, "id")?, row.get("first_stage")?, Need::of_first_stage(row)?));
    let mut dead: Vec<(JobId, String, Need)> = rows.iter().map(read).collect::<Result<_, _>>()?;
    dead.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(dead)
}
