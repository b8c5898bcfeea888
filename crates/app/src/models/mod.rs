//! The model files of the built-in engines, as an administrator manages them: which sets there are, and the jobs that pull,
//! verify and remove them.
//!
//! The files are in a folder of each machine, and a job changes that of the worker that runs it. What is listed is the folder
//! of the process that is asked. Engines look into the folder for each request, so that nothing is restarted.

mod job;
mod list;

use serde::{Deserialize, Serialize};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_engine::{Builder, Engine, EnqueueOptions};
use sluice_local::models::{Mirror, ModelFile, ModelSet, Models, Source, files};
use sluice_store::jobs::operator;
use sluice_store::{StoreError, Tx, models};

pub use job::Manage;
pub use list::{FileView, SetState, SetView, WorkView, list};

use crate::platform::Platform;

/// The pool of the jobs, apart from all others: a download may take an hour. One at a time, because one at a time may change
/// the folder.
pub const POOL: &str = "models";

/// The models of a machine.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Their folder.
    pub models: Models,
    /// The sets that there are.
    pub sets: &'static [ModelSet],
    /// Where files are taken from instead of from their publishers.
    pub mirror: Option<Mirror>,
    /// The name of the machine.
    pub machine: String,
}

impl Installation {
    /// The set with this name.
    pub fn set(&self, name: &str) -> Option<&'static ModelSet> {
        self.sets.iter().find(|set| set.id == name)
    }

    /// Whether a job can bring a file: by the mirror, or from its publisher.
    fn can_bring(&self, file: &ModelFile) -> bool {
        match &self.mirror {
            Some(Mirror::Folder(_)) => true,
            // What is built on a machine has no hash by which it could be trusted.
            Some(Mirror::Address(_)) => file.bytes().is_some(),
            None => matches!(file.source, Source::Url(_)),
        }
    }

    fn files(set: &'static ModelSet) -> Vec<&'static ModelFile> {
        files(&[set])
    }
}

/// What is done with a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Downloads what is missing or damaged.
    Pull,
    /// Compares the hash of every file.
    Verify,
    /// Deletes the files that no other set has.
    Remove,
}

impl Action {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Verify => "verify",
            Self::Remove => "remove",
        }
    }
}

/// What the jobs need.
#[derive(Clone)]
pub struct Context {
    /// Rows.
    pub platform: Platform,
    /// The models of this machine.
    pub installation: Installation,
}

/// Registers the jobs.
pub(crate) fn register(engine: Builder, context: &Context) -> Builder {
    engine.pool(POOL, 1).register::<Manage>(context.clone())
}

/// Why nothing was begun.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// There is no such set.
    #[error("there is no set of models of that name")]
    UnknownSet,
    /// Something else is being done with the set.
    #[error("a job that is to {action} these models has not ended: wait for it, or cancel it")]
    Busy {
        /// What it does.
        action: String,
        /// The job.
        job: JobId,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Begins a job in the name of an administrator, or finds the one that does the same already.
pub async fn begin(
    engine: &Engine,
    installation: &Installation,
    owner: &OwnerId,
    set: &str,
    action: Action,
) -> Result<JobId, BeginError> {
    let set = installation.set(set).ok_or(BeginError::UnknownSet)?;
    let work = async |tx: &mut Tx| {
        let row = models::locked(tx, set.id).await?;
        if let (Some(job), Some(present)) = (row.job, row.action)
            && operator::find(tx, &job).await?.is_some_and(|found| !found.state.is_final())
        {
            return if present == action.as_str() { Ok(job) } else { Err(BeginError::Busy { action: present, job }) };
        }
        // Without a subject: it is no work of a person's own, and does not count as one of the jobs at once.
        let job = Manage { set: set.id.to_owned(), action };
        let id = engine.enqueue(tx, &job, EnqueueOptions::of(owner)).await?;
        models::begin(tx, set.id, action.as_str(), &id).await?;
        Ok(id)
    };
    engine.store().write(work).await
}
