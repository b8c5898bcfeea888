//! `sluice try summary FILE`.

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use sluice_capability::Transcript;
use sluice_local::embed::{EmbedSettings, Embedder};
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::summary::{self, Extract, Extracted, Passage};

use super::{clock, text};
use crate::cli::{Failure, say};
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct SummaryArguments {
    /// A text, or a transcript as "sluice try transcribe --json" prints it; "-" reads standard input.
    #[arg(value_name = "FILE")]
    file: String,
    /// Most sentences of the extract.
    #[arg(long, value_name = "NUMBER", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=200))]
    sentences: u16,
    /// Compares sentences by their words, even where the model of embeddings is installed.
    #[arg(long)]
    words: bool,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    extract: &'a Extract,
    /// Time without loading the model.
    seconds: f64,
}

pub(crate) async fn run(config: &Config, arguments: SummaryArguments) -> anyhow::Result<()> {
    let SummaryArguments { file, sentences, words, json } = arguments;
    let passages = passages(&text::of_file(&file)?)?;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let guard = Guard::new(executable.clone());
    let embedder = Embedder::new(guard, Models::new(config.models()?), EmbedSettings::of(executable));
    let embedder = Some(embedder).filter(|embedder| !words && embedder.check_installed().is_ok());
    if let Some(embedder) = &embedder {
        embedder.warm().await.map_err(super::embed::failure)?;
    }
    let begun = std::time::Instant::now();
    let extract = summary::extract(&passages, sentences.into(), embedder.as_ref()).await;
    let extract = extract.map_err(super::embed::failure)?;
    let seconds = begun.elapsed().as_secs_f64();
    if extract.sentences.is_empty() {
        let detail = format!("{file} has no sentence in it: nothing can be extracted");
        return Err(Failure::new("text_empty", "There is nothing to summarise", detail).into());
    }
    if json {
        return say(&serde_json::to_string_pretty(&View { extract: &extract, seconds })?);
    }
    print(&extract, seconds)
}

/// The passages of a plain text, or of a transcript in JSON.
fn passages(text: &str) -> anyhow::Result<Vec<Passage>> {
    if !text.trim_start().starts_with('{') {
        return Ok(summary::passages(text));
    }
    match serde_json::from_str::<Transcript>(text) {
        Ok(transcript) => Ok(summary::of_transcript(&transcript)),
        // A text may begin with a bracket.
        Err(error) if error.is_syntax() => Ok(summary::passages(text)),
        Err(error) => {
            let detail = format!("it is JSON, but no transcript: {error}");
            Err(Failure::new("not_transcript", "The transcript cannot be read", detail).into())
        }
    }
}

fn print(extract: &Extract, seconds: f64) -> anyhow::Result<()> {
    let Extract { made_by, of, sentences, terms, .. } = extract;
    let count = sentences.len();
    say(&format!("extract, quoted: {count} of {of} sentences, compared by {made_by}, {seconds:.1} s"))?;
    sentences.iter().try_for_each(|sentence| say(&line(sentence)))?;
    let terms: Vec<String> = terms.iter().map(|term| format!("{} ({})", term.text, term.count)).collect();
    if terms.is_empty() { Ok(()) } else { say(&format!("key terms: {}", terms.join(", "))) }
}

fn line(sentence: &Extracted) -> String {
    let at = sentence.start_ms.map(|start| format!("[{}] ", clock(start))).unwrap_or_default();
    let who = sentence.speaker.map(|speaker| format!("speaker {}: ", speaker + 1)).unwrap_or_default();
    format!("{at}{who}{}", sentence.text)
}
