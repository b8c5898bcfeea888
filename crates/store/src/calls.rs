//! Calls of engines and providers: one row each, written before the call is made, which records its outcome.
//!
//! At most one call per key is open, across all processes, by a unique index over open calls. A job that wants the same
//! result waits for that call without a worker, and is woken when it ends. After a crash a call stays open until its provider
//! was asked for its outcome ([`Outcome::Unknown`]), unless nobody can be asked ([`Outcome::Lost`]).

mod figures;

use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use crate::jobs::spend::Over;
use crate::jobs::{JobRow, Lease, changed, row, spend};
use crate::sql::{Row, sql};
use crate::{StoreError, Tx, limits, results, storable};

pub(crate) use figures::last_succeeded;
pub use figures::{OfSubject, Paid, costs, count, finished, of_subjects, unpriced};

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Open: the intent is stored, and the call is being made.
    Started,
    /// Open: the provider is at work on it, and its id is stored.
    Submitted,
    /// Open: its caller died or lost the response; the provider has to be asked for the outcome.
    Unknown,
    /// It returned a result.
    Succeeded,
    /// It failed. Another call may succeed.
    Failed,
    /// The provider refused it, and would refuse it again.
    Rejected,
    /// Its result was never fetched, and the provider no longer has it.
    Expired,
    /// Its outcome cannot be determined: it may have been done and charged.
    Lost,
}

impl Outcome {
    const ALL: [Self; 8] = [
        Self::Started,
        Self::Submitted,
        Self::Unknown,
        Self::Succeeded,
        Self::Failed,
        Self::Rejected,
        Self::Expired,
        Self::Lost,
    ];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Submitted => "submitted",
            Self::Unknown => "unknown",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Lost => "lost",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.as_str() == name);
        found.ok_or_else(|| StoreError::Unreadable { what: format!("the outcome \"{name}\" of a call") })
    }
}

/// A call that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Its id.
    pub id: String,
    /// Hash of everything that goes in.
    pub key: String,
    /// Which engine and step, as `voice` or `frames`.
    pub kind: String,
    /// The owner of the job that makes it.
    pub owner: OwnerId,
    /// The provider, which can be asked for the outcome. Without one, nobody can.
    pub provider: Option<String>,
    /// After this long the call is given up.
    pub timeout: Duration,
    /// What it may cost is not known: it counts towards the cap of such calls.
    pub is_unpriced: bool,
    /// The saved key with which it is made; none if there is none.
    pub account: Option<String>,
    /// The owner pays, with a key of their own: it counts towards no budget.
    pub own_key: bool,
    /// The most that it may cost, which is reserved with it; none if nobody is charged, or its stage has reserved it.
    pub reserve: Option<MicroUsd>,
}

/// A call that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCall {
    /// Its id.
    pub id: String,
    /// What it is asked for, as in [`NewCall::key`].
    pub key: String,
    /// Where it is: started, submitted or unknown.
    pub outcome: Outcome,
    /// The job that made it.
    pub job: JobId,
    /// The lease under which it was made.
    pub lease: String,
    /// The saved key with which it was made; none if there was none, or an earlier version made it.
    pub account: Option<String>,
    /// The provider's own id, when it is known.
    pub provider_id: Option<String>,
    /// The provider has notified us of a change.
    pub notified: bool,
    /// When the call is given up.
    pub deadline: Timestamp,
    /// The job that made it has not ended, and will finish it.
    pub job_is_unfinished: bool,
}

/// The name of the signal that a job waits for. Nothing else sends signals of such a name.
pub(crate) fn signal(call: &str) -> String {
    format!("$call/{call}")
}

/// The result of [`start`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// The intent is stored.
    Yes,
    /// Another call of the same key is open.
    AlreadyOpen,
    /// The result is stored already.
    AlreadyStored,
    /// What it may cost is not known, and as many such calls as the owner may make on a day were made: nothing is stored.
    TooManyUnpriced {
        /// So many.
        hard: u64,
        /// When the day ends.
        until: Timestamp,
    },
    /// A budget has less left than the call may cost: nothing is stored.
    OverBudget {
        /// What happens to its job.
        over: Over,
        /// For people.
        message: String,
    },
}

