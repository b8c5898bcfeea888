//! The engine child alone, for the tests of this crate: what `sluice __engine …` is in the real binary.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    sluice_local::child::dispatch(&args).unwrap_or(ExitCode::from(64))
}
