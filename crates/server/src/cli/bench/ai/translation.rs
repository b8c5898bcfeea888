//! Translation from English.

use std::time::Instant;

use sluice_capability::TranslateRequest;
use sluice_local::translate::{TranslateSettings, Translator};

use super::{Bench, Measured, memory, number, prose};
use crate::cli::bench::figures::{Figure, median};

/// Words that are translated.
const WORDS: usize = 1_000;
/// Characters of the first text.
const FIRST: usize = 60;

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Measured> {
    let settings = TranslateSettings { threads: bench.threads, ..TranslateSettings::of(bench.executable.clone()) };
    let translator = Translator::new(bench.guard(), bench.models.clone(), settings);
    if let Err(error) = translator.check("en", "pt") {
        return Ok(Measured::Skipped(error.to_string()));
    }
    let words = match prose::words(&bench.text) {
        Ok(words) => words,
        Err(why) => return Ok(Measured::Skipped(why)),
    };
    let request = |texts: Vec<String>| TranslateRequest { texts, from: Some("en".to_owned()), to: "pt".to_owned() };
    let begun = Instant::now();
    translator.warm("en", "pt").await?;
    let load = begun.elapsed().as_secs_f64();
    translator.translate(&request(prose::texts(&words, FIRST, 1)), &|_| ()).await?;
    let first = begun.elapsed().as_secs_f64();
    let all = request(vec![words[..WORDS.min(words.len())].join(" ")]);
    let mut rates = Vec::new();
    for _ in 0..bench.rounds {
        let begun = Instant::now();
        translator.translate(&all, &|_| ()).await?;
        rates.push(number(WORDS) / begun.elapsed().as_secs_f64());
    }
    Ok(Measured::Figures(vec![
        Figure::alone("translation_speed", median(&rates), "words/s").note("English to Portuguese"),
        Figure::alone("translation_memory", memory::peak_mb(translator.process_id().await), "MB"),
        Figure::alone("translation_load", load, "s"),
        Figure::alone("translation_first", first, "s").note("from the start of the process"),
    ]))
}
