//! Exports of decks: which cards they have, and when these count as exported.

use std::collections::BTreeSet;
use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use sluice_domain::ids::OwnerId;
use sluice_domain::study::{Analysis, Field, StudyLanguage};
use sluice_domain::time::Timestamp;
use sluice_store::capture::{self, ExportId, ExportRow, Filter, PhraseId, PhraseRow, Status};
use sluice_store::{StoreError, Tx};

use super::card;
use super::context::CaptureApp;
use super::deck::{self, AudioFile, Card, Deck, DeckError, Direction, Export, Form, Sides, StoredRecordings};
use super::error::PhraseError;
use super::notify::changed;
use super::view::ExportView;

/// The default name of a deck.
pub const DECK: &str = "Sluice";
/// Most characters of a deck's name.
pub const DECK_CHARACTERS: usize = 100;
/// Rows that are read at a time: the fields of a row with many words take a hundred times the memory of its card.
const AT_ONCE: u32 = 100;

/// The body of a deck's file.
pub type Body = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// A file that is streamed while it is written.
pub struct File {
    /// Its bytes. An error at the end means that the file is incomplete.
    pub body: Body,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What has to be done after all of it was read.
    pub ending: Ending,
}

impl File {
    /// Its bytes; at their end the cards are marked as exported.
    pub fn ending_itself(self) -> Body {
        let ended = stream::once(self.ending.finish());
        let failed = ended
            .filter_map(async |ended: Result<(), PhraseError>| ended.err().map(|error| Err(io::Error::other(error))));
        Box::pin(self.body.chain(failed))
    }
}

/// The end of an export.
pub struct Ending {
    app: CaptureApp,
    owner: OwnerId,
    id: ExportId,
    outcome: deck::stream::Outcome,
    read: Vec<(PhraseId, Timestamp)>,
}

impl Ending {
    /// Records how the file ended: its cards are marked as exported if it is complete. The file must have been read to its end.
    pub async fn finish(self) -> Result<(), PhraseError> {
        let Self { app, owner, id, outcome, read } = self;
        let made = outcome.wait().await;
        ended(&app, &owner, &id, made.map(|made| made.cards), &read).await
    }
}

/// The name of a form, as it is stored and shown.
const fn name_of(form: Form) -> &'static str {
    match form {
        Form::Package => "package",
        Form::PackageLegacy => "package_legacy",
        Form::Csv => "csv",
        Form::Archive => "archive",
    }
}

fn form_of(name: &str) -> Result<Form, StoreError> {
    let all = [Form::Package, Form::PackageLegacy, Form::Csv, Form::Archive];
    let found = all.into_iter().find(|form| name_of(*form) == name);
    found.ok_or_else(|| StoreError::Unreadable { what: format!("the form of a deck \"{name}\"") })
}

/// The card of a phrase.
pub(super) fn card_of(row: &PhraseRow) -> Result<Card, StoreError> {
    card_with(row, card::fields(row)?.analysis)
}

/// The same with fields that were decoded.
fn card_with(row: &PhraseRow, analysis: Analysis) -> Result<Card, StoreError> {
    let text = |field: Option<Field>| field.map(|field| field.text).unwrap_or_default();
    let note = |note: sluice_domain::study::Note| match note.about.as_str() {
        _ if note.text.text.is_empty() => None,
        "" => Some(note.text.text),
        about => Some(format!("{about}: {}", note.text.text)),
    };
    let word = |word: sluice_domain::study::Word| deck::Word {
        word: word.word,
        root: word.root.map(|field| field.text).filter(|root| !root.is_empty()).unwrap_or_else(|| text(word.lemma)),
        meaning: text(word.meaning),
        gender: text(word.gender),
        declension: text(word.declension),
        notes: text(word.notes),
    };
    let language = row.language.as_deref().and_then(StudyLanguage::from_code);
    let right_to_left = language.is_some_and(|language| language.facts().right_to_left);
    let audio = row.audio.as_ref().map(|audio| match audio.blob.parse() {
        Ok(hash) => Ok(AudioFile::stored(hash, &audio.ending)),
        Err(_) => Err(StoreError::Unreadable { what: format!("the name of the sound of phrase {}", row.id) }),
    });
    Ok(Card {
        id: row.id.to_string(),
        source: row.text.clone(),
        transliteration: text(analysis.transliteration),
        translation: text(analysis.translation),
        grammar: fitted(analysis.grammar.into_iter().filter_map(note)),
        vocabulary: fitted(analysis.vocabulary.into_iter().map(word)),
        language: row.language.clone().unwrap_or_default(),
        direction: if right_to_left { Direction::RightToLeft } else { Direction::LeftToRight },
        audio: audio.transpose()?,
        created_at: row.created_at,
        changed_at: row.content_at,
    })
}

