//! The job that makes the sound of a card, and changes nothing else.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_engine::{Called, Job, JobError, Next, Run};
use sluice_store::capture::PhraseId;

use crate::capture::context::CaptureApp;
use crate::capture::current::{self, OnFailure, superseded};
use crate::capture::speak;

/// Makes the sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MakeVoice {
    /// The phrase.
    pub(super) phrase: PhraseId,
}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// The sound is made.
    Voice,
}

impl Job for MakeVoice {
    const KIND: &'static str = "capture.voice";
    type Stage = Stage;
    type Context = CaptureApp;

    fn first_stage() -> Stage {
        Stage::Voice
    }

    async fn run(&self, Stage::Voice: Stage, run: &Run, app: &CaptureApp) -> Result<Next<Stage>, JobError> {
        let made = self.make(run, app).await;
        current::ended(run, &self.phrase, made, OnFailure::Stays).await
    }
}

impl MakeVoice {
    async fn make(&self, run: &Run, app: &CaptureApp) -> Result<Next<Stage>, JobError> {
        let Some(row) = current::load(run, &self.phrase).await? else { return Ok(Next::Done(superseded())) };
        Ok(match speak::speak(run, app, &row).await? {
            Called::Done(true) => Next::Done(json!({ "has_sound": true })),
            Called::Done(false) => Next::Done(superseded()),
            Called::Pending(pending) => Next::AwaitCall(pending),
        })
    }
}
