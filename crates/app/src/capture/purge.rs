//! The scheduled job that removes for good what was deleted, and what could be undone, once nobody undoes it any more.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_engine::{Engine, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::schedules::CatchUp;
use sluice_store::{StoreError, Tx, capture};

use crate::maintenance::POOL;

/// A deletion, and every other action, can be undone for so long.
pub(super) const UNDONE_WITHIN: Duration = Duration::from_hours(24);
/// Phrases that are removed together.
const AT_ONCE: u32 = 100;

/// Removes what was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PurgePhrases {}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// Removes it in batches.
    Purge,
}

impl Job for PurgePhrases {
    const KIND: &'static str = "capture.purge";
    type Stage = Stage;
    type Context = ();

    fn first_stage() -> Stage {
        Stage::Purge
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::Purge: Stage, run: &Run, (): &()) -> Result<Next<Stage>, JobError> {
        let mut removed = 0;
        while !run.cancelled().is_cancelled() {
            let batch = run
                .write(async |tx: &mut Tx| {
                    let before = tx.now().await? - UNDONE_WITHIN;
                    let mut gone = capture::actions_before(tx, before, AT_ONCE).await?;
                    for (owner, id) in capture::deleted(tx, before, AT_ONCE).await? {
                        gone += capture::forget(tx, &owner, &[id]).await?;
                    }
                    Ok::<_, StoreError>(gone)
                })
                .await?;
            removed += batch;
            if batch == 0 {
                break;
            }
        }
        Ok(Next::Done(json!({ "removed": removed })))
    }
}

/// Sets its schedule: once an hour.
pub(super) async fn schedule(engine: &Engine) -> Result<(), StoreError> {
    let options = EnqueueOptions::of(&OwnerId::system());
    engine
        .store()
        .write(async |tx| {
            let (job, options) = (PurgePhrases::default(), options.clone());
            engine.schedule(tx, PurgePhrases::KIND, "41 * * * *", &job, options, CatchUp::Latest).await
        })
        .await
        .map(drop)
}
