//! The engine children: `sluice` re-executes itself as `sluice __engine …`, so that native code and untrusted files are
//! handled by a process that can be limited, killed and lost without harm to the server.

pub mod frames;
pub(crate) mod serve;
pub mod warm;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::embed::engine as embed;
use crate::photo::engine as photo;
use crate::speakers::engine as speakers;
use crate::speech::engine as speech;
use crate::translate::engine as translate;
use crate::voice::engine as voice;
use crate::{deck, guard, reading, render};

/// The hidden first argument that makes the binary an engine child.
pub const SUBCOMMAND: &str = "__engine";

/// Runs the engine child that `args` (starting with the program's name) ask for and returns its exit code; none if they
/// ask for no engine child. Must be called first in `main`: no thread may run yet.
pub fn dispatch(args: &[OsString]) -> Option<ExitCode> {
    if args.get(1)? != SUBCOMMAND {
        return None;
    }
    let rest = args.get(3..).unwrap_or_default();
    let code = match args.get(2).and_then(|name| name.to_str()) {
        Some(guard::SUBCOMMAND) => guard::run_child(rest),
        Some(voice::SUBCOMMAND) => voice::run_child(rest),
        Some(speech::SUBCOMMAND) => speech::run_child(rest),
        Some(embed::SUBCOMMAND) => embed::run_child(rest),
        Some(speakers::SUBCOMMAND) => speakers::run_child(rest),
        Some(photo::SUBCOMMAND) => photo::run_child(rest),
        Some(translate::SUBCOMMAND) => translate::run_child(rest),
        Some(render::SUBCOMMAND) => render::run_child(),
        Some(deck::SUBCOMMAND) => deck::run_child(rest),
        Some(reading::INNER_SUBCOMMAND) => reading::run_inner_child(rest),
        _ => ExitCode::from(64), // EX_USAGE of sysexits.h
    };
    Some(code)
}
