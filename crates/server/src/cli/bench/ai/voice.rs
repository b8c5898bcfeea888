//! The English voice.

use std::time::Instant;

use sluice_domain::language::Language;
use sluice_local::voice::{VoiceSettings, Voices};

use super::{Bench, Measured, memory};
use crate::cli::bench::figures::{Figure, Target, median};

const SENTENCE: &str = "The lighthouse stands on a reef, twelve miles from the nearest island.";
const TEXT: &str = "The lighthouse stands on a reef, twelve miles from the nearest island. The reef had wrecked more than thirty \
    ships before anyone thought of building a tower there. Every block of granite was cut on the shore and carried to the reef \
    by ship. The masons could land only in calm weather, and work began before four in the morning. The lamp can be seen from \
    eighteen miles. The keepers lived in the tower for six weeks at a time, with books and a small harmonium.";

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Measured> {
    let settings = VoiceSettings::beside(bench.executable.clone());
    let voices = Voices::new(bench.guard(), bench.models.clone(), settings);
    let Some(voice) = voices.default_for(Language::ENGLISH).filter(|voice| voice.installed) else {
        return Ok(Measured::Skipped("no English voice is installed: sluice doctor says what is missing".to_owned()));
    };
    let out = bench.folder.path().join("voice.wav");
    let begun = Instant::now();
    voices.warm().await?;
    let load = begun.elapsed().as_secs_f64();
    voices.speak(&voice.id, SENTENCE, &out).await?;
    let first = begun.elapsed().as_secs_f64();
    let (mut rates, mut sentences) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let begun = Instant::now();
        voices.speak(&voice.id, SENTENCE, &out).await?;
        sentences.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let speech = voices.speak(&voice.id, TEXT, &out).await?;
        let length = f64::from(speech.duration_ms()) / 1_000.0;
        rates.push(length / begun.elapsed().as_secs_f64());
    }
    Ok(Measured::Figures(vec![
        Figure::alone("voice_speed", median(&rates), "× real").target(Target::AtLeast(20.0)).note(voice.id.clone()),
        Figure::alone("voice_sentence", median(&sentences), "s")
            .target(Target::AtMost(0.3))
            .note("a sentence of twelve words, loaded"),
        Figure::alone("voice_memory", memory::peak_mb(voices.process_id().await), "MB"),
        Figure::alone("voice_load", load, "s"),
        Figure::alone("voice_first", first, "s").note("from the start of the process"),
    ]))
}
