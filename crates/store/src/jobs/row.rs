//! The row of a job, read and written as a whole.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_domain::ids::{JobId, LeaseId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::{Timestamp, millis};

use crate::jobs::owner_queues::ALLOWED_LATENESS;
use crate::jobs::rates::Amounts;
use crate::sql::{Row, sql};
use crate::{StoreError, Tx, storable};

/// The lease of one attempt: its right to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// The lease's id, which jobs that were claimed together share.
    pub id: LeaseId,
    /// The attempt at the present stage, from 1.
    pub attempt: u32,
}

impl Lease {
    /// A name that is unique to this attempt, for its temporary folder.
    pub fn name(&self) -> String {
        format!("{}.{}", self.job, self.id)
    }
}

/// What ended a wait.
#[derive(Debug, Clone, PartialEq)]
pub enum Wake {
    /// The signal arrived, with this payload.
    Signal(Value),
    /// The time of the next poll came.
    Poll,
    /// The deadline passed.
    Deadline,
    /// All child jobs have ended.
    Children,
}

impl Wake {
    fn stored(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Signal(payload) => ("signal", Some(payload.to_string())),
            Self::Poll => ("poll", None),
            Self::Deadline => ("deadline", None),
            Self::Children => ("children", None),
        }
    }

    pub(crate) fn read(name: &str, data: Option<&str>) -> Result<Self, StoreError> {
        match name {
            "signal" => Ok(Self::Signal(crate::json(data.unwrap_or("null"), "a signal's payload")?)),
            "poll" => Ok(Self::Poll),
            "deadline" => Ok(Self::Deadline),
            "children" => Ok(Self::Children),
            other => Err(StoreError::Unreadable { what: format!("the wake-up \"{other}\" of a job") }),
        }
    }
}

/// Why the last attempt of a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobError {
    /// Stable, for programs.
    pub code: String,
    /// For people.
    pub message: String,
}

/// What must be available before a stage starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Need {
    /// The provider that it calls: the stage does not start while that is paused, cooling down or at its limit.
    pub provider: Option<String>,
    /// The estimated work, which counts against the owner's share of the pool.
    pub work: Duration,
    /// The most that it will cost, which is reserved by the claim.
    pub cost: MicroUsd,
    /// How much of what rates count it needs, which is taken by the claim.
    pub amounts: Amounts,
}

impl Need {
    /// Whether nothing has to be available.
    pub fn is_free(&self) -> bool {
        self.provider.is_none() && self.cost == MicroUsd(0) && self.amounts.is_empty()
    }

    /// As JSON, unless it is empty.
    pub(crate) fn stored(&self) -> Option<String> {
        let Self { provider, work, cost, amounts } = self;
        let stored = StoredNeed { provider: provider.clone(), work_ms: millis(*work), cost: cost.0, amounts: *amounts };
        if *self == Self::default() { None } else { serde_json::to_string(&stored).ok() }
    }

