//! What both kinds of calls share: one open call per key, how it ends, and how its job waits.

use std::time::Duration;

use serde::Serialize;
use sluice_domain::ids::JobId;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{self, NewCall, OpenCall, Outcome, Started};
use sluice_store::jobs::spend::Over;
use sluice_store::{StoreError, providers, results};

use super::{Answer, CallError, Charge, Pending};
use crate::job::{Hold, JobError, UNKNOWN};
use crate::run::Run;

/// How long to wait before an unknown outcome is asked for again.
pub(super) const RECHECK_AFTER: Duration = Duration::from_secs(30);

/// How often a job checks a call that another worker makes, whose end should wake it.
const RECHECK_OTHERS_AFTER: Duration = Duration::from_secs(5);

/// A job whose owner has made too many calls of unknown price tries again after this long, since more may be allowed meanwhile.
const UNPRICED_RETRY: Duration = Duration::from_hours(1);

/// The provider that is asked.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) provider: &'a str,
    /// After this long the call is given up.
    pub(crate) timeout: Duration,
    pub(crate) account: Option<&'a str>,
    pub(crate) charge: Charge,
}

impl Asked<'_> {
    const fn is_unpriced(self) -> bool {
        matches!(self.charge, Charge::Installation(None) | Charge::Owner(None))
    }

    const fn reserve(self) -> Option<MicroUsd> {
        match self.charge {
            Charge::Installation(Some(most)) => Some(most),
            Charge::Installation(None) => Some(MicroUsd(0)),
            Charge::Covered | Charge::Owner(_) => None,
        }
    }
}

/// The state of a key's call, when its result was not found.
pub(crate) enum CallState {
    /// This attempt has begun the call and makes it.
    New {
        /// Its id.
        call: String,
    },
    /// Its result was stored in the meantime.
    Stored,
    /// A call is open, and this attempt has to find out what became of it.
    Open(OpenCall),
}

impl Run {
    /// Begins a call, or finds the open one of its key. Without a provider it is a call of a built-in engine, whose outcome
    /// nobody can be asked for.
    pub(crate) async fn begin_call(
        &self,
        key: &str,
        kind: &str,
        asked: Option<Asked<'_>>,
    ) -> Result<CallState, JobError> {
        self.note_external_call();
        loop {
            // An attempt that was claimed for an open call reads it first, any other inserts first, each because of what it most
            // likely finds. What it was claimed for may have ended: another call needs the stage's admission.
            if self.awaited_call().is_some() {
                if let Some(open) = self.open_call(key).await? {
                    return self.state_of(open, asked.is_some()).await;
                }
                if let Some(need) = self.need_to_ask() {
                    return Err(JobError::hold(Hold::Readmit(need)));
                }
            }
            let id = self.new_id(JobId::new).to_string();
            let call = NewCall {
                id: id.clone(),
                key: key.to_owned(),
                kind: kind.to_owned(),
                owner: self.owner().clone(),
                provider: asked.map(|asked| asked.provider.to_owned()),
                timeout: asked.map_or(Duration::ZERO, |asked| asked.timeout),
                is_unpriced: asked.is_some_and(Asked::is_unpriced),
                account: asked.and_then(|asked| asked.account).map(str::to_owned),
                own_key: asked.is_some_and(|asked| matches!(asked.charge, Charge::Owner(_))),
                reserve: asked.and_then(Asked::reserve),
            };
            let begun = self.write(async |tx| {
                tx.at("call.start");
                calls::start(tx, self.lease(), &call).await
            });
            match begun.await? {
                Started::Yes => return Ok(CallState::New { call: id }),
                Started::AlreadyStored => return Ok(CallState::Stored),
                Started::AlreadyOpen => {}
                Started::TooManyUnpriced { hard, until } => {
                    let provider = call.provider.as_deref().unwrap_or_default();
                    return Err(too_many_unpriced(provider, hard, until.since(self.now())));
                }
                Started::OverBudget { over: Over::Wait, message } => {
                    return Err(JobError::put_off(RECHECK_AFTER, "over_budget", message));
                }
                Started::OverBudget { over: Over::Fail, message } => {
                    return Err(JobError::fail("over_budget", message));
                }
            }
            // Not found if it has ended since the insert: then its result is stored, or the call can be made again.
            if let Some(open) = self.open_call(key).await? {
                return self.state_of(open, asked.is_some()).await;
            }
        }
    }

