//! The server, the workers and the command line, as a library: the binary is [`main`], and tests use the real router.

pub mod apps;
pub mod blob_settings;
mod cli;
pub mod config;
pub mod engines;
pub mod http;
mod memory;
pub mod oidc;
mod providers;
mod servers;
mod telemetry;
pub mod wiring;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with its command-line arguments.
pub fn main() -> ExitCode {
    // The built-in engines run in child processes of this same program, which need neither options nor a runtime.
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = sluice_local::child::dispatch(&arguments) {
        return code;
    }
    let cli = match cli::parse(&arguments) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            cli::complain(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(cli::run(cli, &arguments));
    // Blocking tasks that still run must not delay the exit.
    runtime.shutdown_background();
    code
}
