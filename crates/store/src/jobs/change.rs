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

pub(crate) fn emit_change(tx: &mut Tx, change: &Change<'_>) -> Result<(), StoreError> {
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
    events::emit(tx, change.owner, "job.changed", change.id.as_str(), &data)
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
