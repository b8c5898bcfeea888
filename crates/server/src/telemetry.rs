//! Logging.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts logging to standard error. `--log` (`SLUICE_LOG`) sets the filter; without it `RUST_LOG` does, and without
/// that the server logs at level info and other commands log errors only.
pub(crate) fn start_log(config: &Config, server: bool) -> anyhow::Result<()> {
    let filter = filter(config, server)?;
    // Colours only on a terminal, never in a file, a pipe or the journal.
    let terminal = std::io::stderr().is_terminal();
    let colours = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    // What a server logs elsewhere is read by programs.
    let otherwise = if server && !terminal { LogFormat::Json } else { LogFormat::Text };
    match config.log_format.unwrap_or(otherwise) {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
    }
    Ok(())
}

/// What is logged.
pub(crate) fn filter(config: &Config, server: bool) -> anyhow::Result<EnvFilter> {
    let default = if server { "info,sqlx=warn,tower_http=warn" } else { "error" };
    EnvFilter::try_new(config.log_filter().as_deref().unwrap_or(default))
        .context("the log filter (--log, SLUICE_LOG or RUST_LOG) is invalid; an example: info,sluice_engine=debug")
}
