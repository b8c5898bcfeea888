//! A summary that is made again: of the transcript as it is now, with its corrections, and by a model if there is one by now. Nothing
//! is heard for it, so it is there for sessions whose sound was deleted, too.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_engine::{Called, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::scribe::{RecordingId, SUMMARISING};

use super::make;
use crate::scribe::context::ScribeApp;

/// Makes the summary of a session again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummariseSession {
    /// The session.
    pub session: RecordingId,
}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Makes a summary, or an extract.
    Summarise,
}

impl Job for SummariseSession {
    const KIND: &'static str = SUMMARISING;
    type Stage = Stage;
    type Context = ScribeApp;

    fn first_stage() -> Stage {
        Stage::Summarise
    }

    /// Where the first summary was made: for machines with the models that an extract needs.
    fn pool() -> &'static str {
        "speech"
    }

    async fn run(&self, Stage::Summarise: Stage, run: &Run, app: &ScribeApp) -> Result<Next<Stage>, JobError> {
        Ok(match make(run, app, &self.session).await? {
            Called::Pending(pending) => Next::AwaitCall(pending),
            Called::Done(()) => Next::Done(json!({})),
        })
    }
}

/// The job of a session that has a transcript, and how it is enqueued. [`scribe::set_summary_job`] follows.
///
/// [`scribe::set_summary_job`]: sluice_store::scribe::set_summary_job
pub(in crate::scribe) fn job_of(owner: &OwnerId, id: &RecordingId) -> (SummariseSession, EnqueueOptions) {
    let options = EnqueueOptions { subject: Some(id.to_string()), ..EnqueueOptions::of(owner) };
    (SummariseSession { session: id.clone() }, options)
}
