//! Calls of asynchronous providers: submit, wait without a worker, poll, fetch.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{self, OpenCall, Outcome};
use sluice_store::jobs;

use super::open::{Asked, CallState};
use super::{CallError, CallProgress, Called, Cancelled, Pending, Submit, Submitted};
use crate::job::JobError;
use crate::run::Run;

/// The result of polling an open call.
enum Checked<T> {
    Done(T),
    Pending(Pending),
    /// It ended without a result, and may be submitted again.
    Retryable,
}

/// Whether a call was made under another account than the one that is asked now.
fn is_elsewhere(open: &OpenCall, account: Option<&str>) -> bool {
    open.account.as_deref().is_some_and(|made_under| account != Some(made_under))
}

impl Run {
    /// The result that is stored under `key`, or else work that is submitted to the provider. While that is pending, the stage
    /// returns [`crate::Next::AwaitCall`] and occupies no worker; it runs again after a notification from the provider
    /// ([`crate::Engine::call_changed`]) or when it is time to poll, and then gets the result here. Meanwhile, what the stage has
    /// reserved stays reserved.
    ///
    /// ```ignore
    /// let video: Video = match run.call_async(&key, "avatar", &provider).await? {
    ///     Called::Done(video) => video,
    ///     Called::Pending(pending) => return Ok(Next::AwaitCall(pending)),
    /// };
    /// ```
    ///
    /// It is never paid twice, like [`Run::call`]. If the job is cancelled, so is the work, if the provider can do that.
    pub async fn call_async<T, S>(&self, key: &str, kind: &str, provider: &S) -> Result<Called<T>, JobError>
    where
        T: Serialize + DeserializeOwned + Send,
        S: Submit<T>,
    {
        let _guard = self.lock_key(key).await;
        let (name, timeout, charge) = (provider.provider(), provider.timeout(), provider.charge());
        let asked = Asked { provider: name, timeout, account: provider.account(), charge };
        loop {
            if let Some(found) = self.stored_result(key).await? {
                return Ok(Called::Done(found));
            }
            let call = match self.begin_call(key, kind, Some(asked)).await? {
                CallState::New { call } => call,
                CallState::Stored => continue,
                CallState::Open(open) => match self.check_on(key, kind, &open, provider).await? {
                    Checked::Done(value) => return Ok(Called::Done(value)),
                    Checked::Pending(pending) => return Ok(Called::Pending(pending)),
                    Checked::Retryable => continue,
                },
            };
            return match self.timed(provider.provider(), provider.submit(key)).await {
                Ok(Submitted::Accepted { provider_id, poll_after }) => {
                    self.note_submitted(&call, &provider_id).await?;
                    Ok(Called::Pending(Pending { call, poll_after, deadline: provider.timeout() }))
                }
                Ok(Submitted::Done(answer)) => {
                    self.store_answer(key, kind, &call, provider.provider(), answer).await.map(Called::Done)
                }
                Err(error) => Err(self.note_failure(&call, provider.provider(), error).await?),
            };
        }
    }

    /// The result of a call that is open under `key`, or its end; none if it never arrived, or has ended without a result.
    /// Unlike [`Run::call_async`] it never makes a call: `key` is one under which none is made any more.
    pub async fn finish_call<T, S>(&self, key: &str, kind: &str, provider: &S) -> Result<Option<Called<T>>, JobError>
    where
        T: Serialize + DeserializeOwned + Send,
        S: Submit<T>,
    {
        self.note_external_call();
        let _guard = self.lock_key(key).await;
        // A call that has ended has stored its result in the same unit of work.
        let Some(open) = self.open_call(key).await? else {
            return Ok(self.stored_result(key).await?.map(Called::Done));
        };
        let CallState::Open(open) = self.state_of(open, true).await? else { return Ok(None) };
        Ok(match self.check_on(key, kind, &open, provider).await? {
            Checked::Done(value) => Some(Called::Done(value)),
            Checked::Pending(pending) => Some(Called::Pending(pending)),
            Checked::Retryable => None,
        })
    }

    /// Stores the provider's id right after its response. Not fenced by the lease, which may be lost by now.
    async fn note_submitted(&self, call: &str, provider_id: &str) -> Result<(), JobError> {
        self.store()
            .write(async |tx| {
                tx.at("call.submitted");
                calls::submitted(tx, call, provider_id).await
            })
            .await
            .map_err(JobError::from)
    }

