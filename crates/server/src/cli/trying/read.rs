//! `sluice try read IMAGE`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::photo::{PhotoError, PhotoReader, PhotoText};

use crate::cli::{Failure, complain, say};
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct ReadArguments {
    /// A photograph or another picture: PNG, JPEG or WebP.
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// What it is written in, as an ISO 639-1 code ("ja"); found out if it is not given.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View {
    #[serde(flatten)]
    text: PhotoText,
    /// Time without loading the models.
    seconds: f64,
    /// Most memory that the engine has held, in MiB; tesseract, if it was asked, is another process.
    engine_memory_mib: Option<u64>,
}

pub(crate) async fn run(config: &Config, arguments: ReadArguments) -> anyhow::Result<()> {
    let ReadArguments { image, language, json } = arguments;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let reader = PhotoReader::new(Guard::new(executable.clone()), Models::new(config.models()?), executable);
    let failure = |error: PhotoError| {
        let code = error.code();
        let detail = format!("{}: {:#}", image.display(), anyhow::Error::new(error));
        Failure::new(code, "It cannot be read", detail)
    };
    if reader.check_installed().is_ok() {
        reader.warm().await.map_err(failure)?;
    }
    let begun = Instant::now();
    let text = reader.read(&image, language.as_deref()).await.map_err(failure)?;
    let seconds = begun.elapsed().as_secs_f64();
    let engine_memory_mib = reader.process_id().await.and_then(peak_memory_mib);
    let view = View { text, seconds, engine_memory_mib };
    if json { say(&serde_json::to_string_pretty(&view)?) } else { print(&view) }
}

/// The most memory that a process has held.
fn peak_memory_mib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib / 1024)
}

fn print(view: &View) -> anyhow::Result<()> {
    let View { text, seconds, engine_memory_mib } = view;
    let memory = engine_memory_mib.map_or(String::new(), |mib| format!(", engine {mib} MiB"));
    let turned = match text.quarter_turns {
        0 => String::new(),
        turns => format!(", to be turned by {} degrees", 90 * u16::from(turns)),
    };
    let PhotoText { read_by, width, height, .. } = text;
    say(&format!("{read_by}: {width} × {height} pixels{turned}, {seconds:.2} s{memory}"))?;
    if text.lines.is_empty() {
        complain("no text was found on it");
    }
    text.lines.iter().try_for_each(|line| {
        let [x, y] = line.corners[0].map(f32::round);
        say(&format!("{:.2}  {x:>5} {y:>5}  {}", line.confidence, line.text))
    })
}