/// A vector without spare capacity: one that is collected in place from larger items keeps their allocation, and a deck has ten
/// thousand of them.
fn fitted<T>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = items.collect();
    all.shrink_to_fit();
    all
}

/// Both sides of a card, as Anki renders them.
pub async fn preview(app: &CaptureApp, owner: &OwnerId, id: &PhraseId) -> Result<Sides, PhraseError> {
    let row = app.platform.store.read(async |tx: &mut Tx| capture::find(tx, owner, id).await).await?;
    let row = row.ok_or(PhraseError::Unknown { what: "phrase" })?;
    Ok(deck::preview(&card_of(&row)?))
}

/// Begins an export. Its file is written when it is requested; until then no card is marked as exported.
pub async fn begin(
    app: &CaptureApp,
    owner: &OwnerId,
    form: Form,
    deck: &str,
    everything: bool,
) -> Result<ExportView, PhraseError> {
    let found = deck.chars().count();
    if found > DECK_CHARACTERS {
        return Err(PhraseError::TooLong { what: "deck's name", found, most: DECK_CHARACTERS });
    }
    let row = ExportRow {
        id: app.platform.new_id(ExportId::new).await?,
        owner: owner.clone(),
        form: name_of(form).to_owned(),
        deck: if deck.trim().is_empty() { DECK } else { deck.trim() }.to_owned(),
        everything,
        finished: None,
        error: None,
        created_at: app.platform.now().await?,
    };
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            if capture::exportable(tx, owner, everything, "", 1).await?.is_empty() {
                return Err(nothing_to_write(tx, owner).await?.into());
            }
            Ok::<_, PhraseError>(capture::insert_export(tx, &row).await?)
        })
        .await?;
    Ok(row.into())
}

/// Why there is no card to export.
async fn nothing_to_write(tx: &mut Tx, owner: &OwnerId) -> Result<DeckError, StoreError> {
    if !capture::exportable(tx, owner, true, "", 1).await?.is_empty() {
        return Ok(DeckError::AllExported);
    }
    for status in [Status::Approved, Status::Exported] {
        let left_out = Filter { status: Some(status), excluded: Some(true), ..Filter::default() };
        if !capture::listed(tx, owner, &left_out, 1).await?.is_empty() {
            return Ok(DeckError::AllExcluded);
        }
    }
    Ok(DeckError::NoCards)
}

/// An export.
pub async fn show(app: &CaptureApp, owner: &OwnerId, id: &ExportId) -> Result<ExportView, PhraseError> {
    Ok(find(app, owner, id).await?.into())
}

/// The row of an export.
pub(super) async fn find(app: &CaptureApp, owner: &OwnerId, id: &ExportId) -> Result<ExportRow, PhraseError> {
    let row = app.platform.store.read(async |tx: &mut Tx| capture::export_of(tx, owner, id).await).await?;
    row.ok_or(PhraseError::Unknown { what: "export" })
}

/// The sources that the card of a phrase has to credit.
pub(super) fn credits_of(row: &PhraseRow) -> Result<BTreeSet<String>, StoreError> {
    Ok(deck::credits::of(&card::fields(row)?.analysis))
}

/// The cards of an export.
#[derive(Default)]
struct Content {
    cards: Vec<Card>,
    /// The sources to credit.
    credits: BTreeSet<String>,
    /// The versions of the phrases, to find out later whether they have changed.
    read: Vec<(PhraseId, Timestamp)>,
}

