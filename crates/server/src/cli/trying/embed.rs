//! `sluice try embed TEXT`.

use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use sluice_capability::{EmbedRequest, Purpose};
use sluice_local::embed::{DIMENSIONS, EmbedError, EmbedSettings, Embedded, Embedder, MOST_TOKENS};
use sluice_local::guard::Guard;
use sluice_local::models::Models;

use super::text;
use crate::cli::{Failure, say};
use crate::config::Config;

/// Numbers of the vector that people are shown.
const SHOWN: usize = 6;

#[derive(Debug, Args)]
pub(crate) struct EmbedArguments {
    /// The text; "-" reads it from standard input.
    #[arg(value_name = "TEXT")]
    text: String,
    /// It is a query, to be compared with passages; without this it is a passage.
    #[arg(long)]
    query: bool,
    /// A passage to compare it with; may be given several times. The nearest is printed first.
    #[arg(long, value_name = "TEXT")]
    against: Vec<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// A passage, and how near it is.
#[derive(Serialize)]
struct Near {
    text: String,
    /// 1 for the same meaning. Unrelated texts have about 0.7 to 0.8 with this model: compare, do not cut off.
    cosine: f32,
}

#[derive(Serialize)]
struct View {
    model: &'static str,
    /// The version of what runs the model.
    version: &'static str,
    dimensions: usize,
    /// Tokens that were read.
    tokens: u64,
    /// Characters that were read, if not all.
    truncated_at: Option<usize>,
    /// Time without loading the model.
    seconds: f64,
    vector: Vec<f32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    against: Vec<Near>,
}

pub(crate) async fn run(config: &Config, arguments: EmbedArguments) -> anyhow::Result<()> {
    let EmbedArguments { text, query, against, json } = arguments;
    let text = text::of(text)?;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let guard = Guard::new(executable.clone());
    let embedder = Embedder::new(guard, Models::new(config.models()?), EmbedSettings::of(executable));
    embedder.warm().await.map_err(failure)?;
    let begun = Instant::now();
    let purpose = if query { Purpose::Query } else { Purpose::Passage };
    let Embedded { mut embeddings, tokens } = embed(&embedder, vec![text], purpose).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let vector = embeddings.vectors.pop().unwrap_or_default();
    let truncated_at = embeddings.truncated.first().map(|truncated| truncated.characters);
    let against = compared(&embedder, &vector, against).await?;
    let (model, version) = Embedder::model();
    let view = View { model, version, dimensions: vector.len(), tokens, truncated_at, seconds, vector, against };
    if json { say(&serde_json::to_string_pretty(&view)?) } else { print(&view) }
}

async fn embed(embedder: &Embedder, texts: Vec<String>, purpose: Purpose) -> anyhow::Result<Embedded> {
    embedder.embed(&EmbedRequest { texts, purpose }, &|_| ()).await.map_err(failure)
}

/// Passages with their cosines, the nearest first.
async fn compared(embedder: &Embedder, vector: &[f32], texts: Vec<String>) -> anyhow::Result<Vec<Near>> {
    let passages = embed(embedder, texts.clone(), Purpose::Passage).await?.embeddings.vectors;
    // Vectors have the length 1, so that their product is the cosine.
    let cosine = |passage: &[f32]| vector.iter().zip(passage).map(|(one, other)| one * other).sum::<f32>();
    let near = texts.into_iter().zip(&passages).map(|(text, passage)| Near { text, cosine: cosine(passage) });
    let mut near: Vec<Near> = near.collect();
    near.sort_by(|one, other| other.cosine.total_cmp(&one.cosine));
    Ok(near)
}

fn print(view: &View) -> anyhow::Result<()> {
    let View { model, version, dimensions, tokens, seconds, .. } = view;
    say(&format!("{model} by ONNX Runtime {version}: {dimensions} dimensions, {tokens} tokens, {seconds:.3} s"))?;
    if let Some(read) = view.truncated_at {
        let most = MOST_TOKENS;
        say(&format!("only its first {read} characters were read: the model reads {most} tokens; embed it in parts"))?;
    }
    let first: Vec<String> = view.vector.iter().take(SHOWN).map(|number| format!("{number:.4}")).collect();
    say(&format!("vector: {} … (all {DIMENSIONS} with --json)", first.join(" ")))?;
    view.against.iter().try_for_each(|near| say(&format!("{:.3}  {}", near.cosine, near.text)))
}

pub(super) fn failure(error: EmbedError) -> anyhow::Error {
    let code = error.code();
    let chain = anyhow::Error::new(error);
    Failure::new(code, "It cannot be embedded", format!("{chain:#}")).into()
}
