//! `sluice capture photo.jpg clip.ogg "a line" --deck out.apkg`: the same jobs on the same engine as in the server.

mod deck;
mod inputs;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Serialize;
use sluice_app::app::App;
use sluice_app::capture::deck::Form;
use sluice_app::capture::view::{PhraseStatus, PhraseView};
use sluice_app::capture::{Action, BATCH, CaptureApp, PhraseError, PhraseId, act, phrases};
use sluice_app::limits::Asker;
use sluice_domain::ids::OwnerId;

use self::deck::{DeckFile, Exported};
use self::inputs::Input;
use crate::cli::failure::USAGE;
use crate::cli::{Failure, say, serve};
use crate::config::Config;
use crate::wiring;

const TITLE: &str = "No card was made";

/// Makes cards, and decks of them.
#[derive(Debug, Args)]
// `help` is a phrase as any other word: `--help` is what helps.
#[command(subcommand_negates_reqs = true, disable_help_subcommand = true)]
pub(crate) struct CaptureCommand {
    #[command(subcommand)]
    command: Option<CaptureSubcommand>,
    /// Pictures (JPEG, PNG, WEBP), sounds of at most 30 s, and phrases in quotation marks.
    #[arg(required = true, value_name = "FILE OR PHRASE")]
    inputs: Vec<String>,
    /// What they are in, as an ISO 639-1 code: ru, ar, zh, es or ka; found out if it is not given.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// What they are translated into.
    #[arg(long, value_name = "CODE", default_value = phrases::TRANSLATED_TO)]
    translate_to: String,
    /// Approves every card, so that it is in the deck. Look at what is doubtful first.
    #[arg(long)]
    approve: bool,
    /// Takes their cards into decks again, if they are left out.
    #[arg(long)]
    include: bool,
    #[command(flatten)]
    deck: DeckOptions,
    /// Prints what became of each input, or of the deck, as one JSON object, and a failure as one on standard error.
    #[arg(long, global = true)]
    json: bool,
}

impl CaptureCommand {
    /// Refuses what is for new cards: nobody would see that it was passed over.
    fn check_export(&self) -> anyhow::Result<()> {
        let Self { inputs, language, translate_to, approve, include, .. } = self;
        let is_for_cards = language.is_some() || *approve || *include || translate_to != phrases::TRANSLATED_TO;
        if inputs.is_empty() && !is_for_cards {
            return Ok(());
        }
        let detail = "`export` writes the deck of what is approved already, and makes no card: give phrases, --language, --translate-to, \
                      --approve and --include to `sluice capture` alone (a phrase that is the word itself comes after `--`)";
        Err(Failure { exit: USAGE, ..Failure::new("export_with_cards", "Wrong usage", detail) }.into())
    }
}

#[derive(Debug, Subcommand)]
enum CaptureSubcommand {
    /// Writes the approved cards as a deck.
    Export {
        /// Also those that were exported before and have not changed since.
        #[arg(long)]
        all: bool,
    },
}

/// Where a deck is written, and how: before `export`, or after it.
#[derive(Debug, Args)]
struct DeckOptions {
    /// File for the deck of all approved cards that were not exported yet: .apkg for Anki, .csv, or .zip with a text and the
    /// recordings.
    #[arg(long, short = 'o', visible_alias = "output", value_name = "FILE", global = true)]
    deck: Option<PathBuf>,
    /// The name of the deck in Anki.
    #[arg(long, value_name = "NAME", default_value = sluice_app::capture::exporting::DECK, global = true)]
    name: String,
    /// Writes an .apkg that also older programs read.
    #[arg(long, global = true)]
    legacy: bool,
    /// Overwrites an existing file. Without it, only files that sluice wrote and that are unchanged since are replaced; a photo or
    /// sound of the command, and anything but a regular file, never is.
    #[arg(long, global = true)]
    force: bool,
}

