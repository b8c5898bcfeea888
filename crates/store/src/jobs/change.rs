//! The events about changes of jobs.

use serde::Serialize;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;

use crate::jobs::row::JobRow;
use crate::jobs::steps::StepChange;
use crate::{StoreError, Tx, events};

/// A change of a job, as it is logged.
pub(crate) struct Change<'a> {
    pub(crate) id: &'a JobId,
    pub(crate) owner: &'a OwnerId,
    pub(crate) kind: &'a str,
    pub(crate) state: JobState,
    pub(crate) stage: &'a str,
    pub(crate) attempt: u32,
    pub(crate) subject: &'a str,
    pub(crate) parent: Option<&'a JobId>,
    pub(crate) error: Option<&'a str>,
    pub(crate) steps: Option<&'a [StepChange]>,
}

/// The fields of an event's data, in alphabetical order.
#[derive(Serialize)]
struct Data<'a> {
    attempt: u32,
    error: Option<&'a str>,
    kind: &'a str,
    parent: Option<&'a str>,
    stage: &'a str,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<&'a [StepChange]>,
    subject: &'a str,
}

/// What the entries of a run of changes have in common, if none of them reports steps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Common {
    kind: String,
    state: JobState,
    stage: String,
    attempt: u32,
    subject: String,
    parent: Option<JobId>,
    error: Option<String>,
}

impl Common {
    fn of(change: &Change<'_>) -> Option<Self> {
        change.steps.is_none().then(|| Self {
            kind: change.kind.to_owned(),
            state: change.state,
            stage: change.stage.to_owned(),
            attempt: change.attempt,
            subject: change.subject.to_owned(),
            parent: change.parent.cloned(),
            error: change.error.map(str::to_owned),
        })
    }

    fn is_of(&self, change: &Change<'_>) -> bool {
        change.steps.is_none()
            && self.state == change.state
            && self.attempt == change.attempt
            && self.kind == change.kind
            && self.stage == change.stage
            && self.subject == change.subject
            && self.parent.as_ref() == change.parent
            && self.error.as_deref() == change.error
    }
}

/// Logs a change. One that is like the last, of another job, costs its id: the jobs of a batch are mostly alike.
pub(crate) fn emit_change(tx: &mut Tx, change: &Change<'_>) -> Result<(), StoreError> {
    if let Some(entries) = tx.pending.events.get_mut(change.owner)
        && entries.last.as_ref().is_some_and(|last| last.is_of(change))
    {
        entries.repeat(change.id.as_str());
        return Ok(());
    }
    let data = Data {
        attempt: change.attempt,
        error: change.error,
        kind: change.kind,
        parent: change.parent.map(JobId::as_str),
        stage: change.stage,
        state: change.state.as_str(),
        steps: change.steps,
        subject: change.subject,
    };
    events::emit(tx, change.owner, "job.changed", change.id.as_str(), &data)?;
    if let Some(entries) = tx.pending.events.get_mut(change.owner) {
        entries.last = Common::of(change);
    }
    Ok(())
}

/// Logs that a job changed.
pub(crate) fn changed(tx: &mut Tx, row: &JobRow) -> Result<(), StoreError> {
    changed_with(tx, row, None)
}

pub(crate) fn changed_with(tx: &mut Tx, row: &JobRow, steps: Option<&[StepChange]>) -> Result<(), StoreError> {
    let change = Change {
        id: &row.id,
        owner: &row.owner,
        kind: &row.kind,
        state: row.state,
        stage: &row.stage,
        attempt: row.attempt,
        subject: &row.subject,
        parent: row.parent.as_ref(),
        error: row.error.as_ref().map(|error| error.code.as_str()),
        steps,
    };
    emit_change(tx, &change)
}
