//! What both kinds of calls share: one open call per key, how it ends, and how its job waits.

use std::time::Duration;

use serde::Serialize;
use sluice_domain::ids::JobId;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{self, NewCall, OpenCall, Outcome, Started};
use sluice_store::{StoreError, providers, results};

use super::{Answer, CallError, Pending};
use crate::job::{Hold, JobError};
use crate::run::Run;

/// How long to wait before an unknown outcome is asked for again.
pub(super) const RECHECK_AFTER: Duration = Duration::from_secs(30);

/// How often a job checks a call that another worker makes, whose end should wake it.
const RECHECK_OTHERS_AFTER: Duration = Duration::from_secs(5);

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
        provider: Option<(&str, Duration)>,
    ) -> Result<CallState, JobError> {
        self.note_external_call();
        loop {
            // An attempt that was claimed for an open call reads it first, any other inserts first, each because of what it most
            // likely finds. What it was claimed for may have ended: another call needs the stage's admission.
            if self.awaited_call().is_some() {
                if let Some(open) = self.open_call(key).await? {
                    return self.state_of(open, provider.is_some()).await;
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
                provider: provider.map(|(name, _)| name.to_owned()),
                timeout: provider.map_or(Duration::ZERO, |(_, timeout)| timeout),
            };
            let begun = self.write(async |tx| {
                tx.at("call.start");
                calls::start(tx, self.lease(), &call).await
            });
            match begun.await? {
                Started::Yes => return Ok(CallState::New { call: id }),
                Started::AlreadyStored => return Ok(CallState::Stored),
                Started::AlreadyOpen => {}
            }
            // Not found if it has ended since the insert: then its result is stored, or the call can be made again.
            if let Some(open) = self.open_call(key).await? {
                return self.state_of(open, provider.is_some()).await;
            }
        }
    }

    async fn open_call(&self, key: &str) -> Result<Option<OpenCall>, StoreError> {
        self.read(async |tx| calls::open_of_key(tx, key).await).await
    }

    async fn state_of(&self, open: OpenCall, askable: bool) -> Result<CallState, JobError> {
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
                calls::end(tx, call, Outcome::Succeeded, id, Some(answer.cost)).await?;
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
            CallError::Unknown { message } => JobError::put_off(soon, "call_unknown", format!("{provider}: {message}")),
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
    pub(super) async fn cannot_tell(&self, open: &OpenCall) -> Result<JobError, StoreError> {
        if self.store().now().await? < open.deadline {
            return Ok(self.wait_for(open, RECHECK_AFTER));
        }
        self.end_call(&open.id, Outcome::Lost, None).await?;
        let message = "a call's answer was lost, and its provider cannot tell what became of it: look into its bill, and \
                       retry the job to make the call again";
        Ok(JobError::fail("call_lost", message))
    }

    /// Records that a provider could not be asked, and returns how long not to call it.
    pub(super) async fn note_trouble(&self, provider: &str, error: &CallError) -> Result<Duration, StoreError> {
        let Some((retry_after, message)) = trouble(error) else { return Ok(RECHECK_AFTER) };
        let rest = self.store().write(async |tx| providers::failed(tx, provider, retry_after, message).await).await?;
        Ok(rest.max(Duration::from_secs(1)))
    }
}

fn trouble(error: &CallError) -> Option<(Option<Duration>, &str)> {
    match error {
        CallError::Trouble { retry_after, message } => Some((*retry_after, message)),
        CallError::Unknown { message } => Some((None, message)),
        CallError::Refused { .. } => None,
    }
}
