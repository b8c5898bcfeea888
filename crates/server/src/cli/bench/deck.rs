//! `sluice bench deck`: decks of many cards with recordings, exported as by the server: the cards are rows of a database, their export
//! is begun, its file is read as by a client, and the cards are marked as exported. How long each form takes, and the most memory that
//! this process holds meanwhile. The recordings are stored as any, and are noise, which nothing compresses.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Args;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use sluice_app::app::App;
use sluice_app::capture::deck::Form;
use sluice_app::capture::exporting::{self, File};
use sluice_app::capture::{CaptureApp, PhraseId, SourceKind, Status};
use sluice_domain::ids::OwnerId;
use sluice_domain::study::{Analysis, Doubt, Field, Note, Source, Word};
use sluice_store::capture::{self, PhraseAudio, PhraseRow};
use sluice_store::{StoreError, Tx};

use super::ai::memory;
use super::figures::{Figure, Target};
use crate::cli::say;
use crate::config::Config;
use crate::wiring;

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

/// Cards that are stored together.
const AT_ONCE: usize = 500;
/// Recordings that are stored at the same time.
const TOGETHER: usize = 32;

pub(crate) async fn run(config: &Config, options: DeckBench) -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let app = wiring::open(&config.for_bench(data.path().to_owned())).await?;
    let capture: &CaptureApp = app.module().context("this program was built without Capture")?;
    store(&app, &options).await.context("cannot store the cards")?;
    let mut figures = Vec::new();
    for (form, time, space) in FORMS {
        forget_peak()?;
        let begun = Instant::now();
        let bytes = export(capture, form, options.cards).await?;
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

/// Stores approved cards with a recording each.
async fn store(app: &App, options: &DeckBench) -> anyhow::Result<()> {
    let mut noise = rand::rngs::StdRng::seed_from_u64(1);
    let numbers: Vec<u32> = (0..options.cards).collect();
    for some in numbers.chunks(AT_ONCE) {
        let mut recordings = Vec::with_capacity(some.len());
        for _ in some {
            let mut bytes = vec![0; options.recording as usize];
            noise.fill_bytes(&mut bytes);
            recordings.push(app.platform.media.keep_bytes(bytes));
        }
        // Many at once share the flushes of the disk.
        let stored: Vec<_> = stream::iter(recordings).buffered(TOGETHER).try_collect().await?;
        let mut rows = Vec::with_capacity(some.len());
        for (number, stored) in some.iter().zip(stored) {
            rows.push(row(app, *number, stored.hash.to_string()).await?);
        }
        let insert = async |tx: &mut Tx| {
            for row in &rows {
                capture::insert(tx, row).await?;
            }
            Ok::<_, StoreError>(())
        };
        app.platform.store.write(insert).await?;
    }
    Ok(())
}

async fn row(app: &App, number: u32, blob: String) -> anyhow::Result<PhraseRow> {
    let now = app.platform.now().await?;
    let text = format!("كَتَبَ الوَلَدُ رِسَالَةً {number}");
    let made_by = "espeak-ng".to_owned();
    Ok(PhraseRow {
        id: app.platform.new_id(PhraseId::new).await?,
        owner: OwnerId::local(),
        source: SourceKind::Text,
        original: None,
        language: Some("ar".to_owned()),
        language_sure: 1_000,
        translate_to: "en".to_owned(),
        card: json!({ "origin": { "source": Source::Person, "doubt": Doubt::Sure }, "analysis": analysis(number) }),
        doubts: 0,
        reading: None,
        audio: Some(PhraseAudio { blob, ending: "mp3".to_owned(), made_by, own: false }),
        stored_status: Status::Approved,
        excluded: false,
        job: None,
        attempts: 1,
        error: None,
        version: 1,
        request: None,
        search: text.clone(),
        likeness: text.clone(),
        text,
        created_at: now,
        updated_at: now,
        content_at: now,
        exported_at: None,
        deleted_at: None,
    })
}

fn analysis(number: u32) -> Analysis {
    let field = |text: &str| Field::sure(text, Source::Person);
    let note = |text: &str| Note { about: String::new(), text: field(text) };
    let word = |word: &str, root: &str, meaning: &str| Word {
        root: Some(field(root)),
        meaning: Some(field(meaning)),
        ..Word::of(word)
    };
    Analysis {
        transliteration: Some(field(&format!("kataba l-waladu risālatan {number}"))),
        marked: None,
        translation: Some(field(&format!("The boy wrote letter {number}."))),
        grammar: vec![note("Past tense, third person singular."), note("The object is in the accusative.")],
        vocabulary: vec![
            word("كَتَبَ", "ك ت ب", "he wrote"),
            word("وَلَد", "و ل د", "boy"),
            word("رِسَالَة", "ر س ل", "letter"),
        ],
    }
}

/// Exports all cards, and returns the bytes of the deck.
async fn export(app: &CaptureApp, form: Form, cards: u32) -> anyhow::Result<u64> {
    let owner = OwnerId::local();
    let begun = exporting::begin(app, &owner, form, "Bench", true).await?;
    let id = begun.id.parse()?;
    let File { body, ending, .. } = exporting::file(app, &owner, &id).await?;
    let bytes = body.try_fold(0_u64, async |sum, part| Ok::<_, std::io::Error>(sum + part.len() as u64)).await?;
    ending.finish().await?;
    let exported = exporting::show(app, &owner, &id).await?.cards;
    ensure!(exported == Some(cards), "{exported:?} cards instead of {cards}");
    Ok(bytes)
}

/// Starts the measurement of memory anew (proc(5), `clear_refs`).
fn forget_peak() -> anyhow::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("cannot measure the memory of this process")
}
