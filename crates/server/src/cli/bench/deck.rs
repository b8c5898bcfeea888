//! `sluice bench deck`: decks of many cards with recordings, streamed as to a client: how long each form takes, and the most
//! memory that this process holds meanwhile. The recordings are stored as any, and are noise, which nothing compresses.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Args;
use futures::TryStreamExt as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use sluice_app::capture::deck::{
    AudioFile, Card, Deck, Direction, Export, Exporting, Form, StoredRecordings, Word, stream,
};
use sluice_app::media::Media;
use sluice_blobs::{Blobs, Place};
use sluice_domain::time::Timestamp;
use sluice_store::Store;

use super::ai::memory;
use super::figures::{Figure, Target};
use crate::cli::say;

#[derive(Debug, Clone, Args)]
pub(crate) struct DeckBench {
    /// Cards of the deck.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    cards: u32,
    /// Bytes of each recording; three seconds of speech as MP3 have as many.
    #[arg(long, default_value_t = 24_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    recording: u32,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// What is wanted of 10,000 cards.
const SECONDS: f64 = 20.0;
const MEMORY_MB: f64 = 200.0;

/// Forms, and the names of their figures.
const FORMS: [(Form, &str, &str); 4] = [
    (Form::Package, "package", "package, memory"),
    (Form::PackageLegacy, "older package", "older package, memory"),
    (Form::Archive, "text and recordings", "text and recordings, memory"),
    (Form::Csv, "csv", "csv, memory"),
];

pub(crate) async fn run(options: DeckBench) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("sluice.db")).await?;
    let blobs = Blobs::open(&folder.path().join("data"), &Place::Folder)?;
    let cards = cards(&blobs, &options).await.context("cannot store the recordings")?;
    let media = Media::new(store, blobs);
    let mut figures = Vec::new();
    for (form, time, space) in FORMS {
        forget_peak()?;
        let begun = Instant::now();
        let bytes = export(form, &cards, &media).await?;
        let took = begun.elapsed().as_secs_f64();
        let peak = memory::peak_mb(Some(std::process::id()));
        let note = format!("{} MB", bytes / 1_000_000);
        figures.push(Figure::alone(time, took, "s").target(Target::AtMost(SECONDS)).note(note));
        figures.push(Figure::alone(space, peak, "MB").target(Target::AtMost(MEMORY_MB)));
    }
    if options.json {
        return say(&json!({ "cards": options.cards, "figures": figures }).to_string());
    }
    for figure in &figures {
        say(&figure.to_string())?;
    }
    Ok(())
}

/// Cards with a recording each.
async fn cards(blobs: &Blobs, options: &DeckBench) -> anyhow::Result<Vec<Card>> {
    let mut noise = rand::rngs::StdRng::seed_from_u64(1);
    let mut cards = Vec::new();
    for number in 0..options.cards {
        let mut bytes = vec![0; options.recording as usize];
        noise.fill_bytes(&mut bytes);
        let stored = blobs.publish(blobs.stage_bytes(bytes).await?).await?;
        cards.push(card(number, AudioFile::stored(stored.hash, "mp3")));
    }
    Ok(cards)
}

fn card(number: u32, audio: AudioFile) -> Card {
    let word = |word: &str, meaning: &str| Word { word: word.into(), meaning: meaning.into(), ..Word::default() };
    let at = Timestamp::from_millis(1_780_000_000_000 + i64::from(number));
    Card {
        id: format!("card-{number}"),
        source: format!("كَتَبَ الوَلَدُ رِسَالَةً {number}"),
        transliteration: format!("kataba l-waladu risālatan {number}"),
        translation: format!("The boy wrote letter {number}."),
        grammar: vec!["Past tense, third person singular.".into(), "The object is in the accusative.".into()],
        vocabulary: vec![word("كَتَبَ", "he wrote"), word("وَلَد", "boy"), word("رِسَالَة", "letter")],
        language: "ar".into(),
        direction: Direction::RightToLeft,
        audio: Some(audio),
        created_at: at,
        changed_at: at,
    }
}

/// Exports the cards, and returns the bytes of the deck.
async fn export(form: Form, cards: &[Card], media: &Media) -> anyhow::Result<u64> {
    let deck = Deck { id: "bench".into(), name: "Bench".into(), credits: Vec::new() };
    let export = Export { form, deck, cards: cards.to_vec() };
    let Exporting { body, outcome } = stream(export, StoredRecordings::new(media.clone()));
    let bytes = body.try_fold(0_u64, async |sum, part| Ok::<_, std::io::Error>(sum + part.len() as u64)).await?;
    let made = outcome.wait().await?;
    ensure!(made.cards == cards.len(), "{} cards instead of {}", made.cards, cards.len());
    Ok(bytes)
}

/// Starts the measurement of memory anew (proc(5), `clear_refs`).
fn forget_peak() -> anyhow::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("cannot measure the memory of this process")
}
