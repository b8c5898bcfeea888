//! Embeddings beside ONNX Runtime in Python: the same model, batches and number of threads.

use std::ffi::OsStr;
use std::time::Instant;

use serde::Deserialize;
use serde_json::json;
use sluice_capability::{EmbedRequest, Purpose};
use sluice_local::embed::{EmbedSettings, Embedder};
use sluice_local::models::{EMBEDDING_MODEL, EMBEDDING_TOKENIZER};

use super::python::Peer;
use super::{Bench, Measured, memory, number, prose};
use crate::cli::bench::figures::{Figure, Target};

const PEER: &str = "onnxruntime of Python";
/// Characters of a short text, and how many there are.
const SHORT: (usize, usize) = (60, 128);
/// Those of a long one.
const LONG: (usize, usize) = (450, 48);

#[derive(Deserialize)]
struct Answer {
    seconds: f64,
    vectors: Vec<Vec<f32>>,
}

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Measured> {
    let settings = EmbedSettings { threads: bench.threads, ..EmbedSettings::of(bench.executable.clone()) };
    let embedder = Embedder::new(bench.guard(), bench.models.clone(), settings);
    if let Err(error) = embedder.check_installed() {
        return Ok(Measured::Skipped(error.to_string()));
    }
    let words = match prose::words(&bench.text) {
        Ok(words) => words,
        Err(why) => return Ok(Measured::Skipped(why)),
    };
    let (short, long) = (prose::texts(&words, SHORT.0, SHORT.1), prose::texts(&words, LONG.0, LONG.1));
    let begun = Instant::now();
    embedder.warm().await?;
    let load = begun.elapsed().as_secs_f64();
    embed(&embedder, &short[..1]).await?;
    let first = begun.elapsed().as_secs_f64();
    let (model, tokenizer) = (bench.models.path(&EMBEDDING_MODEL), bench.models.path(&EMBEDDING_TOKENIZER));
    let threads = bench.threads.to_string();
    let arguments = [model.as_os_str(), tokenizer.as_os_str(), OsStr::new(&threads)];
    let mut peer = Peer::start(&bench.python, "embed", &arguments).await;
    let mut their_first = 0.0;
    if let Ok(peer) = &mut peer {
        their_first = peer.load_seconds + ask(peer, &short[..1]).await?.seconds;
    }
    let mut rates = [(); 2].map(|()| (Vec::new(), Vec::new()));
    let mut least = 1.0_f32;
    for round in 0..bench.rounds {
        for ((ours, theirs), texts) in rates.iter_mut().zip([&short, &long]) {
            let mut own = None;
            if round % 2 == 0 {
                own = Some(embed(&embedder, texts).await?);
            }
            let other = match &mut peer {
                Ok(peer) => Some(ask(peer, texts).await?),
                Err(_) => None,
            };
            let own = match own {
                Some(own) => own,
                None => embed(&embedder, texts).await?,
            };
            ours.push(number(texts.len()) / own.seconds);
            if let Some(other) = other {
                theirs.push(number(texts.len()) / other.seconds);
                least =
                    own.vectors.iter().zip(&other.vectors).map(|(one, other)| cosine(one, other)).fold(least, f32::min);
            }
        }
    }
    let our_peak = memory::peak_mb(embedder.process_id().await);
    let beside = |name, unit, ours: &[f64], theirs: &[f64]| {
        let theirs = if peer.is_ok() { Ok(theirs) } else { Err(peer.as_ref().err().map_or("", String::as_str)) };
        Figure::beside(name, unit, ours, PEER, theirs)
    };
    let (their_peak, their_load) = peer.as_ref().map_or((0.0, 0.0), |peer| (peer.peak_mb(), peer.load_seconds));
    let [(our_short, their_short), (our_long, their_long)] = &rates;
    let speed = Target::AtLeast(1.0);
    let version = peer.as_ref().map(|peer| peer.version.clone()).unwrap_or_default();
    let (model, own_version) = Embedder::model();
    let mut figures = vec![
        beside("embeddings_short", "texts/s", our_short, their_short).target(speed).note(format!(
            "{} texts of {} characters, {model}, ours {own_version}, {version}",
            short.len(),
            SHORT.0
        )),
        beside("embeddings_long", "texts/s", our_long, their_long).target(speed).note(format!(
            "{} texts of {} characters",
            long.len(),
            LONG.0
        )),
        beside("embeddings_memory", "MB", &[our_peak], &[their_peak]),
        beside("embeddings_load", "s", &[load], &[their_load]),
        beside("embeddings_first", "s", &[first], &[their_first]).note("from the start of the process"),
    ];
    if peer.is_ok() {
        let least = f64::from(least);
        let note = format!("{least:.6}: the least of ours with Python's");
        figures.push(Figure::alone("embeddings_cosine", least, "").note(note));
    }
    Ok(Measured::Figures(figures))
}

async fn embed(embedder: &Embedder, texts: &[String]) -> anyhow::Result<Answer> {
    let request = EmbedRequest { texts: texts.to_vec(), purpose: Purpose::Passage };
    let begun = Instant::now();
    let embedded = embedder.embed(&request, &|_| ()).await?;
    Ok(Answer { seconds: begun.elapsed().as_secs_f64(), vectors: embedded.embeddings.vectors })
}

async fn ask(peer: &mut Peer, texts: &[String]) -> anyhow::Result<Answer> {
    peer.ask(&json!({ "texts": texts })).await
}

/// Of vectors of length 1.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
