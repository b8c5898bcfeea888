//! Decks: cards as files that Anki and others read, and how both sides of a card look.
//!
//! A deck that is exported again updates what was imported before. Anki finds a note by its GUID, which comes from the
//! card's id alone, and takes what is newer, by the second, of two notes with the same GUID. So [`Card::id`] never changes,
//! and [`Card::changed_at`] grows with every change and only then. The note type, its fields and its template have ids that
//! never change either ([`notetype`]): a note type of another shape would be imported beside the old one, and the notes of
//! both would be conflicting.
//!
//! Everything is written to a [`Write`](std::io::Write) from start to end, one recording after another in memory;
//! [`stream`] makes the body of an answer of it. The same cards make the same bytes.

mod archive;
mod collection;
pub(super) mod credits;
mod csv;
mod error;
mod fields;
mod files;
mod guid;
mod media_map;
mod names;
pub mod notetype;
mod package;
mod plain;
mod preview;
mod push;
mod recordings;
pub mod stream;
mod write;

use serde::{Deserialize, Serialize};
use sluice_domain::time::Timestamp;

pub use error::DeckError;
pub use guid::guid;
pub use preview::{Sides, preview};
pub use push::{PushedNote, PushedNoteType, pushed_deck_name, pushed_note, pushed_note_type};
pub use recordings::{AudioFile, AudioSource, Files, Recordings, StoredRecordings};
pub use stream::{Export, Exporting, stream};
pub use write::{Made, write};

/// A deck of cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deck {
    /// What identifies it for ever. Anki itself finds decks by their name.
    pub id: String,
    /// Its name; `::` separates it from the deck that it is in.
    pub name: String,
    /// Whose data its cards have, each with its licence: plain text on one line.
    pub credits: Vec<String>,
}

impl Deck {
    /// Whose data its cards have, in one sentence; empty if they have nobody's.
    fn credited(&self) -> String {
        if self.credits.is_empty() { String::new() } else { format!("With data of {}.", self.credits.join("; ")) }
    }
}

/// A phrase as it is learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What identifies it for ever.
    pub id: String,
    /// The phrase, as plain text, as all texts here.
    pub source: String,
    /// How it is said, in Latin letters; empty if unknown.
    pub transliteration: String,
    /// What it means; empty if unknown.
    pub translation: String,
    /// Notes on grammar.
    pub grammar: Vec<String>,
    /// Its words.
    pub vocabulary: Vec<Word>,
    /// The phrase's language as a BCP 47 tag, such as `ar`.
    pub language: String,
    /// The phrase's direction.
    pub direction: Direction,
    /// How it sounds.
    pub audio: Option<AudioFile>,
    /// When it was captured.
    pub created_at: Timestamp,
    /// When any of the above changed, the recording included.
    pub changed_at: Timestamp,
}

/// A word of a phrase. What is unknown is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Word {
    /// As it stands in the phrase.
    pub word: String,
    /// Its root or lemma.
    pub root: String,
    /// What it means.
    pub meaning: String,
    /// Its gender.
    pub gender: String,
    /// Its case, class or pattern.
    pub declension: String,
    /// What else is to be known.
    pub notes: String,
}

/// The direction of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// As Latin.
    LeftToRight,
    /// As Arabic.
    RightToLeft,
}

impl Direction {
    /// The value of HTML's `dir`.
    pub const fn as_html(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// How a deck is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `.apkg` as every Anki since 2.1.28 reads it, and older ones without a word of warning.
    PackageLegacy,
    /// `.apkg` as Anki writes it since 2.1.50, compressed by Zstandard.
    Package,
    /// CSV with Anki's headers. Recordings are named, not contained.
    Csv,
    /// A ZIP of `cards.txt`, six fields separated by tabs, and the recordings in `media/`.
    Archive,
}

impl Form {
    /// The extension of such a file, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::PackageLegacy | Self::Package => "apkg",
            Self::Csv => "csv",
            Self::Archive => "zip",
        }
    }

    /// The media type of such a file.
    pub const fn media_type(self) -> &'static str {
        match self {
            // Anki has registered none.
            Self::PackageLegacy | Self::Package => "application/octet-stream",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Archive => "application/zip",
        }
    }
}