    pub(super) async fn open_call(&self, key: &str) -> Result<Option<OpenCall>, StoreError> {
        self.read(async |tx| calls::open_of_key(tx, key).await).await
    }

    pub(super) async fn state_of(&self, open: OpenCall, askable: bool) -> Result<CallState, JobError> {
        let own = open.job == *self.job_id();
        match open.outcome {
            // A call that this attempt began, and whose future it dropped.
            Outcome::Started if open.lease == self.lease().id.as_str() && own => {}
            // Another worker is making the call, or has died, which will be noticed.
            Outcome::Started => return Err(self.wait_for(&open, RECHECK_OTHERS_AFTER)),
            // Another job handles it, and its end wakes this one, which polls in case it does not.
            _ if !own && open.job_is_unfinished && self.awaited_call() != Some(&open.id) => {
                return Err(self.wait_for(&open, RECHECK_AFTER));
            }
            _ => {}
        }
        if askable {
            return Ok(CallState::Open(open));
        }
        // Nobody can be asked for the outcome of a built-in engine's call.
        self.write(async |tx| calls::end(tx, &open.id, Outcome::Lost, None, None).await).await?;
        Ok(CallState::Open(open))
    }

    /// The key of the call that this attempt was claimed for, if that has succeeded: its result is stored under it.
    pub async fn awaited_key(&self) -> Result<Option<String>, JobError> {
        let Some(call) = self.awaited_call() else { return Ok(None) };
        Ok(self.read(async |tx| calls::key_of_succeeded(tx, call).await).await?)
    }

    /// The job waits for the call, without a worker.
    pub(crate) fn wait_for(&self, open: &OpenCall, poll_after: Duration) -> JobError {
        JobError::hold(Hold::Await(self.pending(open, poll_after)))
    }

    pub(super) fn pending(&self, open: &OpenCall, poll_after: Duration) -> Pending {
        // A built-in engine's call has no deadline: it ends with its attempt's lease.
        let deadline = open.deadline.since(self.now()).max(poll_after);
        Pending { call: open.id.clone(), poll_after, deadline }
    }

    /// Ends a call with its result, which is stored in the same unit of work. Not fenced by the lease: a paid result is stored,
    /// even if the lease is lost by now.
    pub(super) async fn store_answer<T: Serialize>(
        &self,
        key: &str,
        kind: &str,
        call: &str,
        provider: &str,
        answer: Answer<T>,
    ) -> Result<T, JobError> {
        let value = serde_json::to_value(&answer.value).map_err(|error| {
            JobError::fail("bad_result", format!("the result of \"{kind}\" cannot be stored")).because(error)
        })?;
        self.store()
            .write(async |tx| {
                tx.at("call.finish");
                results::store(tx, key, kind, &value).await?;
                let id = answer.provider_id.as_deref();
                calls::end(tx, call, Outcome::Succeeded, id, answer.cost).await?;
                if let Some(quota) = answer.quota {
                    providers::note_quota(tx, provider, quota).await?;
                }
                providers::succeeded(tx, provider).await
            })
            .await?;
        Ok(answer.value)
    }