    async fn check_on<T, S>(&self, key: &str, kind: &str, open: &OpenCall, provider: &S) -> Result<Checked<T>, JobError>
    where
        T: Serialize + DeserializeOwned + Send,
        S: Submit<T>,
    {
        if open.notified {
            self.store().write(async |tx| calls::clear_notified(tx, &open.id).await).await?;
        }
        if self.is_unwanted(open).await? {
            self.cancel_call(open, provider).await?;
            return Err(JobError::retry("stopped", "the job was stopped, and its call with it"));
        }
        match self.timed(provider.provider(), provider.poll(key, open.provider_id.as_deref())).await {
            Ok(CallProgress::Pending { provider_id, poll_after }) => {
                self.know_id(open, &provider_id).await?;
                self.still_pending(open, &provider_id, poll_after, provider).await
            }
            Ok(CallProgress::Ready { provider_id }) => {
                self.know_id(open, &provider_id).await?;
                match self.timed(provider.provider(), provider.fetch(&provider_id)).await {
                    Ok(mut answer) => {
                        answer.provider_id.get_or_insert(provider_id);
                        let kept = self.store_answer(key, kind, &open.id, provider.provider(), answer).await;
                        kept.map(Checked::Done)
                    }
                    Err(error) => self.later(open, provider, &error).await,
                }
            }
            Ok(CallProgress::Failed { message, cost }) => {
                self.end_call(&open.id, Outcome::Failed, Some(cost)).await?;
                Err(JobError::retry("call_failed", format!("{}: {message}", provider.provider())))
            }
            Ok(CallProgress::Rejected { code, message, cost }) => {
                self.end_call(&open.id, Outcome::Rejected, Some(cost)).await?;
                Err(JobError::fail(code, format!("{}: {message}", provider.provider())))
            }
            // The key may now be that of another account, which does not know what the earlier account submitted.
            Ok(CallProgress::NotFound | CallProgress::CannotTell) if is_elsewhere(open, provider.account()) => {
                Err(self.cannot_ask(open, provider.provider()).await?)
            }
            Ok(CallProgress::NotFound) => self.not_found(open, provider.provider()).await,
            Ok(CallProgress::CannotTell) => Err(self.cannot_tell(open, provider.provider()).await?),
            Err(error) => self.later(open, provider, &error).await,
        }
    }

    async fn know_id(&self, open: &OpenCall, provider_id: &str) -> Result<(), JobError> {
        if open.outcome == Outcome::Submitted { Ok(()) } else { self.note_submitted(&open.id, provider_id).await }
    }

    /// Work that never arrived may be submitted again. Work that the provider accepted and no longer knows was paid for, and is
    /// not paid for again without a manual retry.
    async fn not_found<T>(&self, open: &OpenCall, provider: &str) -> Result<Checked<T>, JobError> {
        if open.provider_id.is_none() {
            self.end_call(&open.id, Outcome::Failed, Some(MicroUsd(0))).await?;
            return Ok(Checked::Retryable);
        }
        self.end_call(&open.id, Outcome::Expired, None).await?;
        let message =
            format!("{provider} no longer has what it made: retry the job to have it made and paid for again");
        Err(JobError::fail("call_expired", message))
    }

    async fn still_pending<T, S: Submit<T>>(
        &self,
        open: &OpenCall,
        provider_id: &str,
        poll_after: Duration,
        provider: &S,
    ) -> Result<Checked<T>, JobError> {
        if self.store().now().await? < open.deadline {
            return Ok(Checked::Pending(self.pending(open, poll_after.max(Duration::from_millis(10)))));
        }
        let (outcome, cost) = match self.timed(provider.provider(), provider.cancel(provider_id)).await {
            Ok(Cancelled::Stopped { cost }) => (Outcome::Failed, Some(cost)),
            Ok(Cancelled::GoesOn) | Err(_) => (Outcome::Lost, None),
        };
        self.end_call(&open.id, outcome, cost).await?;
        let message = format!("{} did not finish in time: retry the job to have it try again", provider.provider());
        Err(JobError::fail("call_timed_out", message))
    }

    /// The provider cannot be asked now; the work may go on meanwhile.
    async fn later<T, S: Submit<T>>(
        &self,
        open: &OpenCall,
        provider: &S,
        error: &CallError,
    ) -> Result<Checked<T>, JobError> {
        let rest = self.note_trouble(provider.provider(), error).await?;
        if self.store().now().await? < open.deadline {
            return Ok(Checked::Pending(self.pending(open, rest)));
        }
        Err(self.cannot_tell(open, provider.provider()).await?)
    }

    /// Whether the job was cancelled, and no other job waits for the call.
    pub(super) async fn is_unwanted(&self, open: &OpenCall) -> Result<bool, JobError> {
        if self.awaited_call().is_none() {
            return Ok(false);
        }
        let unwanted = self.read(async |tx| {
            let stops = jobs::get(tx, self.owner(), self.job_id()).await?.cancel_requested_at.is_some();
            Ok::<_, JobError>(stops && !calls::is_awaited(tx, &open.id).await?)
        });
        unwanted.await
    }

    async fn cancel_call<T, S: Submit<T>>(&self, open: &OpenCall, provider: &S) -> Result<(), JobError> {
        let Some(provider_id) = &open.provider_id else { return Ok(()) };
        match self.timed(provider.provider(), provider.cancel(provider_id)).await {
            Ok(Cancelled::Stopped { cost }) => self.end_call(&open.id, Outcome::Failed, Some(cost)).await?,
            // It may still be charged: the call stays open, so that another job that wants the same result finds it.
            Ok(Cancelled::GoesOn) => {}
            Err(error) => {
                tracing::warn!(job = %self.job_id(), provider = provider.provider(), ?error, "a call was not cancelled");
            }
        }
        Ok(())
    }
}
