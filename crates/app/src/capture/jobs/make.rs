//! The job that makes the card of a new phrase.

use serde::{Deserialize, Serialize};
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::capture::PhraseId;

use super::steps::{Stage, step};
use crate::capture::context::CaptureApp;

/// Makes a card: extracts the text, analyses it, speaks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MakeCard {
    /// The phrase.
    pub(super) phrase: PhraseId,
}

impl Job for MakeCard {
    const KIND: &'static str = "capture.make";
    type Stage = Stage;
    type Context = CaptureApp;

    fn first_stage() -> Stage {
        Stage::Extract
    }

    async fn run(&self, stage: Stage, run: &Run, app: &CaptureApp) -> Result<Next<Stage>, JobError> {
        step(run, app, &self.phrase, stage).await
    }
}