/// The cards of an export as they are now.
async fn cards(app: &CaptureApp, owner: &OwnerId, everything: bool) -> Result<Content, PhraseError> {
    let Content { mut cards, mut credits, mut read } = Content::default();
    loop {
        let after = read.last().map_or_else(String::new, |(id, _)| id.to_string());
        let page = async |tx: &mut Tx| capture::exportable(tx, owner, everything, &after, AT_ONCE).await;
        let rows = app.platform.store.read(page).await?;
        let is_last = rows.len() < AT_ONCE as usize;
        if !is_last && read.is_empty() {
            // Cached pages are released, since the cards of a large deck stay in memory until it is written.
            app.platform.store.release_cache().await;
        }
        for row in rows {
            let analysis = card::fields(&row)?.analysis;
            credits.extend(deck::credits::of(&analysis));
            cards.push(card_with(&row, analysis)?);
            read.push((row.id, row.content_at));
        }
        if is_last {
            return Ok(Content { cards, credits, read });
        }
    }
}

/// The deck of an export: that of all exports of its owner with this name.
pub(super) fn deck_of(owner: &OwnerId, row: &ExportRow, credits: BTreeSet<String>) -> Deck {
    Deck { id: format!("{owner}/{}", row.deck), name: row.deck.clone(), credits: credits.into_iter().collect() }
}

/// The file of an export, with the cards as they are at the time of each request.
pub async fn file(app: &CaptureApp, owner: &OwnerId, id: &ExportId) -> Result<File, PhraseError> {
    let row = find(app, owner, id).await?;
    let form = form_of(&row.form)?;
    // After its file was received completely, the export has the same cards again.
    let everything = row.everything || row.finished.is_some();
    let Content { cards, credits, read } = cards(app, owner, everything).await?;
    if cards.is_empty() {
        return Err(DeckError::NoCards.into());
    }
    let deck = deck_of(owner, &row, credits);
    let exporting = deck::stream(Export { form, deck, cards }, StoredRecordings::new(app.platform.media.clone()));
    let ending =
        Ending { app: app.clone(), owner: owner.clone(), id: row.id.clone(), outcome: exporting.outcome, read };
    let name = format!("{}.{}", row.deck.replace("::", " "), form.extension());
    Ok(File { body: Box::pin(exporting.body), name, media_type: form.media_type(), ending })
}

/// Records how a file ended: its cards are marked as exported if it is complete.
async fn ended(
    app: &CaptureApp,
    owner: &OwnerId,
    id: &ExportId,
    made: Result<usize, DeckError>,
    read: &[(PhraseId, Timestamp)],
) -> Result<(), PhraseError> {
    let cards = match &made {
        Ok(cards) => Ok(u32::try_from(*cards).unwrap_or(u32::MAX)),
        Err(error) => Err(error.to_string()),
    };
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            capture::finish_export(tx, owner, id, cards.as_ref().map(|cards| *cards).map_err(String::as_str)).await?;
            if cards.is_ok() {
                capture::mark_exported(tx, owner, read).await?;
                if let Some((first, _)) = read.first() {
                    // One event for all of them: pages that show phrases reload them.
                    changed(tx, owner, first)?;
                }
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    if read.len() > AT_ONCE as usize {
        // The written rows are not read again soon.
        app.platform.store.release_cache().await;
    }
    Ok(made.map(drop)?)
}

#[cfg(test)]
mod tests {
    use sluice_domain::study::{Note, Source, Word};
    use sluice_store::capture::SourceKind;

    use super::*;
    use crate::capture::phrases::new_row;

    #[test]
    fn a_card_holds_no_more_memory_than_its_words_and_notes_need() {
        let now = Timestamp::from_millis(1);
        let row = new_row(PhraseId::new(now, [0; 10]), &OwnerId::local(), SourceKind::Text, now);
        let note = Note { about: String::new(), text: Field::sure("Past tense.", Source::Person) };
        let analysis = Analysis {
            vocabulary: ["كتب", "ولد", "رسالة"].map(Word::of).into(),
            grammar: vec![note.clone(), note],
            ..Analysis::default()
        };
        let card = card_with(&row, analysis).unwrap();
        assert_eq!((card.vocabulary.len(), card.vocabulary.capacity()), (3, 3));
        assert_eq!((card.grammar.len(), card.grammar.capacity()), (2, 2));
    }
}
