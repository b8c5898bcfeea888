//! The job that gives phrases from before there was one their likeness, and lets them be found without accents.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_engine::{Engine, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::capture::{self, Unlike};
use sluice_store::{StoreError, Tx};

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
        let mut written = 0;
        loop {
            let pass = pass(run).await?;
            written += pass.written;
            if !pass.leaves {
                return Ok(Next::Done(json!({ "written": written })));
            }
        }
    }
}

/// What became of all phrases without a likeness.
struct Pass {
    written: usize,
    /// Whether one was changed between being read and being written, so that it is to be read again.
    leaves: bool,
}

/// Goes through all of them once.
async fn pass(run: &Run) -> Result<Pass, JobError> {
    let (mut after, mut done) = (String::new(), Pass { written: 0, leaves: false });
    loop {
        if run.cancelled().is_cancelled() {
            return Err(JobError::retry("stopped", "the job was stopped"));
        }
        let mut rows = run.read(async |tx: &mut Tx| capture::without_likeness(tx, &after, AT_ONCE).await).await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = last.id.to_string();
        rows.retain(has_likeness);
        let written = run
            .write(async |tx: &mut Tx| {
                let mut written = 0;
                for row in &rows {
                    let is_written = capture::set_likeness(tx, row, &likeness(&row.text), &folded(&row.search)).await?;
                    written += usize::from(is_written);
                }
                Ok::<_, StoreError>(written)
            })
            .await?;
        done.written += written;
        done.leaves |= written < rows.len();
    }
}

/// A text of signs alone that nobody sees has none.
fn has_likeness(row: &Unlike) -> bool {
    !likeness(&row.text).is_empty()
}

/// Enqueues the job if there is something to do. Two processes may do so at once: what one has written the other passes over.
pub(super) async fn begin(engine: &Engine) -> Result<(), StoreError> {
    if !is_needed(engine).await? {
        return Ok(());
    }
    let options = EnqueueOptions { ttl: Some(WITHIN), ..EnqueueOptions::of(&OwnerId::system()) };
    engine.submit(&LikenPhrases::default(), options).await.map(drop)
}

async fn is_needed(engine: &Engine) -> Result<bool, StoreError> {
    let mut after = String::new();
    loop {
        let rows =
            engine.store().read(async |tx: &mut Tx| capture::without_likeness(tx, &after, AT_ONCE).await).await?;
        let Some(last) = rows.last() else { return Ok(false) };
        if rows.iter().any(has_likeness) {
            return Ok(true);
        }
        after = last.id.to_string();
    }
}
