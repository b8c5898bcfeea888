//! Makes decks of JSON on standard input, and reads decks, for tests from outside: `deck FORM`, with a form such as `package`,
//! writes the deck to standard output, `deck preview` the sides of its cards, `deck read FILE` the fronts of a deck.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Deserialize;
use sluice_app::capture::deck::{self, AudioFile, AudioSource, Card, Deck, Direction, Files, Form, Word};
use sluice_domain::time::Timestamp;
use sluice_local::child;
use sluice_local::deck::DeckReader;
use sluice_local::guard::Guard;

#[derive(Deserialize)]
struct Input {
    deck: String,
    cards: Vec<InputCard>,
}

#[derive(Deserialize)]
struct InputCard {
    id: String,
    source: String,
    #[serde(default)]
    transliteration: String,
    #[serde(default)]
    translation: String,
    #[serde(default)]
    grammar: Vec<String>,
    #[serde(default)]
    vocabulary: Vec<Word>,
    language: String,
    direction: Direction,
    audio: Option<PathBuf>,
    changed_at: Timestamp,
}

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = child::dispatch(&args) {
        return code;
    }
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[OsString]) -> Result<(), Box<dyn Error>> {
    let words: Vec<&str> = args.iter().skip(1).filter_map(|word| word.to_str()).collect();
    match words.as_slice() {
        ["read", file] => read(Path::new(file)),
        ["preview"] => {
            let sides: Vec<_> = input()?.1.iter().map(deck::preview).collect();
            Ok(serde_json::to_writer(io::stdout(), &sides)?)
        }
        [form] => {
            let form: Form = serde_json::from_value((*form).into())?;
            let (deck, cards) = input()?;
            deck::write(form, &deck, &cards, &Files, io::stdout().lock())?;
            Ok(())
        }
        _ => Err("usage: deck FORM | deck preview | deck read FILE".into()),
    }
}

fn read(file: &Path) -> Result<(), Box<dyn Error>> {
    let reader = DeckReader::new(Guard::new(std::env::current_exe()?));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let fronts = runtime.block_on(reader.fronts(file))?;
    Ok(serde_json::to_writer(io::stdout(), &fronts)?)
}

fn input() -> Result<(Deck, Vec<Card>), Box<dyn Error>> {
    let Input { deck, cards } = serde_json::from_reader(io::stdin().lock())?;
    let cards = cards.into_iter().map(card).collect::<Result<_, _>>()?;
    Ok((Deck { id: "1".to_owned(), name: deck, credits: Vec::new() }, cards))
}

fn card(input: InputCard) -> Result<Card, &'static str> {
    let audio = input.audio.map(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a recording has no name")?;
        Ok::<_, &'static str>(AudioFile { name: name.to_owned(), source: AudioSource::File(path.clone()) })
    });
    Ok(Card {
        id: input.id,
        source: input.source,
        transliteration: input.transliteration,
        translation: input.translation,
        grammar: input.grammar,
        vocabulary: input.vocabulary,
        language: input.language,
        direction: input.direction,
        audio: audio.transpose()?,
        created_at: Timestamp::from_millis(1_780_000_000_000),
        changed_at: input.changed_at,
    })
}
