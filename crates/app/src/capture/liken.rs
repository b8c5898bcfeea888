//! The job that gives phrases from before there was one their likeness, and lets them be found without accents.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_engine::{Engine, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::{StoreError, Tx, capture};

use super::text::{folded, likeness};
use crate::maintenance::POOL;

/// Phrases that are written together.
const AT_ONCE: u32 = 200;
/// A job that nobody has come to runs no more: the next start asks again.
const WITHIN: Duration = Duration::from_hours(24);

/// Gives phrases their likeness.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LikenPhrases {}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// Writes them in batches.
    Liken,
}

impl Job for LikenPhrases {
    const KIND: &'static str = "capture.liken";
    type Stage = Stage;
    type Context = ();

    fn first_stage() -> Stage {
        Stage::Liken
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::Liken: Stage, run: &Run, (): &()) -> Result<Next<Stage>, JobError> {
        let (mut after, mut written) = (String::new(), 0);
        while !run.cancelled().is_cancelled() {
            let rows = run.read(async |tx: &mut Tx| capture::without_likeness(tx, &after, AT_ONCE).await).await?;
            let Some(last) = rows.last() else { break };
            after = last.id.to_string();
            run.write(async |tx: &mut Tx| {
                for row in &rows {
                    capture::set_likeness(tx, row, &likeness(&row.text), &folded(&row.search)).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
            written += rows.len();
        }
        Ok(Next::Done(json!({ "written": written })))
    }
}

/// Enqueues the job if there is something to do. Two processes may do so at once: what one has written the other passes over.
pub(super) async fn begin(engine: &Engine) -> Result<(), StoreError> {
    let rows = engine.store().read(async |tx| capture::without_likeness(tx, "", 1).await).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let options = EnqueueOptions { ttl: Some(WITHIN), ..EnqueueOptions::of(&OwnerId::system()) };
    engine.submit(&LikenPhrases::default(), options).await.map(drop)
}
