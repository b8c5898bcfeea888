//! The command line.

mod apps;
mod bench;
pub(crate) mod capture;
mod config;
mod doctor;
mod failure;
mod jobs;
mod limits;
mod links;
mod models;
pub(crate) mod outputs;
mod providers;
mod queues;
pub(crate) mod reel;
pub(crate) mod scribe;
mod serve;
mod storage;
mod trying;
mod twin;
mod users;
mod waits;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub(crate) use failure::Failure;

use crate::config::reader::{Environment, Settings};
use crate::config::schema::{change_options, with_secret_files};
use crate::config::{Config, Serve};
use crate::{http, telemetry};

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 130 stopped by a signal. Results go to standard output, \
                          everything else to standard error. With --json a failure is one object: code, title, detail.";

/// Runs AI media work in production: durable jobs, on one machine or many.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
    /// What the options were made of; nothing if they were parsed by themselves.
    #[arg(skip)]
    settings: Option<Settings>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server with its page and its workers.
    Serve(Serve),
    #[command(flatten)]
    App(apps::AppCommand),
    /// Checks what works on this machine, what is missing, and what is lost without it.
    Doctor {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Lists, shows, cancels and retries jobs, and explains why they wait.
    Jobs {
        #[command(subcommand)]
        command: jobs::JobsCommand,
    },
    /// Pauses and resumes pools, kinds of jobs, owners or providers.
    Queues {
        #[command(subcommand)]
        command: queues::QueuesCommand,
    },
    /// Limits concurrency and rates, and sets the weights of owners.
    Limits {
        #[command(subcommand)]
        command: limits::LimitsCommand,
    },
    /// Creates, changes and lists accounts, and invites people.
    User {
        #[command(subcommand)]
        command: users::UserCommand,
    },
    /// Makes, lists and revokes API tokens.
    Token {
        #[command(subcommand)]
        command: users::TokenCommand,
    },
    /// Replaces the keys that sign links to media, or ends all links.
    Links {
        #[command(subcommand)]
        command: links::LinksCommand,
    },
    /// Lists, pulls, verifies and removes the models of the built-in engines.
    Models {
        #[command(subcommand)]
        command: models::ModelsCommand,
    },
    /// Lists and tests remote providers, saves and removes their keys, and shows prices.
    Providers {
        #[command(subcommand)]
        command: providers::ProvidersCommand,
    },
    /// Shows what is kept in which tier, applies the rules, and verifies archives.
    Storage {
        #[command(subcommand)]
        command: storage::StorageCommand,
    },
    /// Tries a built-in engine on a file or a text, without a server.
    Try {
        #[command(subcommand)]
        command: trying::TryCommand,
    },
    /// Measures the performance of this machine.
    Bench {
        #[command(subcommand)]
        command: bench::BenchCommand,
    },
    /// Checks and shows the configuration: file, environment and command line.
    Config {
        #[command(subcommand)]
        command: config::ConfigCommand,
    },
    /// Serves twins of the remote providers on this machine, for tests: small real media, faults by plan, and a bill.
    Twin(twin::TwinOptions),
    /// Prints the OpenAPI document.
    Openapi,
}

/// Whether the output is meant for a program. Determined before the options are parsed, so that errors in them are
/// reported as JSON too.
fn wants_json(arguments: &[OsString]) -> bool {
    arguments.iter().skip(1).take_while(|argument| *argument != "--").any(|argument| argument == "--json")
}

/// The command of `arguments` (starting with the program's name), with what the configuration says; otherwise the exit code,
/// after printing the errors or the requested help.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, ExitCode> {
    let command = with_secret_files(Cli::command());
    // First the command line alone, which names the file. Variables are read like the file: all errors at once.
    let options = change_options(command.clone(), &|arg| arg.env(None::<&'static str>));
    let matches = options
        .try_get_matches_from(arguments)
        .map_err(|error| stop(&with_variables(&command, error, arguments), arguments))?;
    let settings = Settings::read(&command, &matches, &Environment::of_process());
    let about_settings = matches.subcommand_name() == Some("config");
    let cli = if about_settings {
        Cli::from_arg_matches(&matches)
    } else if let Some(failure) = config::failure(&settings) {
        return Err(failure::print(&failure, wants_json(arguments)));
    } else {
        settings.apply(command).try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches))
    };
    let mut cli = cli.map_err(|error| stop(&error, arguments))?;
    cli.config.tables = settings.tables.clone();
    cli.settings = Some(settings);
    Ok(cli)
}

/// Help that shows the variables, too.
fn with_variables(command: &clap::Command, error: clap::Error, arguments: &[OsString]) -> clap::Error {
    match command.clone().try_get_matches_from(arguments) {
        Err(help) if help.kind() == error.kind() && !error.use_stderr() => help,
        _ => error,
    }
}

/// Prints the error, or the requested help.
fn stop(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if error.use_stderr() && wants_json(arguments) {
        return failure::print(&usage(error), true);
    }
    // Help for a closed standard output is not a failure.
    error.print().ok();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE))
}

/// An error in the options, without the hints that clap adds for humans.
fn usage(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let first: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let detail = first.join(" ");
    let detail = detail.strip_prefix("error: ").unwrap_or(&detail);
    Failure { exit: failure::USAGE, ..Failure::new("usage", "Wrong usage", detail) }
}

/// Runs a command to completion. The exit codes are those of [`EXIT_CODES`].
pub(crate) async fn run(cli: Cli, arguments: &[OsString]) -> ExitCode {
    match run_command(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error, wants_json(arguments)),
    }
}

async fn run_command(cli: Cli) -> anyhow::Result<()> {
    let config = &cli.config;
    telemetry::start_log(config, matches!(cli.command, Command::Serve(_)))?;
    let settings = cli.settings.context("the options were parsed without their settings")?;
    if !matches!(cli.command, Command::Config { .. }) {
        for warning in &settings.warnings {
            tracing::warn!("{warning}");
        }
    }
    match cli.command {
        Command::Serve(listen) => serve::serve(config, &listen).await,
        Command::App(command) => command.run(config).await,
        Command::Doctor { json } => doctor::doctor(config, json).await,
        Command::Jobs { command } => Box::pin(jobs::run(config, command)).await,
        Command::Queues { command } => queues::run(config, command).await,
        Command::Limits { command } => limits::run(config, command).await,
        Command::User { command } => Box::pin(users::run_user(config, command)).await,
        Command::Token { command } => Box::pin(users::run_token(config, command)).await,
        Command::Links { command } => links::run(config, command).await,
        Command::Models { command } => models::run(config, command).await,
        Command::Providers { command } => Box::pin(providers::run(config, command)).await,
        Command::Storage { command } => Box::pin(storage::run(config, command)).await,
        Command::Try { command } => trying::run(config, command).await,
        Command::Bench { command } => Box::pin(bench::run(config, command)).await,
        Command::Config { command } => config::run(settings, &command),
        Command::Twin(options) => twin::run(options).await,
        Command::Openapi => say(http::openapi()?.trim_end()),
    }
}

/// Standard output could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub(crate) struct OutputError(#[source] io::Error);

/// Prints a line to standard output.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout().lock(), "{text}").map_err(OutputError)?;
    Ok(())
}

/// Prints an error to standard error. If that fails, the exit code is the only report.
pub(crate) fn complain(text: &str) {
    writeln!(io::stderr().lock(), "sluice: {text}").ok();
}
