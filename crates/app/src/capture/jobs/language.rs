//! The job that makes a card again in the language that a person chose. What was sent is extracted again, if it has to be.

use serde::{Deserialize, Serialize};
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::capture::PhraseId;

use super::steps::{Stage, step};
use crate::capture::context::CaptureApp;

/// Makes a card in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RedoInLanguage {
    /// The phrase.
    pub(super) phrase: PhraseId,
}

impl Job for RedoInLanguage {
    const KIND: &'static str = "capture.language";
    type Stage = Stage;
    type Context = CaptureApp;

    fn first_stage() -> Stage {
        Stage::Extract
    }

    async fn run(&self, stage: Stage, run: &Run, app: &CaptureApp) -> Result<Next<Stage>, JobError> {
        step(run, app, &self.phrase, stage).await
    }
}
