//! The command line.

mod apps;
mod bench;
mod doctor;
mod jobs;
mod limits;
mod models;
mod queues;
pub(crate) mod reel;
mod serve;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, Serve};
use crate::http;

/// Runs AI media work in production: durable jobs, on one machine or many.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server with its page and its workers.
    Serve(Serve),
    #[command(flatten)]
    App(apps::AppCommand),
    /// Lists what this machine needs, what it has, and what is lost without.
    Doctor {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lists, shows, stops and retries jobs, and says why they wait.
    Jobs {
        #[command(subcommand)]
        command: jobs::JobsCommand,
    },
    /// Holds back pools, kinds, owners or providers, and lets them go on.
    Queues {
        #[command(subcommand)]
        command: queues::QueuesCommand,
    },
    /// How much may run at once, how much of anything per time, and how owners share.
    Limits {
        #[command(subcommand)]
        command: limits::LimitsCommand,
    },
    /// The models of the built-in engines.
    Models {
        #[command(subcommand)]
        command: models::ModelsCommand,
    },
    /// Measures, on this machine.
    Bench {
        #[command(subcommand)]
        command: bench::BenchCommand,
    },
    /// Prints the OpenAPI document.
    Openapi,
}

/// Runs a command to its end. Exit codes: 0 done, 1 failed, 2 wrong usage.
pub(crate) async fn run(cli: Cli) -> ExitCode {
    start_log(matches!(cli.command, Command::Serve(_)));
    let outcome = match cli.command {
        Command::Serve(listen) => serve::serve(&cli.config, &listen).await,
        Command::App(command) => command.run(&cli.config).await,
        Command::Doctor { json } => doctor::doctor(&cli.config, json).await,
        Command::Jobs { command } => Box::pin(jobs::run(&cli.config, command)).await,
        Command::Queues { command } => queues::run(&cli.config, command).await,
        Command::Limits { command } => limits::run(&cli.config, command).await,
        Command::Models { command } => models::run(&cli.config, command).await,
        Command::Bench { command } => Box::pin(bench::run(&cli.config, command)).await,
        Command::Openapi => http::openapi().map_err(Into::into).and_then(|text| say(text.trim_end())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a line to standard output.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}

/// Prints an error to standard error. Nobody is left to tell when that fails.
pub(crate) fn complain(text: &str) {
    writeln!(std::io::stderr().lock(), "sluice: {text}").ok();
}

/// `SLUICE_LOG` sets what is logged, in the form of `RUST_LOG`.
fn start_log(server: bool) {
    let default = if server { "info,sqlx=warn,tower_http=warn" } else { "error" };
    let filter = EnvFilter::try_from_env("SLUICE_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
