//! Claims, and the leases that they grant.
//!
//! A claim serves the owners with ready jobs in a pool by start-time fair queueing (Goyal, Vin, Cheng 1996): each has a tag,
//! the work that it has used so far in milliseconds per weight, and the smallest tag is next. An owner that was idle starts at
//! the pool's virtual time, so idle time gives no credit, and an owner's first job waits for one slot to become free, however
//! many jobs another has. An owner's jobs are ordered by their sort key: when they became ready, moved by their priority.

use std::fmt::Write as _;
use std::time::Duration;

use sluice_domain::ids::{JobId, LeaseId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::{Timestamp, millis};

use crate::jobs::admission::{Admission, Candidate, Verdict};
use crate::jobs::maintenance::defer;
use crate::jobs::owner_queues::{LowWaterMarks, OwnerQueue, owner_queues};
use crate::jobs::row::{JobRow, Lease, Need, Wake, id, optional_id};
use crate::jobs::{Change, Unreadable, emit_change};
use crate::sql::{Query, ROWS, Row, chunk, list, padded, placeholders, sql};
use crate::{StoreError, Tx};

/// The parameters of a claim.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// The pool to claim from.
    pub pool: &'a str,
    /// The kinds that the worker can run; others stay ready for another worker.
    pub kinds: &'a [&'static str],
    /// The most jobs to claim.
    pub limit: u32,
    /// The unique name of the claiming worker.
    pub worker: &'a str,
    /// The id of the leases; unique together with the job's id.
    pub lease: &'a LeaseId,
    /// The duration of the leases.
    pub lease_time: Duration,
}

/// A claimed job, with what a worker needs to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The lease, which every write needs.
    pub lease: Lease,
    /// Its kind.
    pub kind: String,
    /// The stage to run.
    pub stage: String,
    /// Its data as JSON.
    pub payload: String,
    /// Its owner.
    pub owner: OwnerId,
    /// The id of its subject.
    pub subject: String,
    /// Its parent job.
    pub parent: Option<JobId>,
    /// Attempts that each stage has.
    pub max_attempts: u32,
    /// What ended its last wait.
    pub wake: Option<Wake>,
    /// What the stage needs.
    pub need: Need,
    /// The open call that this attempt has to handle first; see [`crate::calls`].
    pub call: Option<String>,
    /// When it was claimed, by the database's clock.
    pub claimed_at: Timestamp,
    /// When it was claimed for the first time.
    pub started_at: Timestamp,
}

const COLUMNS: &str = "id, kind, stage, payload, owner, subject, parent, attempt, max_attempts, wake, wake_data, \
                       provider, work_ms, cost, amounts, started_at, limit_key, sort_key, call";

/// The result of a claim.
#[derive(Debug, Default)]
pub struct Claims {
    /// The jobs, in the order in which they were picked.
    pub jobs: Vec<Claimed>,
    /// Another process holds the lock of a limit or of a budget: there may be more jobs in a moment.
    pub contended: bool,
    /// The number of jobs that could not be read or claimed, and are scheduled again in a minute. There may be other jobs now.
    pub deferred: usize,
    /// Rows of limits, rates and pauses that could not be read; the jobs that they concern are held back.
    pub unreadable: Vec<Unreadable>,
    /// When a rate that held back a job will admit it.
    pub next: Option<Timestamp>,
    /// The owners' new tags, which the caller writes with [`charge`].
    pub charges: Vec<Charge>,
    /// The marks for the worker's next claim from this pool, once this one is committed. Used on `PostgreSQL` alone.
    pub low_water_marks: LowWaterMarks,
}

/// An owner's tag in a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pool: String,
    /// Empty for the pool's virtual time.
    owner: String,
    used: i64,
}