/// Stores the intent of a call, unless another call of the same key is open or has stored the result, or it is one too many
/// whose price is not known, or a budget has too little left. What it may cost is reserved with it.
pub async fn start(tx: &mut Tx, lease: &Lease, call: &NewCall) -> Result<Started, StoreError> {
    let now = tx.now().await?;
    let written = sql("INSERT INTO calls (id, key, kind, owner, provider, job, attempt, lease, askable, started_at,
             deadline_at, unpriced, own_key, account, outcome)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'started')
         ON CONFLICT (key) WHERE finished_at IS NULL DO NOTHING")
    .bind(&call.id)
    .bind(&call.key)
    .bind(&call.kind)
    .bind(call.owner.as_str())
    .bind(call.provider.as_deref())
    .bind(lease.job.as_str())
    .bind(lease.attempt)
    .bind(lease.id.as_str())
    .bind(call.provider.is_some())
    .bind(now.as_millis())
    .bind((now + call.timeout).as_millis())
    .bind(call.is_unpriced)
    .bind(call.own_key)
    .bind(call.account.as_deref())
    .execute(tx)
    .await?;
    if written == 0 {
        return Ok(Started::AlreadyOpen);
    }
    // Checked after the insert: a call that ended in between has stored its result in the same unit of work.
    let is_stored = results::find(tx, &call.key).await?.is_some();
    let started = if is_stored { Started::AlreadyStored } else { admit(tx, lease, call).await? };
    if started != Started::Yes {
        sql("DELETE FROM calls WHERE id = $1").bind(&call.id).execute(tx).await?;
    }
    Ok(started)
}

/// Whether a call that is stored may be made: what it may cost is reserved.
async fn admit(tx: &mut Tx, lease: &Lease, call: &NewCall) -> Result<Started, StoreError> {
    if call.is_unpriced {
        // The count includes this call: a concurrent one is stored too before it waits for the lock.
        if let Some((hard, until)) = limits::too_many_unpriced(tx, &call.owner).await? {
            return Ok(Started::TooManyUnpriced { hard, until });
        }
    }
    let (Some(most), Some(provider)) = (call.reserve, call.provider.as_deref()) else { return Ok(Started::Yes) };
    let refused = spend::reserve_for_call(tx, lease, &call.owner, provider, most).await?;
    Ok(refused.map_or(Started::Yes, |(over, message)| Started::OverBudget { over, message }))
}

/// The open call of a key, if there is one.
pub async fn open_of_key(tx: &mut Tx, key: &str) -> Result<Option<OpenCall>, StoreError> {
    let row = sql(
        "SELECT calls.*, CAST(CASE WHEN jobs.id IS NOT NULL AND jobs.finished_at IS NULL THEN 1 ELSE 0 END AS BIGINT) AS job_is_unfinished
         FROM calls LEFT JOIN jobs ON jobs.id = calls.job WHERE calls.key = $1 AND calls.finished_at IS NULL",
    )
    .bind(key)
    .optional(tx)
    .await?;
    row.as_ref().map(read).transpose()
}

/// More than any name of a provider in every collation, and than the slash before it.
const AFTER_PROVIDERS: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";

