//! Removes what a deleted account owned: its jobs stop, then its rows go. A tombstone of the account stays.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::{StoreError, Tx, accounts, controls, documents, jobs, keeping, provider_keys, uploads, webhooks};

use super::{BatchSize, Context, POOL};

/// Removes what deleted accounts owned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looks at every deleted account of which something is left.
    Leave,
}

impl Job for Leave {
    const KIND: &'static str = "maintenance.leave";
    type Stage = Stage;
    type Context = Context;

    fn first_stage() -> Stage {
        Stage::Leave
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::Leave: Stage, run: &Run, context: &Context) -> Result<Next<Stage>, JobError> {
        let left = leave(context, || run.cancelled().is_cancelled()).await?;
        Ok(Next::Done(json!({ "accounts": left })))
    }
}

/// Removes what deleted accounts owned; returns of how many accounts nothing is left now. One whose jobs have not stopped
/// yet is finished by a later run.
pub async fn leave(context: &Context, stop: impl Fn() -> bool) -> Result<u64, StoreError> {
    let mut batches = BatchSize::default();
    let mut done = 0;
    for owner in context.platform.store.read(async |tx| accounts::leaving(tx).await).await? {
        if stop() {
            break;
        }
        cancel_jobs(context, &owner, &mut batches).await?;
        let working = context.platform.store.read(async |tx| jobs::unfinished_of(tx, &owner, 1).await).await?;
        if !working.is_empty() {
            continue;
        }
        remove(context, &owner, &mut batches).await?;
        let finish = async |tx: &mut Tx, _| {
            controls::resume(tx, "owner", owner.as_str()).await?;
            accounts::left(tx, &owner).await
        };
        batches.batch(context, finish).await?;
        done += 1;
        tracing::info!(%owner, "everything that a deleted account owned was removed");
    }
    Ok(done)
}

/// Requests the cancellation of every job; those that run end at their next safe point.
async fn cancel_jobs(context: &Context, owner: &OwnerId, batches: &mut BatchSize) -> Result<(), StoreError> {
    loop {
        let cancelled = batches.batch(context, async |tx, limit| jobs::cancel_of(tx, owner, limit).await).await?;
        if cancelled == 0 {
            return Ok(());
        }
    }
}

async fn remove(context: &Context, owner: &OwnerId, batches: &mut BatchSize) -> Result<(), StoreError> {
    for module in context.modules.iter() {
        while batches.batch(context, async |tx, limit| module.leave(tx, owner, limit).await).await? > 0 {}
    }
    while batches.batch(context, async |tx, limit| webhooks::leave(tx, owner, limit).await).await? > 0 {}
    while batches.batch(context, async |tx, limit| keeping::leave(tx, owner, limit).await).await? > 0 {}
    while batches.batch(context, async |tx, limit| provider_keys::leave(tx, owner, limit).await).await? > 0 {}
    // One that is arriving in this moment can become no document any more.
    batches.batch(context, async |tx, _| uploads::end_all(tx, owner).await).await?;
    let of_owner = async |tx: &mut Tx, limit| {
        let documents = documents::of_owner(tx, owner, limit).await?;
        documents::forget(tx, &documents).await
    };
    while batches.batch(context, of_owner).await? > 0 {}
    Ok(())
}
