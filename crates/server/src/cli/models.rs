//! `sluice models`: the files that the built-in engines need.

use anyhow::bail;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use sluice_local::models::{FILES, Models};

use super::say;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Lists the files, which of them are installed, and their licences.
    List,
    /// Downloads missing files from their publishers, and verifies them.
    Fetch,
    /// Compares the hash of every installed file.
    Verify,
}

pub(crate) async fn run(config: &Config, command: ModelsCommand) -> anyhow::Result<()> {
    let models = Models::new(config.models()?);
    match command {
        ModelsCommand::List => list(&models),
        ModelsCommand::Fetch => fetch(&models).await,
        ModelsCommand::Verify => verify(&models).await,
    }
}

fn list(models: &Models) -> anyhow::Result<()> {
    for file in &FILES {
        let state = if models.has(file) { "installed" } else { "missing" };
        let size = bytesize::ByteSize(file.bytes).to_string();
        say(&format!("{state:<9} {size:>9}  {}  ({}; {})", file.name, file.purpose, file.licence))?;
    }
    say(&format!("folder: {}", models.folder().display()))
}

async fn fetch(models: &Models) -> anyhow::Result<()> {
    let style = ProgressStyle::with_template("{msg:>32} {bar:32} {bytes}/{total_bytes} {eta}")?;
    let bar = ProgressBar::new(0).with_style(style);
    let fetched = models
        .fetch(|progress| {
            bar.set_message(progress.name);
            bar.set_length(progress.bytes);
            bar.set_position(progress.received);
        })
        .await;
    bar.finish_and_clear();
    fetched?;
    verify(models).await
}

async fn verify(models: &Models) -> anyhow::Result<()> {
    let wrong = models.verify().await?;
    if !wrong.is_empty() {
        let names: Vec<&str> = wrong.iter().map(|file| file.name).collect();
        bail!("damaged, by their hashes: {}. Remove them, then fetch again.", names.join(", "));
    }
    list(models)
}