/// An owner's open call of a request under a key other than these, with the name of its provider. The key of a request is
/// followed by a slash and the provider's name in the key of each of its calls, and by another slash if more follows.
pub async fn open_elsewhere(
    tx: &mut Tx,
    owner: &OwnerId,
    request: &str,
    known: &[String],
) -> Result<Option<(String, OpenCall)>, StoreError> {
    // The bounds let an index be used and hold in every collation; which keys are meant is decided without one.
    let rows = sql(
        "SELECT calls.*, CAST(CASE WHEN jobs.id IS NOT NULL AND jobs.finished_at IS NULL THEN 1 ELSE 0 END AS BIGINT) AS job_is_unfinished
         FROM calls LEFT JOIN jobs ON jobs.id = calls.job
         WHERE calls.key >= $1 AND calls.key <= $2 AND calls.finished_at IS NULL AND calls.owner = $3
         ORDER BY calls.id",
    )
    .bind(request)
    .bind(format!("{request}{AFTER_PROVIDERS}"))
    .bind(owner.as_str())
    .all(tx)
    .await?;
    for row in &rows {
        let key: String = row.get("key")?;
        let of = key.strip_prefix(request).and_then(|rest| rest.strip_prefix('/'));
        if let Some(rest) = of.filter(|_| !known.contains(&key)) {
            let provider = rest.split_once('/').map_or(rest, |(provider, _)| provider);
            return Ok(Some((provider.to_owned(), read(row)?)));
        }
    }
    Ok(None)
}

fn read(row: &Row) -> Result<OpenCall, StoreError> {
    Ok(OpenCall {
        id: row.get("id")?,
        key: row.get("key")?,
        outcome: Outcome::parse(&row.get::<String>("outcome")?)?,
        job: row::id(row, "job")?,
        lease: row.get("lease")?,
        account: row.get("account")?,
        provider_id: row.get("provider_id")?,
        notified: row.get("notified")?,
        deadline: Timestamp::from_millis(row.get("deadline_at")?),
        job_is_unfinished: row.get("job_is_unfinished")?,
    })
}

/// The key of a call that has succeeded; none if it has not.
pub async fn key_of_succeeded(tx: &mut Tx, call: &str) -> Result<Option<String>, StoreError> {
    let row = sql("SELECT key FROM calls WHERE id = $1 AND outcome = 'succeeded'").bind(call).optional(tx).await?;
    row.map(|row| row.get("key")).transpose()
}

/// Stores the provider's id of a call that it has accepted. A call that was given up meanwhile becomes `lost`, since it may
/// be charged.
pub async fn submitted(tx: &mut Tx, call: &str, provider_id: &str) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let row = sql("UPDATE calls SET provider_id = $2, submitted_at = COALESCE(submitted_at, $3),
             outcome = CASE WHEN finished_at IS NULL THEN 'submitted' WHEN outcome = 'failed' THEN 'lost' ELSE outcome END
         WHERE id = $1 RETURNING job, lease, finished_at")
    .bind(call)
    .bind(provider_id)
    .bind(now.as_millis())
    .optional(tx)
    .await?;
    let Some(row) = row else { return Ok(()) };
    if row.get::<Option<i64>>("finished_at")?.is_some() {
        spend::correct(tx, &row::id(&row, "job")?, &row::id(&row, "lease")?, None).await?;
    }
    Ok(())
}

/// Clears the notification of a call, right before its provider is asked.
pub async fn clear_notified(tx: &mut Tx, call: &str) -> Result<(), StoreError> {
    sql("UPDATE calls SET notified = 0 WHERE id = $1").bind(call).execute(tx).await?;
    Ok(())
}

/// Records that the response was lost: the next attempt asks the provider for the outcome first.
pub async fn mark_unknown(tx: &mut Tx, call: &str) -> Result<(), StoreError> {
    sql("UPDATE calls SET outcome = 'unknown' WHERE id = $1 AND outcome = 'started'").bind(call).execute(tx).await?;
    wake_waiting(tx, call).await
}