impl Claimed {
    fn read(row: &Row, lease: &LeaseId, now: Timestamp) -> Result<Self, StoreError> {
        let started_at: Option<i64> = row.get("started_at")?;
        Ok(Self {
            lease: Lease { job: id(row, "id")?, id: lease.clone(), attempt: row.get("attempt")? },
            kind: row.get("kind")?,
            stage: row.get("stage")?,
            payload: row.get("payload")?,
            owner: id(row, "owner")?,
            subject: row.get("subject")?,
            parent: optional_id(row, "parent")?,
            max_attempts: row.get("max_attempts")?,
            wake: {
                let wake: Option<String> = row.get("wake")?;
                let wake_data: Option<String> = row.get("wake_data")?;
                wake.map(|name| Wake::read(&name, wake_data.as_deref())).transpose()?
            },
            need: Need::read(row)?,
            call: row.get("call")?,
            claimed_at: now,
            started_at: started_at.map_or(now, Timestamp::from_millis),
        })
    }

    pub(crate) fn of(row: &JobRow, lease: Lease, now: Timestamp) -> Self {
        Self {
            lease,
            kind: row.kind.clone(),
            stage: row.stage.clone(),
            payload: row.payload.clone(),
            owner: row.owner.clone(),
            subject: row.subject.clone(),
            parent: row.parent.clone(),
            max_attempts: row.max_attempts,
            wake: row.wake.clone(),
            need: row.need.clone(),
            call: row.call.clone(),
            claimed_at: now,
            started_at: row.started_at.unwrap_or(now),
        }
    }

    /// The event for a change of its state.
    pub(crate) fn change(&self, state: JobState) -> Change<'_> {
        Change {
            id: &self.lease.job,
            owner: &self.owner,
            kind: &self.kind,
            state,
            stage: &self.stage,
            attempt: self.lease.attempt,
            subject: &self.subject,
            parent: self.parent.as_ref(),
            error: None,
            steps: None,
        }
    }
}

/// The assumed work of a job without an estimate.
const UNKNOWN_WORK_MS: i64 = 1_000;
/// Claims the next ready jobs: counts the attempt and starts the lease, by the database's clock.
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>, marks: &LowWaterMarks) -> Result<Claims, StoreError> {
    claim_with(tx, claim, marks, false).await
}

/// The same, with a savepoint for each job: one that the database refuses to change is deferred. It is slower, so it is used
/// only after [`claim`] has failed.
pub async fn claim_one_by_one(tx: &mut Tx, claim: &Claim<'_>, marks: &LowWaterMarks) -> Result<Claims, StoreError> {
    claim_with(tx, claim, marks, true).await
}

async fn claim_with(
    tx: &mut Tx,
    claim: &Claim<'_>,
    marks: &LowWaterMarks,
    one_by_one: bool,
) -> Result<Claims, StoreError> {
    let mut claims = Claims::default();
    if claim.kinds.is_empty() || claim.limit == 0 {
        return Ok(claims);
    }
    let now = tx.now().await?;
    let known = if tx.on_postgres() { marks.known(now) } else { None };
    let Some((mut queues, mut virtual_time, mut admission)) = owner_queues(tx, claim.pool, known).await? else {
        claims.low_water_marks = marks.after(&[], now);
        return Ok(claims);
    };
    admission.one_by_one = one_by_one;
    let mut want = claim.limit as usize;
    while want > 0 {
        let open = queues.iter().filter(|queue| !queue.empty).count();
        let Some(queue) = queues.iter_mut().filter(|queue| !queue.empty).min_by_key(|queue| (queue.tag, queue.served))
        else {
            break;
        };
        virtual_time = virtual_time.max(queue.tag);
        // A fraction of the free slots at a time, or one if there are few.
        let quota = if open == 1 { want } else { (want / (2 * open)).max(1) };
        let got = admission.take(tx, claim, queue, quota, now).await?;
        queue.empty = got.len() < quota;
        queue.served |= !got.is_empty();
        let work = |job: &Claimed| match millis(job.need.work) {
            0 => UNKNOWN_WORK_MS,
            known => known,
        };
        queue.tag = queue.tag.saturating_add(got.iter().map(work).sum::<i64>() / queue.weight);
        want -= got.len();
        claims.jobs.extend(got);
    }
    claims.contended = admission.contended;
    claims.deferred = admission.deferred;
    claims.unreadable = std::mem::take(&mut admission.unreadable);
    claims.low_water_marks = marks.after(&queues, now);
    claims.next = admission.take_from_buckets(tx).await?;
    if !claims.jobs.is_empty() {
        let charge = |owner: &str, used| Charge { pool: claim.pool.to_owned(), owner: owner.to_owned(), used };
        claims.charges =
            queues.iter().filter(|queue| queue.served).map(|queue| charge(&queue.owner, queue.tag)).collect();
        claims.charges.push(charge("", virtual_time));
    }
    for job in &claims.jobs {
        emit_change(tx, &job.change(JobState::Running))?;
    }
    Ok(claims)
}

