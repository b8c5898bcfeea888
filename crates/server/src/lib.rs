//! The server, the workers and the command line, as a library: the binary is [`main`], and tests reach the real router.

pub mod apps;
mod cli;
pub mod config;
pub mod http;
pub mod wiring;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

/// Runs the program with the arguments that it was started with.
pub fn main() -> ExitCode {
    // Built-in engines run in children that are this same program: they need none of what follows.
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = sluice_local::child::dispatch(&arguments) {
        return code;
    }
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            cli::complain(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(cli::run(cli));
    // Blocking work that is still under way must not hold up the end.
    runtime.shutdown_background();
    code
}