/// Ends a call with its outcome and cost, corrects the ledger, and wakes the jobs that wait for it. A call that has ended
/// stays as it is, unless it succeeds after all.
pub async fn end(
    tx: &mut Tx,
    call: &str,
    outcome: Outcome,
    provider_id: Option<&str>,
    cost: Option<MicroUsd>,
) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let ended = async |tx: &mut Tx, which: &str| {
        let text = format!(
            "UPDATE calls SET outcome = $2, finished_at = $3, provider_id = COALESCE($4, provider_id), cost = $5
             WHERE id = $1 AND {which} RETURNING job, lease, provider, own_key"
        );
        let query = sql(text).bind(call).bind(outcome.as_str()).bind(now.as_millis()).bind(provider_id);
        query.bind(cost.map(|cost| storable::money(cost).0)).optional(tx).await
    };
    let mut row = ended(tx, "finished_at IS NULL").await?;
    let is_late = row.is_none() && outcome == Outcome::Succeeded;
    if is_late {
        row = ended(tx, "outcome <> 'succeeded'").await?;
    }
    let Some(row) = row else { return Ok(()) };
    // Its reservation may have gone to the next provider meanwhile.
    let provider: Option<String> = row.get("provider")?;
    let is_charged = is_late && cost.is_some_and(|cost| cost > MicroUsd(0)) && !row.get::<bool>("own_key")?;
    let charged = provider.as_deref().filter(|_| is_charged);
    spend::correct(tx, &row::id(&row, "job")?, &row::id(&row, "lease")?, charged).await?;
    wake_waiting(tx, call).await
}

/// The result of [`notify`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notified {
    /// The provider will be asked soon.
    Noted,
    /// No such call is open: it is unknown, or has ended.
    Ignored,
}

/// Records a provider's notification that a call changed, by the provider's id of it or by the call's id. It is only a hint:
/// the job then asks the provider. A repeated, late or unknown notification changes nothing.
pub async fn notify(tx: &mut Tx, provider: &str, id: &str) -> Result<Notified, StoreError> {
    // Two statements, so that each finds its index on both databases.
    let mut rows = Vec::new();
    for named in ["provider_id", "id"] {
        let text = format!(
            "UPDATE calls SET notified = 1 WHERE provider = $1 AND finished_at IS NULL AND {named} = $2 RETURNING id"
        );
        rows.extend(sql(text).bind(provider).bind(id).all(tx).await?);
    }
    for row in &rows {
        wake_waiting(tx, &row.get::<String>("id")?).await?;
    }
    Ok(if rows.is_empty() { Notified::Ignored } else { Notified::Noted })
}

/// At most this many jobs are woken; the others poll.
const MAX_WOKEN: u32 = 500;

/// Wakes the jobs that wait for a call. One that is locked by another transaction polls.
async fn wake_waiting(tx: &mut Tx, call: &str) -> Result<(), StoreError> {
    let rows = sql("SELECT id FROM jobs WHERE state = 'waiting' AND wait_signal = $1 LIMIT $2 {skip_locked}")
        .bind(signal(call))
        .bind(MAX_WOKEN)
        .all(tx)
        .await?;
    let now = tx.now().await?;
    for found in &rows {
        let mut row = row::get(tx, &row::id(found, "id")?).await?;
        if !row.awaits_call() {
            continue;
        }
        row.call_changed(now);
        row.save(tx).await?;
        changed(tx, &row)?;
    }
    if !rows.is_empty() {
        tx.notify_workers();
    }
    Ok(())
}