    pub(crate) fn of_first_stage(row: &Row) -> Result<Self, StoreError> {
        let Some(text) = row.get::<Option<String>>("first_need")? else { return Ok(Self::default()) };
        let StoredNeed { provider, work_ms, cost, amounts } = crate::json(&text, "what a job's first stage asks for")?;
        Ok(Self { provider, work: Duration::from_millis(work_ms.unsigned_abs()), cost: MicroUsd(cost), amounts })
    }

    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let work: i64 = row.get("work_ms")?;
        Ok(Self {
            provider: row.get("provider")?,
            work: Duration::from_millis(work.unsigned_abs()),
            cost: MicroUsd(row.get("cost")?),
            amounts: Amounts::read(row)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct StoredNeed {
    provider: Option<String>,
    work_ms: i64,
    cost: i64,
    amounts: Amounts,
}

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// The pool whose workers run it.
    pub pool: String,
    /// Its state.
    pub state: JobState,
    /// Its current or next stage.
    pub stage: String,
    /// Its data as JSON.
    pub payload: String,
    /// Its owner.
    pub owner: OwnerId,
    /// The id of its subject.
    pub subject: String,
    /// Its parent job.
    pub parent: Option<JobId>,
    /// Lower runs sooner.
    pub priority: i32,
    /// When it may run at the earliest.
    pub run_at: Timestamp,
    /// Attempts at the present stage, counted at claim.
    pub attempt: u32,
    /// Attempts that each stage has.
    pub max_attempts: u32,
    /// The lease that holds it.
    pub lease: Option<LeaseId>,
    /// When the lease expires.
    pub lease_until: Option<Timestamp>,
    /// The worker that holds it.
    pub lease_worker: Option<String>,
    /// The signal that it waits for.
    pub wait_signal: Option<String>,
    /// When its wait ends at the latest.
    pub wait_deadline: Option<Timestamp>,
    /// When it polls next.
    pub next_poll: Option<Timestamp>,
    /// What ended its last wait.
    pub wake: Option<Wake>,
    /// The open call that the next attempt handles first; see [`crate::calls`].
    pub call: Option<String>,
    /// When its cancellation was requested.
    pub cancel_requested_at: Option<Timestamp>,
    /// Expires after this long without work on it.
    pub idle_ttl: Option<Duration>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// Its result.
    pub result: Option<Value>,
    /// Why it failed.
    pub error: Option<JobError>,
    /// Since when the present stage has been put off again and again, because of a budget or an error that spends no attempt.
    pub put_off_since: Option<Timestamp>,
    /// The key of its concurrency limit.
    pub limit_key: Option<String>,
    /// What the present stage needs.
    pub need: Need,
    /// Another job depends on it.
    pub(crate) has_dependents: bool,
    /// State and lease as they were read, for optimistic concurrency control in [`JobRow::save`].
    stored: (JobState, Option<LeaseId>),
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was first claimed.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl JobRow {
    /// The lease that it is held by.
    pub fn held(&self) -> Option<Lease> {
        let id = self.lease.clone()?;
        Some(Lease { job: self.id.clone(), id, attempt: self.attempt })
    }

    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let state: String = row.get("state")?;
        let wake: Option<String> = row.get("wake")?;
        let wake_data: Option<String> = row.get("wake_data")?;
        let result: Option<String> = row.get("result")?;
        let code: Option<String> = row.get("error_code")?;
        let message: Option<String> = row.get("error_message")?;
        let idle_ttl: Option<i64> = row.get("idle_ttl_ms")?;
        let state = JobState::parse(&state)
            .ok_or_else(|| StoreError::Unreadable { what: format!("the state \"{state}\" of a job") })?;
        Ok(Self {
            id: id(row, "id")?,
            stored: (state, optional_id(row, "lease_id")?),
            kind: row.get("kind")?,
            pool: row.get("pool")?,
            state,
            stage: row.get("stage")?,
            payload: row.get("payload")?,
            owner: id(row, "owner")?,
            subject: row.get("subject")?,
            parent: optional_id(row, "parent")?,
            priority: row.get("priority")?,
            run_at: Timestamp::from_millis(row.get("run_at")?),
            attempt: row.get("attempt")?,
            max_attempts: row.get("max_attempts")?,
            lease: optional_id(row, "lease_id")?,
            lease_until: time(row, "lease_until")?,
            lease_worker: row.get("lease_worker")?,
            wait_signal: row.get("wait_signal")?,
            wait_deadline: time(row, "wait_deadline")?,
            next_poll: time(row, "next_poll")?,
            wake: wake.map(|name| Wake::read(&name, wake_data.as_deref())).transpose()?,
            call: row.get("call")?,
            cancel_requested_at: time(row, "cancel_requested_at")?,
            idle_ttl: idle_ttl.map(|ttl| Duration::from_millis(ttl.unsigned_abs())),
            expires_at: time(row, "expires_at")?,
            result: result.map(|text| crate::json(&text, "a job's result")).transpose()?,
            error: code.zip(message).map(|(code, message)| JobError { code, message }),
            put_off_since: time(row, "put_off_since")?,
            limit_key: row.get("limit_key")?,
            need: Need::read(row)?,
            has_dependents: row.get("has_dependents")?,
            created_at: Timestamp::from_millis(row.get("created_at")?),
            updated_at: Timestamp::from_millis(row.get("updated_at")?),
            started_at: time(row, "started_at")?,
            finished_at: time(row, "finished_at")?,
        })
    }

    /// Writes everything that a transition can change. This unit of work has locked and read the row; if its state or lease has
    /// changed all the same, the write is refused.
    pub(crate) async fn save(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let (wake, wake_data) = self.wake.as_ref().map(Wake::stored).unzip();
        let (state, lease) = &self.stored;
        let written =
            sql("UPDATE jobs SET state = $2, stage = $3, run_at = $4, attempt = $5, lease_id = $6, lease_until = $7,
                 lease_worker = $8, wait_signal = $9, wait_deadline = $10, next_poll = $11, wake = $12,
                 wake_data = $13, cancel_requested_at = $14, expires_at = $15, result = $16, error_code = $17,
                 error_message = $18, updated_at = $19, finished_at = $20, sort_key = $21, provider = $22, work_ms = $23,
                 cost = $24, amounts = $25, call = $26, put_off_since = $29
             WHERE id = $1 AND state = $27 AND COALESCE(lease_id, '') = $28")
            .bind(self.id.as_str())
            .bind(self.state.as_str())
            .bind(&self.stage)
            .bind(self.run_at.as_millis())
            .bind(self.attempt)
            .bind(self.lease.as_ref().map(LeaseId::as_str))
            .bind(stored(self.lease_until))
            .bind(self.lease_worker.as_deref())
            .bind(self.wait_signal.as_deref())
            .bind(stored(self.wait_deadline))
            .bind(stored(self.next_poll))
            .bind(wake)
            .bind(wake_data.flatten())
            .bind(stored(self.cancel_requested_at))
            .bind(stored(self.expires_at))
            .bind(self.result.as_ref().map(Value::to_string))
            .bind(self.error.as_ref().map(|error| storable::cut(&error.code, storable::NAME_LIMIT)))
            .bind(self.error.as_ref().map(|error| storable::cut(&error.message, storable::TEXT_LIMIT)))
            .bind(self.updated_at.as_millis())
            .bind(stored(self.finished_at))
            .bind(sort_key(self.run_at, self.priority))
            .bind(self.need.provider.as_deref())
            .bind(millis(storable::span(self.need.work)))
            .bind(storable::money(self.need.cost).0)
            .bind(self.need.amounts.stored())
            .bind(self.call.as_deref())
            .bind(state.as_str())
            .bind(lease.as_ref().map_or("", LeaseId::as_str))
            .bind(stored(self.put_off_since))
            .execute(tx)
            .await?;
        if written == 0 {
            let cause = format!("job {} was changed by another unit of work", self.id);
            return tx.noting_races(Err(StoreError::Contended(cause.into())));
        }
        self.stored = (self.state, self.lease.clone());
        request_rescan_if_late(tx, self.state, self.run_at, self.priority).await
    }

    /// Restarts its time to live at `now`, if it has one.
    pub(crate) fn renew_ttl(&mut self, now: Timestamp) {
        self.expires_at = self.idle_ttl.map(|ttl| Timestamp::from_millis(now.as_millis() + millis(ttl)));
    }
}

/// A priority of one less counts as having become ready this much earlier. So a waiting job ages, and in the end overtakes
/// later jobs of a better priority.
const AGEING: Duration = Duration::from_mins(1);

/// The sort key of a job among the ready ones of its owner.
pub(crate) fn sort_key(run_at: Timestamp, priority: i32) -> i64 {
    run_at.as_millis().saturating_add(i64::from(priority).saturating_mul(millis(AGEING)))
}

/// Makes workers scan from the start if a job is ready whose sort key may lie below their low-water marks.
pub(crate) async fn request_rescan_if_late(
    tx: &mut Tx,
    state: JobState,
    run_at: Timestamp,
    priority: i32,
) -> Result<(), StoreError> {
    if state == JobState::Ready && sort_key(run_at, priority) < (tx.now().await? - ALLOWED_LATENESS / 2).as_millis() {
        tx.request_rescan();
    }
    Ok(())
}

/// One job of any owner, for the engine's own use. In a unit of work that writes, its row is locked.
pub(crate) async fn get(tx: &mut Tx, job: &JobId) -> Result<JobRow, StoreError> {
    find(tx, job).await?.ok_or_else(|| StoreError::NoSuchJob { job: job.clone() })
}

/// One job, if there is such a job; see [`get`].
pub(crate) async fn find(tx: &mut Tx, job: &JobId) -> Result<Option<JobRow>, StoreError> {
    let text =
        if tx.may_write() { "SELECT * FROM jobs WHERE id = $1 {lock}" } else { "SELECT * FROM jobs WHERE id = $1" };
    sql(text).bind(job.as_str()).optional(tx).await?.as_ref().map(JobRow::read).transpose()
}

pub(crate) fn id<T: TryFrom<String, Error = sluice_domain::ids::InvalidId>>(
    row: &Row,
    column: &str,
) -> Result<T, StoreError> {
    parse_id(row.get(column)?)
}

pub(crate) fn optional_id<T: TryFrom<String, Error = sluice_domain::ids::InvalidId>>(
    row: &Row,
    column: &str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.get(column)?;
    text.map(parse_id).transpose()
}

fn parse_id<T: TryFrom<String, Error = sluice_domain::ids::InvalidId>>(text: String) -> Result<T, StoreError> {
    T::try_from(text).map_err(|error| StoreError::Unreadable { what: format!("a bad id ({error})") })
}

fn time(row: &Row, column: &str) -> Result<Option<Timestamp>, StoreError> {
    let millis: Option<i64> = row.get(column)?;
    Ok(millis.map(Timestamp::from_millis))
}

/// A point in time that may be missing, as it is stored.
fn stored(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millis)
}
