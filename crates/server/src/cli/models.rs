//! `sluice models`: the files that the built-in engines need, in sets by what they serve.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sluice_local::models::{Mirror, ModelError, ModelFile, ModelSet, Models, Source, files, pull_command};

use super::failure::USAGE;
use super::{Failure, say};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Lists the sets with their files, which of them are installed, and their licences.
    List {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Downloads missing and damaged files from their publishers, or copies them from a folder, and verifies them.
    /// Interrupted, the same command continues where it was.
    #[command(alias = "fetch")]
    Pull {
        /// The sets; all that are not optional, if none is named.
        #[arg(value_name = "SET")]
        sets: Vec<String>,
        /// Takes the files from this folder instead, for a machine without a network, or from this address, where they are
        /// under their names [default: that of --models-mirror].
        #[arg(long, value_name = "FOLDER|URL")]
        from: Option<Mirror>,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Compares the hash of every installed file.
    Verify {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Deletes the files of a set that no other one has.
    Remove {
        /// The set.
        #[arg(value_name = "SET")]
        set: String,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct FileView {
    name: &'static str,
    /// Its length; none for one that is built on this machine.
    bytes: Option<u64>,
    installed: bool,
    licence: &'static str,
}

#[derive(Serialize)]
struct SetView {
    id: &'static str,
    purpose: &'static str,
    /// What needs it: the name of a capability.
    capability: &'static str,
    /// Whether it is fetched only when it is named.
    optional: bool,
    /// Whether all its files are.
    installed: bool,
    files: Vec<FileView>,
}

/// What a command found or did.
#[derive(Serialize)]
struct Report {
    folder: PathBuf,
    sets: Vec<SetView>,
    /// The files that this command installed or deleted.
    changed: Vec<&'static str>,
}

/// The set of this name. Which there are is not known before the configuration is read.
fn find(models: &Models, id: &str) -> anyhow::Result<&'static ModelSet> {
    let known = || models.sets().iter().map(|set| set.id).collect::<Vec<_>>().join(", ");
    models.set(id).ok_or_else(|| {
        let detail = format!("there is no set {id:?}; there are: {}", known());
        Failure { exit: USAGE, ..Failure::new("usage", "Wrong usage", detail) }.into()
    })
}

fn all_sets(models: &Models) -> Vec<&'static ModelSet> {
    models.sets().iter().collect()
}

pub(crate) async fn run(config: &Config, command: ModelsCommand) -> anyhow::Result<()> {
    let models = config.all_models()?;
    match command {
        ModelsCommand::List { json } => report(&models, &all_sets(&models), &[], json),
        ModelsCommand::Pull { sets, from, json } => {
            let sets: Vec<&'static ModelSet> = if sets.is_empty() {
                all_sets(&models).into_iter().filter(|set| !set.is_optional).collect()
            } else {
                sets.iter().map(|id| find(&models, id)).collect::<anyhow::Result<_>>()?
            };
            let from = from.as_ref().or(config.models_mirror.as_ref());
            pull(&models, &sets, from, json).await
        }
        ModelsCommand::Verify { json } => verify(&models, &all_sets(&models), &[], json).await,
        ModelsCommand::Remove { set, json } => {
            let set = find(&models, &set)?;
            let removed = models.remove(set).await.map_err(failure)?;
            report(&models, &[set], &removed, json)
        }
    }
}

async fn pull(models: &Models, sets: &[&'static ModelSet], from: Option<&Mirror>, json: bool) -> anyhow::Result<()> {
    let style = ProgressStyle::with_template("{msg:>44} {bar:32} {bytes}/{total_bytes} {eta}")?;
    let bar = ProgressBar::new(0).with_style(style);
    let pulled = models
        .pull(sets, from, |progress| {
            bar.set_message(progress.name);
            bar.set_length(progress.bytes);
            bar.set_position(progress.received);
        })
        .await;
    bar.finish_and_clear();
    verify(models, sets, &pulled.map_err(failure)?, json).await
}

async fn verify(
    models: &Models,
    sets: &[&'static ModelSet],
    changed: &[&'static ModelFile],
    json: bool,
) -> anyhow::Result<()> {
    let wrong = models.verify(sets).await.map_err(failure)?;
    if wrong.is_empty() {
        return report(models, sets, changed, json);
    }
    Err(Failure::new("models_damaged", "Model files are damaged", damaged(models, &wrong)).into())
}

/// The damaged files, by what brings the right ones.
fn damaged(models: &Models, wrong: &[&'static ModelFile]) -> String {
    let mut by_remedy: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for file in wrong {
        let set = models.sets().iter().find(|set| set.files.contains(file));
        let remedy = match (file.source, set) {
            (Source::Url(_), Some(set)) => format!("`{}` downloads again", pull_command(set, [*file])),
            _ => "`make setup` fetches or makes again".to_owned(),
        };
        by_remedy.entry(remedy).or_default().push(file.name);
    }
    let named = by_remedy.into_iter().map(|(remedy, names)| format!("{} ({remedy})", names.join(", ")));
    format!("damaged or of another version: {}", named.collect::<Vec<_>>().join("; "))
}

fn report(
    models: &Models,
    sets: &[&'static ModelSet],
    changed: &[&'static ModelFile],
    json: bool,
) -> anyhow::Result<()> {
    let view = Report {
        folder: models.folder().to_owned(),
        sets: sets.iter().map(|set| view(models, set)).collect(),
        changed: changed.iter().map(|file| file.name).collect(),
    };
    if json {
        return say(&serde_json::to_string_pretty(&view)?);
    }
    for set in &view.sets {
        let state = if set.installed { "complete" } else { "incomplete" };
        let optional = if set.optional { ", optional" } else { "" };
        say(&format!("{} ({}{optional}): {state}", set.id, set.purpose))?;
        for file in &set.files {
            let state = if file.installed { "installed" } else { "missing" };
            let size = file.bytes.map_or("built here".to_owned(), |bytes| bytesize::ByteSize(bytes).to_string());
            say(&format!("  {state:<9} {size:>10}  {}  ({})", file.name, file.licence))?;
        }
    }
    say(&format!("folder: {}", view.folder.display()))
}

fn view(models: &Models, set: &'static ModelSet) -> SetView {
    let view = |file: &ModelFile| FileView {
        name: file.name,
        bytes: file.bytes(),
        installed: models.has(file),
        licence: file.licence,
    };
    let files: Vec<_> = files(&[set]).into_iter().map(view).collect();
    let installed = files.iter().all(|file| file.installed);
    let ModelSet { id, purpose, capability, is_optional: optional, .. } = *set;
    SetView { id, purpose, capability, optional, installed, files }
}

fn failure(error: ModelError) -> anyhow::Error {
    let code = error.code();
    let chain = anyhow::Error::new(error);
    Failure::new(code, "The models are not complete", format!("{chain:#}")).into()
}