/// What became of an input, for programs: its card, or why there is none.
#[derive(Serialize)]
struct CardLine {
    /// Its place among the inputs, from 0.
    input: usize,
    /// The file that it was given as.
    file: Option<PathBuf>,
    /// Of its phrase; null if it was refused.
    id: Option<String>,
    status: PhraseStatus,
    /// Whether it is left out of decks.
    excluded: bool,
    text: String,
    language: Option<&'static str>,
    transliteration: Option<String>,
    translation: Option<String>,
    doubts: Vec<String>,
    /// Why there is no card; of a card that is there, why it has no sound.
    error: Option<CardError>,
}

/// What happened, and what to do about it.
#[derive(Serialize)]
struct CardError {
    code: String,
    detail: String,
}

impl CardError {
    fn of(failure: &Failure) -> Self {
        Self { code: failure.code.to_string(), detail: failure.detail.clone() }
    }
}

impl CardLine {
    /// Of an input that was refused.
    fn refused((number, input): (usize, &Input), failure: &Failure) -> Self {
        let (file, text) = match input {
            Input::File(path) => (Some(path.clone()), String::new()),
            Input::Phrase(text) => (None, text.clone()),
        };
        Self {
            input: number,
            file,
            id: None,
            status: PhraseStatus::Failed,
            excluded: false,
            text,
            language: None,
            transliteration: None,
            translation: None,
            doubts: Vec::new(),
            error: Some(CardError::of(failure)),
        }
    }

    fn of((number, input): (usize, &Input), view: &PhraseView) -> Self {
        Self {
            input: number,
            file: if let Input::File(path) = input { Some(path.clone()) } else { None },
            id: Some(view.id.clone()),
            status: view.status,
            excluded: view.excluded,
            text: view.text.text.clone(),
            language: view.language.as_ref().map(|language| language.code),
            transliteration: view.transliteration.as_ref().map(|field| field.text.clone()),
            translation: view.translation.as_ref().map(|field| field.text.clone()),
            doubts: view.doubts.clone(),
            error: view
                .error
                .as_ref()
                .map(|error| CardError { code: error.code.clone(), detail: error.detail.clone() }),
        }
    }

    fn is_failed(&self) -> bool {
        self.status == PhraseStatus::Failed
    }

    /// Which input it is of, for people.
    fn name(&self) -> String {
        let short = |text: &str| text.chars().take(40).collect::<String>();
        self.file.as_ref().map_or_else(|| format!("\"{}\"", short(&self.text)), |file| file.display().to_string())
    }

    /// The same for people, on one line.
    fn told(&self) -> String {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let detail = self.error.as_ref().map(|error| error.detail.as_str());
        if let Some(detail) = detail.filter(|_| self.is_failed()) {
            let name = self.name();
            let detail = detail.strip_prefix(&format!("{name}: ")).unwrap_or(detail);
            return format!("{name}: failed: {detail}");
        }
        let parts = [Some(self.text.clone()), filled(&self.transliteration), filled(&self.translation)];
        let mut told = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" | ");
        if let Some(file) = &self.file {
            told = format!("{}: {told}", file.display());
        }
        if !self.doubts.is_empty() {
            let _ = write!(told, " (look at: {})", self.doubts.join(", "));
        }
        if let Some(detail) = detail {
            let _ = write!(told, " (without a sound: {detail})");
        }
        if self.excluded {
            let _ = write!(told, " (left out of decks: --include takes it in again)");
        }
        told
    }
}

/// What was made.
#[derive(Serialize)]
struct Done {
    cards: Vec<CardLine>,
    deck: Option<Exported>,
    /// Why no deck was written, where one was asked for: the cards are there all the same.
    deck_error: Option<CardError>,
}

pub(crate) async fn run(config: &Config, command: CaptureCommand) -> anyhow::Result<()> {
    match command.command {
        Some(CaptureSubcommand::Export { all }) => {
            command.check_export()?;
            export(config, &command.deck, all, command.json).await
        }
        None => make(config, command).await,
    }
}

