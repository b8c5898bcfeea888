//! The job that makes one field of a card, and changes no other.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_engine::{Called, Job, JobError, Next, Run};
use sluice_store::capture::PhraseId;

use crate::capture::analyse;
use crate::capture::card::Made;
use crate::capture::context::CaptureApp;
use crate::capture::current::{self, OnFailure, superseded};

/// Makes one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MakeField {
    /// The phrase.
    pub(super) phrase: PhraseId,
    /// The field.
    pub(super) field: Made,
}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// The field is made of the text.
    Analyse,
}

impl Job for MakeField {
    const KIND: &'static str = "capture.field";
    type Stage = Stage;
    type Context = CaptureApp;

    fn first_stage() -> Stage {
        Stage::Analyse
    }

    async fn run(&self, Stage::Analyse: Stage, run: &Run, app: &CaptureApp) -> Result<Next<Stage>, JobError> {
        let made = self.make(run, app).await;
        current::ended(run, &self.phrase, made, OnFailure::Stays).await
    }
}

impl MakeField {
    async fn make(&self, run: &Run, app: &CaptureApp) -> Result<Next<Stage>, JobError> {
        let Some(row) = current::load(run, &self.phrase).await? else { return Ok(Next::Done(superseded())) };
        Ok(match analyse::one(run, app, &row, self.field).await? {
            Called::Done(true) => Next::Done(json!({ "field": self.field })),
            Called::Done(false) => Next::Done(superseded()),
            Called::Pending(pending) => Next::AwaitCall(pending),
        })
    }
}
