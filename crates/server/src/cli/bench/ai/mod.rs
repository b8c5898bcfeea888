//! `sluice bench ai`: the built-in engines on this machine, speech and embeddings beside Python with the same model files.
//!
//! Ours and Python's are measured in turn, so that both have what other programs leave of the machine; compare the ratios. What
//! is not installed is skipped, with the reason.

mod embeddings;
pub(super) mod memory;
mod photo;
mod prose;
mod python;
pub(super) mod sounds;
mod speakers;
mod speech;
mod translation;
mod voice;
mod words;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;
use sluice_local::guard::Guard;
use sluice_local::models::Models;

use super::figures::Figure;
use crate::cli::say;
use crate::config::Config;

#[derive(Debug, Clone, Args)]
pub(crate) struct AiBench {
    /// How often each figure and its peer's are measured, in turn; the medians are reported.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Measures only these, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ENGINE")]
    only: Vec<What>,
    /// A Python with faster-whisper, onnxruntime and tokenizers: scripts/bench-ai-python.sh makes one.
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,
    /// The recordings that scripts/bench-ai-python.sh brings [default: ~/.cache/sluice/corpus].
    #[arg(long, value_name = "FOLDER")]
    sounds: Option<PathBuf>,
    /// An English text to embed and translate.
    #[arg(long, value_name = "FILE", default_value = "docs/ARCHITECTURE.md")]
    text: PathBuf,
    /// Prints one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum What {
    /// Speech to text, beside faster-whisper.
    Speech,
    /// Embeddings, beside ONNX Runtime in Python.
    Embeddings,
    /// How well speakers are told apart.
    Speakers,
    /// The English voice.
    Voice,
    /// Translation.
    Translation,
    /// Reading photographs, beside tesseract.
    Photo,
}

/// What all measurements need.
struct Bench {
    models: Models,
    executable: PathBuf,
    rounds: u32,
    threads: u32,
    python: Result<PathBuf, String>,
    sounds: PathBuf,
    text: PathBuf,
    /// For sounds that are made.
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(config: &Config, options: &AiBench) -> anyhow::Result<Self> {
        let sounds =
            options.sounds.clone().or_else(sounds::default_folder).context("there is no home folder: give --sounds")?;
        let python = options.python.clone().ok_or_else(|| "no --python is given".to_owned());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            models: Models::new(config.models()?),
            executable: std::env::current_exe().context("cannot find this program's own file")?,
            rounds: options.rounds,
            // As many as the engines take by themselves.
            threads: u32::try_from(cores.min(4)).unwrap_or(1),
            python,
            sounds,
            text: options.text.clone(),
            folder: tempfile::tempdir()?,
        })
    }

    fn guard(&self) -> Guard {
        Guard::new(self.executable.clone())
    }
}

/// What came of an engine.
enum Measured {
    Figures(Vec<Figure>),
    /// It cannot be measured here, for this reason.
    Skipped(String),
}

#[derive(Serialize)]
struct Skipped {
    engine: What,
    reason: String,
}

pub(crate) async fn run(config: &Config, options: AiBench) -> anyhow::Result<()> {
    let bench = Bench::new(config, &options)?;
    let all = [What::Speech, What::Embeddings, What::Speakers, What::Voice, What::Translation, What::Photo];
    let wanted = all.into_iter().filter(|what| options.only.is_empty() || options.only.contains(what));
    let (mut figures, mut skipped) = (Vec::new(), Vec::new());
    for engine in wanted {
        progress(engine);
        let measured = match engine {
            What::Speech => speech::run(&bench).await,
            What::Embeddings => embeddings::run(&bench).await,
            What::Speakers => speakers::run(&bench).await,
            What::Voice => voice::run(&bench).await,
            What::Translation => translation::run(&bench).await,
            What::Photo => photo::run(&bench).await,
        };
        match measured? {
            Measured::Figures(found) => {
                found.iter().try_for_each(|figure| say(&figure.to_string()))?;
                figures.extend(found);
            }
            Measured::Skipped(reason) => {
                say(&format!("{}: skipped: {reason}", name(engine)))?;
                skipped.push(Skipped { engine, reason });
            }
        }
    }
    if !options.json {
        return Ok(());
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let Bench { rounds, threads, .. } = bench;
    let report =
        json!({ "rounds": rounds, "cores": cores, "threads": threads, "figures": figures, "skipped": skipped });
    say(&report.to_string())
}

fn name(engine: What) -> String {
    engine.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// Says on a terminal what is being measured.
fn progress(engine: What) {
    let mut terminal = std::io::stderr();
    if terminal.is_terminal() {
        writeln!(terminal, "measuring {} …", name(engine)).ok();
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words and texts")]
fn number(count: usize) -> f64 {
    count as f64
}
