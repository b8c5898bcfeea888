//! What requests read of a job, and what `/metrics` reads of the process.

use sluice_domain::ids::{JobId, OwnerId};
use sluice_store::StoreError;
use sluice_store::jobs::{self, LogLine};

use crate::engine::{Engine, JobView};
use crate::tallies::Tallies;

impl Engine {
    /// A job with its steps, if the owner has such a job.
    pub async fn job(&self, owner: &OwnerId, id: &JobId) -> Result<Option<JobView>, StoreError> {
        self.shared
            .store
            .read(async |tx| {
                let Some(job) = jobs::find(tx, owner, id).await? else { return Ok(None) };
                let steps = jobs::steps_of(tx, owner, id).await?;
                Ok(Some(JobView { job, steps }))
            })
            .await
    }

    /// The same with its last `lines` log lines, oldest first, in one unit of work.
    pub async fn job_with_log(
        &self,
        owner: &OwnerId,
        id: &JobId,
        lines: u32,
    ) -> Result<Option<(JobView, Vec<LogLine>)>, StoreError> {
        self.shared
            .store
            .read(async |tx| {
                let Some(job) = jobs::find(tx, owner, id).await? else { return Ok(None) };
                let steps = jobs::steps_of(tx, owner, id).await?;
                let log = jobs::log_of(tx, owner, id, lines).await?;
                Ok(Some((JobView { job, steps }, log)))
            })
            .await
    }

    /// A job's last `limit` log lines, oldest first.
    pub async fn log(&self, owner: &OwnerId, id: &JobId, limit: u32) -> Result<Vec<LogLine>, StoreError> {
        self.shared.store.read(async |tx| jobs::log_of(tx, owner, id, limit).await).await
    }

    /// What this process counted since its start.
    pub fn tallies(&self) -> Tallies {
        self.shared.tally.all()
    }
}
