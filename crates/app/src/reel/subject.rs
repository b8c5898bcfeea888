//! The subject of Reel's jobs: a reel with its document, choices and scenes, and the results that it consists of.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_blobs::BlobHash;
use sluice_domain::ids::OwnerId;
use sluice_engine::{EnqueueOptions, JobError, Run};
use sluice_store::documents::{self, DocumentRow};
use sluice_store::reel::ReelId;
use sluice_store::reel::{self, ReelRow};
use sluice_store::{StoreError, Tx, blobs, events, results};

use super::choices::Choices;
use super::context::ReelApp;
use super::failure::OrRetry as _;
use super::storyboard::{self, Scene};

/// The options with which jobs for an owner's reel are enqueued.
pub(crate) fn options(owner: &OwnerId, reel: &ReelId, idle: Duration) -> EnqueueOptions {
    EnqueueOptions { subject: Some(reel.to_string()), ttl: Some(idle), ..EnqueueOptions::of(owner) }
}

/// The subject of a job, read at the start of each stage.
pub(crate) struct Subject {
    pub(crate) reel: ReelRow,
    pub(crate) document: DocumentRow,
    pub(crate) choices: Choices,
    pub(crate) scenes: Vec<Scene>,
}

/// A job has the rights of its owner: it does not see the reels of other owners.
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

/// The document of a reel, for whoever has access to the reel.
pub(crate) async fn document_of(tx: &mut Tx, reel: &ReelRow) -> Result<DocumentRow, StoreError> {
    let document = documents::document(tx, &reel.owner, &reel.document_id).await?;
    document.ok_or_else(|| StoreError::Unreadable { what: "a reel without its document".to_owned() })
}

/// A stored result that a reel uses. It is made if it does not exist, or if bytes that it references are missing.
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
    // The results have been moved to the media folder.
    app.platform.media.clear_work(&run.lease().name()).await.or_retry()?;
    run.write(async |tx| reel::use_result(tx, &reel.owner, &reel.id, key).await).await?;
    outcome
}

/// Notifies the subscribers of a reel that it changed.
pub(crate) fn notify(tx: &mut Tx, owner: &OwnerId, reel: &ReelId) -> Result<(), StoreError> {
    events::emit(tx, owner, "reel.changed", reel.as_str(), &json!({ "reel_id": reel })).map(drop)
}
