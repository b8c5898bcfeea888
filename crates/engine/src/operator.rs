//! What an operator does, over all owners.

use std::sync::Arc;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_store::jobs::operator as jobs;
use sluice_store::jobs::{self as of_owner, Filter, JobRow, LogLine, Redrive, Why};
use sluice_store::{StoreError, Tx};

use crate::engine::Shared;
use crate::progress::{self, Progress};

/// The engine as an operator sees it: every job of every owner. Not for what serves requests.
#[derive(Clone)]
pub struct Operator {
    pub(crate) shared: Arc<Shared>,
}

impl Operator {
    /// The latest jobs that pass a filter, newest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
        self.shared.store.read(async |tx| jobs::list(tx, filter).await).await
    }

    /// One job, if there is such a job.
    pub async fn job(&self, id: &JobId) -> Result<Option<JobRow>, StoreError> {
        self.shared.store.read(async |tx| jobs::find(tx, id).await).await
    }

    /// How far a job and its child jobs have come, if there is such a job.
    pub async fn progress(&self, id: &JobId) -> Result<Option<Progress>, StoreError> {
        let read = async |tx: &mut Tx| match jobs::find(tx, id).await? {
            Some(job) => progress::tree(tx, job).await.map(Some),
            None => Ok(None),
        };
        self.shared.store.read(read).await
    }

    /// The last `limit` log lines of a job, oldest first.
    pub async fn log(&self, id: &JobId, limit: u32) -> Result<Vec<LogLine>, StoreError> {
        let read = async |tx: &mut Tx| match jobs::find(tx, id).await? {
            Some(job) => of_owner::log_of(tx, &job.owner, id, limit).await,
            None => Ok(Vec::new()),
        };
        self.shared.store.read(read).await
    }

    /// Every reason why a job is where it is; see [`crate::Engine::why`].
    pub async fn why(&self, id: &JobId) -> Result<Why, StoreError> {
        self.shared.store.read(async |tx| jobs::why(tx, id).await).await
    }

    /// Stops a job and its child jobs; see [`of_owner::cancel`].
    pub async fn cancel(&self, id: &JobId) -> Result<usize, StoreError> {
        self.shared.store.write(async |tx| jobs::cancel(tx, id).await).await
    }

    /// Runs a job again that gave up, was cancelled or expired; see [`of_owner::retry`].
    pub async fn retry(&self, id: &JobId) -> Result<usize, StoreError> {
        self.shared.store.write(async |tx| jobs::retry(tx, id).await).await
    }

    /// Runs dead jobs again, of one owner or of all, oldest first; says how many.
    pub async fn redrive(&self, owner: Option<&OwnerId>, filter: &Redrive) -> Result<usize, StoreError> {
        self.shared.store.write(async |tx| jobs::redrive(tx, owner, filter).await).await
    }
}
