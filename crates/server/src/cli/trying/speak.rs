//! `sluice try speak TEXT -o FILE`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use sluice_domain::language::Language;
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::voice::{VoiceError, Voices};

use super::text;
use crate::cli::outputs::{Outputs, Product};
use crate::cli::{Failure, say};
use crate::config::Config;
use crate::engines::voice_settings;

/// What is spoken.
const SOUND: Product = Product {
    source: "text",
    wanted: "a text",
    endings: &["wav"],
    code: "output_not_wav",
    reason: ".wav, which is what the sound is",
    option: "--out",
    beside: &[],
};

#[derive(Debug, Args)]
pub(crate) struct SpeakArguments {
    /// The text; "-" reads it from standard input.
    #[arg(value_name = "TEXT")]
    text: String,
    /// File for the sound, whose name ends in .wav.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Overwrites an existing file. Without it, only a file that sluice wrote and that is unchanged since is replaced; anything
    /// but a regular file never is.
    #[arg(long)]
    force: bool,
    /// The language of the text, as an ISO 639-1 code; its best voice speaks.
    #[arg(long, value_name = "CODE", default_value = "en", conflicts_with = "voice")]
    language: String,
    /// A voice, such as "espeak:en".
    #[arg(long, value_name = "VOICE")]
    voice: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View {
    voice: String,
    file: PathBuf,
    duration_ms: u32,
    /// Time with loading the voice.
    seconds: f64,
}

pub(crate) async fn run(config: &Config, arguments: SpeakArguments) -> anyhow::Result<()> {
    let SpeakArguments { text, out, force, language, voice, json } = arguments;
    let outputs = Outputs::check_alone(SOUND, Vec::new(), &out, force, &config.data()?)?;
    let text = text::of(text)?;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let settings = voice_settings(config, executable.clone());
    let voices = Voices::new(Guard::new(executable), Models::new(config.models()?), settings);
    let voice = match voice {
        Some(voice) => voice,
        None => best(&voices, &language)?,
    };
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let spoken = folder.path().join("spoken.wav");
    let begun = Instant::now();
    let speech = voices.speak(&voice, &text, &spoken).await.map_err(failure)?;
    let seconds = begun.elapsed().as_secs_f64();
    let view = View { voice, file: outputs.main(), duration_ms: speech.duration_ms(), seconds };
    let sound = File::open(&spoken).context("cannot read what was spoken")?;
    let content: Vec<Box<dyn Read + Send>> = vec![Box::new(sound)];
    tokio::task::spawn_blocking(move || outputs.write(content)).await??;
    if json {
        return say(&serde_json::to_string_pretty(&view)?);
    }
    say(&format!("{} ({}, {})", view.file.display(), super::clock(view.duration_ms), view.voice))
}

fn best(voices: &Voices, language: &str) -> anyhow::Result<String> {
    let voice = Language::from_code(language).and_then(|language| voices.default_for(language));
    let none = || {
        let detail = format!("there is no voice for the language \"{language}\"");
        Failure::new("no_such_language", "It cannot be spoken", detail)
    };
    Ok(voice.ok_or_else(none)?.id)
}

fn failure(error: VoiceError) -> anyhow::Error {
    let code = error.code();
    let chain = anyhow::Error::new(error);
    Failure::new(code, "It cannot be spoken", format!("{chain:#}")).into()
}