async fn export(config: &Config, options: &DeckOptions, all: bool, json: bool) -> anyhow::Result<()> {
    let wanted = options.deck.as_deref().ok_or_else(|| {
        let detail = "say where the deck is written: --deck out.apkg";
        Failure { exit: USAGE, ..Failure::new("deck_missing", "Wrong usage", detail) }
    })?;
    let file = DeckFile::check(config, Vec::new(), wanted, options)?;
    let app = wiring::open(config).await?;
    let exported = file.write(capture_of(&app)?, all).await?;
    if json { say(&serde_json::to_string_pretty(&exported)?) } else { say(&exported.told()) }
}

/// Capture's handles.
fn capture_of(app: &App) -> anyhow::Result<&CaptureApp> {
    app.module().context("this program was built without Capture")
}

async fn make(config: &Config, command: CaptureCommand) -> anyhow::Result<()> {
    let inputs = inputs::check(&command.inputs)?;
    let check = |path| DeckFile::check(config, inputs::files(&inputs), path, &command.deck);
    let file = command.deck.deck.as_deref().map(check).transpose()?;
    let app = wiring::open(config).await?;
    let worker = app.engine.start();
    let working = async {
        let added = inputs::add(&app, capture_of(&app)?, &inputs, &command).await?;
        let ids: Vec<PhraseId> = added.iter().filter_map(|added| added.as_ref().ok().cloned()).collect();
        let views = watch(&app, &ids).await?;
        let wanted = [(command.include, Action::Include), (command.approve, Action::Approve)];
        let actions: Vec<Action> = wanted.into_iter().filter_map(|(is, action)| is.then_some(action)).collect();
        let views = if actions.is_empty() { views } else { decide(&app, &ids, &actions).await? };
        anyhow::Ok((added, views))
    };
    let made = tokio::select! {
        made = working => made,
        () = serve::stop_signal() => Err(Failure::interrupted("stopped: the same command continues where it was").into()),
    };
    worker.shutdown(Duration::from_secs(5)).await;
    let (added, views) = made?;
    let mut views = views.iter();
    let mut cards = Vec::with_capacity(inputs.len());
    for (input, added) in inputs.iter().enumerate().zip(added) {
        match added {
            // An only input that is refused is the failure of the command.
            Err(refused) if inputs.len() == 1 => return Err(refused.into()),
            Err(refused) => cards.push(CardLine::refused(input, &refused)),
            Ok(_) => cards.extend(views.next().map(|view| CardLine::of(input, view))),
        }
    }
    report(&app, &command, cards, file).await
}