/// Whether a call is open and without a notification since its provider was last asked. The row is locked until this unit of
/// work ends.
pub(crate) async fn is_pending(tx: &mut Tx, call: &str) -> Result<bool, StoreError> {
    let row = sql("SELECT id FROM calls WHERE id = $1 AND finished_at IS NULL AND notified = 0 {lock}")
        .bind(call)
        .optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Whether a call has not ended.
pub(crate) async fn is_open(tx: &mut Tx, call: &str) -> Result<bool, StoreError> {
    let row = sql("SELECT id FROM calls WHERE id = $1 AND finished_at IS NULL").bind(call).optional(tx).await?;
    Ok(row.is_some())
}

/// Ends what a lease left open, when its worker releases the job, which is in its new state: responses of its started calls
/// are lost, its reservation is settled, and the next attempt at the same stage handles the job's open call first, or else
/// reads what was paid for under this lease.
pub(crate) async fn release(tx: &mut Tx, job: &mut JobRow, lease: &Lease, same_stage: bool) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let abandoned = sql("UPDATE calls SET outcome = CASE askable WHEN 1 THEN 'unknown' ELSE 'lost' END,
             finished_at = CASE askable WHEN 1 THEN NULL ELSE CAST($3 AS BIGINT) END
         WHERE job = $1 AND lease = $2 AND outcome = 'started' RETURNING id")
    .bind(lease.job.as_str())
    .bind(lease.id.as_str())
    .bind(now.as_millis())
    .all(tx)
    .await?;
    for row in &abandoned {
        wake_waiting(tx, &row.get::<String>("id")?).await?;
    }
    if job.state.is_final() {
        orphan(tx, &job.id).await?; // Before the ledger: what nobody waits for would stay reserved.
    }
    spend::settle_spend(tx, lease).await?;
    if same_stage {
        let mut call = open_of_job(tx, &job.id).await?;
        if call.is_none() && job.need.cost > MicroUsd(0) {
            // What was paid has used up the money that a new claim would reserve: the stored result is read without it.
            call = paid_under(tx, lease).await?;
        }
        if let Some(call) = call {
            job.attach_call(call);
        }
    }
    Ok(())
}

async fn open_of_job(tx: &mut Tx, job: &JobId) -> Result<Option<String>, StoreError> {
    let row = sql("SELECT id FROM calls WHERE job = $1 AND finished_at IS NULL ORDER BY id LIMIT 1")
        .bind(job.as_str())
        .optional(tx)
        .await?;
    row.map(|row| row.get("id")).transpose()
}

/// A provider's call that succeeded under a lease, if there is one. Those of built-in engines cost nothing.
async fn paid_under(tx: &mut Tx, lease: &Lease) -> Result<Option<String>, StoreError> {
    let row =
        sql("SELECT id FROM calls WHERE job = $1 AND lease = $2 AND outcome = 'succeeded' AND provider IS NOT NULL
             ORDER BY id LIMIT 1")
        .bind(lease.job.as_str())
        .bind(lease.id.as_str())
        .optional(tx)
        .await?;
    row.map(|row| row.get("id")).transpose()
}

/// Marks submitted calls of a job that has ended as `unknown`: their reservation counts as spent until the provider is asked.
pub(crate) async fn orphan(tx: &mut Tx, job: &JobId) -> Result<(), StoreError> {
    let rows = sql("UPDATE calls SET outcome = 'unknown' WHERE job = $1 AND outcome = 'submitted' RETURNING id, lease")
        .bind(job.as_str())
        .all(tx)
        .await?;
    for row in &rows {
        spend::correct(tx, job, &row::id(row, "lease")?, None).await?;
        wake_waiting(tx, &row.get::<String>("id")?).await?;
    }
    Ok(())
}

/// Ends a call with an unknown outcome as `lost`, unless the job that made it has not ended and will ask. Returns whether it
/// did.
pub(crate) async fn give_up(tx: &mut Tx, call: &str) -> Result<bool, StoreError> {
    let now = tx.now().await?;
    let ended = sql("UPDATE calls SET outcome = 'lost', finished_at = $2 WHERE id = $1 AND outcome = 'unknown'
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = calls.job AND jobs.finished_at IS NULL)")
    .bind(call)
    .bind(now.as_millis())
    .execute(tx)
    .await?;
    if ended > 0 {
        wake_waiting(tx, call).await?;
    }
    Ok(ended > 0)
}

/// Whether another job waits for a call.
pub async fn is_awaited(tx: &mut Tx, call: &str) -> Result<bool, StoreError> {
    let row = sql("SELECT id FROM jobs WHERE state = 'waiting' AND wait_signal = $1 LIMIT 1")
        .bind(signal(call))
        .optional(tx)
        .await?;
    Ok(row.is_some())
}
