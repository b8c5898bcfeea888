//! What Reel's jobs work on: a reel with its document, choices and scenes, and the results that it is made of.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_blobs::BlobHash;
use sluice_domain::ids::{OwnerId, ReelId};
use sluice_engine::{EnqueueOptions, JobError, Run};
use sluice_store::documents::{self, DocumentRow};
use sluice_store::reel::{self, ReelRow};
use sluice_store::{StoreError, Tx, blobs, events, results};

use super::choices::Choices;
use super::context::ReelApp;
use super::failure::OrRetry as _;
use super::storyboard::{self, Scene};

/// How jobs about an owner's reel are enqueued.
pub(crate) fn options(owner: &OwnerId, reel: &ReelId, idle: Duration) -> EnqueueOptions {
    EnqueueOptions { subject: Some(reel.to_string()), ttl: Some(idle), ..EnqueueOptions::of(owner) }
}

/// What the job works on, read at the start of each stage.
pub(crate) struct Subject {
    pub(crate) reel: ReelRow,
    pub(crate) document: DocumentRow,
    pub(crate) choices: Choices,
    pub(crate) scenes: Vec<Scene>,
}

/// A job works with its owner's rights: the reel of another owner is not there.
pub(crate) async fn load(run: &Run, app: &ReelApp, id: &ReelId) -> Result<Subject, JobError> {
    let subject = app.platform.store.read(async |tx| load_in(tx, run.owner(), id).await).await?;
    subject.ok_or_else(|| JobError::fail("reel_deleted", "the reel was deleted"))
}

pub(crate) async fn load_in(tx: &mut Tx, owner: &OwnerId, id: &ReelId) -> Result<Option<Subject>, StoreError> {
    let Some(reel) = reel::reel(tx, owner, id).await? else { return Ok(None) };
    let document = document_of(tx, &reel).await?;
    let choices = storyboard::choices(&reel)?;
    let rows = reel::scenes(tx, owner, id).await?;
    let scenes = rows.into_iter().map(|row| Scene::of(row, &choices, &document)).collect::<Result<_, _>>()?;
    Ok(Some(Subject { reel, document, choices, scenes }))
}

/// The reel's document, for those who have the reel.
pub(crate) async fn document_of(tx: &mut Tx, reel: &ReelRow) -> Result<DocumentRow, StoreError> {
    let document = documents::document(tx, &reel.owner, &reel.document_id).await?;
    document.ok_or_else(|| StoreError::Unreadable { what: "a reel without its document".to_owned() })
}

/// A stored result that a reel stands on. It is made when it is not there, or when bytes that it points at are gone.
pub(crate) async fn result_of<F>(
    run: &Run,
    app: &ReelApp,
    reel: &ReelRow,
    key: &str,
    kind: &str,
    make: F,
) -> Result<Value, JobError>
where
    F: AsyncFnOnce() -> Result<Value, JobError>,
{
    let stored = run.read(async |tx| results::find(tx, key).await).await?;
    if let Some(value) = stored {
        let named: Vec<BlobHash> = blobs::named_in(&value).iter().filter_map(|hash| hash.parse().ok()).collect();
        if !app.platform.media.has_all(&named).await.or_retry()? {
            run.forget_result(key).await?;
        }
    }
    let outcome = run.result_or(key, kind, make).await;
    // What is worth keeping was moved to the media folder.
    app.platform.media.clear_work(&run.lease().name()).await.or_retry()?;
    run.write(async |tx| reel::use_result(tx, &reel.owner, &reel.id, key).await).await?;
    outcome
}

/// Tells those who look at a reel that it changed.
pub(crate) fn announce(tx: &mut Tx, owner: &OwnerId, reel: &ReelId) -> Result<(), StoreError> {
    events::emit(tx, owner, "reel.changed", reel.as_str(), &json!({ "reel_id": reel })).map(drop)
}