/// Waits until every card is made, or cannot be.
async fn watch(app: &App, ids: &[PhraseId]) -> anyhow::Result<Vec<PhraseView>> {
    let (capture, owner) = (capture_of(app)?, OwnerId::local());
    let mut changed = app.engine.changed();
    loop {
        changed.mark_unchanged();
        let mut views = Vec::with_capacity(ids.len());
        for id in ids {
            views.push(phrases::show(capture, &owner, id).await.map_err(failure)?);
        }
        if views.iter().all(|view| view.status != PhraseStatus::Processing && view.work.is_none()) {
            return Ok(views);
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

/// Acts on those cards on which it is possible.
async fn decide(app: &App, ids: &[PhraseId], actions: &[Action]) -> anyhow::Result<Vec<PhraseView>> {
    let capture = capture_of(app)?;
    for action in actions {
        for some in ids.chunks(BATCH) {
            act(capture, &app.engine, &local(), *action, some).await.map_err(failure)?;
        }
    }
    let mut views = Vec::with_capacity(ids.len());
    for id in ids {
        views.push(phrases::show(capture, &OwnerId::local(), id).await.map_err(failure)?);
    }
    Ok(views)
}

fn local() -> Asker {
    Asker { owner: OwnerId::local(), token: None, address: None }
}

/// Says what became of each input. The deck is made of the cards that are there; if one is not, the command has failed.
async fn report(
    app: &App,
    command: &CaptureCommand,
    cards: Vec<CardLine>,
    file: Option<DeckFile>,
) -> anyhow::Result<()> {
    if !command.json {
        for card in &cards {
            say(&card.told())?;
        }
    }
    let failed = not_made(&cards);
    let written = match file {
        Some(file) => file.write(capture_of(app)?, false).await.map(Some),
        None => Ok(None),
    };
    let (deck, refused) = match written {
        Ok(deck) => (deck, None),
        Err(error) => (None, Some(without_left_out(&cards, error))),
    };
    if command.json {
        let deck_error = refused.as_ref().map(|error| CardError::of(&Failure::of(error)));
        say(&serde_json::to_string_pretty(&Done { cards, deck, deck_error })?)?;
    } else if let Some(deck) = deck {
        say(&deck.told())?;
    }
    match (failed, refused) {
        (Some(mut failed), refused) => {
            if let Some(error) = refused {
                let _ = write!(failed.detail, "; no deck was written: {error:#}");
            }
            Err(failed.into())
        }
        (None, Some(error)) => Err(error),
        (None, None) => Ok(()),
    }
}

/// Why there is no deck, if some of the cards are left out of decks: that comes first.
fn without_left_out(cards: &[CardLine], error: anyhow::Error) -> anyhow::Error {
    let left_out: Vec<String> = cards.iter().filter(|card| card.excluded).map(CardLine::name).collect();
    match error.downcast::<Failure>() {
        Ok(failure) if !left_out.is_empty() => {
            let names = left_out.join(", ");
            let detail = format!("{names}: left out of decks (--include takes it in again); {}", failure.detail);
            Failure { detail, ..failure }.into()
        }
        Ok(failure) => failure.into(),
        Err(error) => error,
    }
}

/// That there is no card of some inputs, with the reason of each.
fn not_made(cards: &[CardLine]) -> Option<Failure> {
    let failed: Vec<&CardLine> = cards.iter().filter(|card| card.is_failed()).collect();
    let reason = |card: &&CardLine| {
        let detail = card.error.as_ref().map_or("it is not known why: try again", |error| error.detail.as_str());
        // What a file is refused for begins with its name.
        let name = card.name();
        if detail.starts_with(&name) { detail.to_owned() } else { format!("{name}: {detail}") }
    };
    let reasons: Vec<String> = failed.iter().map(reason).collect();
    let detail = format!("no card was made of {} of {}: {}", failed.len(), cards.len(), reasons.join("; "));
    (!failed.is_empty()).then(|| Failure::new("cards_failed", "Not every card was made", detail))
}

/// How an error of a use case is reported.
fn failure(error: PhraseError) -> anyhow::Error {
    let code = match &error {
        PhraseError::NoWords => "no_words",
        PhraseError::TooLong { .. } => "text_too_long",
        PhraseError::TooMany { .. } => "too_many",
        PhraseError::Language(_) | PhraseError::Target { .. } => "no_such_language",
        PhraseError::NoLanguage => "text_no_language",
        PhraseError::WrongScript { .. } => "text_wrong_script",
        PhraseError::Deck(_) => "deck_not_written",
        PhraseError::Unknown { .. } => "not_found",
        _ => return error.into(),
    };
    let title = if matches!(error, PhraseError::Deck(_)) { "No deck was written" } else { TITLE };
    Failure::new(code, title, error.to_string()).into()
}

/// The form of a deck's file, by its extension.
fn form_of(extension: &str, legacy: bool) -> Form {
    match extension {
        "csv" => Form::Csv,
        "zip" => Form::Archive,
        _ if legacy => Form::PackageLegacy,
        _ => Form::Package,
    }
}
