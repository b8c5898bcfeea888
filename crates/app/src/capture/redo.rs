//! What is made again: all of a card that failed, a card in another language, one field, the sound.

use sluice_domain::limits::Limited;
use sluice_engine::Engine;
use sluice_store::Tx;
use sluice_store::capture::{self, PhraseId, PhraseRow, SourceKind, Status};

use super::card::{self, CardFields, Made};
use super::context::CaptureApp;
use super::error::PhraseError;
use super::jobs::{self, Order};
use super::notify::changed;
use super::view::PhraseView;
use super::{languages, phrases};
use crate::limits::{Asker, Standing, admit};

/// What is to be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redo {
    /// The card, which failed.
    Retry,
    /// The card, in the language of this ISO 639-1 code.
    Language(String),
    /// The field of this name: `transliteration`, `translation`, `grammar` or `vocabulary`.
    Field(String),
    /// The sound.
    Voice,
}

/// Makes something of a phrase again, in the place of what is being made of it.
pub async fn redo(
    app: &CaptureApp,
    engine: &Engine,
    asker: &Asker,
    id: &PhraseId,
    redo: &Redo,
) -> Result<(PhraseView, Vec<Standing>), PhraseError> {
    let limited = if *redo == Redo::Retry { Limited::Retries } else { Limited::Regenerations };
    let standings = app
        .platform
        .store
        .write(async |tx: &mut Tx| {
            if matches!(redo, Redo::Language(_)) {
                capture::lock_texts(tx, &asker.owner).await?;
            }
            let mut row = phrases::lock(tx, &asker.owner, id).await?;
            let order = prepare(tx, &mut row, redo).await?;
            let standings = admit::one(tx, &app.platform.limits, asker, limited).await?;
            jobs::start(tx, engine, &mut row, order).await?;
            capture::update(tx, &row).await?;
            changed(tx, &asker.owner, id)?;
            Ok::<_, PhraseError>(standings)
        })
        .await?;
    Ok((phrases::show(app, &asker.owner, id).await?, standings))
}

/// Checks that this can be made again, and takes away what it is to replace.
async fn prepare(tx: &mut Tx, row: &mut PhraseRow, redo: &Redo) -> Result<Order, PhraseError> {
    let status = row.status();
    match redo {
        Redo::Retry if status == Status::Failed => Ok(Order::Retry),
        Redo::Retry => Err(PhraseError::Status { status: status.as_str(), action: "tried again" }),
        Redo::Language(code) => {
            let language = languages::parse(code)?;
            if row.source == SourceKind::Text {
                languages::of(&row.text, Some(language))?;
            } else {
                // It is read or heard differently.
                row.text.clear();
                row.reading = None;
            }
            let before = row.language.replace(language.code().to_owned());
            row.language_sure = languages::CHOSEN;
            let origin = card::fields(row)?.origin.filter(|_| row.source == SourceKind::Text);
            let now = tx.now().await?;
            card::put(row, &CardFields { origin, ..CardFields::default() }, now);
            row.audio = None;
            if before != row.language
                && let Some(id) = phrases::same_as(tx, row, 1).await?.pop()
            {
                return Err(PhraseError::SamePhrase { id });
            }
            Ok(Order::Language)
        }
        _ if status == Status::Processing => Err(PhraseError::Working),
        _ if row.text.is_empty() => Err(PhraseError::Status { status: status.as_str(), action: "made in part" }),
        Redo::Field(name) => {
            let field = Made::parse(name).ok_or_else(|| {
                let name = name.chars().take(50).collect();
                PhraseError::Field { name }
            })?;
            Ok(Order::Field(field))
        }
        Redo::Voice => Ok(Order::Voice),
    }
}