/// Writes the owners' tags. On SQLite in the claim's unit of work; on PostgreSQL in one of its own, so that concurrent claims
/// of the same owner do not wait for each other's commits. A charge that is lost in a crash gives an owner a little more,
/// once, so it is not flushed to the disk.
pub async fn charge(tx: &mut Tx, charges: &[Charge]) -> Result<(), StoreError> {
    if tx.on_postgres() {
        sql("SET LOCAL synchronous_commit TO off").execute(tx).await?;
    }
    let mut rest = charges;
    while !rest.is_empty() {
        let (these, others) = rest.split_at(chunk(rest.len()));
        let text = format!(
            "INSERT INTO shares (pool, owner, used) VALUES {}
             ON CONFLICT (pool, owner) DO UPDATE SET used =
                 CASE WHEN excluded.used > shares.used THEN excluded.used ELSE shares.used END",
            placeholders(1, these.len(), 3)
        );
        let mut query = sql(text);
        for charge in these {
            query = query.bind(&charge.pool).bind(&charge.owner).bind(charge.used);
        }
        query.execute(tx).await?;
        rest = others;
    }
    Ok(())
}

fn leased(set: Query, claim: &Claim<'_>, now: Timestamp) -> Query {
    set.bind(claim.lease.as_str()).bind((now + claim.lease_time).as_millis()).bind(claim.worker).bind(now.as_millis())
}

const LEASED: &str = "UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_id = $1, lease_until = $2,
         lease_worker = $3, started_at = COALESCE(started_at, $4), updated_at = $4, expires_at = $4 + idle_ttl_ms";

/// Claims the first `quota` jobs of an owner, without admission checks; also returns how many could not be read.
async fn take_first(
    tx: &mut Tx,
    claim: &Claim<'_>,
    queue: &mut OwnerQueue,
    quota: usize,
    now: Timestamp,
) -> Result<(Vec<Claimed>, usize), StoreError> {
    if !tx.on_postgres() {
        // Without round trips, two statements are faster than RETURNING, for which SQLite materialises the rows.
        let (found, unreadable) = candidates(tx, claim, queue, quota, &[], &[], now).await?;
        return Ok((take_these(tx, claim, found, now).await?, unreadable));
    }
    let kinds = list(9, claim.kinds.len());
    // By ctid, which is stable while the rows are locked, and saves a lookup in the index of ids.
    let text = format!(
        "{LEASED} FROM (SELECT ctid AS at FROM jobs WHERE state = 'ready' AND pool = $5 AND owner = $6 AND sort_key >= $8
             AND kind IN ({kinds}) ORDER BY sort_key, id LIMIT $7 {{skip_locked}}) AS first
         WHERE jobs.ctid = first.at
         RETURNING {COLUMNS}"
    );
    let query =
        leased(sql(text), claim, now).bind(claim.pool).bind(&queue.owner).bind(quota as u64).bind(queue.low_water_mark);
    let rows = query.bind_all(claim.kinds.iter().copied()).all(tx).await?;
    let mut jobs = Vec::with_capacity(rows.len());
    for row in &rows {
        match Claimed::read(row, claim.lease, now) {
            Ok(job) => jobs.push((row.get::<i64>("sort_key")?, job)),
            Err(error) => defer(tx, &row.get::<String>("id")?, &error).await?,
        }
    }
    let unreadable = rows.len() - jobs.len();
    // RETURNING guarantees no order.
    jobs.sort_by(|a, b| (a.0, &a.1.lease.job).cmp(&(b.0, &b.1.lease.job)));
    // Only set here, where every scanned row is claimed. A scan with checks locks rows that it then leaves ready, and
    // which concurrent claims therefore skip.
    queue.low_water_mark = jobs.last().filter(|_| rows.len() == quota).map_or(i64::MAX, |(sort_key, _)| *sort_key);
    if unreadable > 0 {
        queue.low_water_mark = i64::MIN;
    }
    Ok((jobs.into_iter().map(|(_, job)| job).collect(), unreadable))
}

