//! Phrases of which there is a card already.

use serde::Serialize;
use sluice_domain::ids::OwnerId;
use sluice_store::capture::{self, PhraseId, PhraseRow, Unlike};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::super::error::PhraseError;
use super::super::notify::changed;
use super::super::text::{decomposed, folded, likeness};
use super::super::view::{PhraseStatus, PhraseView};
use super::super::{card, languages};

/// A phrase that need not be added.
pub(super) enum There {
    /// It was added with this key.
    ByKey(PhraseId),
    /// It has this text.
    ByText(PhraseId),
}

/// Which of these phrases are there: by their keys, or else by their texts.
pub(super) async fn there(
    tx: &mut Tx,
    owner: &OwnerId,
    rows: &[PhraseRow],
    again: bool,
) -> Result<Vec<Option<There>>, PhraseError> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let keyed = match &row.request {
            Some((key, _)) => capture::find_by_key(tx, owner, key).await?,
            None => None,
        };
        if keyed.as_ref().is_some_and(|keyed| keyed.request != row.request) {
            return Err(PhraseError::KeyReused);
        }
        found.push(match keyed {
            Some(keyed) => Some(There::ByKey(keyed.id)),
            None => by_text(tx, row, again).await?.map(There::ByText),
        });
    }
    let is_keyed = found.iter().any(|there| matches!(there, Some(There::ByKey(_))));
    // With this key, a list was added that had not these lines.
    if is_keyed && found.iter().any(Option::is_none) { Err(PhraseError::KeyReused) } else { Ok(found) }
}

/// The other phrases of its owner that are the same as this one, at most so many: the first is the one that answers for them. Texts are
/// locked ([`capture::lock_texts`]) by whoever goes on with what is not there.
pub(in crate::capture) async fn same_as(tx: &mut Tx, row: &PhraseRow, limit: u32) -> Result<Vec<PhraseId>, StoreError> {
    loop {
        // Before phrases had a likeness they were stored as they were typed, and before that in either form of Unicode.
        let found = capture::same_as(tx, row, [&row.text, &decomposed(&row.text)], limit).await?;
        let (mut same, mut is_mended) = (Vec::with_capacity(found.len()), false);
        for id in found {
            let Some(other) = capture::find(tx, &row.owner, &id).await? else { continue };
            if likeness(&other.text) == row.likeness {
                same.push(id);
            } else {
                is_mended |= mend(tx, &other).await?;
            }
        }
        if !is_mended {
            return Ok(same);
        }
    }
}

/// Gives a phrase the likeness of its text: a process of a version before there was one wrote another text beside the old likeness.
/// Whether that was done.
async fn mend(tx: &mut Tx, row: &PhraseRow) -> Result<bool, StoreError> {
    let now = likeness(&row.text);
    if row.likeness == now {
        return Ok(false);
    }
    let stale = Unlike {
        id: row.id.clone(),
        owner: row.owner.clone(),
        text: row.text.clone(),
        search: row.search.clone(),
        version: row.version.cast_signed(),
    };
    capture::set_likeness(tx, &stale, &now, &folded(&row.search)).await
}

/// The phrase that is the same as a new one, unless another one is asked for.
pub(super) async fn by_text(tx: &mut Tx, row: &PhraseRow, again: bool) -> Result<Option<PhraseId>, PhraseError> {
    if again {
        return Ok(None);
    }
    Ok(same_as(tx, row, 1).await?.into_iter().next())
}

/// Of a phrase that is there, the language that a person has now chosen is in no doubt any more.
pub(super) async fn settle_language(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &PhraseId,
    new: &PhraseRow,
) -> Result<(), PhraseError> {
    if new.language_sure < languages::CHOSEN {
        return Ok(());
    }
    // Somebody may have deleted it since it was found.
    let found = capture::lock(tx, owner, id).await?.filter(|row| row.deleted_at.is_none());
    let Some(mut row) = found else { return Ok(()) };
    if row.language_sure >= languages::CHOSEN {
        return Ok(());
    }
    row.language_sure = languages::CHOSEN;
    let (fields, now) = (card::fields(&row)?, tx.now().await?);
    card::put(&mut row, &fields, now);
    capture::update(tx, &row).await?;
    Ok(changed(tx, owner, id)?)
}

/// A phrase that was there, and that no deck has as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PhraseHeldBack)]
pub struct HeldBack {
    /// The phrase.
    pub id: String,
    /// Why: `excluded` or `failed`.
    #[schema(pattern = "^(excluded|failed)$")]
    pub code: &'static str,
    /// The same for people, with what to do.
    pub detail: String,
}

impl HeldBack {
    /// None if it is in decks, or will be.
    pub fn of(view: &PhraseView) -> Option<Self> {
        let (code, detail) = match view.status {
            PhraseStatus::Failed => {
                let why = view.error.as_ref().map_or_else(String::new, |error| format!(" ({})", error.detail));
                ("failed", format!("there is a phrase with this text whose card could not be made{why}: retry it"))
            }
            _ if view.excluded => (
                "excluded",
                "there is a card with this text that is left out of decks: take it into decks again (the action \
                 \"include\")"
                    .to_owned(),
            ),
            _ => return None,
        };
        Some(Self { id: view.id.clone(), code, detail })
    }
}
