//! `sluice bench http`: what the server does for requests, each figure beside a peer in one sitting, on this machine alone.
//!
//! The server is a child process of this program, as people start it, on an empty data folder. Peers are other programs
//! behind the same client. One that is not installed is said, and has no figure: the ratio is then null.

mod get;
mod load;
mod media;
pub(crate) mod peer;
mod resources;
pub(super) mod server;
mod sign_in;
mod upload;

use std::io::{IsTerminal as _, Write as _};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::bench::figures::Figure;
use crate::cli::say;
use crate::config::Config;

#[derive(Debug, Clone, Args)]
pub(crate) struct HttpBench {
    /// How often each figure and its peer's are measured, in turn; the medians are reported.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Measures only these, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FIGURE")]
    only: Vec<What>,
    /// Prints one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// GET of a job, beside a bare axum route that reads one row of the same database.
    Get,
    /// Ranges of a file by signed links, beside nginx.
    Media,
    /// 1 GiB by tus, beside the reference server of tus.
    Upload,
    /// GET of a job while 20 people sign in, beside the same without.
    SignIn,
    /// Memory of 1,000 idle event streams.
    Sse,
    /// Memory of an idle server.
    Idle,
    /// From the start of the process to the first answer that it is ready.
    Start,
}

pub(crate) async fn run(config: &Config, options: HttpBench) -> anyhow::Result<()> {
    let all = [What::Start, What::Idle, What::Sse, What::Get, What::SignIn, What::Media, What::Upload];
    let wanted = all.into_iter().filter(|what| options.only.is_empty() || options.only.contains(what));
    let mut figures: Vec<Figure> = Vec::new();
    for what in wanted {
        progress(what);
        figures.extend(match what {
            What::Start => resources::start(options.rounds).await?,
            What::Idle => resources::idle().await?,
            What::Sse => resources::streams().await?,
            What::Get => get::run(options.rounds).await?,
            What::SignIn => sign_in::run(options.rounds).await?,
            What::Media => media::run(config, options.rounds).await?,
            What::Upload => upload::run(options.rounds).await?,
        });
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if options.json {
        return say(&json!({ "rounds": options.rounds, "cores": cores, "figures": figures }).to_string());
    }
    for figure in &figures {
        say(&figure.to_string())?;
    }
    Ok(())
}

/// Says on a terminal what is being measured.
fn progress(what: What) {
    let mut terminal = std::io::stderr();
    if terminal.is_terminal()
        && let Some(name) = what.to_possible_value()
    {
        writeln!(terminal, "measuring {} …", name.get_name()).ok();
    }
}