/// The next jobs of an owner, locked, without those of a closed kind, key or provider; and the number of those that could not
/// be read.
async fn candidates(
    tx: &mut Tx,
    claim: &Claim<'_>,
    queue: &OwnerQueue,
    limit: usize,
    closed: &[(&'static str, String)],
    refused: &[JobId],
    now: Timestamp,
) -> Result<(Vec<Candidate>, usize), StoreError> {
    let of = |scope: &str| closed.iter().filter(|(of, _)| *of == scope).map(|(_, name)| name.as_str()).collect();
    let (kinds, keys, providers): (Vec<_>, Vec<_>, Vec<_>) = (of("kind"), of("key"), of("provider"));
    let mut next = 5;
    let mut numbers = |count: usize| {
        let numbers = list(next, count);
        next += count;
        numbers
    };
    let mut text = format!(
        "SELECT {COLUMNS} FROM jobs WHERE state = 'ready' AND pool = $1 AND owner = $2 AND sort_key >= $4 AND kind IN ({})",
        numbers(claim.kinds.len())
    );
    let mut values = claim.kinds.to_vec();
    for (column, names) in [
        ("kind", kinds),
        ("COALESCE(limit_key, '')", keys),
        ("COALESCE(provider, '')", providers),
        ("id", refused.iter().map(JobId::as_str).collect()),
    ] {
        if !names.is_empty() {
            // Writing to a String does not fail.
            let _ = write!(text, " AND {column} NOT IN ({})", numbers(names.len()));
            values.extend(names);
        }
    }
    text.push_str(" ORDER BY sort_key, id LIMIT $3 {skip_locked}");
    let query = sql(text).bind(claim.pool).bind(&queue.owner).bind(limit as u64).bind(queue.low_water_mark);
    let rows = query.bind_all(values).all(tx).await?;
    let read = |row: &Row| {
        let mut job = Claimed::read(row, claim.lease, now)?;
        // As it will be after the claim.
        job.lease.attempt += 1;
        Ok::<_, StoreError>(Candidate { job, limit_key: row.get("limit_key")? })
    };
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        match read(row) {
            Ok(candidate) => found.push(candidate),
            Err(error) => defer(tx, &row.get::<String>("id")?, &error).await?,
        }
    }
    let unreadable = rows.len() - found.len();
    Ok((found, unreadable))
}

/// Claims these jobs, which this unit of work has locked.
async fn take_these(
    tx: &mut Tx,
    claim: &Claim<'_>,
    these: Vec<Candidate>,
    now: Timestamp,
) -> Result<Vec<Claimed>, StoreError> {
    let jobs: Vec<Claimed> = these.into_iter().map(|candidate| candidate.job).collect();
    for these in jobs.chunks(ROWS) {
        let text = format!("{LEASED} WHERE state = 'ready' AND id IN ({})", list(5, padded(these.len())));
        let ids = these.iter().map(|job| job.lease.job.as_str());
        let query = leased(sql(text), claim, now).bind_all(ids).bind_none(padded(these.len()) - these.len());
        let taken = query.execute(tx).await?;
        if taken != these.len() as u64 {
            return Err(StoreError::Unreadable { what: format!("{taken} of {} jobs to claim", these.len()) });
        }
    }
    Ok(jobs)
}

impl Admission {
    /// Claims up to `quota` jobs of an owner that pass admission control.
    async fn take(
        &mut self,
        tx: &mut Tx,
        claim: &Claim<'_>,
        queue: &mut OwnerQueue,
        quota: usize,
        now: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        let capacity = self.capacity(tx, "owner", &queue.owner).await?;
        let mut left = capacity.map_or(quota, |capacity| quota.min(usize::try_from(capacity).unwrap_or(0)));
        if left == 0 {
            return Ok(Vec::new());
        }
        if !self.checks_each_job() && !self.one_by_one {
            let (taken, unreadable) = take_first(tx, claim, queue, left, now).await?;
            self.used("owner", &queue.owner, taken.len());
            self.deferred += unreadable;
            return Ok(taken);
        }
        let mut taken = Vec::new();
        let mut refused: Vec<JobId> = Vec::new();
        while left > 0 {
            let page = left.clamp(20, 500);
            let closed = self.closed();
            let (found, unreadable) = candidates(tx, claim, queue, page, &closed, &refused, now).await?;
            self.deferred += unreadable;
            let last = found.len() + unreadable < page;
            let got = if self.one_by_one {
                self.take_one_by_one(tx, claim, found, left, &mut refused, now).await?
            } else {
                let admitted = self.admit_all(tx, found, left, &mut refused, now).await?;
                take_these(tx, claim, admitted, now).await?
            };
            let none = got.is_empty() && unreadable == 0;
            left -= got.len();
            taken.extend(got);
            // Jobs after those of a key that was closed in this round were not on the page.
            if (last || none) && self.closed() == closed {
                break;
            }
        }
        self.used("owner", &queue.owner, taken.len());
        Ok(taken)
    }

    /// At most `most` of `found` that are admitted; those that are rejected are added to `refused`.
    async fn admit_all(
        &mut self,
        tx: &mut Tx,
        found: Vec<Candidate>,
        most: usize,
        refused: &mut Vec<JobId>,
        now: Timestamp,
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut admitted = Vec::new();
        for candidate in found {
            if admitted.len() == most {
                break;
            }
            match self.admit(tx, &candidate, now).await? {
                Verdict::Admitted => admitted.push(candidate),
                Verdict::Closed => {}
                Verdict::Rejected => refused.push(candidate.job.lease.job),
            }
        }
        Ok(admitted)
    }

    /// Claims at most `most` of `found`, each behind a savepoint, and defers those that fail.
    async fn take_one_by_one(
        &mut self,
        tx: &mut Tx,
        claim: &Claim<'_>,
        found: Vec<Candidate>,
        most: usize,
        refused: &mut Vec<JobId>,
        now: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        let mut taken = Vec::new();
        for candidate in found {
            if taken.len() == most {
                break;
            }
            let job = candidate.job.lease.job.clone();
            let one = tx
                .savepoint(async |tx| {
                    let admitted = self.admit_all(tx, vec![candidate], 1, refused, now).await?;
                    take_these(tx, claim, admitted, now).await
                })
                .await;
            match one {
                Ok(one) => taken.extend(one),
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => {
                    let done = tx.savepoint(async |tx| defer(tx, job.as_str(), &error).await).await;
                    self.deferred += usize::from(done.is_ok());
                    // A job that cannot even be deferred is skipped by this claim.
                    refused.push(job);
                }
            }
        }
        Ok(taken)
    }
}
