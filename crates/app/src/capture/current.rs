//! The guard of every step: a phrase has one current job, and what any other job makes is ignored.

use serde_json::{Value, json};
use sluice_domain::time::Timestamp;
use sluice_engine::{JobError, Next, Run};
use sluice_store::capture::{self, PhraseId, PhraseRow, Status};
use sluice_store::{StoreError, Tx};

use super::notify::changed;
use crate::asking::goes_on;

/// What a job says whose phrase has another job now, or is gone.
pub(super) fn superseded() -> Value {
    json!({ "superseded": true })
}

fn is_of(run: &Run, row: &PhraseRow) -> bool {
    row.deleted_at.is_none() && row.job.as_ref().is_some_and(|job| job.id == *run.job_id())
}

/// The phrase, if this is its current job.
pub(super) async fn load(run: &Run, id: &PhraseId) -> Result<Option<PhraseRow>, JobError> {
    let row = run.read(async |tx: &mut Tx| capture::find(tx, run.owner(), id).await).await?;
    Ok(row.filter(|row| is_of(run, row)))
}

/// Changes the phrase, if this is still its current job; returns whether it is.
pub(super) async fn change(
    run: &Run,
    id: &PhraseId,
    change: impl Fn(&mut PhraseRow, Timestamp) -> Result<(), StoreError> + Sync,
) -> Result<bool, JobError> {
    let owner = run.owner();
    let done = run
        .write(async |tx: &mut Tx| {
            let Some(mut row) = capture::lock(tx, owner, id).await?.filter(|row| is_of(run, row)) else {
                return Ok::<_, StoreError>(false);
            };
            change(&mut row, tx.now().await?)?;
            capture::update(tx, &row).await?;
            changed(tx, owner, id)?;
            Ok(true)
        })
        .await?;
    Ok(done)
}

/// What a failure of a job does to its phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// There is no card.
    Fails,
    /// Its card stays as it was.
    Stays,
}

/// Ends an attempt: the error for which there is no other attempt is written into the phrase.
pub(super) async fn ended<S>(
    run: &Run,
    id: &PhraseId,
    outcome: Result<Next<S>, JobError>,
    on_failure: OnFailure,
) -> Result<Next<S>, JobError> {
    let Err(error) = outcome else { return outcome };
    if goes_on(run, &error) {
        return Err(error);
    }
    let stored = sluice_store::jobs::JobError { code: error.code.clone(), message: told(&error) };
    change(run, id, |row, _| {
        row.error = Some(stored.clone());
        if on_failure == OnFailure::Fails {
            row.stored_status = Status::Failed;
        }
        Ok(())
    })
    .await?;
    Err(error)
}

/// An error with its causes, for people.
pub(super) fn told(error: &JobError) -> String {
    let mut told = error.message.clone();
    let mut cause = std::error::Error::source(error).and_then(std::error::Error::source);
    while let Some(next) = cause {
        told.push_str(": ");
        told.push_str(&next.to_string());
        cause = next.source();
    }
    told
}
