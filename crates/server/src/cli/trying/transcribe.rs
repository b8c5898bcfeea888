//! `sluice try transcribe FILE`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sluice_capability::{Segment, Suppressed, TranscribeRequest, Transcript};
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::speech::{SpeechError, SpeechSettings, Transcriber};

use crate::cli::{Failure, say};
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct TranscribeArguments {
    /// A sound or a video: any format that ffmpeg reads.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What is spoken, as an ISO 639-1 code ("fr"); found out if it is not given.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Says when each word is heard, too.
    #[arg(long)]
    words: bool,
    /// Names and terms that occur in it.
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View<'a> {
    model: &'static str,
    /// The version of what runs the model.
    version: &'static str,
    #[serde(flatten)]
    transcript: &'a Transcript,
}

pub(crate) async fn run(config: &Config, arguments: TranscribeArguments) -> anyhow::Result<()> {
    let TranscribeArguments { file, language, words, prompt, json } = arguments;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let guard = Guard::new(executable.clone());
    let transcriber = Transcriber::new(guard, Models::new(config.models()?), SpeechSettings::of(executable));
    let request = TranscribeRequest { sound: file.clone(), duration_ms: 0, language, words, prompt };
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg}")?);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar.set_message("loading the model");
    let heard = |until_ms| bar.set_message(format!("heard up to {}", clock(until_ms)));
    let transcript = transcriber.transcribe(&request, &heard).await;
    bar.finish_and_clear();
    let transcript = transcript.map_err(|error| failure(error, &file.display().to_string()))?;
    if json {
        let (model, version) = Transcriber::model();
        return say(&serde_json::to_string_pretty(&View { model, version, transcript: &transcript })?);
    }
    print(&transcript)
}

fn print(transcript: &Transcript) -> anyhow::Result<()> {
    if transcript.segments.is_empty() {
        say("nobody speaks in it")?;
    } else {
        say(&format!("language: {}", transcript.language))?;
    }
    transcript.segments.iter().try_for_each(print_segment)?;
    transcript.suppressed.iter().try_for_each(print_suppressed)
}

fn print_segment(segment: &Segment) -> anyhow::Result<()> {
    say(&format!("[{} - {}] {}", clock(segment.start_ms), clock(segment.end_ms), segment.text))?;
    for word in &segment.words {
        say(&format!("    {}  {:>3.0} %  {}", clock(word.start_ms), word.confidence * 100.0, word.text))?;
    }
    Ok(())
}

fn print_suppressed(left_out: &Suppressed) -> anyhow::Result<()> {
    let Suppressed { start_ms, end_ms, text, reason } = left_out;
    say(&format!("[{} - {}] left out ({reason:?}): {text}", clock(*start_ms), clock(*end_ms)))
}

/// "1:02:03.456"
fn clock(ms: u32) -> String {
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    format!("{}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn failure(error: SpeechError, file: &str) -> anyhow::Error {
    let code = error.code();
    let chain = anyhow::Error::new(error);
    Failure::new(code, "It cannot be transcribed", format!("{file}: {chain:#}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_to_the_millisecond() {
        assert_eq!(clock(0), "0:00:00.000");
        assert_eq!(clock(3_723_456), "1:02:03.456");
    }
}
