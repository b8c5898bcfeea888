//! `sluice bench capture`: labelled phrases, typed, photographed and said, become cards on this machine alone; how much of them is
//! wrong, and whether the card says so. A card that is wrong and does not say so fails the command.

mod clips;
mod judge;
mod pictures;
mod pipeline;
mod report;
mod set;

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;
use sluice_app::app::App;
use sluice_app::capture::CaptureApp;
use sluice_domain::study::StudyLanguage;
use sluice_local::models::Models;

use self::clips::Clips;
use self::pipeline::{Made, Pipeline};
use self::report::{NotFlagged, Row};
use self::set::Phrase;
use super::ai::sounds::{self, Sound};
use crate::cli::{Failure, say};
use crate::config::Config;
use crate::wiring;

/// One phrase of so many is photographed, and one of so many said.
const PHOTOGRAPHED: usize = 3;
const SAID: usize = 5;
/// Of this language are the clips of twenty seconds.
const LONG_CLIPS: &str = "es";

#[derive(Debug, Clone, Args)]
pub(crate) struct CaptureBench {
    /// Measures only these, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SOURCE")]
    only: Vec<Source>,
    /// Takes about so many of the phrases, of all languages evenly [default: all].
    #[arg(long, value_name = "COUNT")]
    phrases: Option<usize>,
    /// The recordings that scripts/bench-ai-python.sh brings, of which those in languages of cards are heard, too [default:
    /// ~/.cache/sluice/corpus].
    #[arg(long, value_name = "FOLDER")]
    sounds: Option<PathBuf>,
    /// Prints one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

/// What a phrase comes as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    /// Typed.
    #[default]
    Text,
    /// A third of them, printed and photographed.
    Photo,
    /// A fifth of them, said by a voice; recordings of people; and clips of twenty seconds.
    Clip,
}

impl Source {
    const ALL: [Self; 3] = [Self::Text, Self::Photo, Self::Clip];

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Photo => "photo",
            Self::Clip => "clip",
        }
    }

    /// One phrase of so many comes as this.
    fn every(self) -> usize {
        match self {
            Self::Text => 1,
            Self::Photo => PHOTOGRAPHED,
            Self::Clip => SAID,
        }
    }
}

/// What was measured.
#[derive(Default)]
struct Measured {
    rows: BTreeMap<(Source, &'static str), Row>,
    not_flagged: Vec<NotFlagged>,
    /// Why what is missing is.
    skipped: BTreeMap<(Source, &'static str), String>,
    long_clips: Vec<f64>,
}

/// What makes photos and clips.
struct Sources<'a> {
    folder: &'a Path,
    clips: Clips,
}

pub(crate) async fn run(config: &Config, options: CaptureBench) -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let folder = tempfile::tempdir()?;
    let models = Models::new(config.models()?);
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let sources = Sources { folder: folder.path(), clips: Clips::new(&executable, models, folder.path()) };
    let app = wiring::open(&config.for_bench(data.path().to_owned())).await?;
    let worker = app.engine.start();
    let measured = Box::pin(measure(&app, &sources, &options)).await;
    worker.shutdown(Duration::from_secs(5)).await;
    let measured = measured?;
    print(&measured, &options)?;
    if measured.not_flagged.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "{} cards are wrong and do not say so; they are above: flag such fields as doubtful, or correct the label",
        measured.not_flagged.len()
    );
    Err(Failure::new("wrong_not_flagged", "Wrong cards would be exported", detail).into())
}

