//! Calls to capabilities through the engine: the router picks an implementation, and the engine ensures that nothing is
//! paid for twice.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{
    Answer, Begun, Capability, CapabilityError, Context, Does, Doing, MadeBy, NoRoute, Remedy, Router, Skip, Wish,
};
use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_engine::{CallError, CallProgress, Called, Cancelled, Charge, JobError, Quota, Run, Submit, Submitted};
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

/// A provider that comes before the one that made a result in the order of the routes, and was skipped or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassedOver {
    /// Its provider.
    pub(crate) provider: String,
    /// The reason, for display.
    pub(crate) why: String,
}

/// Moves what an implementation made to permanent storage.
///
/// Implementations that capture something are named types: a closure cannot be proven to return a `'static` future once it is
/// held by the future of a job.
pub trait Keep<O, T>: Send + Sync {
    /// The value to store.
    fn keep(&self, made: O) -> Doing<'static, T>;
}

impl<O, T, F: Fn(O) -> Doing<'static, T> + Send + Sync> Keep<O, T> for F {
    fn keep(&self, made: O) -> Doing<'static, T> {
        self(made)
    }
}

/// Stores the value unchanged: it refers to no file.
#[derive(Debug, Clone, Copy)]
pub struct Unchanged;

impl<O: Send + 'static> Keep<O, O> for Unchanged {
    fn keep(&self, made: O) -> Doing<'static, O> {
        Box::pin(async { Ok(made) })
    }
}

/// A call to one implementation. `keep` moves a file that was written to permanent storage, and returns the value to
/// store.
struct RoutedCall<'a, C: Capability, I: ?Sized, K> {
    implementation: &'a I,
    request: &'a C::Request,
    keep: &'a K,
    run: &'a Run,
    /// Whether it is paid with the owner's own key.
    is_own: bool,
    /// The saved key with which the provider is asked.
    account: Option<&'a str>,
}

impl<C: Capability, I: Does<C> + ?Sized, K> RoutedCall<'_, C, I, K> {
    async fn kept<T>(&self, answer: Answer<C::Output>) -> Result<sluice_engine::Answer<Made<T>>, CallError>
    where
        K: Keep<C::Output, T>,
    {
        let Answer { value, made_by, provider_id, cost, quota, .. } = answer;
        // The call has been paid for by now: if this fails, the next attempt fetches the value by the provider's id.
        let value = self.keep.keep(value).await.map_err(|error| CallError::Unknown { message: error.message })?;
        // Without a price from the provider the estimate counts; without an estimate the cost is unknown, which is not zero.
        let cost = cost.or_else(|| self.implementation.estimate(self.request));
        let quota = quota.map(|(left, resets_in)| Quota { left, resets_in });
        Ok(sluice_engine::Answer { value: Made { value, made_by }, provider_id, cost, quota })
    }
}

