//! `sluice bench`: figures of this machine, as a table and as JSON.

mod engine;
mod jobs;
mod postgres;
mod retention;

use clap::Subcommand;

use crate::cli::reel::bench as reel;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Makes a reel of about a minute, and one of twenty scenes of which one is then edited.
    Reel(reel::ReelBench),
    /// Enqueues, claims and finishes jobs that do nothing, on a temporary, empty database.
    Engine(engine::EngineBench),
    /// Sends requests to a server with a long history, then runs maintenance, and reports how long concurrent writers wait.
    Retention(retention::RetentionBench),
}

pub(crate) async fn run(config: &Config, command: BenchCommand) -> anyhow::Result<()> {
    match command {
        BenchCommand::Reel(options) => reel::run(config, options).await,
        BenchCommand::Engine(options) => engine::run(options).await,
        BenchCommand::Retention(options) => Box::pin(retention::run(config, options)).await,
    }
}
