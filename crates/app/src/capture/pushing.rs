//! Cards for a running Anki: a page takes them from here, and pushes them by `AnkiConnect`, which only it can reach. They are exported
//! once it says which of them arrived.

use std::collections::BTreeSet;

use serde::Serialize;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::capture::{self, ExportId, PhraseId, PhraseRow, Status};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::context::CaptureApp;
use super::deck::{
    self, AudioSource, Card, Deck, DeckError, Export, Form, PushedNote, PushedNoteType, StoredRecordings,
};
use super::error::PhraseError;
use super::exporting::{Body, card_of, credits_of, deck_of, find};
use super::notify::changed;
use crate::links::Signer;

/// Most notes of a page, and most that are said to have arrived at once.
pub const NOTES: u32 = 500;
/// Most notes of a package for a running Anki.
pub const PACKAGE_NOTES: usize = 100;

/// A note that is to be pushed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoteToPush {
    /// As `AnkiConnect` adds it.
    #[serde(flatten)]
    pub note: PushedNote,
    /// A link to its recording, for a limited time.
    pub audio_href: Option<String>,
    /// When its card changed: what is given back when it has arrived.
    #[schema(value_type = i64)]
    pub changed_at: Timestamp,
}

/// Notes that are to be pushed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotesToPush {
    /// The deck's name, as in packages.
    pub deck: String,
    /// The note type of all of them.
    pub note_type: PushedNoteType,
    /// The notes.
    #[schema(max_items = 500)]
    pub notes: Vec<NoteToPush>,
    /// What the next page is asked for with; null on the last one.
    pub next_after: Option<String>,
}

/// A page of the notes of an export, after the phrase `after`.
pub async fn notes(
    app: &CaptureApp,
    owner: &OwnerId,
    id: &ExportId,
    after: Option<&PhraseId>,
) -> Result<NotesToPush, PhraseError> {
    let row = find(app, owner, id).await?;
    let after = after.map_or("", PhraseId::as_str);
    let read = async |tx: &mut Tx| capture::exportable(tx, owner, row.everything, after, NOTES + 1).await;
    let (rows, next_after) =
        crate::view::first_page(app.platform.store.read(read).await?, NOTES, |row| row.id.to_string());
    let signer = Signer::of(&app.platform, owner).await?;
    let mut notes = Vec::with_capacity(rows.len());
    for row in &rows {
        let card = card_of(row)?;
        let audio_href = card.audio.as_ref().and_then(|audio| match &audio.source {
            AudioSource::Stored(hash) => Some(signer.show(hash, &audio.name)),
            AudioSource::File(_) => None,
        });
        notes.push(NoteToPush { note: deck::pushed_note(&card), audio_href, changed_at: row.content_at });
    }
    let deck = Deck { id: row.id.to_string(), name: row.deck, credits: Vec::new() };
    Ok(NotesToPush { deck: deck::pushed_deck_name(&deck), note_type: deck::pushed_note_type(), notes, next_after })
}

/// A package in the older form with these cards of an export, which a page has a running Anki import: only so the notes get the GUIDs
/// that they have in every other package. It exports nothing; the page says which notes arrived.
pub async fn package(
    app: &CaptureApp,
    owner: &OwnerId,
    id: &ExportId,
    phrases: &[PhraseId],
) -> Result<Body, PhraseError> {
    if phrases.len() > PACKAGE_NOTES {
        return Err(PhraseError::TooMany { what: "notes", found: phrases.len(), most: PACKAGE_NOTES });
    }
    let export = find(app, owner, id).await?;
    let read = async |tx: &mut Tx| {
        let mut rows: Vec<PhraseRow> = Vec::with_capacity(phrases.len());
        for phrase in phrases {
            rows.extend(capture::find(tx, owner, phrase).await?);
        }
        Ok::<_, StoreError>(rows)
    };
    let rows = app.platform.store.read(read).await?;
    let is_learned = |row: &&PhraseRow| !row.excluded && matches!(row.status(), Status::Approved | Status::Exported);
    let rows: Vec<&PhraseRow> = rows.iter().filter(is_learned).collect();
    let cards: Vec<Card> = rows.iter().map(|row| card_of(row)).collect::<Result<_, StoreError>>()?;
    let mut credits = BTreeSet::new();
    for row in rows {
        credits.extend(credits_of(row)?);
    }
    if cards.is_empty() {
        return Err(DeckError::NoCards.into());
    }
    let export = Export { form: Form::PackageLegacy, deck: deck_of(owner, &export, credits), cards };
    Ok(Box::pin(deck::stream(export, StoredRecordings::new(app.platform.media.clone())).body))
}

/// Says which notes arrived in Anki, each with the time of its card: these are exported, unless they changed since. Returns how many.
pub async fn arrived(
    app: &CaptureApp,
    owner: &OwnerId,
    id: &ExportId,
    cards: &[(PhraseId, Timestamp)],
) -> Result<u64, PhraseError> {
    let most = NOTES as usize;
    if cards.len() > most {
        return Err(PhraseError::TooMany { what: "notes", found: cards.len(), most });
    }
    find(app, owner, id).await?;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let marked = capture::mark_exported(tx, owner, cards).await?;
            if let Some((first, _)) = cards.first().filter(|_| marked > 0) {
                changed(tx, owner, first)?;
            }
            Ok::<_, PhraseError>(marked)
        })
        .await
}