impl<C, I, T, K> Submit<Made<T>> for RoutedCall<'_, C, I, K>
where
    C: Capability,
    I: Does<C> + ?Sized,
    T: Send,
    K: Keep<C::Output, T>,
{
    fn provider(&self) -> &str {
        &self.implementation.profile().provider
    }

    fn account(&self) -> Option<&str> {
        self.account
    }

    fn charge(&self) -> Charge {
        match self.implementation.estimate(self.request) {
            Some(MicroUsd(0)) => Charge::Covered,
            most if self.is_own => Charge::Owner(most),
            most => Charge::Installation(most),
        }
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

/// A call to one of a router's implementations.
fn routed<'a, C: Capability, I: Does<C> + ?Sized, K>(
    router: &'a Router<C, I>,
    implementation: &'a I,
    (request, keep, run): (&'a C::Request, &'a K, &'a Run),
) -> RoutedCall<'a, C, I, K> {
    let provider = &implementation.profile().provider;
    let (is_own, account) = (router.is_own(provider), router.account(provider));
    RoutedCall { implementation, request, keep, run, is_own, account }
}

/// The stored result of `request`, or that of the first suitable implementation that does not fail. `key` is the hash of the
/// request; each implementation has its own key. An unfinished call is continued even if the router would now pick another
/// implementation or model. While a payment may be pending, no other implementation is called, even if the one that was called is
/// no longer configured: the job then waits for it ([`Run::cannot_ask`]).
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
    K: Keep<C::Output, T>,
{
    ask_telling(run, key, router, request, wish, keep, &mut Vec::new()).await
}

/// The same as [`ask`]. `passed` gets the implementations that failed, are resting, cost too much or are unable, in the order of
/// the routes, up to the one that answered. It is unchanged if a stored result is returned.
pub(crate) async fn ask_telling<C, I, T, K>(
    run: &Run,
    key: &str,
    router: &Router<C, I>,
    request: &C::Request,
    wish: &Wish,
    keep: K,
    passed: &mut Vec<PassedOver>,
) -> Result<Called<Made<T>>, JobError>
where
    C: Capability,
    I: Does<C> + ?Sized,
    T: Serialize + DeserializeOwned + Send,
    K: Keep<C::Output, T>,
{
    let (mut asked, mut resting) = (Vec::<String>::new(), Vec::<String>::new());
    for implementation in router.implementations() {
        let (keys, provider) =
            (keys_to(key, router, &**implementation, run.owner()), implementation.profile().provider.clone());
        let (begun, is_open) = run.read(async |tx| state_of(tx, &keys, &provider).await).await?;
        let [first, _] = keys;
        if let Some(begun) = begun {
            if begun == first {
                let call = routed(router, &**implementation, (request, &keep, run));
                return run.call_async(&first, C::NAME, &call).await;
            }
            // The second key is only read: a result that cannot be decoded any more is requested again under the first key.
            if let Some(found) = run.stored_result(&begun).await? {
                return Ok(Called::Done(found));
            }
        }
        resting.extend(is_open.then_some(provider));
        asked.push(first);
    }
    // Another job may have fetched the result that this job waited for, under the configuration of that time.
    let awaited = run.awaited_key().await?.filter(|awaited| is_of(awaited, key));
    if let Some(awaited) = awaited
        && let Some(found) = run.stored_result(&awaited).await?
    {
        return Ok(Called::Done(found));
    }
    loop {
        let open = run.read(async |tx| calls::open_elsewhere(tx, run.owner(), key, &asked).await).await?;
        let Some((provider, open)) = open else { break };
        let same = router.implementations().find(|one| one.profile().provider == provider);
        let Some(same) = same.filter(|one| one.accepts(request).is_ok()) else {
            return Err(run.cannot_ask(&open, &provider).await?);
        };
        let call = routed(router, &**same, (request, &keep, run));
        if let Some(called) = run.finish_call(&open.key, C::NAME, &call).await? {
            return Ok(called);
        }
    }
    let (chosen, skipped) = router.choose(request, wish, resting.as_slice());
    let mut reasons = told(&skipped);
    let mut error = None;
    for implementation in &chosen {
        let [key, _] = keys_to(key, router, &**implementation, run.owner());
        let call = routed(router, &**implementation, (request, &keep, run));
        let provider = &implementation.profile().provider;
        match run.call_async(&key, C::NAME, &call).await {
            Err(failed) if !may_be_paid(&failed) => {
                reasons.push((provider.clone(), reason_of(provider, &failed)));
                error = Some(failed);
            }
            outcome => {
                *passed = passed_over(router, &reasons, Some(provider));
                return outcome;
            }
        }
    }
    *passed = passed_over(router, &reasons, None);
    Err(no_route(NoRoute { capability: C::NAME, skipped, error }))
}

/// Those that were skipped before `made_by`, in the order of the routes.
pub(crate) fn skipped_before<C, I>(router: &Router<C, I>, skipped: &[(String, Skip)], made_by: &str) -> Vec<PassedOver>
where
    C: Capability,
    I: Does<C> + ?Sized,
{
    passed_over(router, &told(skipped), Some(made_by))
}

/// The reasons for which routes were skipped, without those for which a route does not apply to the request at all.
fn told(skipped: &[(String, Skip)]) -> Vec<(String, String)> {
    let is_told = |why: &Skip| match why {
        Skip::Unwell | Skip::Unable(_) | Skip::Cost | Skip::UnknownPrice => true,
        Skip::Language | Skip::UnknownLanguage | Skip::Length | Skip::NotLocal => false,
    };
    skipped.iter().filter(|(_, why)| is_told(why)).map(|(name, why)| (name.clone(), why.to_string())).collect()
}

/// The message of an error, without the provider's name, which is shown beside it.
fn reason_of(provider: &str, error: &JobError) -> String {
    let own = error.message.strip_prefix(provider).and_then(|rest| rest.strip_prefix(": "));
    own.unwrap_or(&error.message).to_owned()
}

/// The providers before `made_by` for which there is a reason, each once.
fn passed_over<C, I>(router: &Router<C, I>, reasons: &[(String, String)], made_by: Option<&str>) -> Vec<PassedOver>
where
    C: Capability,
    I: Does<C> + ?Sized,
{
    let names = router.implementations().map(|one| &one.profile().provider);
    let mut passed = Vec::<PassedOver>::new();
    for provider in names.take_while(|name| made_by != Some(name.as_str())) {
        let reason = reasons.iter().rfind(|(name, _)| name == provider);
        if let Some((_, why)) = reason.filter(|_| passed.iter().all(|one| one.provider != *provider)) {
            passed.push(PassedOver { provider: provider.clone(), why: why.clone() });
        }
    }
    passed
}

/// The keys of a request to one implementation. It is requested, and its result stored, under the first key. Under the second key
/// there may be a stored result, but nothing is requested.
///
/// A key has all that determines the result: the request, the capability, the provider, and the model. A result that was paid
/// with an owner's own key has that owner in its key: what an account returns depends on its voices and models, and others must
/// not use what it pays for. Its owner still finds shared results, and what they paid for before their key was removed.
fn keys_to<C, I>(key: &str, router: &Router<C, I>, implementation: &I, owner: &OwnerId) -> [String; 2]
where
    C: Capability,
    I: Does<C> + ?Sized,
{
    let (provider, made_with) = (&implementation.profile().provider, implementation.made_with());
    let of = |owner: Option<&str>| {
        let of = json!([C::NAME, made_with, owner]).to_string();
        format!("{key}/{provider}/{}", BlobHash::of(of.as_bytes()))
    };
    let (everybodys, own) = (of(None), of(Some(owner.as_str())));
    if router.is_own(provider) { [own, everybodys] } else { [everybodys, own] }
}

/// Whether a call's key is of the request with the hash `key`.
fn is_of(call: &str, key: &str) -> bool {
    call.strip_prefix(key).is_some_and(|rest| rest.starts_with('/'))
}

/// The keys under which the result of a request may be when [`ask`] returns it.
pub(crate) async fn keys_of<C, I>(run: &Run, key: &str, router: &Router<C, I>) -> Result<Vec<String>, JobError>
where
    C: Capability,
    I: Does<C> + ?Sized,
{
    let mut keys = Vec::<String>::new();
    for implementation in router.implementations() {
        keys.extend(keys_to(key, router, &**implementation, run.owner()));
    }
    keys.extend(run.awaited_key().await?.filter(|awaited| is_of(awaited, key)));
    let open = run.read(async |tx| calls::open_elsewhere(tx, run.owner(), key, &keys).await).await?;
    keys.extend(open.map(|(_, open)| open.key));
    Ok(keys)
}

/// The provider of a request's open call, if there is one.
pub(crate) async fn provider_at_work<C, I>(
    run: &Run,
    key: &str,
    router: &Router<C, I>,
) -> Result<Option<String>, JobError>
where
    C: Capability,
    I: Does<C> + ?Sized,
{
    for implementation in router.implementations() {
        let [key, _] = keys_to(key, router, &**implementation, run.owner());
        if run.read(async |tx| calls::open_of_key(tx, &key).await).await?.is_some() {
            return Ok(Some(implementation.profile().provider.clone()));
        }
    }
    let open = run.read(async |tx| calls::open_elsewhere(tx, run.owner(), key, &[]).await).await?;
    Ok(open.map(|(provider, _)| provider))
}

/// What [`ask`] would do for a request now.
pub(crate) enum Asking {
    /// Its result is stored, or a call for it is open: it costs nothing more.
    Free,
    /// A call. What is stored under these keys, if anything, cannot be read any more.
    Call {
        /// Keys of stored results.
        unreadable: Vec<String>,
    },
}

/// What [`ask`] does for a request whose result is a `T`.
pub(crate) async fn asking<C, I, T>(run: &Run, key: &str, router: &Router<C, I>) -> Result<Asking, JobError>
where
    C: Capability,
    I: Does<C> + ?Sized,
    T: DeserializeOwned,
{
    let mut unreadable = Vec::<String>::new();
    for implementation in router.implementations() {
        let (keys, provider) =
            (keys_to(key, router, &**implementation, run.owner()), implementation.profile().provider.clone());
        let Some(begun) = run.read(async |tx| state_of(tx, &keys, &provider).await).await?.0 else { continue };
        let is_open = run.read(async |tx| calls::open_of_key(tx, &begun).await).await?.is_some();
        if is_open || is_readable::<T>(run, &begun).await? {
            return Ok(Asking::Free);
        }
        let [first, _] = keys;
        let is_asked_next = begun == first;
        unreadable.push(begun);
        if is_asked_next {
            return Ok(Asking::Call { unreadable });
        }
    }
    if let Some(awaited) = run.awaited_key().await?.filter(|awaited| is_of(awaited, key)) {
        if is_readable::<T>(run, &awaited).await? {
            return Ok(Asking::Free);
        }
        unreadable.push(awaited);
    }
    let is_open = run.read(async |tx| calls::open_elsewhere(tx, run.owner(), key, &[]).await).await?.is_some();
    Ok(if is_open { Asking::Free } else { Asking::Call { unreadable } })
}

/// Whether [`ask`] has only to wait for a request: its result, a `T`, is stored, or a provider has accepted it. Otherwise it may
/// have to be sent, with all that it names.
pub(crate) async fn is_sent<C, I, T>(run: &Run, key: &str, router: &Router<C, I>) -> Result<bool, JobError>
where
    C: Capability,
    I: Does<C> + ?Sized,
    T: DeserializeOwned,
{
    for key in keys_of(run, key, router).await? {
        if let Some(open) = run.read(async |tx| calls::open_of_key(tx, &key).await).await? {
            return Ok(open.provider_id.is_some());
        }
        if is_readable::<T>(run, &key).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether there is a result under a key that this version can decode.
async fn is_readable<T: DeserializeOwned>(run: &Run, key: &str) -> Result<bool, JobError> {
    let stored = run.read(async |tx| results::find(tx, key).await).await?;
    Ok(stored.is_some_and(|value| serde_json::from_value::<Made<T>>(value).is_ok()))
}

/// Under which of an implementation's keys there is a result or an open call, and whether the circuit of its provider is open.
async fn state_of(
    tx: &mut sluice_store::Tx,
    keys: &[String; 2],
    provider: &str,
) -> Result<(Option<String>, bool), StoreError> {
    let [asked, other] = keys;
    let begun = if results::find(tx, asked).await?.is_some() || calls::open_of_key(tx, asked).await?.is_some() {
        Some(asked)
    } else if results::find(tx, other).await?.is_some() {
        Some(other)
    } else {
        None
    };
    let now = tx.now().await?;
    let health = providers::health(tx, provider).await?;
    let rests =
        |health: &providers::Health| health.circuit == Circuit::Open && health.until.is_none_or(|until| until > now);
    Ok((begun.cloned(), health.as_ref().is_some_and(rests)))
}

/// Whether a call may still be paid after this error, since it is open or its outcome is unknown: no other implementation is
/// tried.
pub(crate) fn may_be_paid(error: &JobError) -> bool {
    error.is_waiting() || ["call_unknown", "call_lost", "call_expired", "call_timed_out"].contains(&error.code.as_str())
}

/// The code of a call whose answer was lost and is charged, as its provider says.
pub(crate) const CHARGED: &str = "answer_lost";

/// Whether the answer of a call was lost: it is unknown whether the call is charged, or its provider says that it is. No other
/// provider is paid for the same request; a user who still wants the result retries the job.
pub(crate) fn is_lost(error: &JobError) -> bool {
    error.is_untold() || is_charged(error)
}

/// Whether a provider says that a lost answer is charged.
pub(crate) fn is_charged(error: &JobError) -> bool {
    error.code == CHARGED
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