    /// Records why a call failed.
    pub(super) async fn note_failure(
        &self,
        call: &str,
        provider: &str,
        error: CallError,
    ) -> Result<JobError, StoreError> {
        let rest = self
            .store()
            .write(async |tx| {
                tx.at("call.finish");
                match &error {
                    CallError::Unknown { .. } => calls::mark_unknown(tx, call).await?,
                    CallError::Refused { .. } => {
                        calls::end(tx, call, Outcome::Rejected, None, Some(MicroUsd(0))).await?;
                    }
                    CallError::Trouble { .. } => {
                        calls::end(tx, call, Outcome::Failed, None, Some(MicroUsd(0))).await?;
                    }
                }
                match trouble(&error) {
                    Some((retry_after, message)) => providers::failed(tx, provider, retry_after, message).await,
                    None => Ok(Duration::ZERO),
                }
            })
            .await?;
        let soon = rest.max(Duration::from_secs(1));
        Ok(match error {
            CallError::Trouble { message, .. } => {
                JobError::put_off(soon, "provider_trouble", format!("{provider}: {message}"))
            }
            CallError::Unknown { message } => JobError::put_off(soon, UNKNOWN, format!("{provider}: {message}")),
            CallError::Refused { code, message } => JobError::fail(code, format!("{provider}: {message}")),
        })
    }

    /// Ends an open call without a result, as its provider reported.
    pub(super) async fn end_call(
        &self,
        call: &str,
        outcome: Outcome,
        cost: Option<MicroUsd>,
    ) -> Result<(), StoreError> {
        self.store()
            .write(async |tx| {
                tx.at("call.reconcile");
                calls::end(tx, call, outcome, None, cost).await
            })
            .await
    }

    /// The outcome of a call cannot be determined: the job waits, and fails after the call's deadline.
    pub(super) async fn cannot_tell(&self, open: &OpenCall, provider: &str) -> Result<JobError, StoreError> {
        if self.store().now().await? < open.deadline {
            return Ok(JobError::untold(self.pending(open, RECHECK_AFTER), provider));
        }
        self.end_call(&open.id, Outcome::Lost, None).await?;
        let message = "a call's answer was lost, and its provider cannot tell what became of it: look into its bill, and \
                       retry the job to make the call again";
        Ok(JobError::fail("call_lost", message))
    }

    /// Nobody can be asked for the outcome of an open call: its provider is no longer configured, its key is gone, or another
    /// account's took its place. The job waits, since they may come back, and fails after the call's deadline, so that a person
    /// decides whether it is made again elsewhere. A stage must return the error unchanged.
    pub async fn cannot_ask(&self, open: &OpenCall, provider: &str) -> Result<JobError, JobError> {
        self.note_external_call();
        if self.is_unwanted(open).await? {
            return Err(JobError::retry("stopped", "the job was stopped, and its call goes on"));
        }
        // One that is being made is ended by its own worker.
        if open.outcome == Outcome::Started || self.store().now().await? < open.deadline {
            return Ok(self.wait_for(open, RECHECK_AFTER));
        }
        self.end_call(&open.id, Outcome::Lost, None).await?;
        let message = format!(
            "{provider} was called, and cannot be asked what became of it, since its route or its key was removed or replaced: \
             look into its bill, and retry the job to make the call again"
        );
        Ok(JobError::fail("call_lost", message))
    }

    /// Records that a provider could not be asked, and returns how long not to call it.
    pub(super) async fn note_trouble(&self, provider: &str, error: &CallError) -> Result<Duration, StoreError> {
        let Some((retry_after, message)) = trouble(error) else { return Ok(RECHECK_AFTER) };
        let rest = self.store().write(async |tx| providers::failed(tx, provider, retry_after, message).await).await?;
        Ok(rest.max(Duration::from_secs(1)))
    }
}

fn too_many_unpriced(provider: &str, hard: u64, left: Duration) -> JobError {
    let message = format!(
        "what {provider} charges for this is not known, and of such calls {hard} may be made on a day (in UTC): wait for the next \
         day, or have its price set in the configuration (providers.{provider}.prices), or a higher limit \
         (unpriced_calls_per_day)"
    );
    JobError::put_off(left.clamp(Duration::from_secs(1), UNPRICED_RETRY), "unpriced_calls_used", message)
}

fn trouble(error: &CallError) -> Option<(Option<Duration>, &str)> {
    match error {
        CallError::Trouble { retry_after, message } => Some((*retry_after, message)),
        CallError::Unknown { message } => Some((None, message)),
        CallError::Refused { .. } => None,
    }
}
