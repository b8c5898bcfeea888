//! The commands of the apps, beside those of the server itself.

use clap::{ArgMatches, Command, FromArgMatches, Subcommand};

use crate::apps::APPS;
use crate::config::Config;

/// A command of an app, as parsed from the command line.
#[derive(Debug)]
pub(super) struct AppCommand {
    name: String,
    arguments: ArgMatches,
}

impl AppCommand {
    /// Runs it to completion.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let app = APPS.iter().find(|app| app.commands().iter().any(|command| command.get_name() == self.name));
        let app = app.ok_or_else(|| anyhow::anyhow!("there is no command {}", self.name))?;
        app.run(config, &self.name, &self.arguments).await
    }
}

impl FromArgMatches for AppCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let (name, arguments) =
            matches.subcommand().ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))?;
        Ok(Self { name: name.to_owned(), arguments: arguments.clone() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for AppCommand {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(APPS.iter().flat_map(|app| app.commands()))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        APPS.iter().flat_map(|app| app.commands()).any(|command| command.get_name() == name)
    }
}
