//! Cards for a running Anki, which a page pushes to by AnkiConnect: the same note type and the same values as in a package.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Card, Deck, fields, names, notetype};

/// The note type as AnkiConnect creates it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushedNoteType {
    /// Its name.
    pub name: String,
    /// The names of its fields, in their order.
    pub fields: Vec<String>,
    /// The name of its only template.
    pub template: String,
    /// The front of the template.
    pub front: String,
    /// The back of the template.
    pub back: String,
    /// The style of both.
    pub css: String,
}

/// A note as AnkiConnect adds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushedNote {
    /// The card's id, which is also the value of the field `Id`.
    pub id: String,
    /// The values of the fields as HTML, by their names; without the spare ones, which are the learner's.
    pub fields: BTreeMap<String, String>,
    /// The name of the recording.
    pub audio: Option<String>,
}

/// The note type of all cards.
pub fn pushed_note_type() -> PushedNoteType {
    PushedNoteType {
        name: notetype::NAME.to_owned(),
        fields: notetype::FIELDS.iter().map(|(name, _)| (*name).to_owned()).collect(),
        template: notetype::TEMPLATE.to_owned(),
        front: notetype::FRONT.to_owned(),
        back: notetype::BACK.to_owned(),
        css: notetype::CSS.to_owned(),
    }
}

/// The name of a deck as it is in packages.
pub fn pushed_deck_name(deck: &Deck) -> String {
    names::deck(&deck.name)
}

/// The note of a card.
pub fn pushed_note(card: &Card) -> PushedNote {
    let named = notetype::FIELDS.iter().map(|(name, _)| (*name).to_owned()).zip(fields::values(card));
    PushedNote {
        id: card.id.clone(),
        fields: named.take(notetype::WRITTEN).collect(),
        audio: card.audio.as_ref().map(|audio| audio.name.clone()),
    }
}
