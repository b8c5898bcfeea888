//! The job that makes a card once more after it failed. What was extracted is not extracted again.

use serde::{Deserialize, Serialize};
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::capture::PhraseId;

use super::steps::{Stage, step};
use crate::capture::context::CaptureApp;

/// Makes a card that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RetryCard {
    /// The phrase.
    pub(super) phrase: PhraseId,
}

impl Job for RetryCard {
    const KIND: &'static str = "capture.retry";
    type Stage = Stage;
    type Context = CaptureApp;

    fn first_stage() -> Stage {
        Stage::Extract
    }

    async fn run(&self, stage: Stage, run: &Run, app: &CaptureApp) -> Result<Next<Stage>, JobError> {
        step(run, app, &self.phrase, stage).await
    }
}