async fn measure(app: &App, sources: &Sources<'_>, options: &CaptureBench) -> anyhow::Result<Measured> {
    let capture: &CaptureApp = app.module().context("this program was built without Capture")?;
    let pipeline = Pipeline { app, capture };
    let phrases = set::phrases(options.phrases);
    let mut measured = Measured::default();
    for source in Source::ALL.into_iter().filter(|source| options.only.is_empty() || options.only.contains(source)) {
        for phrase in phrases.iter().step_by(source.every()) {
            progress(source, phrase);
            match Box::pin(card(&pipeline, sources, source, phrase)).await? {
                Ok(made) => measured.count(source, phrase, &made),
                Err(reason) => {
                    measured.skipped.insert((source, phrase.language), reason);
                }
            }
        }
    }
    if options.only.is_empty() || options.only.contains(&Source::Clip) {
        for (phrase, file) in recordings(options) {
            let made = pipeline.file(&file, phrase.language).await?;
            measured.count(Source::Clip, &phrase, &made);
        }
    }
    if measured.rows.contains_key(&(Source::Clip, LONG_CLIPS)) {
        let spoken: Vec<&Phrase> = phrases.iter().filter(|phrase| phrase.language == LONG_CLIPS).collect();
        for clip in sources.clips.long(&spoken).await.map_err(anyhow::Error::msg)? {
            let made = pipeline.file(&clip, LONG_CLIPS).await?;
            measured.long_clips.push(made.seconds);
        }
    }
    Ok(measured)
}

/// What people said in languages of cards.
fn recordings(options: &CaptureBench) -> Vec<(Phrase, PathBuf)> {
    let folder = options.sounds.clone().or_else(sounds::default_folder).unwrap_or_default();
    let is_phrase = |sound: &Sound| StudyLanguage::from_code(sound.language).is_some() && sound.words != sounds::UNSAID;
    let found = sounds::in_folder(&folder).into_iter().filter(is_phrase).enumerate();
    let phrase = |number, Sound { path, language, words, .. }| {
        (Phrase { number, language, text: words, meaning: "", latin: None, labels: Vec::new() }, path)
    };
    found.map(|(number, sound)| phrase(number, sound)).collect()
}

/// Makes the card of a phrase, or says why this machine cannot.
async fn card(
    pipeline: &Pipeline<'_>,
    sources: &Sources<'_>,
    source: Source,
    phrase: &Phrase,
) -> anyhow::Result<Result<Made, String>> {
    let file = match source {
        Source::Text => return pipeline.text(phrase.text).await.map(Ok),
        Source::Photo => match pictures::font(phrase.language) {
            Ok(font) => pictures::photograph(phrase, font, sources.folder).await?,
            Err(reason) => return Ok(Err(reason)),
        },
        Source::Clip => match sources.clips.say(phrase).await {
            Ok(file) => file,
            Err(reason) => return Ok(Err(reason)),
        },
    };
    pipeline.file(&file, phrase.language).await.map(Ok)
}

impl Measured {
    fn count(&mut self, source: Source, phrase: &Phrase, made: &Made) {
        let row = self.rows.entry((source, phrase.language)).or_insert_with(|| Row::new(phrase.language, source));
        self.not_flagged.extend(row.count(phrase, made));
    }
}

fn print(measured: &Measured, options: &CaptureBench) -> anyhow::Result<()> {
    let rows: Vec<Row> = measured.rows.values().cloned().collect();
    let mut figures: Vec<_> = Source::ALL.into_iter().flat_map(|source| report::times(&rows, source)).collect();
    figures.extend(report::long_clips(&measured.long_clips));
    rows.iter().try_for_each(|row| say(&row.to_string()))?;
    Source::ALL.into_iter().flat_map(|source| report::kinds(&rows, source)).try_for_each(|line| say(&line))?;
    for ((source, language), reason) in &measured.skipped {
        say(&format!("{language} {}: skipped: {reason}", source.name()))?;
    }
    figures.iter().try_for_each(|figure| say(&figure.to_string()))?;
    measured.not_flagged.iter().try_for_each(|card| say(&card.to_string()))?;
    if !options.json {
        return Ok(());
    }
    let skipped: Vec<_> = measured
        .skipped
        .iter()
        .map(|((source, language), reason)| json!({ "source": source, "language": language, "reason": reason }))
        .collect();
    let not_flagged = &measured.not_flagged;
    say(&json!({ "rows": rows, "figures": figures, "skipped": skipped, "not_flagged": not_flagged }).to_string())
}

/// Says on a terminal what is being made.
fn progress(source: Source, phrase: &Phrase) {
    let mut terminal = std::io::stderr();
    if terminal.is_terminal() {
        write!(terminal, "\r\u{1b}[K{} {} {}", source.name(), phrase.number, phrase.text).ok();
    }
}
