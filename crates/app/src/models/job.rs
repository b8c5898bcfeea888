//! The job that changes the models folder of the machine where it runs. What it downloaded before an interruption is kept in
//! the folder, so that the next attempt continues there.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::job::RetryRule;
use sluice_engine::{Job, JobError, Next, Run};
use sluice_local::models::{FileState, ModelError, ModelFile, ModelSet};
use sluice_store::models;

use super::list::Damaged;
use super::{Action, Context, Installation, POOL};

/// How long to wait until whoever changes the folder has ended.
const BUSY: Duration = Duration::from_secs(10);

/// Does something with a set of models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manage {
    /// The set's name.
    pub set: String,
    /// What is done.
    pub action: Action,
}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// All of it.
    Work,
}

impl Job for Manage {
    const KIND: &'static str = "models.manage";
    type Stage = Stage;
    type Context = Context;

    fn first_stage() -> Stage {
        Stage::Work
    }

    /// A network may be away for some minutes: what was received is kept.
    fn retry_rule() -> RetryRule {
        RetryRule { attempts: 8, first: Duration::from_secs(5), longest: Duration::from_mins(5) }
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::Work: Stage, run: &Run, context: &Context) -> Result<Next<Stage>, JobError> {
        let installation = &context.installation;
        let set = installation.set(&self.set).ok_or_else(|| {
            let text = format!(
                "{} does not know the models {}: its Sluice is older, or its configuration does not name them",
                installation.machine, self.set
            );
            JobError::fail("unknown_models", text)
        })?;
        let work = async {
            match self.action {
                Action::Pull => pull(run, installation, set).await,
                Action::Verify => verify(run, installation, set).await,
                Action::Remove => remove(installation, set).await,
            }
        };
        // The file that is being received stays, to be continued.
        let damaged = tokio::select! {
            done = work => done.map_err(failed)?,
            () = run.cancelled().cancelled() => return Err(JobError::retry("stopped", "the job was stopped")),
        };
        let found = serde_json::to_string(&damaged).map_err(|error| JobError::fail("bad_result", error.to_string()))?;
        let machine = installation.machine.as_str();
        run.write(async |tx| models::end(tx, set.id, run.job_id(), machine, &found).await).await?;
        let names: Vec<&str> = damaged.iter().map(|file| file.name.as_str()).collect();
        Ok(Next::Done(json!({ "machine": machine, "damaged": names })))
    }
}

/// Pulls what is missing or damaged; afterwards nothing is damaged.
async fn pull(run: &Run, installation: &Installation, set: &'static ModelSet) -> Result<Vec<Damaged>, ModelError> {
    let files = Installation::files(set);
    let total: u64 = files.iter().filter_map(|file| file.bytes()).sum();
    let there = |file: &ModelFile| match installation.models.state(file) {
        FileState::Installed => file.bytes().unwrap_or_default(),
        FileState::Partial { received } => received,
        FileState::Damaged | FileState::Missing => 0,
    };
    let mut received: BTreeMap<&str, u64> = files.iter().map(|file| (file.name, there(file))).collect();
    run.progress(Action::Pull.as_str(), share(received.values().sum(), total));
    let (sets, from) = ([set], installation.mirror.as_ref());
    let pulled = installation.models.pull(&sets, from, |progress| {
        received.insert(progress.name, progress.received);
        run.progress(Action::Pull.as_str(), share(received.values().sum(), total));
    });
    for file in pulled.await? {
        run.log(format!("installed: {}", file.name));
    }
    Ok(Vec::new())
}

async fn verify(run: &Run, installation: &Installation, set: &'static ModelSet) -> Result<Vec<Damaged>, ModelError> {
    let files = Installation::files(set);
    let total: u64 = files.iter().filter_map(|file| file.bytes()).sum();
    let (mut compared, mut damaged) = (0, Vec::new());
    for file in files {
        if installation.models.is_damaged(file).await? {
            run.log(format!("damaged, or of another version: {}", file.name));
            damaged.push(Damaged {
                name: file.name.to_owned(),
                written_at: installation.models.written_at(file).unwrap_or_default(),
            });
        }
        compared += file.bytes().unwrap_or_default();
        run.progress(Action::Verify.as_str(), share(compared, total));
    }
    Ok(damaged)
}

async fn remove(installation: &Installation, set: &'static ModelSet) -> Result<Vec<Damaged>, ModelError> {
    installation.models.remove(set).await?;
    Ok(Vec::new())
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown, not counted")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).min(1.0) }
}

fn failed(error: ModelError) -> JobError {
    let (code, text) = (error.code(), error.to_string());
    let made = match &error {
        ModelError::Busy { .. } => JobError::put_off(BUSY, code, text),
        error if error.is_transient() => JobError::retry(code, text),
        _ => JobError::fail(code, text),
    };
    made.because(error)
}
