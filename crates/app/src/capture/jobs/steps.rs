//! The steps of a whole card, which several kinds of jobs make.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_engine::{Called, JobError, Next, Run};
use sluice_store::capture::{PhraseId, Status};

use crate::asking::goes_on;
use crate::capture::context::CaptureApp;
use crate::capture::current::{self, OnFailure, superseded, told};
use crate::capture::{analyse, extract, speak};

/// The steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// Text is made of what was sent.
    Extract,
    /// The fields are made of the text.
    Analyse,
    /// The sound is made.
    Voice,
}

/// Makes one step of a card.
pub(super) async fn step(
    run: &Run,
    app: &CaptureApp,
    phrase: &PhraseId,
    stage: Stage,
) -> Result<Next<Stage>, JobError> {
    let made = match stage {
        Stage::Extract => extracted(run, app, phrase).await,
        Stage::Analyse => analysed(run, app, phrase).await,
        Stage::Voice => spoken(run, app, phrase).await,
    };
    current::ended(run, phrase, made, OnFailure::Fails).await
}

/// The next stage, or the end of a job that is not the current one any more.
fn next(is_current: bool, stage: Stage) -> Next<Stage> {
    if is_current { Next::Stage(stage) } else { Next::Done(superseded()) }
}

async fn extracted(run: &Run, app: &CaptureApp, phrase: &PhraseId) -> Result<Next<Stage>, JobError> {
    let Some(row) = current::load(run, phrase).await? else { return Ok(Next::Done(superseded())) };
    Ok(match extract::extract(run, app, &row).await? {
        Called::Done(is_current) => next(is_current, Stage::Analyse),
        Called::Pending(pending) => Next::AwaitCall(pending),
    })
}

async fn analysed(run: &Run, app: &CaptureApp, phrase: &PhraseId) -> Result<Next<Stage>, JobError> {
    let Some(row) = current::load(run, phrase).await? else { return Ok(Next::Done(superseded())) };
    Ok(match analyse::all(run, app, &row).await? {
        Called::Done(is_current) => next(is_current, Stage::Voice),
        Called::Pending(pending) => Next::AwaitCall(pending),
    })
}

/// A card without a sound is better than none: the reason why it has none is kept with it.
async fn spoken(run: &Run, app: &CaptureApp, phrase: &PhraseId) -> Result<Next<Stage>, JobError> {
    let Some(row) = current::load(run, phrase).await? else { return Ok(Next::Done(superseded())) };
    let silent = match speak::speak(run, app, &row).await {
        Ok(Called::Done(false)) => return Ok(Next::Done(superseded())),
        Ok(Called::Done(true)) => None,
        Ok(Called::Pending(pending)) => return Ok(Next::AwaitCall(pending)),
        Err(error) if goes_on(run, &error) => return Err(error),
        Err(error) => {
            run.log(format!("it stays without a sound: {error}"));
            Some(sluice_store::jobs::JobError { code: error.code.clone(), message: told(&error) })
        }
    };
    let done = current::change(run, phrase, |row, _| {
        row.stored_status = Status::PendingReview;
        row.error.clone_from(&silent);
        Ok(())
    });
    let done = done.await?;
    Ok(Next::Done(if done { json!({ "has_sound": silent.is_none() }) } else { superseded() }))
}
