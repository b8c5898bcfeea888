//! The engine child alone, for the tests of this crate: the equivalent of `sluice __engine …`.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    sluice_local::child::dispatch(&args).unwrap_or(ExitCode::from(64))
}
