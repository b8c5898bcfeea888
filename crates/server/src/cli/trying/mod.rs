//! `sluice try`: one built-in engine on one file, by itself. Each engine is a file here and a line in [`TryCommand`].

mod transcribe;

use clap::Subcommand;

use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum TryCommand {
    /// Writes down what is said in a sound or a video.
    Transcribe(transcribe::TranscribeArguments),
}

pub(crate) async fn run(config: &Config, command: TryCommand) -> anyhow::Result<()> {
    match command {
        TryCommand::Transcribe(arguments) => transcribe::run(config, arguments).await,
    }
}
