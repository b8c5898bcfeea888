//! Calls to capabilities through the engine: the router picks an implementation, and the engine ensures that nothing is
//! paid for twice.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sluice_capability::{
    Answer, Begun, Capability, CapabilityError, Context, Does, Doing, MadeBy, NoRoute, Remedy, Router, Skip, Wish,
};
use sluice_domain::money::MicroUsd;
use sluice_engine::{CallError, CallProgress, Called, Cancelled, JobError, Quota, Run, Submit, Submitted};
use sluice_store::providers::{self, Circuit};
use sluice_store::{StoreError, calls, results};

/// A result with its provenance, as it is stored and reused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made<T> {
    /// What was made.
    pub value: T,
    /// The implementation that made it.
    pub made_by: MadeBy,
}

/// A call to one implementation. `keep` moves a file that was written to permanent storage, and returns the value to
/// store.
struct RoutedCall<'a, C: Capability, I: ?Sized, K> {
    implementation: &'a I,
    request: &'a C::Request,
    keep: &'a K,
    run: &'a Run,
}

impl<C: Capability, I: Does<C> + ?Sized, K> RoutedCall<'_, C, I, K> {
    async fn kept<T>(&self, answer: Answer<C::Output>) -> Result<sluice_engine::Answer<Made<T>>, CallError>
    where
        K: Fn(C::Output) -> Doing<'static, T> + Sync,
    {
        let Answer { value, made_by, provider_id, cost, quota, .. } = answer;
        // It has been paid for by now: if this fails, the next attempt fetches it by the provider's id.
        let value = (self.keep)(value).await.map_err(|error| CallError::Unknown { message: error.message })?;
        let cost = cost.or_else(|| self.implementation.estimate(self.request)).unwrap_or(MicroUsd(0));
        let quota = quota.map(|(left, resets_in)| Quota { left, resets_in });
        Ok(sluice_engine::Answer { value: Made { value, made_by }, provider_id, cost, quota })
    }
}

impl<C, I, T, K> Submit<Made<T>> for RoutedCall<'_, C, I, K>
where
    C: Capability,
    I: Does<C> + ?Sized,
    T: Send,
    K: Fn(C::Output) -> Doing<'static, T> + Sync,
{
    fn provider(&self) -> &str {
        &self.implementation.profile().provider
    }

    async fn submit(&self, key: &str) -> Result<Submitted<Made<T>>, CallError> {
        let run = self.run;
        let progress = move |fraction: f32| run.progress(C::NAME, fraction.into());
        let begun = self.implementation.begin(self.request, Context { key, progress: &progress }).await;
        match begun.map_err(call_error)? {
            Begun::Done(answer) => self.kept(answer).await.map(Submitted::Done),
            Begun::Accepted { provider_id, poll_after } => Ok(Submitted::Accepted { provider_id, poll_after }),
        }
    }

    async fn poll(&self, key: &str, provider_id: Option<&str>) -> Result<CallProgress, CallError> {
        self.implementation.look(key, provider_id).await.map_err(call_error)
    }

    async fn fetch(&self, provider_id: &str) -> Result<sluice_engine::Answer<Made<T>>, CallError> {
        let answer = self.implementation.fetch(self.request, provider_id).await.map_err(call_error)?;
        self.kept(answer).await
    }

    async fn cancel(&self, provider_id: &str) -> Result<Cancelled, CallError> {
        let cancelled = self.implementation.cancel(provider_id).await.map_err(call_error)?;
        Ok(cancelled.map_or(Cancelled::GoesOn, |cost| Cancelled::Stopped { cost }))
    }
}

fn call_error(error: CapabilityError) -> CallError {
    let CapabilityError { remedy, code, message, .. } = error;
    match remedy {
        Remedy::Retry => CallError::Trouble { retry_after: None, message },
        Remedy::PutOff(retry_after) => CallError::Trouble { retry_after, message },
        Remedy::Fail => CallError::Refused { code, message },
        Remedy::Look => CallError::Unknown { message },
    }
}

/// The stored result of `request`, or that of the first suitable implementation that does not fail. `key` is the hash
/// of the request; each implementation has its own key. An unfinished call is continued, whatever the router would pick
/// now; and no other implementation is called while a payment may be pending.
pub async fn ask<C, I, T, K>(
    run: &Run,
    key: &str,
    router: &Router<C, I>,
    request: &C::Request,
    wish: &Wish,
    keep: K,
) -> Result<Called<Made<T>>, JobError>
where
    C: Capability,
    I: Does<C> + ?Sized,
    T: Serialize + DeserializeOwned + Send,
    K: Fn(C::Output) -> Doing<'static, T> + Send + Sync,
{
    let key_of = |implementation: &I| format!("{key}/{}", implementation.profile().provider);
    let mut open = Vec::new();
    for implementation in router.implementations() {
        let (key, provider) = (key_of(implementation), implementation.profile().provider.clone());
        let (begun, is_open) = run.read(async |tx| state_of(tx, &key, &provider).await).await?;
        if begun {
            let call = RoutedCall { implementation: &**implementation, request, keep: &keep, run };
            return run.call_async(&key, C::NAME, &call).await;
        }
        open.extend(is_open.then_some(provider));
    }
    let (chosen, skipped) = router.choose(request, wish, open.as_slice());
    let mut error = None;
    for implementation in &chosen {
        let call = RoutedCall { implementation: &**implementation, request, keep: &keep, run };
        match run.call_async(&key_of(implementation), C::NAME, &call).await {
            Err(failed) if !may_be_paid(&failed) => error = Some(failed),
            outcome => return outcome,
        }
    }
    Err(no_route(NoRoute { capability: C::NAME, skipped, error }))
}

/// Whether there is a call with this key, and whether the circuit of its provider is open.
async fn state_of(tx: &mut sluice_store::Tx, key: &str, provider: &str) -> Result<(bool, bool), StoreError> {
    let begun = results::find(tx, key).await?.is_some() || calls::open_of_key(tx, key).await?.is_some();
    let now = tx.now().await?;
    let health = providers::health(tx, provider).await?;
    let rests =
        |health: &providers::Health| health.circuit == Circuit::Open && health.until.is_none_or(|until| until > now);
    Ok((begun, health.as_ref().is_some_and(rests)))
}

/// No other implementation is tried after these: a call is open, or its outcome is unknown.
fn may_be_paid(error: &JobError) -> bool {
    error.is_waiting() || ["call_unknown", "call_lost", "call_expired", "call_timed_out"].contains(&error.code.as_str())
}

/// How long a failing provider is avoided if it does not say for how long.
const DEFAULT_BACKOFF: Duration = Duration::from_secs(10);

/// Maps a capability's error to the end of an attempt.
pub(crate) fn failed(error: CapabilityError) -> JobError {
    let CapabilityError { remedy, code, message, source } = error;
    let made = match remedy {
        Remedy::Fail => JobError::fail(code, message),
        Remedy::Retry | Remedy::Look => JobError::retry(code, message),
        Remedy::PutOff(after) => JobError::put_off(after.unwrap_or(DEFAULT_BACKOFF), code, message),
    };
    match source {
        Some(source) => made.because(source),
        None => made,
    }
}

/// No implementation could fulfil the request.
pub(crate) fn no_route(none: NoRoute<JobError>) -> JobError {
    let text = none.to_string();
    let unwell = none.skipped.iter().any(|(_, why)| *why == Skip::Unwell);
    none.error.unwrap_or_else(|| {
        if unwell {
            JobError::put_off(DEFAULT_BACKOFF, "provider_unavailable", text)
        } else {
            JobError::fail("no_provider", text)
        }
    })
}
