//! A provider whose answer was lost, so that nobody can tell what became of it, or it is charged. As it may have been paid, no other
//! one is: what this machine can do itself, it does, and the card goes on.

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{Capability, Does, Router, Transcribe, TranscribeRequest, Transcribing, Transcript, Wish};
use sluice_engine::{Called, JobError, Run};
use sluice_store::capture::PhraseRow;

use crate::capture::card;
use crate::routing::{self, Made, PassedOver, Unchanged};

/// Those that are passed over, if this error of a request with the hash `key` says that an answer was lost.
pub(super) async fn by<C, I>(
    run: &Run,
    row: &PhraseRow,
    key: &str,
    router: &Router<C, I>,
    error: Option<&JobError>,
) -> Result<Option<Vec<PassedOver>>, JobError>
where
    C: Capability,
    I: Does<C> + ?Sized,
{
    let Some(error) = error.filter(|error| routing::is_lost(error)) else { return Ok(None) };
    let why = if routing::is_charged(error) {
        "its answer was lost and is charged: it was not asked again"
    } else {
        "its answer was lost, and may have been paid: it was not asked again"
    };
    let (provider, why) = (provider_of(run, key, router, error).await?, why.to_owned());
    // Those before it failed in an earlier attempt.
    let before = card::fields(row)?.passed_over.into_iter().filter(|one| one.provider != provider);
    Ok(Some(before.chain([PassedOver { provider: provider.clone(), why }]).collect()))
}

/// The provider whose answer was lost, by the error of a request with the hash `key`.
pub(in crate::capture) async fn provider_of<C, I>(
    run: &Run,
    key: &str,
    router: &Router<C, I>,
    error: &JobError,
) -> Result<String, JobError>
where
    C: Capability,
    I: Does<C> + ?Sized,
{
    let provider = if routing::is_charged(error) {
        named_by(router, error)
    } else {
        routing::provider_at_work(run, key, router).await?
    };
    Ok(provider.unwrap_or_default())
}

/// The provider that an error is of, which it names. Its call has ended.
fn named_by<C, I>(router: &Router<C, I>, error: &JobError) -> Option<String>
where
    C: Capability,
    I: Does<C> + ?Sized,
{
    let is_named =
        |name: &&String| error.message.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(": "));
    router.implementations().map(|one| &one.profile().provider).find(is_named).cloned()
}

/// What this machine hears in its place. As long as the call is open it stands in the way of its key: this is another one.
pub(super) async fn hear_here(
    run: &Run,
    (key, wish): (&str, &Wish),
    router: &Router<Transcribing, dyn Transcribe>,
    request: &TranscribeRequest,
    error: JobError,
) -> Result<Called<Made<Transcript>>, JobError> {
    let profiles = router.implementations().map(|one| one.profile());
    let remote: Vec<String> = profiles.filter(|one| !one.is_local).map(|one| one.provider.clone()).collect();
    let here = router.without(&remote);
    if here.implementations().next().is_none() {
        return Err(JobError::fail(error.code, error.message));
    }
    run.log(format!("This machine hears the sound: {error}"));
    let key = BlobHash::of(json!(["here", key]).to_string().as_bytes()).to_string();
    routing::ask(run, &key, &here, request, wish, Unchanged).await
}
