//! Reads decks that somebody has already, for the texts on the fronts of their cards: packages of Anki in all forms up to
//! that of 2.1.50, its text and CSV exports, and lists with a phrase on each line. What a file is, its content says.
//!
//! A package is a ZIP with an SQLite database that anybody may have made: it is read in an engine child under the guard.

mod engine;
mod error;
mod front;
mod package;
mod text;

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::guard::{Guard, Limits};

pub(crate) use engine::{SUBCOMMAND, run_child};
pub use error::{DeckReadError, Refusal};

const MIB: u64 = 1024 * 1024;

/// Most bytes of a file, and of a collection that is unpacked.
const FILE_BYTES: u64 = 512 * MIB;
const COLLECTION_BYTES: u64 = 256 * MIB;
/// Most notes of a deck: several times those of the largest that are shared.
const NOTES: usize = 300_000;
/// Most characters of a front that are kept.
const FRONT_CHARS: usize = 1000;

/// For reading one deck. Its collection is in memory twice for a moment.
const LIMITS: Limits = Limits {
    memory_bytes: 1024 * MIB,
    cpu: Duration::from_secs(10),
    wall: Duration::from_secs(30),
    file_bytes: MIB,
    output_bytes: 128 * MIB,
    threads: 1,
};

/// What is on the fronts of a deck's cards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fronts {
    /// Notes in the deck.
    pub notes: usize,
    /// The texts of their first fields without markup, each once, in the order of the deck.
    pub texts: Vec<String>,
}

/// What the child says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Fronts(Fronts),
    Refused(Refusal),
}

/// Reads decks.
#[derive(Debug, Clone)]
pub struct DeckReader {
    guard: Guard,
}

impl DeckReader {
    /// A reader whose child runs under `guard`.
    pub fn new(guard: Guard) -> Self {
        Self { guard }
    }

    /// The fronts of the deck in a file.
    pub async fn fronts(&self, file: &Path) -> Result<Fronts, DeckReadError> {
        let mut args: Vec<OsString> = [crate::child::SUBCOMMAND, SUBCOMMAND].map(OsString::from).into();
        args.push(file.as_os_str().to_owned());
        let output = self.guard.run(&LIMITS, self.guard.executable(), args, None).await?;
        match serde_json::from_slice(&output.stdout) {
            Ok(Answer::Fronts(fronts)) => Ok(fronts),
            Ok(Answer::Refused(refusal)) => Err(refusal.into()),
            Err(error) => Err(Refusal::Damaged { detail: error.to_string() }.into()),
        }
    }
}
