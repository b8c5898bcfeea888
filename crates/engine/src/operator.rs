//! Operations over all owners, for operators.

use std::sync::Arc;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_store::jobs::operator as jobs;
use sluice_store::jobs::{self as of_owner, Filter, JobRow, LogLine, Redrive, Why};
use sluice_store::{StoreError, Tx};

use crate::engine::Shared;
use crate::progress::{self, Progress};

/// The engine's interface for operators: every job of every owner. Never for requests.
#[derive(Clone)]
pub struct Operator {
    pub(crate) shared: Arc<Shared>,
}

impl Operator {
    /// The latest jobs that match a filter, newest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<JobRow>, StoreError> {
        self.shared.store.read(async |tx| jobs::list(tx, filter).await).await
    }

    /// One job, if there is such a job.
    pub async fn job(&self, id: &JobId) -> Result<Option<JobRow>, StoreError> {
        self.shared.store.read(async |tx| jobs::find(tx, id).await).await
    }

    /// The progress of a job and its child jobs, if there is such a job.
    pub async fn progress(&self, id: &JobId) -> Result<Option<Progress>, StoreError> {
        let read = async |tx: &mut Tx| match jobs::find(tx, id).await? {
            Some(job) => progress::tree(tx, &self.shared.registry, job).await.map(Some),
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

    /// Why a job is in its state; see [`crate::Engine::why`].
    pub async fn why(&self, id: &JobId) -> Result<Why, StoreError> {
        self.shared.store.read(async |tx| jobs::why(tx, id).await).await
    }

    /// Cancels a job and its child jobs; see [`of_owner::cancel`].
    pub async fn cancel(&self, id: &JobId) -> Result<usize, StoreError> {
        self.shared.store.write(async |tx| jobs::cancel(tx, id).await).await
    }

    /// Retries a job that died, was cancelled or expired; see [`of_owner::retry`].
    pub async fn retry(&self, id: &JobId) -> Result<usize, StoreError> {
        self.shared.store.write(async |tx| jobs::retry(tx, id).await).await
    }

    /// Retries dead jobs, of one owner or of all, oldest first; returns how many.
    pub async fn redrive(&self, owner: Option<&OwnerId>, filter: &Redrive) -> Result<usize, StoreError> {
        self.shared.store.write(async |tx| jobs::redrive(tx, owner, filter).await).await
    }
}
