//! `sluice try transcribe FILE`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sluice_capability::{Segment, Suppressed, TranscribeRequest, Transcript, Word};
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::speech::{
    Growth, Hearing, Live, LiveSound, Size, SpeechError, SpeechSettings, Transcriber, Transcription, is_known_to_base,
};

use super::clock;
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
    /// Which model: by the language and the length of the sound, if it is not given.
    #[arg(long, conflicts_with = "live")]
    model: Option<ModelArgument>,
    /// Hears it as if it were being recorded, a stretch after the other, and says which words are certain after each.
    #[arg(long, conflicts_with_all = ["words", "prompt"])]
    live: bool,
    /// The length of such a stretch.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = stretch, requires = "live")]
    every: Duration,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// The length of a stretch: a second to twenty.
fn stretch(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let fits = (Duration::from_secs(1)..=Duration::from_secs(20)).contains(&time);
    if fits { Ok(time) } else { Err("a stretch lasts from 1 to 20 seconds".to_owned()) }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModelArgument {
    /// Whisper base: fast, good in English.
    Base,
    /// Whisper small: fewer errors, slower; the set speech-small of models.
    Small,
}

impl From<ModelArgument> for Size {
    fn from(model: ModelArgument) -> Self {
        match model {
            ModelArgument::Base => Self::Base,
            ModelArgument::Small => Self::Small,
        }
    }
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
    let TranscribeArguments { file, language, words, prompt, model, live, every, json } = arguments;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let guard = Guard::new(executable.clone());
    let transcriber = Transcriber::new(guard, Models::new(config.models()?), SpeechSettings::of(executable));
    if live {
        return hear(&transcriber, &file, language, every, json).await;
    }
    let request = TranscribeRequest { sound: file.clone(), duration_ms: 0, part_of: None, language, words, prompt };
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg}")?);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar.set_message("loading the model");
    let heard = |until_ms| bar.set_message(format!("heard up to {}", clock(until_ms)));
    let transcription = transcriber.transcribe(&request, model.map(Size::from), &heard).await;
    bar.finish_and_clear();
    let Transcription { transcript, size } = transcription.map_err(|error| failure(error, &file))?;
    if json {
        let view = View { model: size.name(), version: Transcriber::version(), transcript: &transcript };
        return say(&serde_json::to_string_pretty(&view)?);
    }
    print(&transcript, size)
}

/// A sound ends where it is shorter than it was to be heard by more than this, in milliseconds: codecs round.
const END: u32 = 100;

/// What was heard of one stretch.
#[derive(Serialize)]
struct Stretch {
    /// Which model heard it.
    model: &'static str,
    /// How long it took to hear it.
    seconds: f64,
    #[serde(flatten)]
    growth: Growth,
}

#[derive(Serialize)]
struct LiveView {
    version: &'static str,
    language: Option<String>,
    stretches: Vec<Stretch>,
}

async fn hear(
    transcriber: &Transcriber,
    file: &Path,
    language: Option<String>,
    every: Duration,
    json: bool,
) -> anyhow::Result<()> {
    let failed = |error| failure(error, file);
    transcriber.warm().await.map_err(failed)?;
    let every_ms = u32::try_from(every.as_millis())?;
    let (mut live, mut stretches) = (Live::new(language), Vec::new());
    for until_ms in (1..).map(|count: u32| count.saturating_mul(every_ms)) {
        let sound = LiveSound { file: file.to_owned(), starts_ms: 0, until_ms };
        let begun = Instant::now();
        let Hearing { mut growth, size } = transcriber.hear(&mut live, &sound).await.map_err(failed)?;
        let is_last = growth.until_ms + END < until_ms;
        if is_last {
            growth.certain.extend(live.finish());
            growth.provisional.clear();
        }
        let stretch = Stretch { model: size.name(), seconds: begun.elapsed().as_secs_f64(), growth };
        if !json {
            print_stretch(&stretch)?;
        }
        stretches.push(stretch);
        if is_last {
            break;
        }
    }
    if !json {
        let by_base = stretches.last().is_some_and(|stretch| stretch.model == Size::Base.name());
        return live.language().filter(|_| by_base).map_or(Ok(()), say_what_base_lacks);
    }
    let view = LiveView { version: Transcriber::version(), language: live.language().map(str::to_owned), stretches };
    say(&serde_json::to_string_pretty(&view)?)
}

fn print_stretch(stretch: &Stretch) -> anyhow::Result<()> {
    let text = |words: &[Word]| words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    let Stretch { model, seconds, growth } = stretch;
    let until = clock(growth.until_ms);
    let (certain, provisional) = (text(&growth.certain), text(&growth.provisional));
    say(&format!("[{until}, after {seconds:.1} s, {model}] {certain} ({provisional})"))
}

/// A person is told that `base` wrote down a language that it knows poorly.
fn say_what_base_lacks(language: &str) -> anyhow::Result<()> {
    if is_known_to_base(language) {
        return Ok(());
    }
    say(
        "many words may be wrong: Whisper base knows this language poorly. `sluice models pull speech-small` brings a model that knows it better",
    )
}

fn print(transcript: &Transcript, size: Size) -> anyhow::Result<()> {
    if transcript.segments.is_empty() {
        say("nobody speaks in it")?;
    } else {
        say(&format!("language: {}", transcript.language))?;
        if size == Size::Base {
            say_what_base_lacks(&transcript.language)?;
        }
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

fn failure(error: SpeechError, file: &Path) -> anyhow::Error {
    let code = error.code();
    let chain = anyhow::Error::new(error);
    Failure::new(code, "It cannot be transcribed", format!("{}: {chain:#}", file.display())).into()
}
