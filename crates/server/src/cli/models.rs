//! `sluice models`: the files that the built-in engines need.

use anyhow::bail;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use sluice_local::models::{FILES, Models};

use super::say;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Lists the files, whether they are here, and their licences.
    List,
    /// Fetches what is missing from its public home, and checks it.
    Fetch,
    /// Reads every file that is here and compares its hash.
    Verify,
}

pub(crate) async fn run(config: &Config, command: ModelsCommand) -> anyhow::Result<()> {
    let models = Models::new(config.models.clone());
    match command {
        ModelsCommand::List => list(&models),
        ModelsCommand::Fetch => fetch(&models).await,
        ModelsCommand::Verify => verify(&models).await,
    }
}

fn list(models: &Models) -> anyhow::Result<()> {
    for file in &FILES {
        let here = if models.has(file) { "here" } else { "missing" };
        let megabytes = file.bytes.div_ceil(1_000_000);
        say(&format!("{:<8} {:>5} MB  {}  ({}; {})", here, megabytes, file.name, file.purpose, file.licence))?;
    }
    say(&format!("in {}", models.folder().display()))
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
        bail!("not what they should be: {}. Remove them and fetch again.", names.join(", "));
    }
    list(models)
}
