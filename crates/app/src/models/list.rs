//! What is there of each set in the folder of this process, and what its last job does or found.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sluice_domain::ids::JobId;
use sluice_engine::{Engine, Progress};
use sluice_local::models::{FileState, ModelFile, ModelSet, own_files};
use sluice_store::StoreError;
use sluice_store::jobs::JobRow;
use sluice_store::models::{self, SetRow};

use super::Installation;

/// A file that a job found damaged, and when it had been written: a later one is another file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Damaged {
    pub(super) name: String,
    pub(super) written_at: u64,
}

/// What is there of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetState {
    /// All files.
    Installed,
    /// Some files, or parts of them.
    Partial,
    /// A file has another content than it should.
    Damaged,
    /// Nothing that no other set has.
    Missing,
}

/// A file of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileView {
    /// The file.
    pub file: &'static ModelFile,
    /// What is there of it.
    pub state: FileState,
}

/// The last job of a set, while its row is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkView {
    /// What it does.
    pub action: String,
    /// The job.
    pub job: JobRow,
    /// How much of it is done, from 0 to 1.
    pub fraction: f64,
}

/// A set.
#[derive(Debug, Clone, PartialEq)]
pub struct SetView {
    /// The set.
    pub set: &'static ModelSet,
    /// What is there of it.
    pub state: SetState,
    /// Its files.
    pub files: Vec<FileView>,
    /// Whether a job can bring what is missing or damaged.
    pub can_be_pulled: bool,
    /// Whether the set has files that no other one has, so that something can be removed.
    pub has_own_files: bool,
    /// The machine where the last job that came to its end had run.
    pub machine: Option<String>,
    /// The last job.
    pub work: Option<WorkView>,
}

/// Every set.
pub async fn list(engine: &Engine, installation: &Installation) -> Result<Vec<SetView>, StoreError> {
    let rows = engine.store().read(async |tx| models::all(tx).await).await?;
    let rows: HashMap<String, SetRow> = rows.into_iter().map(|row| (row.name.clone(), row)).collect();
    let mut views = Vec::with_capacity(installation.sets.len());
    for set in installation.sets {
        let row = rows.get(set.id);
        let work = match row.and_then(|row| row.job.as_ref().zip(row.action.as_ref())) {
            Some((job, action)) => work(engine, job, action).await?,
            None => None,
        };
        views.push(SetView { work, ..view(installation, set, row) });
    }
    Ok(views)
}

async fn work(engine: &Engine, job: &JobId, action: &str) -> Result<Option<WorkView>, StoreError> {
    let found = engine.operator().progress(job).await?;
    Ok(found.map(|Progress { job, fraction, .. }| WorkView { action: action.to_owned(), job, fraction }))
}

fn view(installation: &Installation, set: &'static ModelSet, row: Option<&SetRow>) -> SetView {
    // What cannot be read was written by another version: the next verification writes it again.
    let damaged: Vec<Damaged> = row.and_then(|row| serde_json::from_str(&row.damaged).ok()).unwrap_or_default();
    let machine = row.and_then(|row| row.machine.clone());
    let is_here = machine.as_deref() == Some(&installation.machine);
    let is_damaged = |file: &ModelFile| {
        let written_at = installation.models.written_at(file);
        damaged.iter().any(|found| found.name == file.name && (!is_here || Some(found.written_at) == written_at))
    };
    let file_view = |file| match installation.models.state(file) {
        FileState::Installed if is_damaged(file) => FileView { file, state: FileState::Damaged },
        state => FileView { file, state },
    };
    let files: Vec<FileView> = Installation::files(set).into_iter().map(file_view).collect();
    let lacking = files.iter().filter(|view| view.state != FileState::Installed);
    let can_be_pulled = lacking.into_iter().all(|view| installation.can_bring(view.file));
    let own = own_files(set);
    SetView {
        set,
        state: state(&files, &own),
        files,
        can_be_pulled,
        has_own_files: !own.is_empty(),
        machine,
        work: None,
    }
}

/// The state of a set. Files that other sets have, too, do not make it one that is there in part.
fn state(files: &[FileView], own: &[&'static ModelFile]) -> SetState {
    if files.iter().any(|view| view.state == FileState::Damaged) {
        SetState::Damaged
    } else if files.iter().all(|view| view.state == FileState::Installed) {
        SetState::Installed
    } else if files.iter().any(|view| view.state != FileState::Missing && own.contains(&view.file)) {
        SetState::Partial
    } else {
        SetState::Missing
    }
}
